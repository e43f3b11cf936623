package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// strip is the banner of a pane.
type strip struct {
	object *widget.Banner
	shown  view.Banner
	act    func(view.Banner)
}

func newStrip(act func(view.Banner)) *strip { return &strip{object: widget.NewBanner(), act: act} }

// set shows a banner; pane is what makes room for it.
func (s *strip) set(b view.Banner, pane fyne.CanvasObject) {
	if b == s.shown {
		return
	}
	before := s.height()
	s.shown = b
	s.draw(b)
	if s.height() != before {
		pane.Refresh()
	}
}

// height is how much room the banner takes.
func (s *strip) height() float32 {
	if !s.object.Visible() {
		return 0
	}
	return heightFor(s.object, s.object.Size().Width)
}

func (s *strip) draw(b view.Banner) {
	s.object.SetUrgent(b.Kind == view.FaultBar)
	if b.Kind == view.SyncBar {
		done := float32(-1)
		if b.Total > 0 {
			done = float32(b.Done) / float32(b.Total)
		}
		s.object.SetProgress(b.Text, done)
		return
	}
	s.object.Set(b.Text, b.Action, func() { s.act(b) })
}

// filling stacks objects at their least height and gives what is left to one of them.
type filling struct{ fill int }

// Layout is the toolkit's.
func (f *filling) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Height
	for _, o := range objects {
		if o.Visible() {
			left -= heightFor(o, size.Width)
		}
	}
	y := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := heightFor(o, size.Width)
		if i == f.fill {
			h = max(h+left, 0)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

// MinSize is the toolkit's.
func (f *filling) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			least.Width = max(least.Width, m.Width)
			least.Height += m.Height
		}
	}
	return least
}

// pressable makes a button of any object, with a hover ground and a focus ring.
type pressable struct {
	base.BaseWidget
	content          fyne.CanvasObject
	label            string
	pressed          func()
	hovered, focused bool
	shade, ring      *canvas.Rectangle
}

// How far the ground and the ring reach beyond the object.
const (
	pressableX float32 = 6
	pressableY float32 = 2
)

func newPressable(o fyne.CanvasObject, label string, pressed func()) *pressable {
	p := &pressable{content: o, label: label, pressed: pressed, shade: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent)}
	p.shade.CornerRadius, p.ring.CornerRadius, p.ring.StrokeWidth = 10, 10, 2
	p.ExtendBaseWidget(p)
	return p
}

// Tapped presses it.
func (p *pressable) Tapped(*fyne.PointEvent) { p.pressed() }

// AccessibilityLabel is what a screen reader says.
func (p *pressable) AccessibilityLabel() string { return p.label }

// Cursor is a hand.
func (p *pressable) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows that it can be pressed.
func (p *pressable) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved does nothing.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (p *pressable) MouseOut() { p.hovered = false; p.Refresh() }

// FocusGained shows the focus.
func (p *pressable) FocusGained() { p.focused = true; p.Refresh(); widget.Reveal(p) }

// FocusLost hides it.
func (p *pressable) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune does nothing.
func (p *pressable) TypedRune(rune) {}

// TypedKey presses it with Enter or space, and lets the window have Escape.
func (p *pressable) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.pressed()
	case fyne.KeyEscape:
		widget.Unused(k)
	}
}

// CreateRenderer is the toolkit's.
func (p *pressable) CreateRenderer() fyne.WidgetRenderer {
	r := &pressableRenderer{p}
	r.Refresh()
	return r
}

type pressableRenderer struct{ p *pressable }

func (r *pressableRenderer) Destroy() {}
func (r *pressableRenderer) Layout(s fyne.Size) {
	for _, o := range []fyne.CanvasObject{r.p.shade, r.p.ring} { // they leave air around the words
		o.Move(fyne.NewPos(-pressableX, -pressableY))
		o.Resize(s.AddWidthHeight(2*pressableX, 2*pressableY))
	}
	r.p.content.Resize(s)
}
func (r *pressableRenderer) MinSize() fyne.Size { return r.p.content.MinSize() }
func (r *pressableRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.shade, r.p.content, r.p.ring}
}

func (r *pressableRenderer) Refresh() {
	shade, ring := theme.Transparent, theme.Transparent
	if r.p.hovered {
		shade = theme.Hover
	}
	if r.p.focused {
		ring = theme.Primary
	}
	r.p.shade.FillColor, r.p.ring.StrokeColor = theme.Color(shade), theme.Color(ring)
	r.p.shade.Refresh()
	r.p.ring.Refresh()
}
