package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// RingingActions are the answers to a call.
type RingingActions struct {
	Accept  func(video bool)
	Decline func()
	Write   func() // decline, and write a message instead
}

// Ringing asks whether a call is to be taken. It never takes the keyboard: whoever is writing goes on, where that is still seen.
type Ringing struct {
	object  *fyne.Container
	stage   *stage
	avatar  *widget.Avatar
	name    *widget.Line
	state   *widget.Line
	decline *widget.CallButton
	voice   *widget.CallButton
	video   *widget.CallButton
	write   *widget.Button
	shown   view.CallFace
	twice   twice
}

// NewRinging makes the question.
func NewRinging(a RingingActions) *Ringing {
	r := &Ringing{
		stage: newStage(func() {}, func() {}), avatar: widget.NewAvatar("", "", theme.AvatarLarge),
		name: callLine(nameInk(false)), state: callLine(stateInk()),
	}
	button := func(sign, label, tip string, look widget.CallLook, pressed func()) *widget.CallButton {
		return widget.NewCallButton(sign, label, tip, look, r.twice.meant(pressed))
	}
	r.decline = button(theme.IconHangUp, lang.T("Decline"), lang.T("Decline (Ctrl+Shift+D)"), widget.DeclineLook, a.Decline)
	r.voice = button(theme.IconPhone, lang.T("Accept"), lang.T("Accept (Ctrl+Shift+A)"), widget.AcceptLook, func() { a.Accept(false) })
	r.video = button(theme.IconVideo, lang.T("With video"), lang.T("Accept with video (Ctrl+Shift+V)"), widget.AcceptLook, func() { a.Accept(true) })
	r.write = widget.NewButton(lang.T("Reply with a message"), widget.LinkLook, r.twice.meant(a.Write))
	r.write.SetColor(theme.CallPrimary)
	r.object = container.New((*ringingLayout)(r), r.stage, r.avatar, r.name, r.state, r.decline, r.voice, r.video, r.write)
	return r
}

// Object is what to show.
func (r *Ringing) Object() fyne.CanvasObject { return r.object }

// Set shows who calls.
func (r *Ringing) Set(f view.CallFace) {
	if f == r.shown {
		return
	}
	if r.shown.Call != "" && r.shown.Call != f.Call {
		r.twice.changed()
	}
	r.shown = f
	r.avatar.Set(string(f.Address), f.Name, false)
	r.name.SetText(f.Name)
	r.state.SetText(f.State)
	label, tip := lang.T("Accept"), lang.T("Accept (Ctrl+Shift+A)")
	if f.Video {
		label, tip = lang.T("Voice only"), lang.T("Accept without video (Ctrl+Shift+A)")
	}
	r.voice.Set(theme.IconPhone, label, tip, widget.AcceptLook)
	show(r.video, f.Video)
	r.object.Refresh()
}

// CardSize is how large the question is where it does not fill the window.
func (r *Ringing) CardSize() fyne.Size { return fyne.NewSize(340, 348) }

// ringingLayout puts the face above and the answers below.
type ringingLayout Ringing

// MinSize is the toolkit's.
func (l *ringingLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, 330) }

// Layout is the toolkit's.
func (l *ringingLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	l.stage.Resize(s)
	spare := max(s.Height-348, 0)
	y := 24 + spare*0.22
	w := s.Width - 2*callEdge
	place := func(o fyne.CanvasObject, width, h, after float32) {
		o.Move(fyne.NewPos((s.Width-width)/2, y))
		o.Resize(fyne.NewSize(width, h))
		y += h + after
	}
	place(l.avatar, theme.AvatarLarge, theme.AvatarLarge, 14)
	fitName(l.name, w)
	place(l.name, w, 32, 2)
	place(l.state, w, theme.LineHeight, 0)
	l.answers(s)
	m := l.write.MinSize()
	l.write.Move(fyne.NewPos((s.Width-m.Width)/2, s.Height-m.Height-14-min(spare*0.04, 16)))
	l.write.Resize(m)
}

// answers stand in one row, of equal width.
func (l *ringingLayout) answers(s fyne.Size) {
	all := []*widget.CallButton{l.decline, l.voice, l.video}
	wide, n := float32(0), 0
	for _, b := range all {
		if b.Visible() {
			wide = max(wide, b.Wide())
			n++
		}
	}
	gap := min((s.Width-2*callEdge-float32(n)*wide)/float32(n), 40)
	x := (s.Width - float32(n)*(wide+gap) + gap) / 2
	h := all[0].MinSize().Height
	y := s.Height - 62 - h - min(max(s.Height-348, 0)*0.1, 60)
	for _, b := range all {
		if b.Visible() {
			b.Move(fyne.NewPos(x, y))
			b.Resize(fyne.NewSize(wide, h))
			x += wide + gap
		}
	}
}
