package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// link is a stretch of the input that leads somewhere.
type link struct {
	start, end int
	host       int // where the server's name ends: no line is broken before it
	target     string
}

// schemes are what Kith opens when asked to.
var schemes = [...]string{"https://", "http://", "xmpp:", "mailto:"}

// maxURL bounds the length of a link; a longer one stays text.
const maxURL = 2048

// links finds the links of s in their order.
func links(s string) []link {
	var out []link
	lower := asciiLower(s)
	for at := 0; at < len(s); {
		colon := strings.IndexByte(lower[at:], ':')
		if colon < 0 {
			return out
		}
		colon += at
		at = colon + 1
		for _, scheme := range schemes {
			name := scheme[:strings.IndexByte(scheme, ':')]
			start := colon - len(name)
			if start < 0 || !strings.HasPrefix(lower[start:], scheme) || !startsWord(s[:start]) {
				continue
			}
			end := linkEnd(s, start+len(scheme))
			if end > start+len(scheme) && end-start <= maxURL {
				out = append(out, link{start, end, hostEnd(s, start+len(scheme), end), s[start:end]})
				at = end
			}
			break
		}
	}
	return out
}

// hostEnd is where the server's name, or an address, ends in the link that goes on from from to end.
func hostEnd(s string, from, end int) int {
	if i := strings.IndexAny(s[from:end], "/?#"); i >= 0 {
		return from + i
	}
	return end
}

// asciiLower keeps byte positions, which strings.ToLower does not.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func startsWord(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '-' && r != '.'
}

// linkEnd is where the link whose scheme ends at from ends: at white space, quotes or invisible characters, and without
// the punctuation that belongs to the sentence around it.
func linkEnd(s string, from int) int {
	end := len(s)
	for i, r := range s[from:] {
		if unicode.IsSpace(r) || strings.ContainsRune("<>\"`{}|\\^«»“”", r) || r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf) {
			end = from + i
			break
		}
	}
	for end > from {
		r, size := utf8.DecodeLastRuneInString(s[from:end])
		if !trailing(r, s[from:end]) {
			break
		}
		end -= size
	}
	return end
}

// trailing says whether r, the last of body, belongs to the sentence: punctuation, and brackets that were opened before.
func trailing(r rune, body string) bool {
	switch r {
	case ')':
		return strings.Count(body, ")") > strings.Count(body, "(")
	case ']':
		return strings.Count(body, "]") > strings.Count(body, "[")
	case '/', '#', '&', '=', '-', '_', '~', '+', '$', '%', '@':
		return false
	}
	return unicode.IsPunct(r)
}
