package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/text"
	"kith/app/theme"
	"kith/core/model"
)

// Bubble is one message: its text, the time and how far it got in the corner, and what is wrong with it below. Its width is
// the whole timeline's; it stands at the left or the right in it by itself.
type Bubble struct {
	base.BaseWidget
	OnAction func()                 // the link of a fault was pressed
	OnShow   func()                 // more of a clipped text is asked for
	OnMenu   func(at fyne.Position) // in canvas coordinates
	row      Row
	shape    shape
	body     *canvas.Rectangle
	dashes   *canvas.Image
	block    *TextBlock
	time     *canvas.Text
	state    *canvas.Image
	lock     *canvas.Image
	fault    *TextBlock
	action   *Link
	more     *Link
	call     callSign
	drawn    bool
	bind     *binding
	found    *found // nil when it is not what was looked for
}

// NewBubble makes an empty bubble; Set fills it.
func NewBubble() *Bubble {
	b := &Bubble{
		body: rounded(theme.BubbleRadius), dashes: &canvas.Image{FillMode: canvas.ImageFillStretch},
		block: NewTextBlock("", Ink{Size: theme.TextBody}), time: &canvas.Text{TextSize: theme.TextMeta},
		state: &canvas.Image{FillMode: canvas.ImageFillContain}, lock: &canvas.Image{FillMode: canvas.ImageFillContain},
		fault: NewTextBlock("", Ink{Size: theme.TextSmall, Line: 18, Color: theme.Muted}), call: newCallSign(),
	}
	b.action = NewLink("", func() { call(b.OnAction) })
	b.more = NewLink(lang.T("Show more"), func() { call(b.OnShow) })
	b.block.OnMenu = func(at fyne.Position) { b.menu(at) }
	b.ExtendBaseWidget(b)
	return b
}

func (b *Bubble) menu(at fyne.Position) {
	if b.OnMenu != nil {
		b.OnMenu(at)
	}
}

// Text is the block of text in the bubble, for its links and its selection.
func (b *Bubble) Text() *TextBlock { return b.block }

// Set shows a row of kind BubbleRow or UnreadableRow at the width of the timeline and says how high it is.
func (b *Bubble) Set(r Row, width float32) float32 {
	s := shapeOf(r, width, 0)
	b.set(r, s)
	return s.height
}

// set shows a row whose shape is known.
func (b *Bubble) set(r Row, s shape) {
	b.row, b.shape = r, s
	b.Refresh()
}

// setFound shows the message as the one that was looked for, or no longer.
func (b *Bubble) setFound(f *found) {
	if b.found != f {
		b.found = f
		b.Refresh()
	}
}

// TappedSecondary asks for the menu.
func (b *Bubble) TappedSecondary(e *fyne.PointEvent) {
	if p := e.Position; p.X >= b.shape.x && p.X <= b.shape.x+b.shape.width {
		b.menu(e.AbsolutePosition)
	}
}

// CreateRenderer is the toolkit's.
func (b *Bubble) CreateRenderer() fyne.WidgetRenderer {
	b.drawn = true
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.body, b.dashes, b.block, b.time, b.lock, b.state, b.fault, b.action, b.more, b.call.disc, b.call.image},
		layout:  func(fyne.Size) { b.arrange() },
		min:     func() fyne.Size { return fyne.NewSize(0, b.shape.height) },
		refresh: func() { b.paint(); b.arrange() },
	}
}

func (b *Bubble) paint() {
	if !b.drawn {
		return
	}
	r, s := b.row, &b.shape
	tones := b.tones()
	ink := s.ink
	ink.Color, ink.Link = tones.text, tones.link
	b.block.found = b.found.marks(&s.text)
	b.block.set(&s.text, ink, tones.mark)
	b.paintGround(tones)
	b.time.Text, b.time.Color, b.time.FontSource = r.Time, theme.Color(tones.meta), theme.FontOf(r.Time, theme.Regular)
	show(b.time, r.Time != "" && r.Kind != UnreadableRow)
	b.time.Refresh()
	show(b.lock, s.lock)
	if s.lock {
		repicture(b.lock, theme.IconShieldAlert, tones.meta)
	}
	show(b.state, s.state)
	if s.state {
		icon, _ := stateIcon(r.State)
		repicture(b.state, icon, stateColor(r.State, tones.meta, tones.read))
	}
	show(b.more, s.text.Clipped)
	b.more.ink.Color = tones.link
	b.more.Refresh()
	b.call.paint(r)
	b.paintFault()
}

func (b *Bubble) paintGround(tones tones) {
	unreadable := b.row.Kind == UnreadableRow
	show(b.body, !unreadable && (!b.shape.bare || b.lit()))
	show(b.dashes, unreadable)
	if unreadable {
		b.dashes.Resource = dashed(b.shape.width, b.shape.body, 14, theme.Muted)
		b.dashes.Refresh()
		return
	}
	outer, inner := theme.BubbleRadius, theme.BubbleInner
	b.body.TopLeftCornerRadius, b.body.TopRightCornerRadius = outer, outer
	b.body.BottomLeftCornerRadius, b.body.BottomRightCornerRadius = outer, outer
	switch {
	case b.row.Outgoing:
		b.body.BottomRightCornerRadius = inner
		if !b.row.First {
			b.body.TopRightCornerRadius = inner
		}
	default:
		b.body.BottomLeftCornerRadius = inner
		if !b.row.First {
			b.body.TopLeftCornerRadius = inner
		}
	}
	paint(b.body, tones.ground)
}

func (b *Bubble) paintFault() {
	name := theme.Muted
	if b.row.State == model.Failed {
		name = theme.Warning
	}
	s := &b.shape
	show(b.fault, b.row.Kind == BubbleRow && b.row.Fault != "")
	b.fault.set(&s.fault, Ink{Size: theme.TextSmall, Line: 18, Color: name}, theme.Marked)
	show(b.action, b.row.Action != "")
	if b.action.label != b.row.Action {
		b.action.label = b.row.Action
		b.action.Refresh()
	}
}

func (b *Bubble) arrange() {
	s := &b.shape
	place(b.body, s.x, s.top, s.width, s.body)
	place(b.dashes, s.x, s.top, s.width, s.body)
	left := s.x + padX
	switch {
	case s.bare:
		left = s.x
	case b.row.Kind == CallRow:
		b.call.arrange(left, s.top+s.body/2)
		left += callInset
	}
	place(b.block, left, s.top+padY, s.text.Width, float32(len(s.text.Lines))*s.ink.line())
	right, base := s.x+s.width-padX, s.top+s.body-padY
	if b.row.Kind == CallRow {
		base -= 3 // on one line with the link
	}
	if s.bare {
		right = s.x + s.width
	}
	if s.state {
		place(b.state, right-15, base-13, 15, 15)
		right -= 18
	}
	size := b.time.MinSize()
	place(b.time, right-size.Width, base-13, size.Width, 15)
	place(b.lock, right-size.Width-16, base-12, 13, 13)
	place(b.more, s.x+padX, s.top+padY+float32(len(s.text.Lines))*s.ink.line(), b.more.MinSize().Width, theme.LineHeight)
	b.arrangeFault()
}

func (b *Bubble) arrangeFault() {
	s := &b.shape
	w := b.action.MinSize().Width
	if b.row.Kind == UnreadableRow { // the link stands behind the last word, or on a line of its own
		last := s.text.Lines[len(s.text.Lines)-1]
		y := s.top + padY + float32(len(s.text.Lines)-1)*s.ink.line()
		x := s.x + padX + last.Width + 6
		if !s.inline {
			x, y = s.x+padX, y+s.ink.line()
		}
		place(b.action, x, y, w, theme.LineHeight)
		return
	}
	if b.row.Kind == CallRow {
		place(b.action, s.x+padX+callInset, s.top+s.body-padY-theme.LineHeight, w, theme.LineHeight)
		return
	}
	h := float32(len(s.fault.Lines)) * 18
	y := s.top + s.body + faultGap
	place(b.fault, s.faultX, y, s.fault.Width, h)
	if s.inline {
		last := s.fault.Lines[len(s.fault.Lines)-1].Width
		place(b.action, s.faultX+last+6, y+h-19, w, theme.LineHeight)
		return
	}
	place(b.action, s.faultX, y+h, w, theme.LineHeight)
}

// lit says whether the message is the one that was just found.
func (b *Bubble) lit() bool { return b.found != nil && b.found.lit }

// tones are the colours of a message.
type tones struct{ ground, text, meta, link, mark, read fyne.ThemeColorName }

func (b *Bubble) tones() tones {
	switch {
	case b.lit():
		return tones{theme.Found, theme.FoundText, theme.FoundText, theme.FoundText, theme.MarkedOut, theme.FoundText}
	case b.shape.bare:
		return bareTones()
	}
	return tonesOf(b.row)
}

func tonesOf(r Row) tones {
	switch {
	case r.Kind == UnreadableRow:
		return tones{theme.Background, theme.Muted, theme.Muted, theme.Primary, theme.Marked, theme.Primary}
	case r.Outgoing && r.Kind != CallRow: // a call is an event, whoever placed it
		return tones{theme.Outgoing, theme.OutgoingText, theme.OutgoingMeta, theme.OutgoingText, theme.MarkedOut, theme.OutgoingRead}
	}
	return tones{theme.Incoming, theme.Text, theme.Muted, theme.Primary, theme.Marked, theme.Primary}
}

// bareTones are those of a message without a ground of its own.
func bareTones() tones {
	return tones{theme.Background, theme.Text, theme.Muted, theme.Primary, theme.Marked, theme.Primary}
}

func linesHeight(l *text.Layout, k Ink) float32 { return float32(len(l.Lines)) * k.line() }
