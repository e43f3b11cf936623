package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/text"
	"kith/app/theme"
)

// CallLook is what a button of a call says by its colour.
type CallLook uint8

// The looks of a call's buttons.
const (
	GlassLook   CallLook = iota // there to be pressed
	OnLook                      // what it does is in force
	AcceptLook                  // takes the call
	DeclineLook                 // ends it
)

// CallButton is a round button on the dark ground of a call, with its label below where there is room for one.
type CallButton struct {
	press
	OnStir func() // the pointer came over it

	icon, label string
	also        []string // what its label may become: there is room for it
	tip         string
	look        CallLook
	size        float32
	labelled    bool
	over        bool
	level       float32
	halo        *canvas.Rectangle // grows with the level
	disc, shade *canvas.Rectangle
	image       *canvas.Image
	ring        *canvas.Rectangle
	line        *Line
	hint        hint
}

// NewCallButton makes a button of the largest size; the tip also says which key does the same.
func NewCallButton(icon, label, tip string, look CallLook, pressed func()) *CallButton {
	b := &CallButton{
		icon: icon, label: label, tip: tip, look: look, size: theme.CallButton, labelled: true, halo: rounded(theme.CallButton),
		disc: rounded(theme.CallButton), shade: rounded(theme.CallButton), image: picture(icon, theme.CallText), ring: frame(theme.CallButton),
		line: NewLine(label, callLabelInk()),
	}
	b.pressed = pressed
	b.line.SetAlign(fyne.TextAlignCenter)
	b.ExtendBaseWidget(b)
	return b
}

func callLabelInk() Ink { return Ink{Size: theme.TextTime, Line: 16, Color: theme.CallText} }

// Set changes what the button shows.
func (b *CallButton) Set(icon, label, tip string, look CallLook) {
	if b.icon != icon || b.label != label || b.tip != tip || b.look != look {
		b.icon, b.label, b.tip, b.look = icon, label, tip, look
		b.Refresh()
	}
}

// Keep has the button need the same room with any of these labels, so that its neighbours stay where they are when its own changes.
func (b *CallButton) Keep(labels ...string) { b.also = labels }

// SetOver says whether the button stands over a picture, which must not shine through.
func (b *CallButton) SetOver(yes bool) {
	if b.over != yes {
		b.over = yes
		b.Refresh()
	}
}

// SetSize changes its diameter, and whether its label stands below it. Layouts may call it: nothing is drawn anew.
func (b *CallButton) SetSize(size float32, labelled bool) {
	b.size, b.labelled = size, labelled
	show(b.line, labelled)
}

// Wide is how much room the button needs with its label.
func (b *CallButton) Wide() float32 {
	if !b.labelled {
		return b.size
	}
	return b.WideAt(b.size)
}

// WideAt is how much room it would need at a diameter with its label.
func (b *CallButton) WideAt(size float32) float32 {
	most := callLabelInk().measure(b.label, text.Plain)
	for _, l := range b.also {
		most = max(most, callLabelInk().measure(l, text.Plain))
	}
	return max(size, most+1)
}

// haloMost is how far the halo of a button reaches beyond it.
const haloMost float32 = 6

// SetLevel shows how loud it is, 0…1, as a halo around the button.
func (b *CallButton) SetLevel(level float32) {
	if b.level == level {
		return
	}
	b.level = level
	b.arrangeHalo(b.Size())
	b.halo.Refresh()
}

func (b *CallButton) arrangeHalo(s fyne.Size) {
	by := b.level * haloMost
	show(b.halo, by > 0)
	b.halo.CornerRadius = b.size/2 + by
	place(b.halo, (s.Width-b.size)/2-by, -by, b.size+2*by, b.size+2*by)
}

// AccessibilityLabel is what a screen reader says.
func (b *CallButton) AccessibilityLabel() string { return b.label }

// Focus gives it the keyboard.
func (b *CallButton) Focus() { focus(b) }

// MouseIn shows that it can be pressed, and its tip.
func (b *CallButton) MouseIn(e *desktop.MouseEvent) {
	b.press.MouseIn(e)
	b.hint.show(b, b.tip)
	call(b.OnStir)
}

// MouseOut undoes MouseIn.
func (b *CallButton) MouseOut() {
	b.press.MouseOut()
	b.hint.hide()
	call(b.OnStir)
}

// Tapped presses it.
func (b *CallButton) Tapped(*fyne.PointEvent) {
	b.hint.hide()
	b.run()
}

// TypedRune is a key of the call, which works wherever the keyboard stands.
func (b *CallButton) TypedRune(r rune) {
	if c := focused(); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// CreateRenderer is the toolkit's.
func (b *CallButton) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &drawing{
		objects: []fyne.CanvasObject{b.halo, b.disc, b.shade, b.image, b.ring, b.line},
		layout:  b.arrange,
		min: func() fyne.Size {
			h := b.size
			if b.labelled {
				h += callLabelGap + 16
			}
			return fyne.NewSize(b.Wide(), h)
		},
		refresh: func() { b.paint(); b.arrange(b.Size()) },
	}
}

const callLabelGap float32 = 6

func (b *CallButton) paint() {
	ground, line := theme.CallGlass, theme.CallText
	if b.over {
		ground = theme.CallSolid
	}
	switch b.look {
	case OnLook:
		ground, line = theme.CallText, theme.OnCallText
	case AcceptLook:
		ground, line = theme.Accept, theme.OnDecline
	case DeclineLook:
		ground, line = theme.Decline, theme.OnDecline
	case GlassLook:
	}
	if b.disabled {
		line = theme.CallMuted
	}
	paint(b.halo, theme.CallHalo)
	paint(b.disc, ground)
	shade := theme.Transparent
	if b.hovered && !b.disabled {
		shade = theme.CallGlass
		if b.look == OnLook {
			shade = theme.Marked
		}
	}
	paint(b.shade, shade)
	repicture(b.image, b.icon, line)
	b.ring.StrokeColor = theme.Color(theme.Transparent)
	if b.focused {
		b.ring.StrokeColor = theme.Color(theme.CallPrimary)
	}
	b.ring.Refresh()
	b.line.Set(b.label, callLabelInk())
}

func (b *CallButton) arrange(s fyne.Size) {
	b.arrangeHalo(s)
	x := (s.Width - b.size) / 2
	for _, o := range []*canvas.Rectangle{b.disc, b.shade} {
		o.CornerRadius = b.size / 2
		place(o, x, 0, b.size, b.size)
	}
	b.ring.CornerRadius = b.size/2 + 3
	place(b.ring, x-3, -3, b.size+6, b.size+6)
	icon := float32(int(b.size*0.43 + 0.5))
	place(b.image, x+(b.size-icon)/2, (b.size-icon)/2, icon, icon)
	place(b.line, 0, b.size+callLabelGap, s.Width, 16)
}
