package wire

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// legal says whether s is UTF-8 and holds only characters that XML 1.0 §2.2 allows.
func legal(s string) bool { return legalLen(s) == len(s) }

// legalLen is the length of the longest legal beginning of s.
func legalLen(s string) int {
	i := plainLen(s)
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if c < 0x20 && !isSpace(c) {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			return i
		}
		i += n
	}
	return i
}

// plainLen is the length of a prefix of s that surely holds only printable ASCII (and DEL), found eight bytes at a time.
func plainLen(s string) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		v := binary.LittleEndian.Uint64([]byte(s[i : i+8]))
		if (v|(v-0x20*ones))&tops != 0 { // a byte ≥ 0x80, or one that borrows because it is below 0x20
			break
		}
	}
	return i
}

// legalRune is legal for one character.
func legalRune(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xD800:
		return true
	default:
		return 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= unicode.MaxRune
	}
}

// nameRune is the length of the character at the start of s if it may stand in a name, or begin one; else 0. ASCII is not
// its business.
func nameRune(s string, first bool) int {
	r, n := utf8.DecodeRuneInString(s)
	if unicode.Is(nameStart, r) || !first && unicode.Is(nameMore, r) {
		return n
	}
	return 0
}

// The characters of names beyond ASCII (XML 1.0, fifth edition, §2.3).
var (
	nameStart = &unicode.RangeTable{
		R16: []unicode.Range16{
			{0xC0, 0xD6, 1},
			{0xD8, 0xF6, 1},
			{0xF8, 0x2FF, 1},
			{0x370, 0x37D, 1},
			{0x37F, 0x1FFF, 1},
			{0x200C, 0x200D, 1},
			{0x2070, 0x218F, 1},
			{0x2C00, 0x2FEF, 1},
			{0x3001, 0xD7FF, 1},
			{0xF900, 0xFDCF, 1},
			{0xFDF0, 0xFFFD, 1},
		},
		R32:         []unicode.Range32{{0x10000, 0xEFFFF, 1}},
		LatinOffset: 2,
	}
	nameMore = &unicode.RangeTable{
		R16:         []unicode.Range16{{0xB7, 0xB7, 1}, {0x300, 0x36F, 1}, {0x203F, 0x2040, 1}},
		LatinOffset: 1,
	}
)

// textDecoder turns raw text and attribute values into what they mean; its buffer lives on between calls.
type textDecoder struct{ buf []byte }

// text decodes character data: references, and line ends (XML 1.0 §2.11).
func (d *textDecoder) text(raw string) (string, error) {
	if strings.IndexByte(raw, '&') < 0 {
		return newlines(raw), nil
	}
	return d.decode(raw, false)
}

// attr decodes an attribute value: as text, and literal white space becomes blanks (XML 1.0 §3.3.3).
func (d *textDecoder) attr(raw string) (string, error) {
	for i := range len(raw) {
		switch raw[i] {
		case '<':
			return "", syntax("< in an attribute value")
		case '&', '\t', '\n', '\r':
			return d.decode(raw, true)
		}
	}
	return raw, nil
}

func (d *textDecoder) decode(raw string, attr bool) (string, error) {
	buf := d.buf[:0]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '&':
			r, n := reference(raw[i:])
			switch {
			case n == 0 && strings.HasPrefix(raw[i:], "&#"):
				return "", ErrChars
			case n == 0:
				return "", syntax("bad reference")
			}
			buf = utf8.AppendRune(buf, r)
			i += n - 1
			continue
		case attr && c == '<':
			return "", syntax("< in an attribute value")
		case c == '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		if attr && (c == '\n' || c == '\t') {
			c = ' '
		}
		buf = append(buf, c)
	}
	d.buf = buf
	return string(buf), nil
}

// newlines turns CR LF and CR into LF.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// reference reads the character or entity reference at the start of s and returns its length, 0 when it is none of the five
// predefined entities and no legal character.
func reference(s string) (rune, int) {
	const longest = 32 // zeros may lead a number; nobody needs many
	n := strings.IndexByte(s[:min(len(s), longest)], ';')
	if n < 0 {
		return 0, 0
	}
	switch name := s[1:n]; name {
	case "amp":
		return '&', n + 1
	case "lt":
		return '<', n + 1
	case "gt":
		return '>', n + 1
	case "quot":
		return '"', n + 1
	case "apos":
		return '\'', n + 1
	default:
		digits, ok := strings.CutPrefix(name, "#")
		if !ok {
			return 0, 0
		}
		base := 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || v > unicode.MaxRune || !legalRune(rune(v)) {
			return 0, 0
		}
		return rune(v), n + 1
	}
}
