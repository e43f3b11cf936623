package text

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// cells measures ten units per cluster and twenty per emoji cluster.
func cells(s string, k Kind) float32 {
	n := float32(uniseg.GraphemeClusterCount(s)) * 10
	if k == Emoji {
		n *= 2
	}
	return n
}

// shown is what a person sees of a line from left to right, with what runs from right to left turned around.
func shown(l Line) string {
	var b strings.Builder
	for _, r := range l.Runs {
		if r.Width == 0 {
			continue
		}
		if r.RTL {
			b.WriteString(uniseg.ReverseString(r.Text))
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

func TestOrder(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"latin", "hello (world)", "hello (world)"},
		{"hebrew", "שלום עולם", "םלוע םולש"},
		{"hebrew in latin", "see שלום עולם now", "see םלוע םולש now"},
		{"latin in hebrew", "שלום XMPP עולם", "םלוע XMPP םולש"},
		{"digits in hebrew", "שלום 123 עולם", "םלוע 123 םולש"},
		{"digits behind latin", "a שלום 123 b", "a 123 םולש b"},
		{"price", "מחיר: 1,250.50₪!", "!1,250.50₪ :ריחמ"},
		{"brackets in hebrew", "שלום (עולם) טוב", "בוט (םלוע) םולש"},
		{"latin in brackets", "שלום (XMPP) טוב", "בוט (XMPP) םולש"},
		{"trailing bracket", "שלום (עולם)", "(םלוע) םולש"},
		{"hebrew in latin brackets", "a (שלום) b", "a (םולש) b"},
		{"brackets around both", "א b(ג d) e", "e (d ג)b א"},
		{"guillemets", "אמר «שלום» לך", "ךל «םולש» רמא"},
		{"question", "מה שלומך?", "?ךמולש המ"},
		{"arabic question", "كيف حالك؟", "؟كلاح فيك"},
		{"override is no override", "photo\u202egpj.exe", "photogpj.exe"},
		{"isolate", "a \u2067שלום 1\u2069 b", "a 1 םולש b"},
		{"emoji in hebrew", "שלום 🎉 עולם", "םלוע 🎉 םולש"},
		{"first strong", "123 שלום", "םולש 123"},
		{"controls", "a\u200bb\x00c\u200ed", "abcd"},
		{"damaged", "a\xffb", "a\ufffdb"},
	} {
		l := Wrap(c.in, 1e6, cells, Limits{})
		if got := shown(l.Lines[0]); got != c.want || len(l.Lines) != 1 {
			t.Errorf("%s: %q shows as %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    float32
		want     []string
	}{
		{"empty", "", 100, []string{""}},
		{"one", "one", 100, []string{"one"}},
		{"words", "one two three four", 90, []string{"one two", "three", "four"}},
		{"exact", "one two", 70, []string{"one two"}},
		{"newlines", "a\nb\r\n\nc\n", 90, []string{"a", "b", "", "c", ""}},
		{"spaces hang", "one      two", 30, []string{"one", "two"}},
		{"long word", "abcdefghij", 40, []string{"abcd", "efgh", "ij"}},
		{"the server of a link", "see https://a.example/b/cc now", 190, []string{"see", "https://a.example/", "b/cc now"}},
		{"an address with a hyphen", "see xmpp:a-b@c-d.example", 230, []string{"see", "xmpp:a-b@c-d.example"}},
		{"long word after short", "a bcdefghij", 40, []string{"a", "bcde", "fghi", "j"}},
		{"chinese", "今天晚上一起吃饭吗？", 40, []string{"今天晚上", "一起吃饭", "吗？"}},
		{"thai breaks between characters", "สวัสดีชาวโลก", 40, nil},
		{"emoji", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 40, []string{"👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"}},
		{"narrower than a character", "ab", 5, []string{"a", "b"}},
		{"hebrew", "שלום עולם טוב", 90, []string{"םלוע םולש", "בוט"}},
		{"hyphen", "well-known", 60, []string{"well-", "known"}},
	} {
		l := Wrap(c.in, c.width, cells, Limits{})
		var got []string
		for _, line := range l.Lines {
			got = append(got, shown(line))
			if line.Width > max(c.width, 20) {
				t.Errorf("%s: a line of %v in %v", c.name, line.Width, c.width)
			}
		}
		if c.want != nil && strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if err := partition(&l); err != "" {
			t.Errorf("%s: %s", c.name, err)
		}
	}
}

func TestWrapWidths(t *testing.T) {
	bad := []float32{-1, -1e30, 0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(-1)), float32(math.Inf(1)), 1e-30}
	for _, in := range []string{"", " ", "\n", "a", "a b", "  a\n\n b ", "שלום https://kith.im עולם", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "\u0301\u200d\u202e", "\xff\xfe"} {
		for _, width := range bad {
			l := Wrap(in, width, cells, Limits{})
			if fault := partition(&l); fault != "" {
				t.Errorf("%q at %v: %s", in, width, fault)
			}
			if f := Fit(in, width, cells); len(f.Lines) != 1 {
				t.Errorf("%q fitted into %v has %d lines", in, width, len(f.Lines))
			}
		}
	}
}

func TestCentre(t *testing.T) {
	l := Wrap("aaaa aa\nשלום", 50, cells, Limits{})
	l.Centre(200)
	for i, line := range l.Lines {
		left, right := float32(200), float32(0)
		for _, r := range line.Runs {
			if r.Kind != Space {
				left, right = min(left, r.X), max(right, r.X+r.Width)
			}
		}
		if left+right != 200 || right <= left {
			t.Errorf("line %d reaches from %v to %v of 200", i, left, right)
		}
	}
}

func TestRightAligned(t *testing.T) {
	l := Wrap("שלום עולם טוב", 90, cells, Limits{})
	if last := l.Lines[1].Runs[0]; !l.Lines[1].RTL || last.X+last.Width != l.Width {
		t.Errorf("the last line of a Hebrew paragraph ends at %v of %v", last.X+last.Width, l.Width)
	}
}

func TestEmoji(t *testing.T) {
	for in, want := range map[string]int{
		"🎉": 1, "👨‍👩‍👧‍👦": 1, "🇸🇪": 1, "👍🏽": 1, "☀️": 1, "❤️": 1, "❤": 1, "1️⃣": 1, "🏴󠁧󠁢󠁳󠁣󠁴󠁿": 1, "🫠🎉": 2, "🏳️‍🌈": 1,
		"1": 0, "#": 0, "©": 0, "☀︎": 0, "a🎉": 0, "→": 0, "": 0, "🎉🎉🎉🎉🎉": 0, "✓": 0, "🇸": 0,
	} {
		if got := EmojiOnly(in); got != want {
			t.Errorf("%q: %d emoji, want %d", in, got, want)
		}
	}
	l := Wrap("swam all day ☀️ ok", 1e6, cells, Limits{})
	if len(l.Lines[0].Runs) != 3 || l.Lines[0].Runs[1].Kind != Emoji || l.Lines[0].Runs[1].Text != "☀️" {
		t.Errorf("runs around an emoji: %+v", l.Lines[0].Runs)
	}
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"see https://kith.im/a.":                  "https://kith.im/a",
		"(https://kith.im/a_(b))":                 "https://kith.im/a_(b)",
		"HTTP://KITH.IM, then":                    "HTTP://KITH.IM",
		"xmpp:anna@example.org?join!":             "xmpp:anna@example.org?join",
		"«mailto:a@b.c»":                          "mailto:a@b.c",
		"xhttps://a":                              "",
		"https://":                                "",
		"javascript:alert(1)":                     "",
		"https://a.b/\u202egpj":                   "https://a.b/",
		"https://пример.рф/путь?":                 "https://пример.рф/путь",
		"https://a.b/" + strings.Repeat("x", 3e3): "",
	} {
		got := ""
		for _, l := range links(in) {
			got += l.target
		}
		if got != want {
			t.Errorf("%.40q: %q, want %q", in, got, want)
		}
	}
	l := Wrap("see https://kith.im/abc now", 100, cells, Limits{})
	var linked string
	for _, line := range l.Lines {
		for _, r := range line.Runs {
			if r.URL != "" {
				linked += r.Text
				if r.URL != "https://kith.im/abc" {
					t.Errorf("a part of the link leads to %q", r.URL)
				}
			}
		}
	}
	if linked != "https://kith.im/abc" {
		t.Errorf("the link is %q", linked)
	}
}

func TestClip(t *testing.T) {
	long := Wrap(strings.Repeat("x", 100_000), 400, cells, Limits{})
	if !long.Clipped || len(long.Lines) != MaxLines || long.End != 40*MaxLines {
		t.Errorf("100,000 characters: clipped %v, %d lines, %d bytes", long.Clipped, len(long.Lines), long.End)
	}
	wide := Wrap(strings.Repeat("x", 5000), 1e6, cells, Limits{})
	if !wide.Clipped || wide.End != MaxClusters {
		t.Errorf("one line of 5,000: %d bytes", wide.End)
	}
	if all := Wrap(strings.Repeat("x", 5000), 400, cells, Limits{Clusters: 10_000, Lines: 1000}); all.Clipped || all.End != 5000 {
		t.Errorf("all of 5,000: %d bytes", all.End)
	}
	zalgo := Wrap("a"+strings.Repeat("\u0301", 100_000), 400, cells, Limits{})
	if n := utf8.RuneCountInString(zalgo.Lines[0].Runs[0].Text); n > maxRunes {
		t.Errorf("%d marks on one letter", n)
	}
}

// TestMeasuresLittle counts what is handed to the caller's measure: a toolkit takes a microsecond for each character.
func TestMeasuresLittle(t *testing.T) {
	for name, in := range map[string]string{
		"one word":  strings.Repeat("x", 100_000),
		"words":     strings.Repeat("word ", 20_000),
		"families":  strings.Repeat("👨‍👩‍👧‍👦", 2000),
		"one emoji": strings.Repeat("x🎉", 50_000),
	} {
		runes := 0
		l := Wrap(in, 400, func(s string, k Kind) float32 {
			runes += utf8.RuneCountInString(s)
			return cells(s, k)
		}, Limits{})
		if shown := utf8.RuneCountInString(in[:l.End]); runes > 14*shown {
			t.Errorf("%s: %d characters measured to show %d", name, runes, shown)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"Anna", 40, "Anna"},
		{"Anna Larsson", 60, "Anna…"},
		{"Anna\n Larsson", 200, "Anna Larsson"},
		{"Lena", 5, "…"},
		{"", 50, ""},
		{"שלום עולם", 50, "…םולש"},
	} {
		l := Fit(c.in, c.width, cells)
		if got := shown(l.Lines[0]); got != c.want {
			t.Errorf("%q in %v: %q, want %q", c.in, c.width, got, c.want)
		}
	}
	// A link in a preview leads nowhere, and does not look as if it did.
	l := Fit("see https://example.org/a", 1000, cells)
	for _, r := range l.Lines[0].Runs {
		if r.URL != "" {
			t.Errorf("a link to %q in a preview", r.URL)
		}
	}
}

func TestSelection(t *testing.T) {
	l := Wrap("ab שלום cd", 1e6, cells, Limits{})
	for x, want := range map[float32]int{-5: 0, 12: 1, 1000: len(l.Source), 66: 3, 34: 3 + 8, 46: 3 + 4} {
		if got := l.Hit(0, x); got != want {
			t.Errorf("at %v: byte %d, want %d", x, got, want)
		}
	}
	spans := l.Spans(1, 7) // b, the space and two Hebrew letters
	want := []Span{{0, 10, 20}, {0, 50, 20}}
	if len(spans) != 2 || spans[0] != want[0] || spans[1] != want[1] {
		t.Errorf("spans %v, want %v", spans, want)
	}
	if from, to := l.Word(5); l.Source[from:to] != "שלום" {
		t.Errorf("word %q", l.Source[from:to])
	}
}

// partition says what is wrong when not every byte up to End belongs to exactly one run.
func partition(l *Layout) string {
	owner := make([]bool, l.End)
	for _, line := range l.Lines {
		for _, r := range line.Runs {
			if r.Start >= r.End || r.End > l.End {
				return "a run is empty or reaches beyond the end"
			}
			for i := r.Start; i < r.End; i++ {
				if owner[i] {
					return "a byte belongs to two runs"
				}
				owner[i] = true
			}
		}
	}
	for _, ok := range owner {
		if !ok {
			return "a byte belongs to no run"
		}
	}
	return ""
}

func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "a b", "שלום (XMPP) 123", "\u202e\u2067\u2069\u202c", "👨‍👩‍👧‍👦🇸🇪", "https://a.b/(c)", "\xff\xfe", "\r\n\r", "สวัสดี", "(a[ש)]"} {
		f.Add(s, float32(50))
	}
	f.Fuzz(func(t *testing.T, s string, width float32) {
		l := Wrap(s, width, cells, Limits{})
		if err := partition(&l); err != "" {
			t.Fatalf("%q: %s", s, err)
		}
		if !l.Clipped && l.End != len(s) {
			t.Fatalf("%q: ends at %d unclipped", s, l.End)
		}
		for n := range l.Lines {
			if at := l.Hit(n, width/2); at < 0 || at > len(s) {
				t.Fatalf("%q: hit %d", s, at)
			}
		}
		l.Spans(0, len(s)/2)
		l.Word(len(s) / 2)
		Fit(s, width, cells)
		EmojiOnly(s)
	})
}

func BenchmarkWrap(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"Message", "Did you see the photos from the lake? The children swam all day"},
		{"LongLine", strings.Repeat("x", 100_000)},
		{"Families", strings.Repeat("👨‍👩‍👧‍👦", 2000)},
		{"Hebrew", strings.Repeat("שלום (XMPP) 123 ", 250)},
		{"Embeddings", strings.Repeat("\u2067(", 50_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Wrap(c.text, 436, cells, Limits{})
			}
		})
	}
}
