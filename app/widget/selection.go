package widget

import "kith/app/text"

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
