package widget

import (
	"time"

	"fyne.io/fyne/v2"

	"kith/app/text"
)

// found is the message to which a search has led. Bubbles hold on to it, so it is replaced and never changed.
type found struct {
	key   int64 // of the row
	words func(text string) [][2]int
	lit   bool // its ground is tinted
}

const (
	foundTime = 2 * time.Second // how long the ground is tinted
	foundMost = 64              // stretches that are marked: each is an object on the canvas
	foundMore = 3               // how many times more of a clipped text is shown to have a word of it in sight
	foundEdge = float32(40)     // kept free between that word and the edge of the view
)

// marks are the stretches of a text that are marked, in bytes.
func (f *found) marks(l *text.Layout) [][2]int {
	if f == nil {
		return nil
	}
	all := f.words(l.Source[:l.End])
	return all[:min(len(all), foundMost)]
}

// finder shows which message of a timeline was found.
type finder struct {
	in    *Timeline
	found *found          // nil for none
	tint  *fyne.Animation // no more than a timer: nothing is drawn before its end
}

// SetFound shows a message as the one that was looked for: its ground is tinted for a moment, and what words finds in its text is
// marked until ClearFound. In a message that is long the first of it is brought into sight.
func (f *finder) SetFound(key int64, words func(text string) [][2]int) {
	f.ClearFound()
	f.tint = fyne.NewAnimation(foundTime, func(done float32) {
		if done == 1 {
			f.dim()
		}
	})
	f.tint.Curve = fyne.AnimationLinear
	f.tint.Start()
	f.found = &found{key, words, true}
	f.reveal()
	f.arrange()
}

// reveal brings the first of the words into sight: a long message goes on beyond the view, or is not shown to its end.
func (f *finder) reveal() {
	t := f.in
	i, ok := t.index(f.found.key, t.pos.at)
	if !ok || t.height == 0 {
		return
	}
	m := t.measure(i)
	all := f.found.words(m.row.Text)
	if len(all) == 0 || !isBubble(m.row.Kind) {
		return
	}
	for n := 0; n < foundMore && all[0][1] > m.shape.text.End; n++ {
		t.more[f.found.key]++
		delete(t.cache, f.found.key)
		m = t.measure(i)
	}
	if spans := m.shape.text.Spans(all[0][0], all[0][1]); len(spans) > 0 {
		top, _ := t.span(i)
		y := top + m.shape.top + padY + float32(spans[0].Line)*m.shape.ink.line()
		if y < foundEdge || y > t.height-foundEdge {
			t.scroll(t.height/2 - y)
		}
	}
	t.arrange()
}

// ClearFound shows the message that was looked for like any other.
func (f *finder) ClearFound() {
	if f.tint != nil {
		f.tint.Stop()
	}
	f.found = nil
	f.arrange()
}

// dim ends the tint.
func (f *finder) dim() {
	if f.found != nil {
		f.found = &found{f.found.key, f.found.words, false}
		f.arrange()
	}
}

// arrange tells the bubbles in sight which of them it is.
func (f *finder) arrange() {
	for _, s := range f.in.shown {
		switch {
		case s.bubble == nil:
		case f.found != nil && s.m.row.Key == f.found.key:
			s.bubble.setFound(f.found)
		default:
			s.bubble.setFound(nil)
		}
	}
}
