package view

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kith/core/model"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "hello", "hello"},
		{"lines", "  a\n\n b\t c \r\n", "a b c"},
		{"controls", "a\x00b\x1b[31mc", "ab[31mc"},
		{"override", "evil\u202egpj.exe", "evilgpj.exe"},
		{"isolates", "\u2066a\u2069", "a"},
		{"bad bytes", "a\xffb", "ab"},
		{"arabic", "مرحبا، كيف حالك؟", "مرحبا، كيف حالك؟"},
		{"family", "👨‍👩‍👧", "👨‍👩‍👧"},
		{"cut", strings.Repeat("x", 500), strings.Repeat("x", 120) + "…"},
		{"cut inside a family", strings.Repeat("x", 118) + "👨‍👩‍👧", strings.Repeat("x", 118) + "👨…"},
		{"empty", " \n ", ""},
	}
	for _, tt := range tests {
		if got := Line(tt.in); got != tt.want {
			t.Errorf("%s: Line = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSays(t *testing.T) {
	const address = "aesgcm://upload.example.org/f/pic.png#0123456789abcdef"
	const file = "A file, which Kith can't open yet."
	tests := []struct{ name, in, want string }{
		{"text", "hello\nyou", "hello\nyou"},
		{"file", address, file},
		{"file with a preview", address + "\ndata:image/jpeg,/9j/4AAQ", file},
		{"address in a sentence", "see " + address, "see " + address},
		{"address with words behind it", address + " there", address + " there"},
		{"address with a line behind it", address + "\nthere", address + "\nthere"},
		{"address without a key", "aesgcm://upload.example.org/f", "aesgcm://upload.example.org/f"},
		{"address that anybody opens", "https://example.org/a#b", "https://example.org/a#b"},
	}
	for _, tt := range tests {
		if got := Says(&model.Message{Body: tt.in}); got != tt.want {
			t.Errorf("%s: Says = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestFileKeyIsNotShown looks for the key of an encrypted file wherever the message is shown.
func TestFileKeyIsNotShown(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	m := message(3, now, "aesgcm://upload.example.org/f/pic.png#0123456789abcdef")
	failed := outgoing(m)
	failed.State = model.Failed
	for _, m := range []model.Message{m, outgoing(m), failed} {
		chat := model.Chat{ID: 3, Account: 1, JID: "ben@example.org", Name: "Ben", Last: m}
		chats := NewChats()
		chats.Set([]model.Chat{chat})
		shown := sketch(NewTimeline(chat, []model.Message{m}, now))
		for _, row := range append(shown, chats.Rows(now)[0].Line, Hits(Quotes([]model.Message{m}, "pic"), chats, now)[0].Text) {
			if strings.Contains(row, "aesgcm") || strings.Contains(row, "0123456789abcdef") {
				t.Errorf("shown: %q", row)
			}
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\u202e", "\xff\xfe", strings.Repeat("é ", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Line(s)
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		if n := utf8.RuneCountInString(got); n > lineRunes+2 {
			t.Fatalf("%d characters", n)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return turnsText(r) || unicode.IsControl(r) }) {
			t.Fatalf("a control is left in %q", got)
		}
	})
}

func TestPassphraseStrength(t *testing.T) {
	tests := []struct {
		in          string
		least, most int
	}{
		{"", 0, 0},
		{"short", 0, 0},
		{"aaaaaaaaaaaaaaaa", 1, 1},
		{"12345678", 1, 1},
		{"abcdefghijklmnop", 1, 1},
		{"password", 1, 2},
		{"correct horse battery staple", 4, 4},
		{"Xk9#mQ2$vL5@", 3, 4},
	}
	for _, tt := range tests {
		if got := PassphraseStrength(tt.in); got.Level < tt.least || got.Level > tt.most || got.Text == "" {
			t.Errorf("PassphraseStrength(%q) = %+v, want level %d…%d", tt.in, got, tt.least, tt.most)
		}
	}
}

func TestBrief(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Ben": "Ben", "Lena Grünwald-Hernández de la Torre": "Lena Grünwald-Hernández de l…",
		strings.Repeat("王", 28): strings.Repeat("王", 28), strings.Repeat("王", 29): strings.Repeat("王", 28) + "…",
	} {
		if got := Brief(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
