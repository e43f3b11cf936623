package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/theme"
)

// Over is what lies over the screens of a window: nothing, or a card at its top; where there is no room beside it, the card fills
// the window. What lies around the card can be used.
type Over struct {
	OnCover func(yes bool) // nothing else is seen any more, or it is again

	object *fyne.Container
	card   *Ringing
	covers bool
}

// NewOver makes an empty one.
func NewOver() *Over {
	o := &Over{}
	o.object = container.New((*overLayout)(o))
	return o
}

// Object is what to show above everything else.
func (o *Over) Object() fyne.CanvasObject { return o.object }

// Set shows the question whether a call is to be taken; nil for nothing.
func (o *Over) Set(card *Ringing) {
	if o.card == card {
		return
	}
	if o.card != nil {
		unfocus(o.card.object)
	}
	o.card = card
	o.object.Objects = nil
	if card != nil {
		o.object.Objects = []fyne.CanvasObject{newShadow(), card.Object()}
	}
	o.object.Refresh()
}

// shadow lifts the card from what lies below.
func newShadow() *canvas.Rectangle {
	r := canvas.NewRectangle(theme.Color(theme.CallTop))
	r.CornerRadius = cardRound
	r.Shadow = canvas.Shadow{Color: color.NRGBA{A: 90}, BlurRadius: 28, Offset: fyne.NewPos(0, 8)}
	return r
}

// overLayout places the card.
type overLayout Over

const overTop float32 = 24

// Layout is the toolkit's.
func (l *overLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	if l.card == nil {
		l.cover(false)
		return
	}
	size, y := l.card.CardSize(), overTop
	fills := s.Width < narrowBelow || s.Height < size.Height+2*overTop
	if fills {
		size, y = s, 0
	}
	l.cover(fills)
	l.card.stage.fill(fills)
	for _, o := range objects {
		o.Move(fyne.NewPos((s.Width-size.Width)/2, y))
		o.Resize(size)
	}
}

func (l *overLayout) cover(yes bool) {
	if l.covers != yes && l.OnCover != nil {
		l.OnCover(yes)
	}
	l.covers = yes
}

// MinSize is the toolkit's.
func (l *overLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
