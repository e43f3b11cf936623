package screen

import (
	"fyne.io/fyne/v2"

	"kith/app/theme"
	"kith/app/widget"
	"kith/core/model"
)

// The measures of a call.
const (
	callEdge   float32 = 16
	ownRadius  float32 = 12
	faceGap    float32 = 24 // below the face: its halo needs room
	noteGap    float32 = 8  // above what lies over a call
	headHeight float32 = 88
	footHeight float32 = 150
)

// callLayout places what a call consists of: over a picture the words stand in its upper corner, else around the face in the middle.
type callLayout Call

// MinSize is the toolkit's. The large window keeps room for all buttons: "Hang up" is the last in their row.
func (l *callLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if (*Call)(l).mini() {
		return fyne.NewSize(180, 120)
	}
	return fyne.NewSize(320, 360)
}

// Layout is the toolkit's.
func (l *callLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	c := (*Call)(l)
	set := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	set(c.stage, 0, 0, s.Width, s.Height)
	set(c.remote, 0, 0, s.Width, s.Height)
	foot := min(footHeight, s.Height*0.4)
	set(c.foot, 0, s.Height-foot, s.Width, foot)
	edge := callEdge
	if c.mini() {
		edge = 10
	}
	bar := c.bar.height(s.Width)
	set(c.bar.object, 0, s.Height-bar-edge, s.Width, bar)
	bottom := s.Height - bar - 2*edge
	if c.mini() {
		l.miniature(s, bottom)
		return
	}
	free, top := bottom, bottom // of what lies over the picture, and over the face
	for _, o := range []struct {
		what fyne.CanvasObject
		size fyne.Size
	}{
		{c.notice.object, c.notice.sizeFor(s.Width - 2*edge)},
		{c.ask.object, c.ask.sizeFor(s.Width - 2*edge)},
		{c.explain.object, c.explain.sizeFor(s.Width - 2*edge)},
	} {
		y := bottom - o.size.Height
		set(o.what, (s.Width-o.size.Width)/2, y, o.size.Width, o.size.Height)
		if !o.what.Visible() {
			continue
		}
		top = min(top, y-noteGap)
		if aside := (s.Width - o.size.Width) / 2; aside < edge+ownSize(s.Width).Width+8 {
			free = y - 8
		}
	}
	if c.live() {
		l.corner(s)
	} else {
		l.centre(s, bottom, top)
	}
	l.ownPicture(s, free)
}

// corner puts the words over the picture.
func (l *callLayout) corner(s fyne.Size) {
	w := s.Width - 2*callEdge
	place := func(o fyne.CanvasObject, y, width, h float32) {
		o.Move(fyne.NewPos((s.Width-width)/2, y))
		o.Resize(fyne.NewSize(width, h))
	}
	shield := l.shield.object.MinSize()
	wide := max(l.name.Width(), l.state.Width(), shield.Width) + 1
	place(l.head, 10, min(wide+40, w), headHeight-20)
	w = min(wide, w-40)
	place(l.name, 14, w, 22)
	if l.face.Secrecy == "" {
		place(l.state, 38, w, theme.LineHeight)
		return
	}
	place(l.state, 34, w, theme.LineHeight)
	place(l.shield.object, 53, shield.Width, shield.Height)
}

// centre puts the face into the middle of what the buttons leave, and the words below it; both give way to what begins at top, as far as
// there is room above them.
func (l *callLayout) centre(s fyne.Size, bottom, top float32) {
	w := min(s.Width-2*callEdge, 460)
	advice := float32(0)
	if l.face.Advice != "" {
		w = balanced(l.advice, w)
		advice = 14 + l.advice.Height(w)
	}
	shield := l.shield.object.MinSize()
	height := theme.AvatarCall + faceGap + 32 + 2 + theme.LineHeight + 8 + shield.Height + advice
	y := max(min((bottom-height)*0.42, top-height), 12)
	place := func(o fyne.CanvasObject, width, h, after float32) {
		o.Move(fyne.NewPos((s.Width-width)/2, y))
		o.Resize(fyne.NewSize(width, h))
		y += h + after
	}
	l.around(fyne.NewPos(s.Width/2, y+theme.AvatarCall/2))
	place(l.avatar, theme.AvatarCall, theme.AvatarCall, faceGap)
	wide := s.Width - 2*callEdge
	fitName(l.name, wide)
	place(l.name, wide, 32, 2)
	place(l.state, wide, theme.LineHeight, 8)
	if l.face.Phase == model.Ended {
		y += 6
		place(l.advice, w, l.advice.Height(w), 0)
		return
	}
	place(l.shield.object, shield.Width, shield.Height, 0)
}

// around has the halo stand behind the face.
func (l *callLayout) around(middle fyne.Position) {
	const half = theme.AvatarCall * (0.5 + widget.HaloReach)
	l.halo.Move(middle.SubtractXY(half, half))
	l.halo.Resize(fyne.NewSquareSize(2 * half))
}

// miniature has the face and the time, and no more; over a picture, what is wrong with the line.
func (l *callLayout) miniature(s fyne.Size, bottom float32) {
	if (*Call)(l).live() {
		w := min(l.state.Width()+1, s.Width-32)
		l.head.Move(fyne.NewPos((s.Width-w)/2-10, 6))
		l.head.Resize(fyne.NewSize(w+20, theme.LineHeight+8))
		l.state.Move(fyne.NewPos((s.Width-w)/2, 10))
		l.state.Resize(fyne.NewSize(w, theme.LineHeight))
		return
	}
	const face, gap = theme.AvatarMini, 12
	y := max((bottom-face-gap-theme.LineHeight)/2, 4)
	l.around(fyne.NewPos(s.Width/2, y+face/2))
	l.avatar.Move(fyne.NewPos((s.Width-face)/2, y))
	l.avatar.Resize(fyne.NewSquareSize(face))
	l.state.Move(fyne.NewPos(8, y+face+gap))
	l.state.Resize(fyne.NewSize(s.Width-16, theme.LineHeight))
}

// ownSize is how large our own picture is in a window of a width.
func ownSize(width float32) fyne.Size {
	if width < narrowBelow {
		return fyne.NewSize(108, 81)
	}
	return fyne.NewSize(176, 132)
}

// ownPicture puts our own picture into its corner.
func (l *callLayout) ownPicture(s fyne.Size, bottom float32) {
	size := ownSize(s.Width)
	top := callEdge
	if (*Call)(l).live() && !l.resting {
		top = headHeight
	}
	if l.resting && !l.face.Urgent {
		bottom = s.Height - callEdge
	}
	l.float.Place(fyne.NewPos(callEdge, top), fyne.NewSize(s.Width-2*callEdge, max(bottom-top, size.Height)), size)
}
