package widget

import (
	"fyne.io/fyne/v2"
)

// scroll moves the rows down by dy, towards the older ones; up when it is negative.
func (t *Timeline) scroll(dy float32) {
	if dy == 0 || t.source.Len() == 0 {
		return
	}
	t.pos.below += dy
	t.pos.stick = false
	t.arrange()
	t.thumb.stir()
}

// Scrolled is the wheel.
func (t *Timeline) Scrolled(e *fyne.ScrollEvent) { t.scroll(e.Scrolled.DY) }

// Dragged is a finger.
func (t *Timeline) Dragged(e *fyne.DragEvent) {
	if fyne.CurrentDevice().IsMobile() {
		t.scroll(e.Dragged.DY)
	}
}

// DragEnd does nothing.
func (t *Timeline) DragEnd() {}

// Tapped drops the selection and takes the focus.
func (t *Timeline) Tapped(*fyne.PointEvent) {
	t.deselect()
	t.cursor.on = false
	t.cursor.arrange()
	if !fyne.CurrentDevice().IsMobile() {
		focus(t)
	}
}

// FocusGained shows the focus, unless it came by selecting text.
func (t *Timeline) FocusGained() {
	t.focused = t.selected == nil
	paintFrame(t.ring, t.focused && !t.cursor.on)
	t.cursor.arrange()
}

// FocusLost hides it.
func (t *Timeline) FocusLost() {
	t.focused = false
	paintFrame(t.ring, false)
	t.cursor.arrange()
}

// TypedRune belongs to the composer.
func (t *Timeline) TypedRune(r rune) {
	if t.OnRune != nil {
		t.OnRune(r)
	}
}

// TypedKey scrolls, and goes from message to message.
func (t *Timeline) TypedKey(k *fyne.KeyEvent) {
	page := max(t.Size().Height-60, 40)
	switch k.Name {
	case fyne.KeyUp:
		t.step(-1)
	case fyne.KeyDown:
		t.step(1)
	case fyne.KeyPageUp:
		t.scroll(page)
	case fyne.KeyPageDown:
		t.scroll(-page)
	case fyne.KeyHome:
		t.Oldest()
	case fyne.KeyEnd:
		t.Latest()
	default:
		if t.press(k.Name) {
			return
		}
		if k.Name == fyne.KeyEscape {
			t.deselect()
		}
		if t.OnKey != nil {
			t.OnKey(k)
		}
	}
}

// Oldest shows the first row of the source.
func (t *Timeline) Oldest() {
	if t.source.Len() > 0 {
		t.pos = position{at: 0, below: t.rowHeight(0) - t.Size().Height}
		t.arrange()
	}
}
