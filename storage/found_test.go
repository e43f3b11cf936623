package storage

import (
	"context"
	"strings"
	"testing"
)

// marked puts brackets around what is found.
func marked(text, query string) string {
	var b strings.Builder
	at := 0
	for _, f := range Found(text, query) {
		b.WriteString(text[at:f[0]] + "[" + text[f[0]:f[1]] + "]")
		at = f[1]
	}
	return b.String() + text[at:]
}

func TestFound(t *testing.T) {
	tests := []struct{ name, text, query, want string }{
		{"case", "Hello World", "WORLD", "Hello [World]"},
		{"several", "one two one", "one two ", "[one] [two] [one]"},
		{"beginning of a word", "Bahnhof, Bahn, Seilbahn", "bahn", "[Bahn]hof, [Bahn], Seilbahn"},
		{"finished by a space", "Bahnhof, Bahn", "bahn ", "Bahnhof, [Bahn]"},
		{"only the last is unfinished", "Bahnhof Strasse", "bahn strass", "Bahnhof [Strass]e"},
		{"two letters begin nothing", "an Anna", "an", "[an] Anna"},
		{"accents", "Crème brûlée", "creme brul", "[Crème] [brûl]ée"},
		{"accents written apart", "Cre\u0300me", "creme", "[Cre\u0300me]"},
		{"accents typed", "Creme", "crème", "[Creme]"},
		{"sharp s", "Hauptstraße Straße", "stras", "Hauptstraße [Straß]e"},
		{"Arabic by a beginning", "الكتاب على الطاولة", "كتا", "ال[كتا]ب على الطاولة"},
		{"Arabic with its article", "الكتاب كتاب", "الكتاب", "[الكتاب] [كتاب]"},
		{"Arabic vowels", "ذهبتُ إلى", "ذهبت", "[ذهبتُ] إلى"},
		{"Hebrew points", "שָׁבוּעַ טוֹב", "שבוע", "[שָׁבוּעַ] טוֹב"},
		{"Chinese", "今天天气很好", "天气", "今天[天气]很好"},
		{"one Chinese character", "今天天气", "天", "今[天天]气"},
		{"Japanese, half-width", "東ｶﾞ京", "ガ", "東[ｶﾞ]京"},
		{"Latin in Chinese", "用ab手机", "ab手", "用[ab手]机"},
		{"emoji", "so 🎉 it is❤️", "🎉 ❤", "so [🎉] it is[❤️]"},
		{"signs between", "at 10:30, foo_barn", "10:30 foo_bar", "at [10:30], [foo_bar]n"},
		{"soft hyphen", "Schiff\u00adfahrt", "schifffahrt", "[Schiff\u00adfahrt]"},
		{"broken text", "a\xffword \xff", "word", "a\xff[word] \xff"},
		{"nothing", "text", "", "text"},
		{"signs alone", "a - b", "-", "a - b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := marked(tt.text, tt.query); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFoundAsSearch: what Search finds has something to mark, and nothing else has; but for the beginning of an Arabic word with its
// article, which is not looked for.
func TestFoundAsSearch(t *testing.T) {
	s := openCorpus(t)
	for _, body := range searchCorpus {
		for word := range strings.FieldsSeq(body) {
			for _, query := range []string{word, word + " ", string([]rune(word)[:(len([]rune(word))+1)/2])} {
				found, err := s.Search(context.Background(), SearchQuery{Text: query, Limit: maxPage})
				if err != nil {
					t.Fatal(err)
				}
				has := map[string]bool{}
				for _, m := range found {
					has[m.Body] = true
				}
				for _, text := range searchCorpus {
					if marks := len(Found(text, query)) > 0; marks != has[text] && !(marks && strings.HasPrefix(query, article)) {
						t.Errorf("%q in %q: marked %v, found %v", query, text, marks, has[text])
					}
				}
			}
		}
	}
}

// FuzzFound: whatever the text, what is marked lies in it, in order.
func FuzzFound(f *testing.F) {
	f.Add("Crème brûlée", "creme")
	f.Add("\xff\xfe東", "東\xff")
	f.Add(strings.Repeat("e\u0300", 40), "e")
	f.Fuzz(func(t *testing.T, text, query string) {
		at := 0
		for _, span := range Found(text, query) {
			if span[0] < at || span[1] <= span[0] || span[1] > len(text) {
				t.Fatalf("%v behind %d in %d bytes", span, at, len(text))
			}
			at = span[1]
		}
	})
}
