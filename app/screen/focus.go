package screen

import "fyne.io/fyne/v2"

// named is what can have the keyboard and says what it is.
type named interface {
	fyne.Focusable
	AccessibilityLabel() string
}

// keepFocus makes the contents of a pane anew and gives the keyboard back to what has the name of what had it: whoever goes
// by keys alone would have to begin at the top of the window after each press.
func keepFocus(pane *fyne.Container, anew func()) {
	c := fyne.CurrentApp().Driver().CanvasForObject(pane)
	if c == nil {
		anew()
		return
	}
	had, _ := c.Focused().(named)
	in := had != nil && find(pane, func(n named) bool { return n == had }) != nil
	anew()
	if !in {
		return
	}
	Settle(pane)
	if n := find(pane, func(n named) bool { return n.AccessibilityLabel() == had.AccessibilityLabel() }); n != nil {
		c.Focus(n)
	}
}

// unfocus takes the keyboard away from what lies in a pane that goes.
func unfocus(pane *fyne.Container) {
	c := fyne.CurrentApp().Driver().CanvasForObject(pane)
	if c == nil {
		return
	}
	if had, _ := c.Focused().(named); had != nil && find(pane, func(n named) bool { return n == had }) != nil {
		c.Unfocus()
	}
}

// find returns the first thing in a pane that is wanted, from the top; nil for none.
func find(in fyne.CanvasObject, wanted func(named) bool) named {
	if !in.Visible() {
		return nil
	}
	if n, ok := in.(named); ok && wanted(n) {
		return n
	}
	c, ok := in.(*fyne.Container)
	if !ok {
		return nil
	}
	for _, o := range c.Objects {
		if n := find(o, wanted); n != nil {
			return n
		}
	}
	return nil
}
