package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

const barWidth float32 = 10

// bar is the timeline's scroll bar. As no height of the whole is known, it shows which of the rows are in sight.
type bar struct {
	base.BaseWidget
	owner       *Timeline
	thumb       *canvas.Rectangle
	first, last int
	rows        int
	over        bool
}

func newBar(t *Timeline) *bar {
	b := &bar{owner: t, thumb: rounded(2)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(first, last, rows int) {
	if b.first != first || b.last != last || b.rows != rows {
		b.first, b.last, b.rows = first, last, rows
		b.arrange(b.Size())
	}
	show(b.thumb, rows > last-first+1)
}

// CreateRenderer is the toolkit's.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.thumb},
		layout:  b.arrange,
		min:     func() fyne.Size { return fyne.NewSize(barWidth, 0) },
		refresh: b.paint,
	}
}

func (b *bar) paint() {
	c := color.NRGBAModel.Convert(theme.Color(theme.Muted)).(color.NRGBA)
	c.A = 90
	if b.over {
		c.A = 180
	}
	b.thumb.FillColor = c
	b.thumb.Refresh()
}

func (b *bar) arrange(s fyne.Size) {
	if b.rows == 0 {
		return
	}
	h := max(s.Height*float32(b.last-b.first+1)/float32(b.rows), 36)
	part := float32(b.first) / float32(max(b.rows-(b.last-b.first+1), 1))
	place(b.thumb, s.Width-6, 2+part*max(s.Height-h-4, 0), 4, h)
}

// Dragged moves the view to the part of the rows under the pointer.
func (b *bar) Dragged(e *fyne.DragEvent) {
	part := min(max(e.Position.Y/max(b.Size().Height, 1), 0), 1)
	if part > 0.99 {
		b.owner.ScrollToBottom()
		return
	}
	b.owner.pos = position{at: int(part * float32(b.rows-1))}
	b.owner.arrange()
}

// DragEnd does nothing.
func (b *bar) DragEnd() {}

// MouseIn shows the bar clearly.
func (b *bar) MouseIn(*desktop.MouseEvent) { b.over = true; b.Refresh() }

// MouseMoved does nothing.
func (b *bar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (b *bar) MouseOut() { b.over = false; b.Refresh() }

// jump is the round button that leads to the newest row, with the number of unread ones.
type jump struct {
	press
	disc   *canvas.Rectangle
	shade  *canvas.Rectangle
	arrow  *canvas.Image
	badge  *canvas.Rectangle
	number *canvas.Text
	ring   *canvas.Rectangle
	unread int
}

func newJump(pressed func()) *jump {
	j := &jump{
		disc: rounded(theme.RoundButton / 2), shade: rounded(theme.RoundButton / 2), arrow: picture(theme.IconArrowDown, theme.Muted),
		badge: rounded(9), number: &canvas.Text{TextSize: theme.TextMeta, TextStyle: fyne.TextStyle{Bold: true}},
		ring: frame(theme.RoundButton / 2),
	}
	j.pressed = pressed
	j.ExtendBaseWidget(j)
	j.Hide()
	return j
}

func (j *jump) set(unread int) {
	if j.unread != unread {
		j.unread = unread
		j.Refresh()
	}
}

// AccessibilityLabel is what a screen reader says.
func (j *jump) AccessibilityLabel() string { return "Newest messages" }

// CreateRenderer is the toolkit's.
func (j *jump) CreateRenderer() fyne.WidgetRenderer {
	j.paint()
	return &drawing{
		objects: []fyne.CanvasObject{j.disc, j.shade, j.arrow, j.ring, j.badge, j.number},
		layout:  j.arrange,
		min:     func() fyne.Size { return fyne.NewSquareSize(theme.RoundButton) },
		refresh: func() { j.paint(); j.arrange(j.Size()) },
	}
}

func (j *jump) paint() {
	j.disc.StrokeWidth, j.disc.StrokeColor = 1, theme.Color(theme.Line)
	j.disc.Shadow = canvas.Shadow{Color: color.NRGBA{A: 40}, BlurRadius: 8, Offset: fyne.NewPos(0, 2)}
	paint(j.disc, theme.Background)
	shade := theme.Transparent
	if j.hovered {
		shade = theme.Hover
	}
	paint(j.shade, shade)
	repicture(j.arrow, theme.IconArrowDown, theme.Muted)
	paintFrame(j.ring, j.focused)
	show(j.badge, j.unread > 0)
	show(j.number, j.unread > 0)
	paint(j.badge, theme.Primary)
	j.number.Text, j.number.Color = count(j.unread), theme.Color(theme.OnPrimary)
	j.number.Refresh()
}

func (j *jump) arrange(s fyne.Size) {
	place(j.disc, 0, 0, s.Width, s.Height)
	place(j.shade, 0, 0, s.Width, s.Height)
	place(j.ring, 0, 0, s.Width, s.Height)
	place(j.arrow, s.Width/2-10, s.Height/2-10, 20, 20)
	m := j.number.MinSize()
	w := max(m.Width+10, 18)
	place(j.badge, (s.Width-w)/2, -8, w, 18)
	place(j.number, (s.Width-m.Width)/2, -8+(18-m.Height)/2, m.Width, m.Height)
}

// count is a number that fits on a badge.
func count(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

// badgeInk is how numbers on badges are written.
func badgeInk() Ink { return Ink{Size: theme.TextTime, Line: 20, Color: theme.OnPrimary, Bold: true} }

func badgeWidth(n int) float32 { return max(badgeInk().measure(count(n), text.Plain)+12, 20) }
