package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// Strip is a row of the timeline that is no message: a day, the line above what is new, a notice, a gap in the history.
type Strip struct {
	base.BaseWidget
	OnAction func() // a gap is to be filled

	row         Row
	laid        text.Layout
	pill        *canvas.Rectangle
	dashes      *canvas.Image
	left, right *canvas.Rectangle
	block       *TextBlock
	action      *Link
	drawn       bool
	bind        *binding
}

// NewDayLine makes the pill in which a day begins.
func NewDayLine(day string) *Strip { return newStripOf(Row{Kind: DayRow, Text: day}) }

// NewUnreadLine makes the line above what is new.
func NewUnreadLine(words string) *Strip { return newStripOf(Row{Kind: UnreadRow, Text: words}) }

// NewNotice makes a sentence about something that happened to the chat.
func NewNotice(words string) *Strip { return newStripOf(Row{Kind: NoticeRow, Text: words}) }

// NewGapBar makes the bar that stands for missing messages; the action loads them.
func NewGapBar(words, action string, pressed func()) *Strip {
	s := newStripOf(Row{Kind: GapRow, Text: words, Action: action})
	s.OnAction = pressed
	return s
}

func newStripOf(r Row) *Strip {
	s := newStrip()
	s.row = r
	return s
}

func newStrip() *Strip {
	s := &Strip{
		pill: rounded(12), dashes: &canvas.Image{FillMode: canvas.ImageFillStretch},
		left: canvas.NewRectangle(color.Transparent), right: canvas.NewRectangle(color.Transparent),
		block: NewTextBlock("", stripInk(DayRow)),
	}
	s.action = NewLink("", func() { call(s.OnAction) })
	s.action.ink = stripLink()
	s.ExtendBaseWidget(s)
	return s
}

func stripInk(k RowKind) Ink {
	ink := Ink{Size: theme.TextTime, Line: 18, Color: theme.Muted, Link: theme.Primary}
	switch k {
	case UnreadRow:
		ink.Color, ink.Bold = theme.Primary, true
	case GapRow:
		ink.Color = theme.Primary
	case NoticeRow, TopRow:
		ink.Size = theme.TextSmall
	case DayRow, BubbleRow, UnreadableRow, CallRow:
	}
	return ink
}

func stripLink() Ink {
	return Ink{Size: theme.TextTime, Line: 18, Color: theme.Primary, Bold: true}
}

// The room around a strip. A message that follows brings its own above it, so that the strip stands in the middle.
const (
	stripAbove float32 = 4 + theme.SpeakerGap
	stripBelow float32 = 4
)

// stripOf lays a row out at the width of the timeline.
func stripOf(r Row, width float32) (text.Layout, float32) {
	ink := stripInk(r.Kind)
	laid := text.Wrap(r.Text, max(min(width-2*timelineX-80, theme.BubbleMax), 40), ink.measure, text.Limits{})
	h := linesHeight(&laid, ink) + 6 + stripAbove + stripBelow
	if r.Action != "" && len(laid.Lines) > 1 {
		h += ink.line()
	}
	return laid, h
}

// Set shows a row at the width of the timeline and says how high it is.
func (s *Strip) Set(r Row, width float32) float32 {
	laid, h := stripOf(r, width)
	s.set(r, laid)
	return h
}

func (s *Strip) set(r Row, laid text.Layout) {
	s.row, s.laid = r, laid
	s.Refresh()
}

// CreateRenderer is the toolkit's.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	s.drawn = true
	if s.laid.Source != s.row.Text {
		s.laid, _ = stripOf(s.row, max(s.Size().Width, 400))
	}
	s.paint()
	return &drawing{
		objects: []fyne.CanvasObject{s.pill, s.dashes, s.left, s.right, s.block, s.action},
		layout:  s.arrange,
		min: func() fyne.Size {
			return fyne.NewSize(0, linesHeight(&s.laid, stripInk(s.row.Kind))+6+stripAbove+stripBelow)
		},
		refresh: func() { s.paint(); s.arrange(s.Size()) },
	}
}

// box is the size of what stands in the middle.
func (s *Strip) box() (w, h float32) {
	w, h = s.laid.Width+24, linesHeight(&s.laid, stripInk(s.row.Kind))+6
	if s.row.Action != "" {
		if len(s.laid.Lines) > 1 {
			h += stripInk(s.row.Kind).line()
		} else {
			w += stripLink().measure(s.row.Action, text.Plain) + 6
		}
	}
	return w, h
}

func (s *Strip) paint() {
	if !s.drawn {
		return
	}
	s.block.set(&s.laid, stripInk(s.row.Kind), theme.Marked)
	show(s.pill, s.row.Kind == DayRow || s.row.Kind == NoticeRow)
	paint(s.pill, theme.Field)
	show(s.left, s.row.Kind == UnreadRow)
	show(s.right, s.row.Kind == UnreadRow)
	faint := color.NRGBAModel.Convert(theme.Color(theme.Primary)).(color.NRGBA)
	faint.A = 102
	for _, r := range []*canvas.Rectangle{s.left, s.right} {
		r.FillColor = faint
		r.Refresh()
	}
	show(s.dashes, s.row.Kind == GapRow)
	if s.row.Kind == GapRow {
		w, h := s.box()
		s.dashes.Resource = dashed(w, h, 12, theme.Primary)
		s.dashes.Refresh()
	}
	show(s.action, s.row.Action != "")
	if s.action.label != s.row.Action {
		s.action.label = s.row.Action
	}
	s.action.Refresh()
}

func (s *Strip) arrange(size fyne.Size) {
	w, h := s.box()
	x, y := (size.Width-w)/2, stripAbove
	place(s.pill, x, y, w, h)
	place(s.dashes, x, y, w, h)
	place(s.block, x+12, y+3, s.laid.Width, linesHeight(&s.laid, stripInk(s.row.Kind)))
	link := s.action.MinSize()
	if len(s.laid.Lines) > 1 {
		place(s.action, (size.Width-link.Width)/2, y+h-3-link.Height, link.Width, link.Height)
	} else {
		place(s.action, x+12+s.laid.Width+6, y+3, link.Width, link.Height)
	}
	if s.row.Kind == UnreadRow {
		place(s.left, timelineX, y+h/2, max(x-timelineX, 0), 1)
		place(s.right, x+w, y+h/2, max(size.Width-timelineX-x-w, 0), 1)
	}
}
