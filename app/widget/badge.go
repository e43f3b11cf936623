package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// Badge is the number of unread messages; nothing is seen of it at 0.
type Badge struct {
	base.BaseWidget
	n     int
	quiet bool
	body  *canvas.Rectangle
	line  *Line
}

// NewBadge makes a badge.
func NewBadge(n int) *Badge {
	b := &Badge{n: n, body: rounded(10), line: NewLine("", badgeInk())}
	b.line.SetAlign(fyne.TextAlignCenter)
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the number; a quiet badge, of a muted chat, does not stand out.
func (b *Badge) Set(n int, quiet bool) {
	if b.n != n || b.quiet != quiet {
		b.n, b.quiet = n, quiet
		b.Refresh()
	}
}

// CreateRenderer is the toolkit's.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.body, b.line},
		layout: func(s fyne.Size) {
			place(b.body, 0, 0, s.Width, s.Height)
			place(b.line, 0, 0, s.Width+2, s.Height)
			b.line.Move(fyne.NewPos(-1, 0))
		},
		min:     func() fyne.Size { return fyne.NewSize(badgeWidth(b.n), 20) },
		refresh: b.paint,
	}
}

func (b *Badge) paint() {
	ground, ink := theme.Primary, badgeInk()
	if b.quiet {
		ground, ink.Color = theme.Field, theme.Muted
	}
	paint(b.body, ground)
	show(b.body, b.n > 0)
	show(b.line, b.n > 0)
	b.line.Set(count(b.n), ink)
}
