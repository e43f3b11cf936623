package widget

import (
	"fyne.io/fyne/v2/canvas"

	"kith/app/theme"
)

// callSign is the icon on its disc before the words of a call in a timeline.
type callSign struct {
	disc  *canvas.Rectangle
	image *canvas.Image
}

const callDisc float32 = 36

func newCallSign() callSign {
	return callSign{disc: rounded(callDisc / 2), image: &canvas.Image{FillMode: canvas.ImageFillContain}}
}

func (c callSign) paint(r Row) {
	show(c.disc, r.Kind == CallRow)
	show(c.image, r.Kind == CallRow)
	if r.Kind != CallRow {
		return
	}
	paint(c.disc, theme.Background)
	name := theme.Muted
	if r.Alarm {
		name = theme.Warning
	}
	repicture(c.image, r.Icon, name)
}

// arrange places it from left on around the height of its middle.
func (c callSign) arrange(left, middle float32) {
	place(c.disc, left, middle-callDisc/2, callDisc, callDisc)
	place(c.image, left+8, middle-callDisc/2+8, callDisc-16, callDisc-16)
}
