package e2e

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"testing"

	"kith/core/coretest"
)

// TestFoundMessage opens what a search found far up in a chat: which of the messages in sight it is stays to be seen by the words in
// it that are marked, and by nothing else, until the search is over.
func TestFoundMessage(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	near := friend(s, 0)
	w := ready(t, s, "anna", func(k *Kith) {
		for n := range 80 {
			text := fmt.Sprintf("message %d of many", n)
			if n == 20 {
				text = "a needle in the hay"
			}
			k.Send(near, text)
		}
	}).window(t, Place{20, 40, 1000, 740})
	chat := image.Rect(330, 70, 1000, 660)
	tinted := func() int {
		return w.points(t, chat, func(c color.NRGBA) bool { return c == color.NRGBA{0xA9, 0xE0, 0xED, 0xFF} })
	}
	marked := func() int { // the colour of what is marked on the ground of our messages, where it is wider than any stroke of a letter
		run := 0
		return w.points(t, chat, func(c color.NRGBA) bool {
			run++
			if !near8(c.R, 0x59) || !near8(c.G, 0xA0) || !near8(c.B, 0xB3) {
				run = 0
			}
			return run > 8
		})
	}
	w.Ask("open " + string(near))
	w.Shows("message 79 of many")
	w.Keys("ctrl+k")
	w.Write("needle")
	w.Until("the result", func() bool { return w.Sees("friend0, You: a needle in the hay") })
	if marked() > 0 {
		t.Error("something is marked before it is looked at")
	}
	w.Keys("Down", "Return")
	w.Until("the message", func() bool { return slices.Contains(w.messages(), "a needle in the hay") })
	w.Until("the words that are marked", func() bool { return marked() > 50 })
	w.Until("the end of the tint", func() bool { return tinted() == 0 })
	if marked() < 50 {
		t.Error("nothing is marked any more")
	}
	w.Keys("ctrl+k", "Escape")
	w.Until("no mark", func() bool { return marked() == 0 })
	if !slices.Contains(w.messages(), "a needle in the hay") {
		t.Error("the end of the search has moved the chat")
	}
}

// near8 says whether two parts of a colour are the same but for rounding.
func near8(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }
