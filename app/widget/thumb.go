package widget

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

const (
	barWidth  float32 = 10
	thumbLow  float32 = 36 // the least height of a thumb
	thumbTime         = 1200 * time.Millisecond
)

// thumb tells which part of something long is in sight, at the right edge of it. It is seen while that changes and while the
// pointer is over the edge; the rest of the time nothing is.
type thumb struct {
	base.BaseWidget
	sight func() (at, part float32) // how far down the view is, and how much of all it shows: 0…1
	drag  func(at float32)          // the pointer has taken the view there

	body         *canvas.Rectangle
	over, moving bool
	rest         *fyne.Animation
}

func newThumb(sight func() (at, part float32), drag func(at float32)) *thumb {
	t := &thumb{sight: sight, drag: drag, body: rounded(2)}
	t.ExtendBaseWidget(t)
	return t
}

// stir shows the thumb for a moment, because the view moves.
func (t *thumb) stir() {
	if t.rest != nil {
		t.rest.Stop()
	}
	t.moving = true
	t.Refresh()
	t.rest = fyne.NewAnimation(thumbTime, func(done float32) {
		if done == 1 {
			t.moving = false
			t.Refresh()
		}
	})
	t.rest.Curve = fyne.AnimationLinear
	t.rest.Start()
}

// CreateRenderer is the toolkit's.
func (t *thumb) CreateRenderer() fyne.WidgetRenderer {
	t.paint()
	return &drawing{
		objects: []fyne.CanvasObject{t.body},
		layout:  t.arrange,
		min:     func() fyne.Size { return fyne.NewSize(barWidth, 0) },
		refresh: func() { t.paint(); t.arrange(t.Size()) },
	}
}

func (t *thumb) paint() {
	_, part := t.sight()
	show(t.body, part < 1 && (t.over || t.moving))
	c := color.NRGBAModel.Convert(theme.Color(theme.Muted)).(color.NRGBA)
	c.A = 90
	if t.over {
		c.A = 180
	}
	if t.body.FillColor != c {
		t.body.FillColor = c
		t.body.Refresh()
	}
}

func (t *thumb) arrange(s fyne.Size) {
	at, part := t.sight()
	h := max(s.Height*part, thumbLow)
	place(t.body, s.Width-6, 2+at*max(s.Height-h-4, 0), 4, h)
}

// Dragged moves the view to where the pointer is.
func (t *thumb) Dragged(e *fyne.DragEvent) {
	t.drag(min(max(e.Position.Y/max(t.Size().Height, 1), 0), 1))
	t.stir()
}

// DragEnd does nothing.
func (t *thumb) DragEnd() {}

// MouseIn shows the thumb clearly.
func (t *thumb) MouseIn(*desktop.MouseEvent) { t.over = true; t.Refresh() }

// MouseMoved does nothing.
func (t *thumb) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (t *thumb) MouseOut() { t.over = false; t.Refresh() }
