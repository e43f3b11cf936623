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
	track  *canvas.Rectangle
	line   *Line
	action *Link
}

// NewBanner makes an empty banner.
func NewBanner() *Banner {
	b := &Banner{
		done: -1, ground: rounded(0), track: rounded(0), line: NewLine("", bannerInk()),
		action: NewLink("", nil),
	}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
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

const bannerHeight float32 = 32

// CreateRenderer is the toolkit's.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.ground, b.track, b.line, b.action},
		layout:  b.arrange,
		min:     func() fyne.Size { return fyne.NewSize(0, bannerHeight) },
		refresh: func() { b.paint(); b.arrange(b.Size()) },
	}
}

func (b *Banner) paint() {
	paint(b.ground, theme.Field)
	paint(b.track, theme.Primary)
	show(b.track, b.done >= 0)
}

func (b *Banner) arrange(s fyne.Size) {
	place(b.ground, 0, 0, s.Width, s.Height)
	place(b.track, 0, s.Height-2, s.Width*min(max(b.done, 0), 1), 2)
	words := bannerInk().measure(b.words, text.Plain) + 1
	link := b.action.MinSize().Width
	total := words
	if b.action.Visible() {
		total += link + 8
	}
	x := max((s.Width-total)/2, 16)
	words = max(min(words, s.Width-32-(total-words)), 0)
	place(b.line, x, 0, words, s.Height)
	place(b.action, x+words+8, (s.Height-theme.LineHeight)/2, link, theme.LineHeight)
}
