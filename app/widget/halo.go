package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// Halo is light around something round, which it stands behind: the louder, the wider. In silence nothing of it is seen.
type Halo struct {
	base.BaseWidget
	core        float32 // the diameter of what it stands behind
	level       float32
	inner, wide *canvas.Rectangle
}

// HaloReach is how far a halo reaches at most beyond what it stands behind, for each point of that one's diameter.
const HaloReach float32 = 0.16

// NewHalo makes one for something of a diameter.
func NewHalo(core float32) *Halo {
	h := &Halo{core: core, inner: rounded(core / 2), wide: rounded(core / 2)}
	h.ExtendBaseWidget(h)
	return h
}

// SetCore changes the diameter of what it stands behind.
func (h *Halo) SetCore(core float32) {
	if h.core != core {
		h.core = core
		h.Refresh()
	}
}

// Set shows a level, 0…1. Out of sight nothing is drawn for it.
func (h *Halo) Set(level float32) {
	if h.level == level {
		return
	}
	if h.level = level; h.Visible() {
		h.Refresh()
	}
}

// CreateRenderer is the toolkit's.
func (h *Halo) CreateRenderer() fyne.WidgetRenderer {
	h.paint()
	return &drawing{
		objects: []fyne.CanvasObject{h.wide, h.inner}, layout: h.arrange,
		min: func() fyne.Size { return fyne.NewSquareSize(1) }, refresh: func() { h.paint(); h.arrange(h.Size()) },
	}
}

func (h *Halo) paint() {
	paint(h.wide, theme.CallHalo)
	paint(h.inner, theme.CallHalo)
	show(h.wide, h.level > 0)
	show(h.inner, h.level > 0)
}

// arrange has the two rings around the middle.
func (h *Halo) arrange(s fyne.Size) {
	for r, reach := range map[*canvas.Rectangle]float32{h.wide: HaloReach, h.inner: HaloReach / 2} {
		d := h.core * (1 + 2*reach*h.level)
		r.CornerRadius = d / 2
		place(r, (s.Width-d)/2, (s.Height-d)/2, d, d)
	}
}
