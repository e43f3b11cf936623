package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"
)

// Scroll shows a part of something that is higher than its place. What gets the keyboard in it comes into sight (Reveal).
type Scroll struct {
	base.BaseWidget
	OnScrolled func() // another part of the content is in sight: also by ScrollTo, or because the view grew

	view  *container.Scroll
	wheel *wheel
	thumb *thumb
}

// NewScroll makes a scroll around its content.
func NewScroll(content fyne.CanvasObject) *Scroll {
	s := &Scroll{view: container.NewVScroll(content)}
	s.wheel = newWheel(s.view.Scrolled)
	s.thumb = newThumb(s.sight, s.drag)
	s.view.OnScrolled = func(fyne.Position) { s.thumb.stir(); call(s.OnScrolled) }
	s.ExtendBaseWidget(s)
	return s
}

// Offset is how much of the content lies above the view.
func (s *Scroll) Offset() float32 { return s.view.Offset.Y }

// ScrollTo changes what Offset returns, as far as there is content.
func (s *Scroll) ScrollTo(y float32) { s.view.ScrollToOffset(fyne.NewPos(0, y)) }

// ShowPart brings the stretch of the content from y on into sight, scrolling no further than needed.
func (s *Scroll) ShowPart(y, height float32) {
	at, seen := s.Offset(), s.Size().Height
	switch {
	case seen <= 0: // not laid out yet: everything would seem to lie below
	case y < at:
		s.ScrollTo(y)
	case y+height > at+seen:
		s.ScrollTo(y + height - seen)
	}
}

func (s *Scroll) sight() (at, part float32) {
	all, seen := s.view.Content.Size().Height, s.Size().Height
	if all <= seen || all <= 0 {
		return 0, 1
	}
	return s.Offset() / (all - seen), seen / all
}

func (s *Scroll) drag(at float32) {
	s.ScrollTo(at * max(s.view.Content.Size().Height-s.Size().Height, 0))
}

// CreateRenderer is the toolkit's.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{s.view, s.wheel, s.thumb},
		layout: func(size fyne.Size) {
			place(s.view, 0, 0, size.Width, size.Height)
			place(s.wheel, 0, 0, size.Width, size.Height)
			place(s.thumb, size.Width-barWidth, 0, barWidth, size.Height)
			call(s.OnScrolled)
		},
		min:     s.view.MinSize,
		refresh: func() { s.view.Refresh(); s.thumb.Refresh() },
	}
}

// wheel lies over a scroll, unseen, and takes the wheel for it: a field of one line would keep it, and what is around would stand still
// as soon as the pointer comes to lie on one.
type wheel struct {
	base.BaseWidget
	turned func(*fyne.ScrollEvent)
}

func newWheel(turned func(*fyne.ScrollEvent)) *wheel {
	w := &wheel{turned: turned}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled is the wheel.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) { w.turned(e) }

// CreateRenderer is the toolkit's.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{layout: func(fyne.Size) {}, min: func() fyne.Size { return fyne.Size{} }, refresh: func() {}}
}

// revealMargin is what is shown around what gets the keyboard.
const revealMargin float32 = 12

// Reveal scrolls what has just got the keyboard into sight, if it lies in a Scroll: with Tab a person comes to what cannot be
// seen, and the toolkit leaves it there.
func Reveal(o fyne.CanvasObject) {
	if root := rootOf(o); root != nil {
		reveal(root.content, o)
	}
}

// revealer is what shows its own contents in part.
type revealer interface{ Reveal(o fyne.CanvasObject) }

func reveal(in, o fyne.CanvasObject) {
	switch in := in.(type) {
	case *fyne.Container:
		for _, x := range in.Objects {
			if x.Visible() {
				reveal(x, o)
			}
		}
	case revealer:
		in.Reveal(o)
	}
}

// Reveal scrolls until o is in sight; nothing happens when it lies elsewhere.
func (s *Scroll) Reveal(o fyne.CanvasObject) {
	if y, ok := below(s.view.Content, o); ok {
		s.ShowPart(y-revealMargin, o.Size().Height+2*revealMargin)
	}
}

// below is how far o lies below the top of what it is in.
func below(in, o fyne.CanvasObject) (y float32, ok bool) {
	if Same(in, o) {
		return 0, true
	}
	c, isContainer := in.(*fyne.Container)
	if !isContainer {
		return 0, false
	}
	for _, x := range c.Objects {
		if y, ok := below(x, o); ok && x.Visible() {
			return y + x.Position().Y, true
		}
	}
	return 0, false
}

// Same says whether two objects are one: what can be pressed knows itself only as a press.
func Same(x, o fyne.CanvasObject) bool {
	p, ok := x.(interface{ itself() *press })
	return x == o || ok && fyne.CanvasObject(p.itself()) == o
}
