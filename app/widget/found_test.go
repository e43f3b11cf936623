package widget

import (
	"strings"
	"testing"

	"kith/app/theme"
)

// wordsOf finds a word wherever it stands.
func wordsOf(word string) func(string) [][2]int {
	return func(text string) (out [][2]int) {
		for at := 0; ; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				return out
			}
			out = append(out, [2]int{at + i, at + i + len(word)})
			at += i + len(word)
		}
	}
}

// TestFound shows one message of many as the one that was looked for: it alone is tinted, until the time is up, and its words stay
// marked, also when it was out of sight for a while.
func TestFound(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 200)}
	tl := view(t, l)
	const key = 150
	look := func() (lit, marked int) {
		t.Helper()
		for _, s := range tl.shown {
			marks := 0
			for _, m := range s.bubble.block.marks {
				if m.Visible() {
					marks++
				}
			}
			tinted := s.bubble.body.FillColor == theme.Color(theme.Found)
			if (tinted || marks > 0) && s.m.row.Key != key {
				t.Errorf("message %d is shown as found", s.m.row.Key)
			}
			if tinted {
				lit++
			}
			marked += marks
		}
		return lit, marked
	}
	want := func(what string, lit, marked int) {
		t.Helper()
		if a, b := look(); a != lit || b != marked {
			t.Errorf("%s: %d tinted, %d words marked, want %d and %d", what, a, b, lit, marked)
		}
	}
	words := strings.Count(l.rows[key].Text, "some")
	if !tl.ScrollTo(key) || words < 3 {
		t.Fatal("no such message")
	}
	want("before", 0, 0)
	tl.SetFound(key, wordsOf("some"))
	want("found", 1, words)
	tl.tint.Tick(0.5)
	want("in between", 1, words)
	tl.tint.Tick(1)
	want("after a while", 0, words)
	tl.ScrollToBottom()
	want("elsewhere", 0, 0)
	tl.ScrollTo(key)
	want("back again", 0, words)
	l.rows[key].Text = "some other text"
	tl.Reload()
	want("corrected", 0, 1)
	tl.SetFound(key, wordsOf("other"))
	want("found again", 1, 1)
	tl.ClearFound()
	want("the search is over", 0, 0)
	tl.SetFound(key, func(text string) [][2]int { return make([][2]int, 1000) })
	if n := len(slotOf(tl, key).bubble.block.found); n != foundMost {
		t.Errorf("%d stretches are marked", n)
	}
}

// slotOf is the slot that shows a row.
func slotOf(tl *Timeline, key int64) *slot {
	for _, s := range tl.shown {
		if s.m.row.Key == key {
			return s
		}
	}
	return nil
}
