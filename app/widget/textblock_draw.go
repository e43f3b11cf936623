package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/text"
)

// CreateRenderer is the toolkit's.
func (b *TextBlock) CreateRenderer() fyne.WidgetRenderer {
	b.draw = &drawing{
		layout: b.arrange,
		min: func() fyne.Size { // before there is a width it is a single line, not a character on each
			return fyne.NewSize(0, float32(max(len(b.laid.Lines), 1))*b.ink.line())
		},
		refresh: func() { b.paint(); b.arrange(b.Size()) },
	}
	b.paint()
	return b.draw
}

// paint makes texts and marks show the layout and the selection.
func (b *TextBlock) paint() {
	if b.draw == nil {
		return
	}
	if !b.fixed {
		b.wrap(b.Size().Width)
	}
	b.page.set(&b.laid, b.ink)
	spans := b.spans()
	for len(b.marks) < len(spans) {
		b.marks = append(b.marks, canvas.NewRectangle(color.Transparent))
	}
	for i, m := range b.marks {
		show(m, i < len(spans))
		if i < len(spans) {
			paint(m, b.mark)
		}
	}
	b.draw.objects = b.draw.objects[:0]
	for _, m := range b.marks {
		b.draw.objects = append(b.draw.objects, m)
	}
	b.draw.objects = b.page.objects(b.draw.objects)
}

// spans is where what is selected or was found stands.
func (b *TextBlock) spans() []text.Span {
	spans := b.sel.spans(&b.laid)
	for _, f := range b.found {
		spans = append(spans, b.laid.Spans(f[0], f[1])...)
	}
	return spans
}

// arrange places the runs; only a new width makes it lay out the text again.
func (b *TextBlock) arrange(s fyne.Size) {
	if !b.fixed && b.wrapped != s.Width {
		b.paint()
	}
	b.page.layout(&b.laid, b.ink, 0, 0)
	for i, span := range b.spans() {
		if i < len(b.marks) {
			place(b.marks[i], span.X, float32(span.Line)*b.ink.line(), span.Width, b.ink.line())
		}
	}
}
