package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/text"
	"kith/app/theme"
)

// Look is what a button is for.
type Look uint8

// The looks of a button.
const (
	PrimaryLook   Look = iota // the one thing to do here
	SecondaryLook             // another thing
	DangerLook                // cannot be undone
	LinkLook                  // as a word in the text
)

// Button is a labelled button.
type Button struct {
	press
	label string
	look  Look
	body  *canvas.Rectangle
	shade *canvas.Rectangle
	ring  *canvas.Rectangle
	line  *Line
	tone  fyne.ThemeColorName // of the words of a link; empty: the primary one
}

// NewButton makes a button; pressed is called on the toolkit's goroutine.
func NewButton(label string, look Look, pressed func()) *Button {
	b := &Button{
		label: label, look: look, body: rounded(theme.ButtonRadius), shade: rounded(theme.ButtonRadius),
		ring: frame(theme.ButtonRadius + 3),
	}
	b.pressed = pressed
	b.line = NewLine(label, b.ink())
	b.line.SetAlign(fyne.TextAlignCenter)
	b.ExtendBaseWidget(b)
	return b
}

// SetLabel changes the words on it.
func (b *Button) SetLabel(s string) {
	b.label = s
	b.Refresh()
}

// SetColor changes the colour of a button that looks like a link, as on a dark ground.
func (b *Button) SetColor(name fyne.ThemeColorName) {
	b.tone = name
	b.Refresh()
}

// Focus gives the button the keyboard.
func (b *Button) Focus() { focus(b) }

// AccessibilityLabel is what a screen reader says.
func (b *Button) AccessibilityLabel() string { return b.label }

// colours are the ground and the text.
func (b *Button) colours() (ground, words fyne.ThemeColorName) {
	switch {
	case b.look == LinkLook && b.tone != "":
		return theme.Transparent, b.tone
	case b.look == LinkLook:
		return theme.Transparent, theme.Primary
	case b.disabled:
		return theme.Field, theme.Muted
	case b.look == SecondaryLook:
		return theme.Field, theme.Text
	case b.look == DangerLook:
		return theme.Decline, theme.OnDecline
	}
	return theme.Primary, theme.OnPrimary
}

func (b *Button) ink() Ink {
	_, words := b.colours()
	k := Ink{Size: theme.TextBody, Line: theme.LineHeight, Color: words, Bold: true}
	if b.look == LinkLook {
		k.Size = theme.TextSecond
	}
	return k
}

// CreateRenderer is the toolkit's.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.body, b.shade, b.line, b.ring},
		layout:  b.arrange,
		min:     b.least,
		refresh: b.paint,
	}
}

func (b *Button) least() fyne.Size {
	k := b.ink()
	if b.look == LinkLook {
		return fyne.NewSize(k.measure(b.label, text.Plain)+8, 32)
	}
	return fyne.NewSize(k.measure(b.label, text.Plain)+32, theme.ButtonHeight)
}

func (b *Button) paint() {
	ground, _ := b.colours()
	paint(b.body, ground)
	shade := theme.Transparent
	if b.hovered && !b.disabled {
		shade = theme.Hover
	}
	paint(b.shade, shade)
	paintFrame(b.ring, b.focused)
	b.line.Set(b.label, b.ink())
}

func (b *Button) arrange(s fyne.Size) {
	place(b.body, 0, 0, s.Width, s.Height)
	place(b.shade, 0, 0, s.Width, s.Height)
	place(b.ring, -3, -3, s.Width+6, s.Height+6)
	place(b.line, 4, 0, s.Width-8, s.Height)
}
