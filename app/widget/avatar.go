package widget

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"
	"github.com/rivo/uniseg"

	"kith/app/text"
	"kith/app/theme"
)

// Avatar is the round sign of a person: the first letter of the name on the colour of the address (XEP-0392).
type Avatar struct {
	base.BaseWidget
	address, name string
	size          float32
	online        bool
	ground        fyne.ThemeColorName // what the online dot's rim has to look like
	disc          *canvas.Rectangle
	letter        *canvas.Text
	dot           *canvas.Rectangle
}

// NewAvatar makes an avatar of a diameter, one of the theme's Avatar sizes.
func NewAvatar(address, name string, size float32) *Avatar {
	a := &Avatar{
		address: address, name: name, size: size, ground: theme.Side,
		disc: rounded(size / 2), letter: canvas.NewText("", color.White), dot: rounded(size),
	}
	a.ExtendBaseWidget(a)
	return a
}

// Set changes whose avatar it is, and whether the person is online.
func (a *Avatar) Set(address, name string, online bool) {
	if a.address == address && a.name == name && a.online == online {
		return
	}
	a.address, a.name, a.online = address, name, online
	a.Refresh()
}

// SetSize changes its diameter.
func (a *Avatar) SetSize(size float32) {
	if a.size != size {
		a.size, a.disc.CornerRadius = size, size/2
		a.Refresh()
	}
}

// setGround changes the colour of the rim around the online dot.
func (a *Avatar) setGround(name fyne.ThemeColorName) {
	if a.ground != name {
		a.ground = name
		a.Refresh()
	}
}

// CreateRenderer is the toolkit's.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	a.dot.StrokeWidth = 2.5
	a.paint()
	return &drawing{
		objects: []fyne.CanvasObject{a.disc, a.letter, a.dot},
		layout:  func(fyne.Size) { a.arrange() },
		min:     func() fyne.Size { return fyne.NewSquareSize(a.size) },
		refresh: func() { a.paint(); a.arrange() },
	}
}

func (a *Avatar) paint() {
	a.disc.FillColor = theme.Contact(a.address)
	a.disc.Refresh()
	a.letter.Text = initial(a.name)
	a.letter.TextSize = float32(int(a.size*0.4 + 0.5))
	a.letter.TextStyle.Bold = true
	a.letter.FontSource = theme.FontOf(a.letter.Text, theme.SemiBold)
	if text.EmojiOnly(a.letter.Text) > 0 {
		a.letter.FontSource = theme.EmojiFont()
	}
	a.letter.Refresh()
	a.dot.FillColor, a.dot.StrokeColor = theme.Color(theme.Online), theme.Color(a.ground)
	show(a.dot, a.online)
	a.dot.Refresh()
}

func (a *Avatar) arrange() {
	place(a.disc, 0, 0, a.size, a.size)
	m := a.letter.MinSize()
	top := (a.size - m.Height) / 2
	if text.EmojiOnly(a.letter.Text) == 0 { // where Inter's would stand: the line of another font may be deeper
		top = Ink{Size: a.letter.TextSize, Line: a.size, Bold: true}.top(text.Plain) - a.letter.TextSize*theme.Drop(a.letter.Text)
	}
	place(a.letter, (a.size-m.Width)/2, top, m.Width, m.Height)
	dot := max(a.size*0.27, 10)
	place(a.dot, a.size-dot+1, a.size-dot, dot, dot)
}

// initial is the first character of a name that says something, in upper case.
func initial(name string) string {
	rest, state := name, -1
	for rest != "" {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		for _, r := range c {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || text.EmojiOnly(c) > 0 {
				if len(c) > 64 {
					c = string(r)
				}
				return strings.ToUpper(c)
			}
		}
	}
	return "?"
}
