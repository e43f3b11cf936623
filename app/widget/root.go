package widget

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// Root is what a window holds: the screen, and above it the tips and the toast, which take no taps away from what lies
// below. Set it as the content of the window; without it there are no tips. What it leaves free shows the ground, which the
// toolkit paints.
type Root struct {
	base.BaseWidget
	content fyne.CanvasObject
	strip   *Banner           // above the screen, which gives it room; hidden for none
	size    fyne.Size         // of the last layout
	speck   *canvas.Rectangle // nothing is seen of it: its refreshing has the window painted anew, at no cost of what stands there
	over    fyne.CanvasObject // above the screen; nil for nothing
	covered bool              // nothing is seen of the screen
	had     fyne.Focusable    // what in it had the keyboard before
	tip     *label
	toast   *toast
	draw    *drawing
	resized func(fyne.Size)
}

// NewRoot makes the root of a window around its first screen.
func NewRoot(content fyne.CanvasObject) *Root {
	r := &Root{speck: canvas.NewRectangle(color.Transparent), content: content, strip: NewBanner(), tip: newLabel(), toast: newToast()}
	r.ExtendBaseWidget(r)
	return r
}

// SetContent changes the screen.
func (r *Root) SetContent(content fyne.CanvasObject) {
	r.content.Show()
	r.content, r.had = content, nil
	show(content, !r.covered)
	if r.draw != nil {
		r.draw.objects = r.all()
	}
	r.Refresh()
}

// SetStrip shows a sentence at the top of the window, whichever screen is below, with a word that can be pressed; without words it goes.
func (r *Root) SetStrip(words, action string, pressed func()) {
	if words == r.strip.words {
		return
	}
	r.strip.Set(words, action, pressed)
	r.bare()
	r.Refresh()
}

// bare takes from sight what is covered.
func (r *Root) bare() {
	show(r.content, !r.covered)
	show(r.strip, !r.covered && r.strip.words != "")
}

// SetOver shows an object above the screen, whichever it is, as large as the window.
func (r *Root) SetOver(o fyne.CanvasObject) {
	r.over = o
	if r.draw != nil {
		r.draw.objects = r.all()
	}
	r.Refresh()
}

// Cover says whether what lies above the screen leaves nothing to be seen of it. The keyboard then does not lead there either, until it is seen
// again: what is not seen must not take what is typed.
func (r *Root) Cover(yes bool) {
	if r.covered == yes {
		return
	}
	r.covered = yes
	r.bare()
	c := fyne.CurrentApp().Driver().CanvasForObject(r)
	switch {
	case c == nil:
	case yes:
		r.had = c.Focused()
		c.Unfocus()
	case r.had != nil && c.Focused() == nil:
		c.Focus(r.had)
	}
}

// Covered says whether nothing is seen of the screen.
func (r *Root) Covered() bool { return r.covered }

// OnResized sets what is told when the window gets another size, so that the screens can be laid out for it.
func (r *Root) OnResized(f func(fyne.Size)) { r.resized = f }

// Toast shows a sentence for some seconds above everything, with a word that can be pressed, as "Undo", if there is one.
func (r *Root) Toast(sentence, action string, pressed func()) {
	r.toast.set(sentence, action, pressed, r.Refresh)
	r.Refresh()
}

func (r *Root) all() []fyne.CanvasObject {
	if r.over == nil {
		return []fyne.CanvasObject{r.speck, r.strip, r.content, r.toast, r.tip}
	}
	return []fyne.CanvasObject{r.speck, r.strip, r.content, r.over, r.toast, r.tip}
}

// CreateRenderer is the toolkit's.
func (r *Root) CreateRenderer() fyne.WidgetRenderer {
	r.draw = &drawing{objects: r.all(), layout: r.arrange, min: r.content.MinSize, refresh: r.paint}
	r.draw.min = func() fyne.Size { return r.content.MinSize() }
	return r.draw
}

func (r *Root) paint() {
	r.arrange(r.Size())
	r.speck.Refresh()
}

func (r *Root) arrange(s fyne.Size) {
	if r.size != s && r.resized != nil {
		r.resized(s)
	}
	r.size = s
	y := float32(0)
	if r.strip.words != "" {
		y = r.strip.Height(s.Width)
	}
	place(r.strip, 0, 0, s.Width, y)
	place(r.content, 0, y, s.Width, s.Height-y)
	if r.over != nil {
		place(r.over, 0, 0, s.Width, s.Height)
	}
	w := min(r.toast.wide(), s.Width-32)
	h := r.toast.Height(w)
	place(r.toast, (s.Width-w)/2, s.Height-h-88, w, h)
}

// rootOf is the root of the window that o is in; nil when it has none.
func rootOf(o fyne.CanvasObject) *Root {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	r, _ := c.Content().(*Root)
	return r
}

// hoverDelay is how long a pointer rests before the tip appears.
const hoverDelay = 600 * time.Millisecond

// hint shows a tip below or above an object after the pointer rested on it, until hide.
type hint struct {
	wait *fyne.Animation
	root *Root
}

func (h *hint) show(o fyne.CanvasObject, words string) {
	h.hide()
	root := rootOf(o)
	if root == nil || words == "" || fyne.CurrentDevice().IsMobile() {
		return
	}
	h.root = root
	h.wait = fyne.NewAnimation(hoverDelay, func(done float32) {
		if done == 1 && h.root != nil {
			root.tip.over(o, root, words)
		}
	})
	h.wait.Curve = fyne.AnimationLinear
	h.wait.Start()
}

func (h *hint) hide() {
	if h.wait != nil {
		h.wait.Stop()
		h.root.tip.Hide()
		h.wait, h.root = nil, nil
	}
}

// label is the tip itself.
type label struct {
	base.BaseWidget
	ground *canvas.Rectangle
	line   *Line
}

func newLabel() *label {
	l := &label{ground: rounded(6), line: NewLine("", tipInk())}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

func tipInk() Ink { return Ink{Size: theme.TextTime, Line: 16, Color: theme.OnTip} }

func (l *label) over(o fyne.CanvasObject, root *Root, words string) {
	l.line.SetText(words)
	width := tipInk().measure(words, text.Plain) + 17
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	at = at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(root))
	x := max(min(at.X+o.Size().Width/2-width/2, root.Size().Width-width-4), 4)
	y := at.Y + o.Size().Height + 2
	if y+28 > root.Size().Height {
		y = at.Y - 28
	}
	place(l, x, y, width, 24)
	l.Show()
	root.Refresh() // the toolkit paints nothing anew for what it has not drawn before
}

// CreateRenderer is the toolkit's.
func (l *label) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{l.ground, l.line},
		layout: func(s fyne.Size) {
			place(l.ground, 0, 0, s.Width, s.Height)
			place(l.line, 8, 0, s.Width-16, s.Height)
		},
		min:     func() fyne.Size { return fyne.NewSize(0, 24) },
		refresh: func() { paint(l.ground, theme.Tip); l.line.Refresh() },
	}
}
