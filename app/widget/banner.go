package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// Banner is the strip above a chat that tells of the network or of history being fetched, with one thing to do about it.
// It takes no room while it says nothing.
type Banner struct {
	base.BaseWidget
	words  string
	done   float32 // of a progress; negative: none
	ground *canvas.Rectangle
	rule   *canvas.Rectangle
	track  *canvas.Rectangle
	line   *TextBlock
	action *Link
}

// bannerFit is how a banner stands in a width: on one line, else its words above its link.
type bannerFit struct {
	width  float32 // of the words
	lines  int
	beside bool // the link stands behind the words
}

// NewBanner makes an empty banner.
func NewBanner() *Banner {
	b := &Banner{
		done: -1, ground: rounded(0), rule: rounded(0), track: rounded(0), line: NewTextBlock("", bannerInk()),
		action: NewLink("", nil),
	}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// SetUrgent gives the words the colour of what needs attention.
func (b *Banner) SetUrgent(yes bool) {
	ink := bannerInk()
	if yes {
		ink.Color = theme.Warning
	}
	b.line.SetInk(ink)
}

func bannerInk() Ink { return Ink{Size: theme.TextSmall, Line: theme.LineHeight, Color: theme.Muted} }

// Set changes what it says and what can be done; empty words take it away.
func (b *Banner) Set(words, action string, pressed func()) {
	b.words, b.done = words, -1
	b.action.Set(action, pressed)
	b.update()
}

// SetProgress says how much of something is done, 0…1; negative for unknown.
func (b *Banner) SetProgress(words string, done float32) {
	b.words, b.done = words, done
	b.action.Set("", nil)
	b.update()
}

func (b *Banner) update() {
	b.line.SetText(b.words)
	show(b.action, b.action.label != "")
	show(b, b.words != "")
	b.Refresh()
}

// The room in a banner.
const (
	bannerPadX float32 = 16
	bannerPadY float32 = 6
	bannerGap  float32 = 8 // between the words and the link
)

// fit finds out how the banner stands in a width. What does not go on one line wraps: a sentence that says what to do is not
// to be cut in the middle.
func (b *Banner) fit(width float32) bannerFit {
	room := max(width-2*bannerPadX, 1)
	words, link := bannerInk().measure(b.words, text.Plain)+1, float32(0)
	if b.action.Visible() {
		link = b.action.MinSize().Width + bannerGap
	}
	if words+link <= room {
		return bannerFit{width: words, lines: 1, beside: true}
	}
	laid := text.Wrap(b.words, room, bannerInk().measure, text.Limits{})
	return bannerFit{width: room, lines: len(laid.Lines)}
}

// Height is how high the banner is at a width.
func (b *Banner) Height(width float32) float32 {
	f := b.fit(width)
	n := f.lines
	if !f.beside && b.action.Visible() {
		n++
	}
	return float32(n)*theme.LineHeight + 2*bannerPadY
}

// CreateRenderer is the toolkit's.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.ground, b.rule, b.track, b.line, b.action},
		layout:  b.arrange,
		min:     func() fyne.Size { return fyne.NewSize(0, b.Height(max(b.Size().Width, 320))) },
		refresh: func() { b.paint(); b.arrange(b.Size()) },
	}
}

func (b *Banner) paint() {
	paint(b.ground, theme.Field)
	paint(b.rule, theme.Line)
	paint(b.track, theme.Primary)
	show(b.track, b.done >= 0)
}

func (b *Banner) arrange(s fyne.Size) {
	place(b.ground, 0, 0, s.Width, s.Height)
	place(b.rule, 0, s.Height-1, s.Width, 1)
	place(b.track, 0, s.Height-2, s.Width*min(max(b.done, 0), 1), 2)
	f := b.fit(s.Width)
	link := b.action.MinSize().Width
	x, height := bannerPadX, float32(f.lines)*theme.LineHeight
	if f.beside {
		total := f.width
		if b.action.Visible() {
			total += bannerGap + link
		}
		x = (s.Width - total) / 2
		place(b.action, x+f.width+bannerGap, bannerPadY, link, theme.LineHeight)
	} else {
		place(b.action, x, bannerPadY+height, link, theme.LineHeight)
	}
	place(b.line, x, bannerPadY, f.width, height)
}
