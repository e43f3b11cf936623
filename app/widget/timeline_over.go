package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/lang"
	"kith/app/text"
	"kith/app/theme"
)

// newSight makes the thumb of a timeline. As no height of the whole is known, it shows which of the rows are in sight.
func newSight(t *Timeline) *thumb {
	return newThumb(func() (at, part float32) { return sightOf(t) }, func(at float32) { dragTo(t, at) })
}

func sightOf(t *Timeline) (at, part float32) {
	rows, seen := t.source.Len(), len(t.shown)
	if rows <= seen {
		return 0, 1
	}
	return float32(t.pos.at+1-seen) / float32(rows-seen), float32(seen) / float32(rows)
}

// dragTo moves the view to the part of the rows under the pointer.
func dragTo(t *Timeline, at float32) {
	if at > 0.99 {
		t.ScrollToBottom()
		return
	}
	t.pos = position{at: int(at * float32(t.source.Len()-1))}
	t.arrange()
}

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
func (j *jump) AccessibilityLabel() string { return lang.T("Newest messages") }

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
	j.number.FontSource = theme.FontOf(j.number.Text, theme.SemiBold)
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
