package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/text"
	"kith/app/theme"
)

// Link is a word that can be pressed.
type Link struct {
	press
	label string
	ink   Ink
	line  *Line
	ring  *canvas.Rectangle
}

// NewLink makes a link of the size of secondary text.
func NewLink(label string, pressed func()) *Link {
	l := &Link{label: label, ink: Ink{Size: theme.TextSmall, Line: theme.LineHeight, Color: theme.Primary, Bold: true}, ring: frame(4)}
	l.pressed = pressed
	l.line = NewLine(label, l.ink)
	l.ExtendBaseWidget(l)
	return l
}

// Set changes the word and what it does.
func (l *Link) Set(label string, pressed func()) {
	l.label, l.pressed = label, pressed
	l.Refresh()
}

// AccessibilityLabel is what a screen reader says.
func (l *Link) AccessibilityLabel() string { return l.label }

// CreateRenderer is the toolkit's.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{l.line, l.ring},
		layout: func(s fyne.Size) {
			place(l.line, 0, 0, s.Width+1, s.Height)
			place(l.ring, -4, 0, s.Width+8, s.Height)
		},
		min:     func() fyne.Size { return fyne.NewSize(l.ink.measure(l.label, text.Plain), l.ink.line()) },
		refresh: func() { l.line.Set(l.label, l.ink); l.line.Refresh(); paintFrame(l.ring, l.focused) },
	}
}
