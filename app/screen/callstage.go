package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
	"kith/app/widget"
)

// stage is the dark ground of a call. It tells when the pointer moves over it or a finger touches it.
type stage struct {
	base.BaseWidget
	stir   func()
	twice  func() // a double click
	ground *canvas.LinearGradient
	card   *ground // instead, where it does not fill the window
}

func newStage(stir, twice func()) *stage {
	s := &stage{stir: stir, twice: twice, ground: canvas.NewVerticalGradient(theme.Color(theme.CallTop), theme.Color(theme.CallBottom))}
	s.card = newGround(theme.CallTop)
	s.card.radius = cardRound
	s.card.Hide()
	s.ExtendBaseWidget(s)
	return s
}

const cardRound float32 = 18

// fill says whether the ground fills the window; else it is a card with round corners. Layouts may call it.
func (s *stage) fill(yes bool) {
	show(s.ground, yes)
	show(s.card, !yes)
}

// Tapped is a finger.
func (s *stage) Tapped(*fyne.PointEvent) { s.stir() }

// DoubleTapped is a double click.
func (s *stage) DoubleTapped(*fyne.PointEvent) { s.twice() }

// MouseIn is the pointer.
func (s *stage) MouseIn(*desktop.MouseEvent) { s.stir() }

// MouseMoved is the pointer.
func (s *stage) MouseMoved(*desktop.MouseEvent) { s.stir() }

// MouseOut does nothing.
func (s *stage) MouseOut() {}

// CreateRenderer is the toolkit's.
func (s *stage) CreateRenderer() fyne.WidgetRenderer {
	both := container.NewStack(s.ground, s.card)
	both.Resize(s.Size()) // the toolkit may ask for it anew, and lays nothing out then
	return base.NewSimpleRenderer(both)
}

// callPane is a ground over a picture on which words can be read.
func callPane() *ground {
	g := newGround(theme.CallPane)
	g.radius = theme.CardRadius
	return g
}

// The inks of words on the ground of a call.
func callInk(size, height float32, colour fyne.ThemeColorName) widget.Ink {
	return widget.Ink{Size: size, Line: height, Color: colour}
}

// callLine is a line in the middle of its width.
func callLine(ink widget.Ink) *widget.Line {
	l := widget.NewLine("", ink)
	l.SetAlign(fyne.TextAlignCenter)
	return l
}

// fitName draws a name as large as a width has room for.
func fitName(l *widget.Line, width float32) {
	ink := nameInk(false)
	if widget.NewLine(l.Text(), ink).Width() > width {
		ink.Size = theme.TextPane
	}
	l.Set(l.Text(), ink)
}

// balanced is the least width at most as large as width in which a paragraph has no more lines than in that: none of one word then.
func balanced(words *widget.TextBlock, width float32) float32 {
	height := words.Height(width)
	low, high := float32(0), width
	for high-low > 1 {
		if middle := (low + high) / 2; words.Height(middle) <= height {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// callWords is a paragraph whose lines stand in the middle.
func callWords(colour fyne.ThemeColorName) *widget.TextBlock {
	return widget.NewCentredBlock("", callInk(theme.TextSecond, theme.LineHeight, colour))
}
