package widget

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

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

// TestShort shows a shorter text where the whole one does not fit, and the whole one where it does.
func TestShort(t *testing.T) {
	start(t, theme.Light)
	l := NewLine("Will be encrypted · online", Ink{Size: theme.TextSmall, Line: 18, Color: theme.Muted})
	l.SetShort("Will be encrypted")
	w := show1(t, l, l.Width()+20, 40)
	drawn := func() (s string) {
		everything(l, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if part, ok := o.(*canvas.Text); ok && part.Visible() {
				s += part.Text
			}
		})
		return s
	}
	if s := drawn(); s != "Will be encrypted · online" {
		t.Errorf("%q where there is room", s)
	}
	w.Resize(fyne.NewSize(l.Width()-5, 40))
	if s := drawn(); s != "Will be encrypted" {
		t.Errorf("%q where there is not", s)
	}
}
