package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// TextBlock shows a text of several lines: any language, emoji in colour, links that can be pressed, and a selection that is
// made by dragging, by a double click (a word), and copied with Copy. It wraps at the width it is given. It does not take the
// keyboard focus itself: whoever holds it in a list is told by OnSelect and copies.
type TextBlock struct {
	base.BaseWidget
	pointer
	OnLink   func(url string)       // a link was pressed
	OnSelect func(*TextBlock)       // a selection begins
	OnMenu   func(at fyne.Position) // the secondary button was pressed; in canvas coordinates
	OnDrag   func(dy float32)       // on a phone: a finger moves, and the list around scrolls

	source  string
	ink     Ink
	mark    fyne.ThemeColorName
	limits  text.Limits
	laid    text.Layout
	wrapped float32 // the width that laid is for; negative: none
	page    page
	marks   []*canvas.Rectangle
	sel     selection
	found   [][2]int // stretches that are marked like a selection, in bytes
	centred bool     // every line is
	fixed   bool     // laid comes from outside and does not follow the width
	draw    *drawing
}

// NewTextBlock makes a text block.
func NewTextBlock(s string, ink Ink) *TextBlock {
	b := &TextBlock{source: s, ink: ink, mark: theme.Marked, wrapped: -1}
	b.ExtendBaseWidget(b)
	return b
}

// NewCentredBlock makes a text block whose lines stand in the middle.
func NewCentredBlock(s string, ink Ink) *TextBlock {
	b := NewTextBlock(s, ink)
	b.centred = true
	return b
}

// SetText changes the text and drops the selection.
func (b *TextBlock) SetText(s string) {
	if b.source == s {
		return
	}
	b.source, b.wrapped, b.sel = s, -1, selection{}
	b.Refresh()
}

// SetInk changes how the text is written.
func (b *TextBlock) SetInk(k Ink) {
	if b.ink != k {
		b.ink, b.wrapped = k, -1
		b.Refresh()
	}
}

// Height is how high the text is at a width.
func (b *TextBlock) Height(width float32) float32 {
	l := text.Wrap(b.source, width, b.ink.measure, b.limits)
	return float32(len(l.Lines)) * b.ink.line()
}

func (b *TextBlock) wrap(width float32) {
	if b.wrapped != width {
		b.laid = text.Wrap(b.source, width, b.ink.measure, b.limits)
		if b.centred {
			b.laid.Centre(width)
		}
		b.wrapped = width
	}
}

// set shows a text that is laid out already.
func (b *TextBlock) set(l *text.Layout, ink Ink, mark fyne.ThemeColorName) {
	if b.source != l.Source {
		b.sel = selection{}
	}
	b.source, b.laid, b.ink, b.mark, b.fixed = l.Source, *l, ink, mark, true
	b.Refresh()
}

// Selected is the selected part of the text as it was written.
func (b *TextBlock) Selected() string {
	from, to := b.sel.ordered()
	if to > len(b.source) {
		return ""
	}
	return b.source[from:to]
}

// SelectAll selects all that is shown.
func (b *TextBlock) SelectAll() { b.choose(0, b.laid.End) }

// Copy puts the selection, or without one the whole text, on the clipboard.
func (b *TextBlock) Copy() {
	s := b.Selected()
	if s == "" {
		s = b.source
	}
	fyne.CurrentApp().Clipboard().SetContent(s)
}

func (b *TextBlock) choose(from, to int) {
	if s := (selection{from, to}); b.sel != s {
		b.sel = s
		b.Refresh()
	}
}

// at finds the line and the place in it.
func (b *TextBlock) at(p fyne.Position) (line int, x float32) {
	if p.Y < 0 {
		return 0, p.X
	}
	return min(int(p.Y/b.ink.line()), len(b.laid.Lines)-1), p.X
}

func (b *TextBlock) hit(p fyne.Position) int {
	line, x := b.at(p)
	return b.laid.Hit(line, x)
}

// MouseDown begins a selection.
func (b *TextBlock) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	at := b.hit(e.Position)
	if e.Modifier&fyne.KeyModifierShift != 0 && b.sel.from != b.sel.to {
		b.choose(b.sel.from, at)
	} else {
		b.choose(at, at)
	}
	if b.OnSelect != nil {
		b.OnSelect(b)
	}
}

// MouseUp does nothing; the selection stays.
func (b *TextBlock) MouseUp(*desktop.MouseEvent) {}

// Dragged extends the selection, or scrolls the list on a phone.
func (b *TextBlock) Dragged(e *fyne.DragEvent) {
	if fyne.CurrentDevice().IsMobile() {
		if b.OnDrag != nil {
			b.OnDrag(e.Dragged.DY)
		}
		return
	}
	b.choose(b.sel.from, b.hit(e.Position))
}

// DragEnd does nothing; the selection stays.
func (b *TextBlock) DragEnd() {}

// Tapped opens the link under the pointer.
func (b *TextBlock) Tapped(e *fyne.PointEvent) {
	line, x := b.at(e.Position)
	if url := b.laid.URL(line, x); url != "" && b.OnLink != nil && b.sel.from == b.sel.to {
		b.OnLink(url)
	}
}

// DoubleTapped selects a word.
func (b *TextBlock) DoubleTapped(e *fyne.PointEvent) {
	from, to := b.laid.Word(b.hit(e.Position))
	b.choose(from, to)
}

// TappedSecondary asks for the menu.
func (b *TextBlock) TappedSecondary(e *fyne.PointEvent) {
	if b.OnMenu != nil {
		b.OnMenu(e.AbsolutePosition)
	}
}

// MouseMoved tells whether the pointer is over a link.
func (b *TextBlock) MouseMoved(e *desktop.MouseEvent) {
	line, x := b.at(e.Position)
	b.over = b.laid.URL(line, x) != ""
}
