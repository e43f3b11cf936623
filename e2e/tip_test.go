package e2e

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"kith/core/coretest"
)

// TestTip lets the pointer rest on a button that has only an icon: in words, painted, what it does appears below it. That it is
// there for a screen reader says nothing about paint.
func TestTip(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 700})
	w.Settle()
	below := image.Rect(190, 58, 290, 76) // of the button for a new chat
	if n := w.dark(t, below); n > 0 {
		t.Fatalf("%d dark points where the tip shall appear", n)
	}
	w.Tool("mousemove", "--window", w.ID, "238", "35")
	w.Until("the tip", func() bool { return w.dark(t, below) > 400 })
	w.Tool("mousemove", "--window", w.ID, "500", "600")
	w.Until("the tip gone", func() bool { return w.dark(t, below) == 0 })
}

// dark counts the points of a part of the window that have the colour of tips, or nearly.
func (w *Window) dark(t *testing.T, part image.Rectangle) int {
	t.Helper()
	return w.points(t, part, func(c color.NRGBA) bool { return c.R < 0x40 && c.G < 0x40 && c.B < 0x40 })
}

// points counts the points of a part of the window whose colour is one that is looked for.
func (w *Window) points(t *testing.T, part image.Rectangle, is func(color.NRGBA) bool) (n int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "window.png")
	w.Photograph(w.ID, file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if is(color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)) {
				n++
			}
		}
	}
	return n
}
