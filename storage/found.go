package storage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Found says where the words of a query (see SearchQuery) stand in a text, from the first on and without overlap: where each begins
// and ends, in bytes. It reads both as the index does, so that it marks in a text why Search found it. Any goroutine may call it.
func Found(text, query string) [][2]int {
	wanted := patterns(query)
	if len(wanted) == 0 {
		return nil
	}
	var out [][2]int
	t := flatten(text)
	for i := 0; i < len(t.runes); {
		end := i
		for _, p := range wanted {
			end = max(end, t.match(i, p))
		}
		if end == i {
			i++
			continue
		}
		from, to := t.from[i], t.to[end-1]
		if n := len(out); n > 0 && out[n-1][1] >= from {
			out[n-1][1] = to
		} else {
			out = append(out, [2]int{from, to})
		}
		i = end
	}
	return out
}

// pattern is a word that is looked for; an open one may go on.
type pattern struct {
	runes []rune
	open  bool
}

// article is the Arabic one, which the index leaves away where a word is left.
const article = "ال"

func patterns(query string) (out []pattern) {
	words := strings.Fields(query)
	last, _ := utf8.DecodeLastRuneInString(query)
	for i, word := range words[:min(len(words), maxWords)] {
		flat := strings.TrimSpace(string(flatten(word).runes))
		if flat == "" {
			continue
		}
		open := i == len(words)-1 && !unicode.IsSpace(last) && unfinished(flat[strings.LastIndexByte(flat, ' ')+1:])
		out = append(out, pattern{[]rune(flat), open})
		if rest, ok := strings.CutPrefix(flat, article); ok && utf8.RuneCountInString(rest) >= 3 {
			out = append(out, pattern{[]rune(rest), open})
		}
	}
	return out
}

// flat is a text in the letters of the index, with a space for whatever stands between words, and where each letter comes from.
type flat struct {
	runes    []rune
	from, to []int
}

func flatten(text string) flat {
	f := flat{make([]rune, 0, len(text)), make([]int, 0, len(text)), make([]int, 0, len(text))}
	for at := 0; at < len(text); {
		n := 1
		if c := text[at]; c < utf8.RuneSelf && (at+1 == len(text) || text[at+1] < utf8.RuneSelf) { // most of what is written
			f.put(plain(c), at, at+n)
		} else {
			n = max(norm.NFKC.NextBoundaryInString(text[at:], true), 1)
			f.fold(text[at:at+n], at)
		}
		at += n
	}
	return f
}

// plain is what folder.ascii makes of a character.
func plain(c byte) rune {
	switch {
	case c >= 'A' && c <= 'Z':
		return rune(c - 'A' + 'a')
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		return rune(c)
	}
	return ' '
}

// put adds a letter, or one space for any number of them.
func (f *flat) put(r rune, from, to int) {
	if n := len(f.runes); r == ' ' && (n == 0 || f.runes[n-1] == ' ') {
		return
	}
	f.runes, f.from, f.to = append(f.runes, r), append(f.from, from), append(f.to, to)
}

// fold adds what the index makes of one character with its marks.
func (f *flat) fold(s string, at int) {
	var one folder
	nothing := true
	normal := norm.NFKC.String(s)
	for i, r := range normal {
		one.add(r, normal[i:])
		nothing = nothing && (dropped(r) || accent(r))
	}
	if nothing { // it belongs to what stands before
		for i := len(f.to) - 1; i >= 0 && f.to[i] == at; i-- {
			f.to[i] = at + len(s)
		}
		return
	}
	letters := string(one.run) + one.word.String()
	if len(one.words) > 0 || letters == "" { // symbols are words, and all else stands between words
		letters = " " + strings.Join(one.words, " ") + " " + letters
	}
	for _, r := range letters {
		f.put(r, at, at+len(s))
	}
}

// match says where a word ends that begins at letter i; at i when none does.
func (f *flat) match(i int, p pattern) (end int) {
	end = i + len(p.runes)
	if end > len(f.runes) || !f.begins(i) || !p.open && !f.ends(end) {
		return i
	}
	for j, r := range p.runes {
		if f.runes[i+j] != r {
			return i
		}
	}
	return end
}

// begins says whether a word of the index begins at letter i.
func (f *flat) begins(i int) bool {
	if i == 0 || f.runes[i-1] == ' ' || alone(f.runes[i-1]) || alone(f.runes[i]) {
		return true
	}
	return i >= 2 && string(f.runes[i-2:i]) == article && f.begins(i-2)
}

// ends says whether a word of the index ends before letter i.
func (f *flat) ends(i int) bool {
	return i == len(f.runes) || f.runes[i] == ' ' || alone(f.runes[i]) || alone(f.runes[i-1])
}
