package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// Card is a titled box around other objects, which stand below each other in it.
type Card struct {
	base.BaseWidget
	title *Line
	body  *canvas.Rectangle
	items []fyne.CanvasObject
	draw  *drawing
}

// NewCard makes a card; without a title it has no line for one.
func NewCard(title string, items ...fyne.CanvasObject) *Card {
	c := &Card{
		title: NewLine(title, Ink{Size: theme.TextSmall, Line: 20, Color: theme.Muted, Bold: true}),
		body:  rounded(theme.CardRadius), items: items,
	}
	c.ExtendBaseWidget(c)
	return c
}

// SetItems changes what stands in the card.
func (c *Card) SetItems(items ...fyne.CanvasObject) {
	c.items = items
	if c.draw != nil {
		c.draw.objects = c.all()
	}
	c.Refresh()
}

func (c *Card) all() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{c.body, c.title}, c.items...)
}

// CreateRenderer is the toolkit's.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	c.draw = &drawing{objects: c.all(), layout: c.arrange, min: c.least, refresh: func() { c.paint(); c.arrange(c.Size()) }}
	c.paint()
	return c.draw
}

func (c *Card) paint() {
	c.body.StrokeWidth, c.body.StrokeColor = 1, theme.Color(theme.Line)
	paint(c.body, theme.Background)
	show(c.title, c.title.Text() != "")
}

const (
	cardX, cardY float32 = 14, 12
	cardGap      float32 = 6
)

func (c *Card) least() fyne.Size {
	size := fyne.NewSize(80, 2*cardY)
	if c.title.Text() != "" {
		size.Height += 20 + cardGap
	}
	for i, o := range c.items {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		size.Width = max(size.Width, m.Width+2*cardX)
		size.Height += m.Height
		if i > 0 {
			size.Height += cardGap
		}
	}
	return size
}

func (c *Card) arrange(s fyne.Size) {
	place(c.body, 0, 0, s.Width, s.Height)
	y := cardY
	if c.title.Text() != "" {
		place(c.title, cardX, y, s.Width-2*cardX, 20)
		y += 20 + cardGap
	}
	for _, o := range c.items {
		if !o.Visible() {
			continue
		}
		h := o.MinSize().Height
		place(o, cardX, y, s.Width-2*cardX, h)
		y += h + cardGap
	}
}
