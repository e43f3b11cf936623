package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// press is what everything that can be pressed has in common: pointer, keyboard focus, Enter and space.
type press struct {
	base.BaseWidget
	hovered, focused, disabled bool
	pressed                    func()
}

// Tapped presses it.
func (p *press) Tapped(*fyne.PointEvent) { p.run() }

func (p *press) run() {
	if p.pressed != nil && !p.disabled {
		p.pressed()
	}
}

// Disabled says whether it refuses to be pressed.
func (p *press) Disabled() bool { return p.disabled }

// Enable lets it be pressed.
func (p *press) Enable() { p.setDisabled(false) }

// Disable keeps it from being pressed.
func (p *press) Disable() { p.setDisabled(true) }

func (p *press) setDisabled(yes bool) {
	if p.disabled != yes {
		p.disabled = yes
		p.Refresh()
	}
}

// MouseIn shows that it can be pressed.
func (p *press) MouseIn(*desktop.MouseEvent) { p.setHovered(true) }

// MouseMoved does nothing.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (p *press) MouseOut() { p.setHovered(false) }

func (p *press) setHovered(yes bool) {
	p.hovered = yes
	p.Refresh()
}

// Cursor is a hand.
func (p *press) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained shows the focus, in sight.
func (p *press) FocusGained() { p.setFocused(true); Reveal(p) }

// itself is the press in whatever it is a part of.
func (p *press) itself() *press { return p }

// FocusLost hides it.
func (p *press) FocusLost() { p.setFocused(false) }

func (p *press) setFocused(yes bool) {
	p.focused = yes
	p.Refresh()
}

// TypedRune does nothing; the space bar comes as a key.
func (p *press) TypedRune(rune) {}

// TypedKey presses it with Enter or space, and lets the window have Escape.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.run()
	case fyne.KeyEscape:
		Unused(e)
	}
}

// frame is the outline of what has the focus.
func frame(radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.CornerRadius = radius
	r.StrokeWidth = 2
	return r
}

// paintFrame colours an outline, or makes it vanish.
func paintFrame(r *canvas.Rectangle, seen bool) {
	r.StrokeColor = color.Transparent
	if seen {
		r.StrokeColor = theme.Color(theme.Primary)
	}
	r.Refresh()
}

func paint(r *canvas.Rectangle, name fyne.ThemeColorName) {
	r.FillColor = theme.Color(name)
	r.Refresh()
}

func rounded(radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.CornerRadius = radius
	return r
}

// picture is a line icon of the theme.
func picture(name string, in fyne.ThemeColorName) *canvas.Image {
	i := canvas.NewImageFromResource(theme.Icon(name, in))
	i.FillMode = canvas.ImageFillContain
	return i
}

// repicture changes an icon when it is not the same already.
func repicture(i *canvas.Image, name string, in fyne.ThemeColorName) {
	r := theme.Icon(name, in)
	if i.Resource == nil || i.Resource.Name() != r.Name() {
		i.Resource = r
		i.Refresh()
	}
}
