package theme

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"github.com/go-text/typesetting/language"
)

// Drop is how much lower than the rest of its line the toolkit draws a text, in parts of its size. The toolkit puts the top
// of the tallest font it needs at the top of the text, so Chinese beside an emoji would stand some points too low. It does
// not tell which font it found; so this draws an H alone and an H beside a letter of the script, once, and compares.
func Drop(s string) float32 {
	t, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	if !ok {
		return 0
	}
	var most float32
	for _, r := range s {
		if !isForeign(r) {
			continue
		}
		script := language.LookupScript(r)
		drop, ok := t.drops[script]
		if !ok {
			drop = measureDrop(r)
			t.drops[script] = drop
		}
		most = max(most, drop)
	}
	return most
}

// measureSize is the size of the letters that are compared.
const measureSize = 64

func measureDrop(r rune) float32 {
	font := foreignFont(string(r), Regular)
	alone, with := inkTop("H", font), inkTop("H"+string(r), font)
	if alone < 0 || with < alone {
		return 0
	}
	return float32(with-alone) / measureSize
}

// inkTop is the first row of points in which the H that s begins with can be seen; -1 when there is none.
func inkTop(s string, font fyne.Resource) int {
	text := &canvas.Text{Text: s, TextSize: measureSize, Color: color.Black, FontSource: font}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(text)
	c.Resize(fyne.NewSize(2*measureSize, 2*measureSize))
	picture := c.Capture()
	stem := image.Rect(0, 0, measureSize/3, 2*measureSize) // the left half of the H
	for y := stem.Min.Y; y < stem.Max.Y; y++ {
		for x := stem.Min.X; x < stem.Max.X; x++ {
			if _, _, _, a := picture.At(x, y).RGBA(); a > 0x8000 {
				return y
			}
		}
	}
	return -1
}
