package widget

import (
	"slices"
	"strings"
	"testing"

	"kith/app/text"
	"kith/app/theme"
)

// TestMarks finds words of a row's line marked where they stand, in both directions of writing, and nothing once the row serves
// something else.
func TestMarks(t *testing.T) {
	start(t, theme.Light)
	measure := func(s string) float32 { return leadInk("").measure(s, text.Plain) }
	marks := func(line string, words ...string) (m Marks) {
		for i, w := range words {
			at := strings.Index(line, w)
			m[i] = [2]int{at, at + len(w)}
		}
		return m
	}
	r := NewChatRow(ChatItem{Line: "first"}, nil)
	show1(t, r, 320, 68)
	seen := func() (out [][2]float32) {
		for _, b := range r.line.boxes {
			if b.Visible() {
				out = append(out, [2]float32{b.Position().X, b.Size().Width})
			}
		}
		return out
	}
	tests := []struct {
		line  string
		words []string
		want  [][2]float32
	}{
		{"one two three", []string{"one", "three"}, [][2]float32{{0, measure("one")}, {measure("one two "), measure("three")}}},
		{"אחת שתיים", []string{"אחת"}, [][2]float32{{measure(" שתיים"), measure("אחת")}}},
		{"今天天气", []string{"天气"}, [][2]float32{{measure("今天"), measure("今天天气") - measure("今天")}}},
		{"no marks", nil, nil},
	}
	near := func(a, b [2]float32) bool { return max(a[0]-b[0], b[0]-a[0], a[1]-b[1], b[1]-a[1]) <= 1 }
	for _, tt := range tests {
		r.Set(ChatItem{Line: tt.line, Marks: marks(tt.line, tt.words...)}, false)
		if got := seen(); !slices.EqualFunc(got, tt.want, near) {
			t.Errorf("%q: marked at %v, want %v", tt.line, got, tt.want)
		}
	}
	long := strings.Repeat("word ", 50) + "end"
	r.Set(ChatItem{Line: long, Marks: marks(long, "word", "end")}, false)
	if got := seen(); len(got) != 1 {
		t.Errorf("of what is cut off, %v is marked", got)
	}
}
