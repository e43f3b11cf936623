package e2e

import (
	"image"
	"image/color"
	"testing"

	"kith/core/coretest"
)

// TestHover moves the pointer onto a chat and straight out of the window: its row is shaded while the pointer is over it, and then no
// longer, which the toolkit does not learn by itself.
func TestHover(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 700})
	w.Settle()
	row := image.Rect(10, 106, 310, 170)
	shaded := func() int {
		return w.points(t, row, func(c color.NRGBA) bool { return near8(c.R, 0xEA) && near8(c.G, 0xEB) && near8(c.B, 0xED) })
	}
	for range 2 { // it comes back, too
		w.Tool("mousemove", "--window", w.ID, "250", "140")
		w.Until("the row shaded", func() bool { return shaded() > 5000 })
		w.Tool("mousemove", "5", "5")
		w.Until("no row shaded", func() bool { return shaded() < 500 })
	}
}
