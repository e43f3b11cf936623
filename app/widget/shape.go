package widget

import (
	"fmt"

	"fyne.io/fyne/v2"

	"kith/app/text"
	"kith/app/theme"
)

const (
	padX, padY float32 = 12, 8
	metaGap    float32 = 12
	metaRow    float32 = 15
	faultGap   float32 = 4  // around what is wrong with a message
	timelineX  float32 = 20 // from the edge of the timeline to a bubble
)

// shape is where everything of a bubble stands at one width of the timeline. It is the costly part of a row, so the
// timeline keeps it.
type shape struct {
	ink                 Ink
	text, fault         text.Layout
	x, top, width, body float32 // of the ground
	height              float32 // of the row, with the gap above it
	faultX              float32
	inline              bool // the fault's link stands behind its last word
	state, lock         bool
	bare                bool // nothing but some emoji: large, without a ground
}

// shapeOf lays a row out; more is how many times the person asked to see more of a clipped text.
func shapeOf(r Row, width float32, more int) shape {
	s := shape{ink: inkOf(r), state: r.Outgoing && r.Kind == BubbleRow, lock: r.Clear && r.Kind == BubbleRow, top: theme.SpeakerGap}
	if !r.First && r.Kind == BubbleRow {
		s.top = theme.GroupGap
	}
	most := min((width-2*timelineX)*theme.BubblePart, theme.BubbleMax)
	if n := text.EmojiOnly(r.Text); n > 0 && n <= 3 && r.Kind == BubbleRow {
		s.ink.Size, s.ink.Line, s.bare = 34, 44, true
	}
	limits := text.Limits{Clusters: text.MaxClusters * (1 + 5*more), Lines: text.MaxLines * (1 + 5*more)}
	if r.Kind == CallRow { // the words of a call have as much room as those of a message: its icon stands beside them
		most = min(most+callInset, width-2*timelineX) - callInset
	}
	inner := max(most-2*padX, 20)
	s.text = text.Wrap(r.Text, inner, s.ink.measure, limits)
	switch r.Kind {
	case UnreadableRow:
		s.unreadable(r, inner)
	case CallRow:
		s.call(r)
	default:
		s.message(r, inner)
	}
	s.x = timelineX
	if r.Outgoing && r.Kind != UnreadableRow {
		s.x = width - timelineX - s.width
	}
	s.height = s.top + s.body
	if r.Kind == BubbleRow && (r.Fault != "" || r.Action != "") {
		s.below(r, width)
	}
	return s
}

// message finds the size of the ground: the time stands behind the last word where there is room.
func (s *shape) message(r Row, inner float32) {
	meta := s.meta(r)
	width, height := s.text.Width, linesHeight(&s.text, s.ink)
	last := s.text.Lines[len(s.text.Lines)-1]
	end := last.Width
	if last.RTL {
		end = s.text.Width
	}
	switch {
	case s.text.Clipped:
		height += theme.LineHeight
		width = max(width, 70+metaGap+meta)
	case end+metaGap+meta <= inner:
		width = max(width, end+metaGap+meta)
	default:
		height += metaRow
		width = max(width, meta)
	}
	s.width, s.body = width+2*padX, height+2*padY
	if s.bare {
		s.width, s.body = width, height+padY
	}
}

// meta is the width of time and signs.
func (s *shape) meta(r Row) float32 {
	w := Ink{Size: theme.TextMeta}.measure(r.Time, text.Plain)
	if s.state {
		w += 18
	}
	if s.lock {
		w += 16
	}
	return w
}

// callInset is the room of the icon before the words of a call.
const callInset float32 = 48

// call finds the size of the ground of a call: the link stands below the words, and the time in the corner beside it.
func (s *shape) call(r Row) {
	below := linkInk().measure(r.Action, text.Plain) + metaGap + s.meta(r)
	s.width = max(s.text.Width, below) + callInset + 2*padX
	s.body = linesHeight(&s.text, s.ink) + theme.LineHeight + 2*padY
}

func (s *shape) unreadable(r Row, inner float32) {
	width, height := s.text.Width, linesHeight(&s.text, s.ink)
	action := linkInk().measure(r.Action, text.Plain)
	last := s.text.Lines[len(s.text.Lines)-1]
	s.inline = r.Action != "" && !last.RTL && last.Width+6+action <= inner
	switch {
	case s.inline:
		width = max(width, last.Width+6+action)
	case r.Action != "":
		height += theme.LineHeight
	}
	s.width, s.body = width+2*padX, height+2*padY
}

// below places what is wrong with a message under it.
func (s *shape) below(r Row, width float32) {
	const line = 18
	ink := Ink{Size: theme.TextSmall, Line: line}
	most := min(width-2*timelineX, theme.BubbleMax)
	action := linkInk().measure(r.Action, text.Plain)
	s.fault = text.Wrap(r.Fault, most, ink.measure, text.Limits{})
	last := s.fault.Lines[len(s.fault.Lines)-1]
	total := s.fault.Width
	height := linesHeight(&s.fault, ink)
	s.inline = r.Action != "" && !last.RTL && last.Width+6+action <= most
	switch {
	case s.inline:
		total = max(total, last.Width+6+action)
	case r.Action != "":
		height += theme.LineHeight
	}
	s.faultX = timelineX
	if r.Outgoing {
		s.faultX = width - timelineX - total
	}
	s.height += faultGap + height + faultGap
}

func inkOf(r Row) Ink {
	t := tonesOf(r)
	k := Ink{Size: theme.TextBody, Line: theme.LineHeight, Color: t.text, Link: t.link}
	switch r.Kind {
	case UnreadableRow:
		k.Size = theme.TextSecond
	case CallRow:
		k.Bold = true
	default:
	}
	return k
}

func linkInk() Ink {
	return Ink{Size: theme.TextSmall, Line: theme.LineHeight, Color: theme.Primary, Bold: true}
}

// dashed is a rounded outline of dashes, which the toolkit cannot draw by itself.
func dashed(w, h, radius float32, in fyne.ThemeColorName) fyne.Resource {
	r, g, b, _ := theme.Color(in).RGBA()
	colour := fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
	name := fmt.Sprintf("kith-dashes-%gx%g-%g%s.svg", w, h, radius, colour)
	const from = 0.75
	body := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g">`+
		`<rect x="%g" y="%g" width="%g" height="%g" rx="%g" ry="%g" fill="none" stroke="%s" stroke-width="1" stroke-dasharray="4,3"/></svg>`,
		w, h, w, h, from, from, w-2*from, h-2*from, radius, radius, colour)
	return fyne.NewStaticResource(name, []byte(body))
}
