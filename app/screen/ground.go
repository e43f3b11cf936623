package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// ground is a rectangle that follows the theme.
type ground struct {
	base.BaseWidget
	colour fyne.ThemeColorName
	edge   fyne.ThemeColorName // of a line around; empty: none
	radius float32
	least  fyne.Size
}

func newGround(colour fyne.ThemeColorName) *ground {
	g := &ground{colour: colour}
	g.ExtendBaseWidget(g)
	return g
}

// newRule is a thin line between panes.
func newRule() *ground {
	g := newGround(theme.Line)
	g.least = fyne.NewSize(1, 1)
	return g
}

func (g *ground) set(colour fyne.ThemeColorName) {
	if g.colour != colour {
		g.colour = colour
		g.Refresh()
	}
}

// CreateRenderer is the toolkit's.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g, shape: canvas.NewRectangle(color.Transparent)}
	r.Layout(g.Size()) // the toolkit may ask for it anew, and lays nothing out then
	r.Refresh()
	return r
}

type groundRenderer struct {
	g     *ground
	shape *canvas.Rectangle
}

func (r *groundRenderer) Destroy()                     {}
func (r *groundRenderer) Layout(s fyne.Size)           { r.shape.Resize(s) }
func (r *groundRenderer) MinSize() fyne.Size           { return r.g.least }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.shape} }

func (r *groundRenderer) Refresh() {
	r.shape.FillColor, r.shape.CornerRadius = theme.Color(r.g.colour), r.g.radius
	if r.g.edge != "" {
		r.shape.StrokeColor, r.shape.StrokeWidth = theme.Color(r.g.edge), 1
	}
	r.shape.Refresh()
}
