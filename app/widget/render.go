package widget

import "fyne.io/fyne/v2"

// drawing is the renderer of every widget here: a list of objects in a fixed order, a layout that only moves and resizes,
// and a refresh that sets colours, texts and pictures. The two are kept apart because a layout that refreshes makes the
// canvas lay out again for ever.
type drawing struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (d *drawing) Destroy()                     {}
func (d *drawing) Layout(s fyne.Size)           { d.layout(s) }
func (d *drawing) MinSize() fyne.Size           { return d.min() }
func (d *drawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawing) Refresh()                     { d.refresh() }

// clipped is a drawing that shows nothing outside its bounds.
type clipped struct{ drawing }

// IsClip tells the painter so.
func (*clipped) IsClip() {}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(w, h))
	o.Move(fyne.NewPos(x, y))
}

// show sets whether an object is seen, without the repaint of a call that changes nothing.
func show(o fyne.CanvasObject, yes bool) {
	switch {
	case yes == o.Visible():
	case yes:
		o.Show()
	default:
		o.Hide()
	}
}

func focus(o fyne.Focusable) {
	object, ok := o.(fyne.CanvasObject)
	if !ok {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(object); c != nil {
		c.Focus(o)
	}
}

// focused is the canvas on which something has the keyboard; nil for none.
func focused() fyne.Canvas {
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		if c := w.Canvas(); c.Focused() != nil {
			return c
		}
	}
	return nil
}

// Unused gives the window a key for which what has the focus has no use; the toolkit itself gives it to that alone.
func Unused(k *fyne.KeyEvent) {
	if c := focused(); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}

// unusedShortcut is Unused for a shortcut.
func unusedShortcut(s fyne.Shortcut) {
	if c, ok := focused().(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}
