package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// Line shows one line of any language and emoji, cut with an ellipsis where it ends too early. It asks for no width, so that
// a long name never widens a window; its layout says how much it gets.
type Line struct {
	base.BaseWidget
	text   string
	short  string // instead of a text that does not fit; empty: its beginning
	ink    Ink
	align  fyne.TextAlign
	laid   text.Layout
	fitted float32 // the width that laid is for; negative: none
	page   page
	marks  Marks
	boxes  []*canvas.Rectangle // behind what is marked
	draw   *drawing
}

// NewLine makes a line of text.
func NewLine(s string, ink Ink) *Line {
	l := &Line{text: s, ink: ink, fitted: -1}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes what the line shows and how.
func (l *Line) Set(s string, ink Ink) {
	if l.text == s && l.ink == ink {
		return
	}
	l.text, l.ink, l.fitted = s, ink, -1
	l.Refresh()
}

// SetText changes what the line shows.
func (l *Line) SetText(s string) { l.Set(s, l.ink) }

// SetShort is what the line shows where the whole text does not fit.
func (l *Line) SetShort(s string) {
	if l.short != s {
		l.short, l.fitted = s, -1
		l.Refresh()
	}
}

// Text is what the line was given.
func (l *Line) Text() string { return l.text }

// SetMarks changes what stands out in the text.
func (l *Line) SetMarks(m Marks) {
	if l.marks != m {
		l.marks, l.fitted = m, -1
		l.Refresh()
	}
}

// SetAlign changes where in its width the text stands.
func (l *Line) SetAlign(a fyne.TextAlign) {
	l.align = a
	l.Refresh()
}

// Width is how wide the whole text is.
func (l *Line) Width() float32 {
	one := text.Fit(l.text, 1<<20, l.ink.measure)
	return one.Width
}

// CreateRenderer is the toolkit's.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	l.draw = &drawing{
		layout:  func(s fyne.Size) { l.fit(s.Width); l.arrange() },
		min:     func() fyne.Size { return fyne.NewSize(0, l.ink.line()) },
		refresh: func() { l.fitted = -1; l.fit(l.Size().Width); l.arrange() },
	}
	l.fitted = -1 // the toolkit may ask for it anew, and lays nothing out then
	l.fit(l.Size().Width)
	l.arrange()
	return l.draw
}

// fit lays the text out anew when the width asks for it.
func (l *Line) fit(width float32) {
	if l.draw == nil || l.fitted == width {
		return
	}
	l.fitted = width
	words := l.text
	if l.short != "" && l.Width() > width {
		words = l.short
	}
	l.laid = text.Fit(words, width, l.ink.measure)
	l.page.set(&l.laid, l.ink)
	l.draw.objects = l.draw.objects[:0]
	spans := l.spans()
	for len(l.boxes) < len(spans) {
		l.boxes = append(l.boxes, rounded(3))
	}
	for i, b := range l.boxes {
		show(b, i < len(spans))
		paint(b, theme.Marked)
		l.draw.objects = append(l.draw.objects, b)
	}
	l.draw.objects = l.page.objects(l.draw.objects)
}

// spans is where what is marked stands.
func (l *Line) spans() (out []text.Span) {
	for _, m := range l.marks {
		if m[0] < m[1] {
			out = append(out, l.laid.Spans(m[0], m[1])...)
		}
	}
	return out
}

func (l *Line) arrange() {
	x := float32(0)
	switch l.align {
	case fyne.TextAlignCenter:
		x = (l.Size().Width - l.laid.Width) / 2
	case fyne.TextAlignTrailing:
		x = l.Size().Width - l.laid.Width
	}
	x, y := max(x, 0), (l.Size().Height-l.ink.line())/2
	l.page.layout(&l.laid, l.ink, x, y)
	for i, span := range l.spans() {
		place(l.boxes[i], x+span.X, y, span.Width, l.ink.line())
	}
}
