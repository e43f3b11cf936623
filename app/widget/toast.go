package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

const (
	toastPadX float32 = 16
	toastPadY float32 = 12
	toastTime         = 4 * time.Second
)

// toast is the sentence that Root.Toast shows.
type toast struct {
	base.BaseWidget
	ground *canvas.Rectangle
	line   *TextBlock
	action *Link
	stay   *fyne.Animation
}

func newToast() *toast {
	t := &toast{ground: rounded(theme.CardRadius), line: NewTextBlock("", toastInk())}
	t.action = NewLink("", nil)
	t.action.ink.Color = theme.OnTip
	t.ExtendBaseWidget(t)
	t.Hide()
	return t
}

func toastInk() Ink {
	return Ink{Size: theme.TextSecond, Line: theme.LineHeight, Color: theme.OnTip}
}

func (t *toast) set(sentence, action string, pressed, changed func()) {
	t.line.SetText(sentence)
	t.action.Set(action, func() {
		t.Hide()
		pressed()
	})
	show(t.action, action != "" && pressed != nil)
	if t.stay != nil {
		t.stay.Stop()
	}
	t.stay = fyne.NewAnimation(toastTime, func(done float32) {
		if done == 1 {
			t.Hide()
			changed()
		}
	})
	t.stay.Curve = fyne.AnimationLinear
	t.stay.Start()
	t.Show()
}

// wide is how wide the toast wants to be.
func (t *toast) wide() float32 {
	return toastInk().measure(t.line.source, text.Plain) + 1 + 2*toastPadX + t.link()
}

// link is how much of the width the link takes.
func (t *toast) link() float32 {
	if !t.action.Visible() {
		return 0
	}
	return t.action.MinSize().Width + 12
}

// Height is how high the toast is at a width: its sentence says what to do, and is not to be cut.
func (t *toast) Height(width float32) float32 {
	return t.line.Height(width-2*toastPadX-t.link()) + 2*toastPadY
}

// CreateRenderer is the toolkit's.
func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{t.ground, t.line, t.action},
		layout: func(s fyne.Size) {
			place(t.ground, 0, 0, s.Width, s.Height)
			link := t.action.MinSize().Width
			place(t.action, s.Width-toastPadX-link, 0, link, s.Height)
			place(t.line, toastPadX, toastPadY, s.Width-2*toastPadX-t.link(), s.Height-2*toastPadY)
		},
		min:     func() fyne.Size { return fyne.NewSize(0, theme.LineHeight+2*toastPadY) },
		refresh: func() { paint(t.ground, theme.Tip); t.line.Refresh(); t.action.Refresh() },
	}
}
