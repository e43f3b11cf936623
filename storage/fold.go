package storage

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxToken bounds one word of the index, in bytes: encoded data pasted into a message is not worth more.
const maxToken = 96

// fold turns text into the words of the search index. What people type differently for the same word becomes the same: case,
// accents, compatibility forms (NFKC), ß and ss, the Arabic article and its letter variants. Emoji and other symbols are words too.
// All that is left is letters, digits and marks.
//
// Scripts without spaces give a word for every two neighbours and one for the last character of a stretch, so that any part of it is
// found as a phrase of such pairs; every character by itself follows behind the text. (Pairs are rare where characters are not: a
// phrase of characters reads two lists from end to end.)
func fold(text string) []string {
	f := foldText(text)
	slices.Sort(f.singles)
	return append(f.words, slices.Compact(f.singles)...)
}

// foldWord turns a typed word into phrases of the index's words; all of them are in a text that contains it.
func foldWord(text string) [][]string {
	f := foldText(text)
	words, n := f.words, len(f.words)
	switch {
	case n == 0:
		return nil
	case f.tail > 1: // the text may go on where the typed word ends
		words = words[:n-1]
	case f.tail == 1 && n > 1:
		return [][]string{words[:n-1], words[n-1:]}
	}
	return [][]string{words}
}

func foldText(text string) *folder {
	f := &folder{}
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	for i, r := range text {
		f.add(r, text[i:])
	}
	f.tail = len(f.run)
	f.end()
	return f
}

type folder struct {
	words   []string
	word    strings.Builder
	run     []rune   // characters of a script without spaces, so far
	singles []string // characters of such scripts that are in words only with their neighbours
	tail    int      // how many such characters the text ends with
}

func (f *folder) add(r rune, rest string) {
	switch {
	case r < 0x80:
		f.ascii(byte(r))
	case dropped(r):
	case r == utf8.RuneError:
		f.end()
	case alone(r):
		f.endWord()
		f.run = append(f.run, r)
	case unicode.IsSymbol(r):
		f.end()
		if !unicode.Is(unicode.Sk, r) { // skin tones and the like
			f.words = append(f.words, "emoji"+strconv.FormatInt(int64(r), 16))
		}
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		f.letters(r, rest)
	default:
		f.end()
	}
}

// ascii is add for most of what is written, without looking anything up.
func (f *folder) ascii(c byte) {
	switch {
	case c >= 'A' && c <= 'Z':
		f.put(rune(c - 'A' + 'a'))
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		f.put(rune(c))
	default:
		f.end()
	}
}

func (f *folder) put(r rune) {
	f.endRun()
	if f.word.Len() < maxToken {
		f.word.WriteRune(r)
	}
}

// letters writes a letter without its accents, in lower case.
func (f *folder) letters(r rune, rest string) {
	parts := norm.NFKD.PropertiesString(rest).Decomposition()
	if parts == nil {
		f.letter(r)
		return
	}
	for _, part := range string(parts) {
		f.letter(part)
	}
}

func (f *folder) letter(r rune) {
	if accent(r) {
		return
	}
	r = unicode.ToLower(r)
	if s, ok := variants[r]; ok {
		for _, v := range s {
			f.put(v)
		}
		return
	}
	f.put(r)
}

// end ends the word, or the stretch without spaces.
func (f *folder) end() {
	f.endWord()
	f.endRun()
}

func (f *folder) endRun() {
	for i, r := range f.run {
		if i+1 == len(f.run) {
			f.words = append(f.words, string(r))
			break
		}
		f.words = append(f.words, string(f.run[i:i+2]))
		f.singles = append(f.singles, string(r))
	}
	f.run = f.run[:0]
}

func (f *folder) endWord() {
	if f.word.Len() == 0 {
		return
	}
	w := f.word.String()
	f.word.Reset()
	// The Arabic article is written into the word; what is left has to be a word still.
	if rest, ok := strings.CutPrefix(w, "ال"); ok && len([]rune(rest)) >= 3 {
		w = rest
	}
	f.words = append(f.words, w)
}

// variants are letters that no decomposition leads to their plain form.
var variants = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ı': "i", 'ς': "σ",
	'ى': "ي", 'ة': "ه", 'ک': "ك", 'ی': "ي",
}

// dropped are characters that only shape what they stand in: tatweel, joiners, soft hyphen, direction marks, emoji variation.
func dropped(r rune) bool {
	return r == 'ـ' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// accent are marks that people leave out. Those of scripts whose vowels are marks stay.
func accent(r rune) bool {
	return unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew, unicode.Syriac)
}

// alone are characters of scripts without spaces between words.
func alone(r rune) bool {
	return r > 0x0E00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

// unfinished says whether more letters could make a longer word of a folded one. Two letters are not enough to begin with: to
// collect all the words they begin takes 100 ms in a million messages.
func unfinished(word string) bool {
	return utf8.RuneCountInString(word) > 2 && !strings.HasPrefix(word, "emoji")
}
