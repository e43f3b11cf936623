package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/theme"
)

// entry is the toolkit's text field with hooks for the keys that the widgets here treat in their own way.
type entry struct {
	base.Entry
	name    string // what it is for; empty: its placeholder says so
	shift   bool
	past    bool                      // Tab leads past the button in the field
	most    int                       // bytes that it may hold after a paste: the toolkit lays a megabyte out for minutes
	tooMuch string                    // what is said of more
	key     func(*fyne.KeyEvent) bool // true: taken
	focused func(bool)
}

// fieldMost is what a field of one line may hold: no address or passphrase is longer.
const fieldMost = 4 << 10

func newEntry() *entry {
	e := &entry{most: fieldMost, tooMuch: lang.T("That is too long for this field.")}
	e.TextStyle = theme.StyleOf("")
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// thin is a thin space.
const thin = "\u2009"

// SetPlaceHolder shows words in the empty field. They begin a little late, as the caret would else stand on their first letter.
func (e *entry) SetPlaceHolder(words string) { e.Entry.SetPlaceHolder(thin + words) }

// CreateRenderer leaves the toolkit's border out: the boxes here have one of their own. Its theme has no other size for the
// caret than that of the border.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	r := &borderless{e.Entry.CreateRenderer(), e}
	if !e.Size().IsZero() { // the toolkit asks for it anew, and lays nothing out then
		r.Layout(e.Size())
	}
	return r
}

// borderless draws an entry without its ground and its border, which come first, and with no more fonts than its words need.
type borderless struct {
	fyne.WidgetRenderer
	entry *entry
}

// Objects are the text, the caret and what stands beside them. Whoever asks is about to measure them.
func (b *borderless) Objects() []fyne.CanvasObject {
	theme.Measured()
	return b.WidgetRenderer.Objects()[2:]
}

// MinSize is the toolkit's.
func (b *borderless) MinSize() fyne.Size {
	theme.Measured()
	return b.WidgetRenderer.MinSize()
}

// Layout is the toolkit's.
func (b *borderless) Layout(s fyne.Size) {
	theme.Measured()
	b.WidgetRenderer.Layout(s)
}

// Refresh is the toolkit's.
func (b *borderless) Refresh() {
	theme.Measured()
	b.entry.TextStyle = theme.StyleOf(b.entry.Text + b.entry.PlaceHolder)
	b.WidgetRenderer.Refresh()
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
	switch {
	case e.key != nil && e.key(k):
	case k.Name == fyne.KeyEscape:
		Unused(k)
	case k.Name == fyne.KeyTab:
		e.leave()
	default:
		e.Entry.TypedKey(k)
	}
}

// AcceptsTab says no: Tab leads on, also from the composer, or whoever goes by keys alone could not leave it.
func (e *entry) AcceptsTab() bool { return e.past }

// leave leads on past the button in the field, which Shift+Tab leads back to: what people type after Tab is for the next field.
func (e *entry) leave() {
	c := fyne.CurrentApp().Driver().CanvasForObject(e)
	if e.shift {
		c.FocusPrevious()
		return
	}
	c.FocusNext()
	c.FocusNext()
}

// TypedShortcut refuses to paste what is too long, and passes on what is no editing: Ctrl+K must work while somebody writes,
// too.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok && len(e.Text)+len(p.Clipboard.Content()) > e.most {
		if root := rootOf(e); root != nil {
			root.Toast(e.tooMuch, "", nil)
		}
		return
	}
	if edits(s) {
		e.Entry.TypedShortcut(s)
		return
	}
	unusedShortcut(s)
}

// edits says whether a shortcut is for the text: copies, undoes, moves the caret or erases by words.
func edits(s fyne.Shortcut) bool {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return true
	}
	switch custom.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
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
