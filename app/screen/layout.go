package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/theme"
	"kith/app/widget"
)

// tall is what knows how high it is only when it knows how wide.
type tall interface {
	Height(width float32) float32
}

// usual is the width that is reckoned with until a layout tells the true one.
const usual float32 = 320

func heightFor(o fyne.CanvasObject, width float32) float32 {
	if width < 40 {
		width = usual
	}
	if t, ok := o.(tall); ok {
		return t.Height(width)
	}
	return o.MinSize().Height
}

// column stacks objects from top to bottom at its full width. Text blocks get the height that their width asks for.
type column struct {
	gap   float32
	width float32 // of the last layout, by which MinSize measures
}

func stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap, width: usual}, objects...)
}

// Layout is the toolkit's.
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size.Width >= 40 {
		c.width = size.Width
	}
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if _, nested := o.(*fyne.Container); nested {
			// A column inside learns its width first, as its height follows from it.
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
		h := heightFor(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.gap
	}
}

// MinSize is the toolkit's.
func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least.Width = max(least.Width, o.MinSize().Width)
		least.Height += heightFor(o, c.width)
		n++
	}
	least.Height += c.gap * float32(max(n-1, 0))
	return least
}

// line places objects side by side, centred in its height; the one numbered fill takes the width that is left.
type line struct {
	gap  float32
	fill int
}

func across(gap float32, fill int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&line{gap: gap, fill: fill}, objects...)
}

// Layout is the toolkit's.
func (l *line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width - l.MinSize(objects).Width
	x := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if i == l.fill {
			m.Width += max(left, 0)
			m.Height = heightFor(o, m.Width)
		}
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
		x += m.Width + l.gap
	}
}

// MinSize is the toolkit's.
func (l *line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		least.Width += m.Width
		least.Height = max(least.Height, m.Height)
		n++
	}
	least.Width += l.gap * float32(max(n-1, 0))
	return least
}

// inset keeps objects away from the edges, and at most max wide and in the middle when max is set.
type inset struct {
	x, y, max float32
}

func padded(x, y float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&inset{x: x, y: y}, o)
}

// centred keeps a page of text readable on a wide window.
func centred(x, y, width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&inset{x: x, y: y, max: width}, o)
}

// Layout is the toolkit's.
func (p *inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := max(size.Width-2*p.x, 0)
	if p.max > 0 {
		w = min(w, p.max)
	}
	for _, o := range objects {
		o.Move(fyne.NewPos((size.Width-w)/2, p.y))
		o.Resize(fyne.NewSize(w, max(size.Height-2*p.y, 0)))
	}
}

// MinSize is the toolkit's.
func (p *inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least.AddWidthHeight(2*p.x, 2*p.y)
}

// middle puts a page in the middle of its height while it fits, and lets it scroll when it does not.
type middle struct{}

// Layout is the toolkit's.
func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // tells columns their width
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, max((size.Height-h)/2.4, 0)))
		o.Resize(fyne.NewSize(size.Width, h))
	}
}

// MinSize is the toolkit's.
func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// placed has a fixed size and lets a function place what is in it.
type placed struct {
	size    fyne.Size
	arrange func(fyne.Size)
}

func fixed(size fyne.Size, arrange func(fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&placed{size, arrange}, objects...)
}

// Layout is the toolkit's.
func (p *placed) Layout(_ []fyne.CanvasObject, s fyne.Size) { p.arrange(s) }

// MinSize is the toolkit's.
func (p *placed) MinSize([]fyne.CanvasObject) fyne.Size { return p.size }

// page is a screen of its own: a column of at most 400 in the middle of the window.
func page(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewScroll(container.New(middle{}, centred(28, 32, 400, stack(0, objects...))))
}

// gap is empty height in a column.
func gap(h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(0, h))
	return r
}

// pane is a ground of a colour of the theme below an object.
func pane(colour fyne.ThemeColorName, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newGround(colour), o)
}

// title is the name of a page; some languages need a second line for it.
func title(s string) *widget.TextBlock {
	return widget.NewTextBlock(s, widget.Ink{Size: theme.TextPage, Line: 30, Color: theme.Text, Title: true})
}

// heading is the name of a pane or of a group of settings.
func heading(s string) *widget.Line {
	return widget.NewLine(s, widget.Ink{Size: theme.TextPane, Line: 28, Color: theme.Text, Title: true})
}

// caption is the small name of a card.
func caption(s string) *widget.Line {
	return widget.NewLine(s, widget.Ink{Size: theme.TextSmall, Line: 18, Color: theme.Muted, Bold: true})
}

// words are a muted paragraph.
func words(s string) *widget.TextBlock {
	return widget.NewTextBlock(s, widget.Ink{Size: theme.TextSecond, Line: theme.LineHeight, Color: theme.Muted})
}

// fault is a paragraph about what went wrong.
func fault(s string) *widget.TextBlock {
	return widget.NewTextBlock(s, widget.Ink{Size: theme.TextSecond, Line: theme.LineHeight, Color: theme.Warning})
}

// say sets a paragraph and hides it when it is empty.
func say(b *widget.TextBlock, s string) {
	b.SetText(s)
	show(b, s != "")
}

func show(o fyne.CanvasObject, yes bool) {
	switch {
	case yes == o.Visible():
	case yes:
		o.Show()
	default:
		o.Hide()
	}
}

// switchable is what can be kept from being used.
type switchable interface {
	Enable()
	Disable()
}

// Settle makes objects that are new on a canvas known to it at once instead of with the next frame: only then can they take
// the keyboard.
func Settle(o fyne.CanvasObject) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(interface{ EnsureMinSize() bool }); ok {
		c.EnsureMinSize()
	}
}

func enable(yes bool, all ...switchable) {
	for _, o := range all {
		if yes {
			o.Enable()
		} else {
			o.Disable()
		}
	}
}
