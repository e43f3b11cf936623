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
	toastHeight float32 = 44
	toastTime           = 4 * time.Second
)

// toast is the sentence that Root.Toast shows.
type toast struct {
	base.BaseWidget
	ground *canvas.Rectangle
	line   *Line
	action *Link
	stay   *fyne.Animation
}

func newToast() *toast {
	t := &toast{ground: rounded(theme.CardRadius), line: NewLine("", toastInk())}
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
	w := toastInk().measure(t.line.Text(), text.Plain) + 34
	if t.action.Visible() {
		w += t.action.MinSize().Width + 12
	}
	return w
}

// CreateRenderer is the toolkit's.
func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{t.ground, t.line, t.action},
		layout: func(s fyne.Size) {
			place(t.ground, 0, 0, s.Width, s.Height)
			end := s.Width - 16
			if t.action.Visible() {
				w := t.action.MinSize().Width
				place(t.action, end-w, 0, w, s.Height)
				end -= w + 12
			}
			place(t.line, 16, 0, end-16, s.Height)
		},
		min:     func() fyne.Size { return fyne.NewSize(0, toastHeight) },
		refresh: func() { paint(t.ground, theme.Tip); t.line.Refresh(); t.action.Refresh() },
	}
}
