package widget

import (
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/text"
)

// selection is the stretch of a text that is chosen, in bytes; from is where it began.
type selection struct{ from, to int }

func (s selection) ordered() (from, to int) { return min(s.from, s.to), max(s.from, s.to) }

// spans are the stretches of the lines to mark.
func (s selection) spans(l *text.Layout) []text.Span {
	from, to := s.ordered()
	if from == to {
		return nil
	}
	return l.Spans(from, to)
}

// pointer is what the mouse looks like over a text: a hand over links and a caret elsewhere.
type pointer struct{ over bool }

// MouseIn does nothing.
func (p *pointer) MouseIn(*desktop.MouseEvent) {}

// MouseOut does nothing but forget.
func (p *pointer) MouseOut() { p.over = false }

// Cursor is the shape of the pointer.
func (p *pointer) Cursor() desktop.Cursor {
	if p.over {
		return desktop.PointerCursor
	}
	return desktop.TextCursor
}
