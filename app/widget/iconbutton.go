package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/theme"
)

// IconButton is a round button with an icon only; its tip says in words what it does, to the pointer and to screen readers.
type IconButton struct {
	press
	icon   string
	tip    string
	filled bool // on the primary colour, for the one thing to do
	size   float32
	disc   *canvas.Rectangle
	image  *canvas.Image
	ring   *canvas.Rectangle
	hint   hint
}

// NewIconButton makes a round button of 40; icon is one of the theme's.
func NewIconButton(icon, tip string, pressed func()) *IconButton {
	b := &IconButton{
		icon: icon, tip: tip, size: theme.RoundButton, disc: rounded(theme.RoundButton / 2),
		image: picture(icon, theme.Muted), ring: frame(theme.RoundButton / 2),
	}
	b.pressed = pressed
	b.ExtendBaseWidget(b)
	return b
}

// NewFilledIconButton makes a round button on the primary colour.
func NewFilledIconButton(icon, tip string, pressed func()) *IconButton {
	b := NewIconButton(icon, tip, pressed)
	b.filled = true
	return b
}

// Set changes the icon and the tip.
func (b *IconButton) Set(icon, tip string) {
	b.icon, b.tip = icon, tip
	b.Refresh()
}

// AccessibilityLabel is what a screen reader says.
func (b *IconButton) AccessibilityLabel() string { return b.tip }

// MouseIn shows that it can be pressed, and its tip.
func (b *IconButton) MouseIn(e *desktop.MouseEvent) {
	b.press.MouseIn(e)
	b.hint.show(b, b.tip)
}

// MouseOut undoes MouseIn.
func (b *IconButton) MouseOut() {
	b.press.MouseOut()
	b.hint.hide()
}

// Tapped presses it.
func (b *IconButton) Tapped(*fyne.PointEvent) {
	b.hint.hide()
	b.run()
}

// CreateRenderer is the toolkit's.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.disc, b.image, b.ring},
		layout:  b.arrange,
		min:     func() fyne.Size { return fyne.NewSquareSize(b.size) },
		refresh: b.paint,
	}
}

func (b *IconButton) paint() {
	ground, line := theme.Transparent, theme.Muted
	switch {
	case b.filled && b.disabled:
		ground = theme.Field
	case b.filled:
		ground, line = theme.Primary, theme.OnPrimary
	case b.disabled:
		line = theme.Edge
	case b.hovered:
		ground, line = theme.Hover, theme.Text
	}
	paint(b.disc, ground)
	repicture(b.image, b.icon, line)
	paintFrame(b.ring, b.focused)
}

func (b *IconButton) arrange(s fyne.Size) {
	x, y := (s.Width-b.size)/2, (s.Height-b.size)/2
	place(b.disc, x, y, b.size, b.size)
	place(b.ring, x, y, b.size, b.size)
	icon := b.size / 2
	place(b.image, x+icon/2, y+icon/2, icon, icon)
}
