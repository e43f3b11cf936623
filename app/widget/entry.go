package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	base "fyne.io/fyne/v2/widget"
)

// entry is the toolkit's text field with hooks for the keys that the widgets here treat in their own way.
type entry struct {
	base.Entry
	shift   bool
	key     func(*fyne.KeyEvent) bool // true: taken
	focused func(bool)
}

func newEntry() *entry {
	e := &entry{}
	e.Scroll = fyne.ScrollNone
	e.ExtendBaseWidget(e)
	return e
}

// KeyDown keeps track of the shift key.
func (e *entry) KeyDown(k *fyne.KeyEvent) {
	e.setShift(k.Name, true)
	e.Entry.KeyDown(k)
}

// KeyUp keeps track of the shift key.
func (e *entry) KeyUp(k *fyne.KeyEvent) {
	e.setShift(k.Name, false)
	e.Entry.KeyUp(k)
}

func (e *entry) setShift(name fyne.KeyName, down bool) {
	if name == "LeftShift" || name == "RightShift" {
		e.shift = down
	}
}

// TypedKey offers a key to the widget around first. Android's back key is a key here: the toolkit gives it to what has the
// focus before anything else.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == mobile.KeyBack {
		k = &fyne.KeyEvent{Name: fyne.KeyEscape}
	}
	if e.key != nil && e.key(k) {
		return
	}
	e.Entry.TypedKey(k)
}

// FocusGained tells the widget around.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	if e.focused != nil {
		e.focused(true)
	}
}

// FocusLost tells the widget around; a shift key that is released elsewhere is not held here.
func (e *entry) FocusLost() {
	e.shift = false
	e.Entry.FocusLost()
	if e.focused != nil {
		e.focused(false)
	}
}
