package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/theme"
)

// Field is a labelled text field with room for an error below it.
type Field struct {
	base.BaseWidget
	OnChanged func(string)
	OnSubmit  func() // Enter was pressed

	title *Line
	box   *canvas.Rectangle
	entry *entry
	eye   *IconButton // of a password; else nil
	fault *TextBlock
	text  string // of the error
	lit   bool
}

// NewField makes a field.
func NewField(title, placeholder string) *Field {
	f := &Field{
		title: NewLine(title, Ink{Size: theme.TextSmall, Line: 18, Color: theme.Muted, Bold: true}),
		box:   rounded(theme.ButtonRadius), entry: newEntry(),
		fault: NewTextBlock("", Ink{Size: theme.TextSmall, Line: 18, Color: theme.Warning}),
	}
	f.entry.name = title
	f.entry.SetPlaceHolder(placeholder)
	f.entry.OnChanged = func(s string) {
		if f.OnChanged != nil {
			f.OnChanged(s)
		}
	}
	f.entry.OnSubmitted = func(string) {
		if f.OnSubmit != nil {
			f.OnSubmit()
		}
	}
	f.entry.focused = func(yes bool) {
		f.lit = yes
		f.Refresh()
		if yes {
			Reveal(f)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// NewPassword makes a field whose text is hidden until the person asks to see it.
func NewPassword(title, placeholder string) *Field {
	f := NewField(title, placeholder)
	f.entry.Password, f.entry.past = true, true
	f.entry.ActionItem = container.NewWithoutLayout() // or the toolkit puts an eye of its own there
	f.eye = NewIconButton(theme.IconEye, lang.T("Show the password"), nil)
	f.eye.pressed = func() {
		f.entry.Password = !f.entry.Password
		if f.entry.Password {
			f.eye.Set(theme.IconEye, lang.T("Show the password"))
		} else {
			f.eye.Set(theme.IconEyeOff, lang.T("Hide the password"))
		}
		f.entry.Refresh()
	}
	return f
}

// Text is what stands in the field.
func (f *Field) Text() string { return f.entry.Text }

// SetText changes what stands in the field.
func (f *Field) SetText(s string) { f.entry.SetText(s) }

// SetError shows a sentence below the field, or none.
func (f *Field) SetError(sentence string) {
	f.text = sentence
	f.fault.SetText(sentence)
	f.Refresh()
}

// Focus gives the field the keyboard.
func (f *Field) Focus() { focus(f.entry) }

// Enable lets it be edited.
func (f *Field) Enable() { f.entry.Enable() }

// Disable keeps it from being edited.
func (f *Field) Disable() { f.entry.Disable() }

// CreateRenderer is the toolkit's.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{
		objects: []fyne.CanvasObject{f.title, f.box, f.entry, f.fault},
		layout:  f.arrange, min: f.least, refresh: f.paint,
	}
	if f.eye != nil {
		d.objects = append(d.objects, f.eye)
	}
	f.paint()
	return d
}

const titleHeight float32 = 24

func (f *Field) least() fyne.Size {
	h := titleHeight + theme.FieldHeight
	if f.text != "" {
		h += 6 + f.fault.Height(max(f.Size().Width, 200))
	}
	return fyne.NewSize(160, h)
}

func (f *Field) paint() {
	f.box.FillColor = theme.Color(theme.Background)
	f.box.StrokeWidth, f.box.StrokeColor = 1, theme.Color(theme.Edge)
	switch {
	case f.lit:
		f.box.StrokeWidth, f.box.StrokeColor = 2, theme.Color(theme.Primary)
	case f.text != "":
		f.box.StrokeColor = theme.Color(theme.Warning)
	}
	f.box.Refresh()
	show(f.fault, f.text != "")
}

func (f *Field) arrange(s fyne.Size) {
	place(f.title, 0, 0, s.Width, 18)
	place(f.box, 0, titleHeight, s.Width, theme.FieldHeight)
	right := s.Width - 6
	if f.eye != nil {
		place(f.eye, right-theme.RoundButton, titleHeight+2, theme.RoundButton, theme.RoundButton)
		right -= theme.RoundButton
	}
	h := f.entry.MinSize().Height
	place(f.entry, 6, titleHeight+(theme.FieldHeight-h)/2, right-6, h)
	place(f.fault, 0, titleHeight+theme.FieldHeight+6, s.Width, f.fault.Height(s.Width))
}
