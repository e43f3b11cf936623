//go:build kithtest

package app

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// seen are the labels of everything in a window that a screen reader could read, in the order it is drawn.
func seen(w fyne.Window) string {
	var labels []string
	walkWindow(w, func(o fyne.CanvasObject, _ fyne.Position) {
		if s := label(o); s != "" {
			labels = append(labels, strings.Join(strings.Fields(s), " "))
		}
	})
	return strings.Join(labels, "\t")
}

// place is the middle of what has a label, as "X Y" in pixels of the window; what can be pressed goes before what is only
// read. It is empty when there is none in sight.
func place(w fyne.Window, wanted string) (at string) {
	c := w.Canvas()
	pressable := false
	walkWindow(w, func(o fyne.CanvasObject, p fyne.Position) {
		p = p.AddXY(o.Size().Width/2, o.Size().Height/2)
		_, can := o.(fyne.Tappable)
		if label(o) != wanted || at != "" && (pressable || !can) || p.Y > c.Size().Height {
			return
		}
		pressable = can
		at = fmt.Sprintf("%d %d", int(p.X*c.Scale()), int(p.Y*c.Scale()))
	})
	return at
}

// walkWindow visits everything that is shown, what lies on top last.
func walkWindow(w fyne.Window, visit func(fyne.CanvasObject, fyne.Position)) {
	c := w.Canvas()
	for _, o := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		walk(o, fyne.Position{}, visit)
	}
}

func walk(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at)
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, x := range inside {
		walk(x, at, visit)
	}
}

// label is what a screen reader says of something; empty when it says nothing.
func label(o any) string {
	if s, ok := o.(interface{ AccessibilityLabel() string }); ok {
		return s.AccessibilityLabel()
	}
	return ""
}
