package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// callBar is the row of buttons of a call.
type callBar struct {
	object *fyne.Container
	call   *Call
	small  bool // it stands in the small window

	mute, camera, screen, gear, mini, hangUp *widget.CallButton // during the call
	again, write, close                      *widget.CallButton // after it
}

func newCallBar(c *Call) *callBar {
	b := &callBar{call: c}
	a := c.actions
	button := func(sign, label, tip string, look widget.CallLook, pressed func()) *widget.CallButton {
		x := widget.NewCallButton(sign, label, tip, look, pressed)
		x.OnStir = c.stir
		return x
	}
	b.mute = button(theme.IconMic, "", "", widget.GlassLook, func() { c.toggleMute() })
	b.camera = button(theme.IconVideo, "", "", widget.GlassLook, func() { a.Camera(!c.face.Camera) })
	b.screen = button(theme.IconScreen, "", "", widget.GlassLook, func() { a.Screen(!c.face.Screen) })
	b.gear = button(theme.IconSettings, lang.T("More"), lang.T("Microphone, speaker, camera (D)"), widget.GlassLook, c.More)
	b.mini = button(theme.IconMini, lang.T("Small window"), lang.T("Small window on top of the others (W)"), widget.GlassLook, func() { a.Mini() })
	b.hangUp = button(theme.IconHangUp, lang.T("Hang up"), lang.T("Hang up (Ctrl+Shift+H)"), widget.DeclineLook, func() { a.HangUp() })
	b.again = button(theme.IconPhone, lang.T("Call again"), "", widget.AcceptLook, func() { a.Again() })
	b.write = button(theme.IconBubble, lang.T("Write"), lang.T("Write a message"), widget.GlassLook, func() { a.Write() })
	b.close = button(theme.IconClose, lang.T("Close"), lang.T("Close (Esc)"), widget.GlassLook, func() { a.Close() })
	b.object = container.New((*barLayout)(b), b.mute, b.camera, b.screen, b.gear, b.mini, b.hangUp, b.write, b.close, b.again)
	return b
}

// set shows what can be done now; live: over a picture.
func (b *callBar) set(f view.CallFace, live bool) {
	for _, x := range b.all() {
		x.SetOver(live)
	}
	over := f.Phase == model.Ended
	phone := fyne.CurrentDevice().IsMobile()
	if f.Muted {
		b.mute.Set(theme.IconMicOff, lang.T("Muted"), lang.T("Speak again (M); or hold the space bar"), widget.OnLook)
	} else {
		b.mute.Set(theme.IconMic, lang.T("Mute"), lang.T("Mute (M)"), widget.GlassLook)
	}
	if f.Camera {
		b.camera.Set(theme.IconVideo, lang.T("Camera on"), lang.T("Turn the camera off (V)"), widget.OnLook)
	} else {
		b.camera.Set(theme.IconVideoOff, lang.T("Camera off"), lang.T("Turn the camera on (V)"), widget.GlassLook)
	}
	if f.Screen {
		b.screen.Set(theme.IconScreen, lang.T("Sharing"), lang.T("Stop sharing the screen (S)"), widget.OnLook)
	} else {
		b.screen.Set(theme.IconScreen, lang.T("Screen"), lang.T("Share the screen (S)"), widget.GlassLook)
	}
	if b.small {
		b.mini.Set(theme.IconExpand, lang.T("Large window"), lang.T("Large window (W)"), widget.GlassLook)
	} else {
		b.mini.Set(theme.IconMini, lang.T("Small window"), lang.T("Small window on top of the others (W)"), widget.GlassLook)
	}
	sign := theme.IconPhone
	if f.Video {
		sign = theme.IconVideo
	}
	b.again.Set(sign, lang.T("Call again"), lang.T("Call again"), widget.AcceptLook)
	enable(f.Phase == model.Talking, b.screen)
	show(b.mute, !over)
	show(b.camera, !over && !b.small)
	show(b.screen, !over && !b.small && !phone)
	show(b.gear, !over && !b.small)
	show(b.mini, !over && !phone)
	show(b.hangUp, !over)
	show(b.write, over && !b.small)
	show(b.close, over)
	show(b.again, over && f.Again)
}

func (b *callBar) all() []*widget.CallButton {
	return []*widget.CallButton{b.mute, b.camera, b.screen, b.gear, b.mini, b.hangUp, b.write, b.close, b.again}
}

// barLayout puts the buttons side by side in the middle, as large as there is room.
type barLayout callBar

// labelsFrom is the width from which the buttons have their labels below them.
const labelsFrom float32 = 620

// sizes are the diameter, the gap, and whether there are labels, at a width.
func (l *barLayout) sizes(width float32) (size, gap float32, labels bool) {
	switch {
	case l.small:
		return theme.CallMini, 10, false
	case width < labelsFrom && l.call.face.Phase != model.Ended:
		return theme.CallNarrow, 6, false
	case l.call.face.Phase == model.Ended:
		return theme.CallButton, 20, true
	}
	return theme.CallButton, 14, true
}

// Layout is the toolkit's.
func (l *barLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	size, gap, labels := l.sizes(s.Width)
	wide, n := float32(0), 0
	for _, b := range (*callBar)(l).all() {
		b.SetSize(size, labels)
		if b.Visible() {
			wide = max(wide, b.Wide())
			n++
		}
	}
	x := (s.Width - float32(n)*(wide+gap) + gap) / 2
	for _, b := range (*callBar)(l).all() {
		if !b.Visible() {
			continue
		}
		b.Move(fyne.NewPos(x, 0))
		b.Resize(fyne.NewSize(wide, b.MinSize().Height))
		x += wide + gap
	}
}

// MinSize is the toolkit's.
func (l *barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, theme.CallMini) }

// height is how high the row is at a width.
func (b *callBar) height(width float32) float32 {
	size, _, labels := (*barLayout)(b).sizes(width)
	if labels {
		return size + 22
	}
	return size
}
