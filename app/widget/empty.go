package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/theme"
)

// EmptyState fills a pane that has nothing to show yet and says what to do about it.
type EmptyState struct {
	base.BaseWidget
	icon  string
	image *canvas.Image
	disc  *canvas.Rectangle
	title *TextBlock
	words *TextBlock
	press *Button // nil when there is nothing to do
}

// NewEmptyState makes one; an empty action leaves the button out.
func NewEmptyState(icon, title, words, action string, pressed func()) *EmptyState {
	e := &EmptyState{
		icon: icon, image: picture(icon, theme.Primary), disc: rounded(36),
		title: NewTextBlock(title, Ink{Size: theme.TextPane, Line: 28, Color: theme.Text, Title: true}),
		words: NewTextBlock(words, Ink{Size: theme.TextBody, Line: theme.LineHeight, Color: theme.Muted}),
	}
	e.title.centred, e.words.centred = true, true
	if action != "" {
		e.press = NewButton(action, PrimaryLook, pressed)
	}
	e.ExtendBaseWidget(e)
	return e
}

// CreateRenderer is the toolkit's.
func (e *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{
		objects: []fyne.CanvasObject{e.disc, e.image, e.title, e.words}, layout: e.arrange,
		min: func() fyne.Size { return fyne.NewSize(160, 200) }, refresh: e.paint,
	}
	if e.press != nil {
		d.objects = append(d.objects, e.press)
	}
	e.paint()
	return d
}

func (e *EmptyState) paint() {
	paint(e.disc, theme.Field)
	repicture(e.image, e.icon, theme.Primary)
}

func (e *EmptyState) arrange(s fyne.Size) {
	w := min(s.Width-48, 320)
	title, words := e.title.Height(w), e.words.Height(w)
	total := 72 + 16 + title + 6 + words
	if e.press != nil {
		total += 20 + theme.ButtonHeight
	}
	y := max((s.Height-total)/2, 8)
	place(e.disc, (s.Width-72)/2, y, 72, 72)
	place(e.image, (s.Width-32)/2, y+20, 32, 32)
	y += 72 + 16
	place(e.title, (s.Width-w)/2, y, w, title)
	y += title + 6
	place(e.words, (s.Width-w)/2, y, w, words)
	if e.press != nil {
		b := e.press.MinSize().Width
		place(e.press, (s.Width-b)/2, y+words+20, b, theme.ButtonHeight)
	}
}
