package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// Meter is a bar that shows how loud something is.
type Meter struct {
	base.BaseWidget
	level       float32
	ground      fyne.ThemeColorName // of the track
	track, fill *canvas.Rectangle
}

const meterHeight float32 = 8

// NewMeter makes a silent meter.
func NewMeter() *Meter {
	m := &Meter{ground: theme.Field, track: rounded(meterHeight / 2), fill: rounded(meterHeight / 2)}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a level, 0…1.
func (m *Meter) Set(level float32) {
	if m.level != level {
		m.level = level
		m.Refresh()
	}
}

// setTrack changes the colour of what is not filled.
func (m *Meter) setTrack(name fyne.ThemeColorName) {
	if m.ground != name {
		m.ground = name
		m.Refresh()
	}
}

// CreateRenderer is the toolkit's.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	m.paint()
	return &drawing{
		objects: []fyne.CanvasObject{m.track, m.fill}, layout: m.arrange,
		min: func() fyne.Size { return fyne.NewSize(40, meterHeight) }, refresh: func() { m.paint(); m.arrange(m.Size()) },
	}
}

func (m *Meter) paint() {
	paint(m.track, m.ground)
	paint(m.fill, theme.Online)
	show(m.fill, m.level > 0)
}

func (m *Meter) arrange(s fyne.Size) {
	y := (s.Height - meterHeight) / 2
	place(m.track, 0, y, s.Width, meterHeight)
	place(m.fill, 0, y, max(s.Width*m.level, meterHeight), meterHeight)
}
