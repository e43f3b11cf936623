package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"
)

// Icon is a line icon of the theme that takes no presses.
type Icon struct {
	base.BaseWidget
	name  string
	color fyne.ThemeColorName
	size  float32
	image *canvas.Image
}

// NewIcon makes an icon in a colour of the theme.
func NewIcon(name string, color fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, color: color, size: size, image: picture(name, color)}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes the icon and its colour.
func (i *Icon) Set(name string, color fyne.ThemeColorName) {
	i.name, i.color = name, color
	i.Refresh()
}

// CreateRenderer is the toolkit's.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{i.image},
		layout: func(s fyne.Size) {
			place(i.image, (s.Width-i.size)/2, (s.Height-i.size)/2, i.size, i.size)
		},
		min:     func() fyne.Size { return fyne.NewSquareSize(i.size) },
		refresh: func() { repicture(i.image, i.name, i.color) },
	}
}
