package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"
)

// Corner is one of the four corners of a window.
type Corner uint8

// The corners, where what is afloat comes to rest.
const (
	BottomRight Corner = iota
	BottomLeft
	TopRight
	TopLeft
)

// Afloat is an object that can be dragged over what lies below, and comes to rest in the nearest corner of the room that is left
// for it.
type Afloat struct {
	base.BaseWidget
	OnStir func() // the pointer moves over it

	content fyne.CanvasObject
	corner  Corner
	room    fyne.Position // of the upper left corner of the room…
	size    fyne.Size     // …and how large it is
	dragged bool
}

// NewAfloat makes an object float.
func NewAfloat(o fyne.CanvasObject) *Afloat {
	a := &Afloat{content: o}
	a.ExtendBaseWidget(a)
	return a
}

// Corner is where it rests.
func (a *Afloat) Corner() Corner { return a.corner }

// SetCorner has it rest elsewhere. Call it before it is shown.
func (a *Afloat) SetCorner(c Corner) { a.corner = c }

// Place tells it the room that it may be in, and puts it into its corner with a size. Layouts call it.
func (a *Afloat) Place(room fyne.Position, size, own fyne.Size) {
	a.room, a.size = room, size
	a.Resize(own)
	if !a.dragged {
		a.rest()
	}
}

func (a *Afloat) rest() {
	p, own := a.room, a.Size()
	if a.corner == BottomRight || a.corner == TopRight {
		p.X += a.size.Width - own.Width
	}
	if a.corner == BottomRight || a.corner == BottomLeft {
		p.Y += a.size.Height - own.Height
	}
	a.Move(p)
}

// Dragged moves it with the pointer, within its room.
func (a *Afloat) Dragged(e *fyne.DragEvent) {
	a.dragged = true
	p, own := a.Position().Add(e.Dragged), a.Size()
	p.X = min(max(p.X, a.room.X), a.room.X+a.size.Width-own.Width)
	p.Y = min(max(p.Y, a.room.Y), a.room.Y+a.size.Height-own.Height)
	a.Move(p)
	call(a.OnStir)
}

// DragEnd lets it come to rest.
func (a *Afloat) DragEnd() {
	a.dragged = false
	middle := a.Position().AddXY(a.Size().Width/2, a.Size().Height/2)
	right := middle.X > a.room.X+a.size.Width/2
	below := middle.Y > a.room.Y+a.size.Height/2
	switch {
	case right && below:
		a.corner = BottomRight
	case below:
		a.corner = BottomLeft
	case right:
		a.corner = TopRight
	default:
		a.corner = TopLeft
	}
	a.rest()
	a.Refresh()
}

// Cursor is a hand.
func (a *Afloat) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is the toolkit's.
func (a *Afloat) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{a.content},
		layout:  func(s fyne.Size) { place(a.content, 0, 0, s.Width, s.Height) },
		min:     func() fyne.Size { return fyne.NewSquareSize(1) },
		refresh: func() {},
	}
}
