package screen

import (
	"testing"

	"fyne.io/fyne/v2"

	"kith/app/widget"
)

// TestPaneTitles holds the title of every pane in line with what stands below it, in a narrow and in a wide pane.
func TestPaneTitles(t *testing.T) {
	begin(t)
	for _, width := range []float32{leastWidth, 900} {
		for title, build := range map[string]func() (pane, below fyne.CanvasObject){
			"Settings": func() (fyne.CanvasObject, fyne.CanvasObject) { s := sampleSettings(); return s.Object(), s.body },
			"Details":  func() (fyne.CanvasObject, fyne.CanvasObject) { d := sampleDetails(); return d.Object(), d.body },
			"New chat": func() (fyne.CanvasObject, fyne.CanvasObject) { n := sampleStart(); return n.Object(), n.field },
		} {
			o, below := build()
			window(t, o, width, 900)
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject
			walk(o, func(o fyne.CanvasObject) {
				if l, ok := o.(*widget.Line); ok && l.Text() == title && at(l).X != at(below).X {
					t.Errorf("%s, %v wide: the title stands at %v, what is below it at %v", title, width, at(l).X, at(below).X)
				}
			})
		}
	}
}
