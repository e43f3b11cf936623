package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/theme"
)

// SearchField is a search field; Escape empties it and then calls OnCancel.
type SearchField struct {
	base.BaseWidget
	OnChanged func(string)
	OnSubmit  func()
	OnCancel  func()
	OnDown    func() // the arrow down: to the results

	box   *canvas.Rectangle
	glass *canvas.Image
	entry *entry
	clear *IconButton
	lit   bool
}

// NewSearchField makes a search field.
func NewSearchField(placeholder string) *SearchField {
	f := &SearchField{box: rounded(theme.ButtonRadius), glass: picture(theme.IconSearch, theme.Muted), entry: newEntry()}
	f.clear = NewIconButton(theme.IconClose, lang.T("Clear"), func() { f.SetText(""); f.Focus() })
	f.clear.size = 28
	f.clear.Hide()
	f.entry.SetPlaceHolder(placeholder)
	f.entry.OnChanged = f.changed
	f.entry.OnSubmitted = func(string) { call(f.OnSubmit) }
	f.entry.key = f.typed
	f.entry.focused = func(yes bool) { f.lit = yes; f.Refresh() }
	f.ExtendBaseWidget(f)
	return f
}

func call(f func()) {
	if f != nil {
		f()
	}
}

func (f *SearchField) changed(s string) {
	show(f.clear, s != "")
	f.arrange(f.Size())
	if f.OnChanged != nil {
		f.OnChanged(s)
	}
}

func (f *SearchField) typed(k *fyne.KeyEvent) bool {
	switch {
	case k.Name == fyne.KeyEscape && f.entry.Text != "":
		f.SetText("")
	case k.Name == fyne.KeyEscape:
		call(f.OnCancel)
	case k.Name == fyne.KeyDown:
		call(f.OnDown)
	default:
		return false
	}
	return true
}

// Text is what is searched for.
func (f *SearchField) Text() string { return f.entry.Text }

// SetText changes what is searched for.
func (f *SearchField) SetText(s string) { f.entry.SetText(s) }

// Focus gives the field the keyboard.
func (f *SearchField) Focus() { focus(f.entry) }

// CreateRenderer is the toolkit's.
func (f *SearchField) CreateRenderer() fyne.WidgetRenderer {
	f.paint()
	return &drawing{
		objects: []fyne.CanvasObject{f.box, f.glass, f.entry, f.clear},
		layout:  f.arrange,
		min:     func() fyne.Size { return fyne.NewSize(120, theme.SearchHeight) },
		refresh: f.paint,
	}
}

func (f *SearchField) paint() {
	f.box.FillColor = theme.Color(theme.Field)
	f.box.StrokeWidth = 0
	if f.lit {
		f.box.StrokeWidth, f.box.StrokeColor = 2, theme.Color(theme.Primary)
	}
	f.box.Refresh()
	repicture(f.glass, theme.IconSearch, theme.Muted)
}

func (f *SearchField) arrange(s fyne.Size) {
	place(f.box, 0, 0, s.Width, s.Height)
	place(f.glass, 12, (s.Height-16)/2, 16, 16)
	h := f.entry.MinSize().Height
	right := s.Width
	if f.clear.Visible() { // else the words in the empty field have its room, too
		right -= 34
	}
	place(f.entry, 28, (s.Height-h)/2, right-28, h)
	place(f.clear, s.Width-32, (s.Height-28)/2, 28, 28)
}
