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
	rack  *rack
	found *found          // nil for none
	tint  *fyne.Animation // no more than a timer: nothing is drawn before its end
}

// SetFound shows a message as the one that was looked for: its ground is tinted for a moment, and what words finds in its text is
// marked until ClearFound. It does not scroll.
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
	f.arrange()
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
	for _, s := range f.rack.shown {
		switch {
		case s.bubble == nil:
		case f.found != nil && s.m.row.Key == f.found.key:
			s.bubble.setFound(f.found)
		default:
			s.bubble.setFound(nil)
		}
	}
}
