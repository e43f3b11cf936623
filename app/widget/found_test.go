package widget

import (
	"slices"
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

// TestFoundInLong shows a message that is higher than the view, and so long that it is clipped: the line with the word is in sight, and
// nothing moves for a word that is.
func TestFoundInLong(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 40)}
	lines := slices.Repeat([]string{"a line"}, 150)
	lines[130] = "a needle"
	l.rows[20].Text = strings.Join(lines, "\n")
	tl := view(t, l)
	tl.ScrollTo(20)
	tl.SetFound(20, wordsOf("needle"))
	tl.ScrollTo(35)
	before := tops(tl)
	tl.SetFound(35, wordsOf("some"))
	unmoved(t, "a word in sight", before, tops(tl))
	for range 2 { // also when all of it is shown already
		tl.ScrollTo(20)
		tl.SetFound(20, wordsOf("needle"))
		s := slotOf(tl, 20)
		if s == nil {
			t.Fatal("the message is not in sight")
		}
		marks := s.bubble.block.marks
		if len(marks) != 1 || !marks[0].Visible() {
			t.Fatalf("%d marks", len(marks))
		}
		if y := s.y + s.bubble.block.Position().Y + marks[0].Position().Y; y < 0 || y > tl.Size().Height-20 {
			t.Errorf("the word stands at %v of %v", y, tl.Size().Height)
		}
	}
}
