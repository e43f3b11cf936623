package screen

import (
	"slices"

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
	over   bool // the call is
	twice  twice

	mute, camera, screen, gear, mini, hangUp *widget.CallButton // during the call
	again, write, close                      *widget.CallButton // after it
}

func newCallBar(c *Call) *callBar {
	b := &callBar{call: c}
	a := c.actions
	button := func(sign, label, tip string, look widget.CallLook, pressed func()) *widget.CallButton {
		x := widget.NewCallButton(sign, label, tip, look, b.twice.meant(pressed))
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
	b.mute.Keep(lang.T("Mute"), lang.T("Muted"))
	b.camera.Keep(lang.T("Camera on"), lang.T("Camera off"))
	b.screen.Keep(lang.T("Screen"), lang.T("Sharing"))
	b.object = container.New((*barLayout)(b), b.mute, b.camera, b.screen, b.gear, b.mini, b.hangUp, b.write, b.close, b.again)
	return b
}

// set shows what can be done now; live: over a picture.
func (b *callBar) set(f view.CallFace, live bool) {
	for _, x := range b.all() {
		x.SetOver(live)
	}
	over := f.Phase == model.Ended
	if over != b.over {
		b.over = over
		b.twice.changed()
	}
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

// visible are those that can be pressed now.
func (b *callBar) visible() []*widget.CallButton {
	return slices.DeleteFunc(b.all(), func(x *widget.CallButton) bool { return !x.Visible() })
}

// barLayout puts the buttons side by side in the middle, as large as there is room.
type barLayout callBar

// barPlan is how the buttons stand side by side.
type barPlan struct {
	size, gap float32
	labels    bool
	even      bool // all as wide as the widest
}

// barEdge is what the row keeps away from the edges.
const barEdge float32 = 8

// plan is the most generous one that a width has room for.
func (l *barLayout) plan(width float32) barPlan {
	if l.small {
		return barPlan{size: theme.CallMini, gap: 10}
	}
	plans := []barPlan{{theme.CallButton, 14, true, true}, {theme.CallNarrow, 6, true, true}, {theme.CallNarrow, 6, true, false}}
	if l.call.face.Phase == model.Ended {
		plans = []barPlan{{theme.CallButton, 20, true, true}, {theme.CallButton, 8, true, false}}
	}
	for _, p := range plans {
		if _, all := l.widths(p); all <= width-2*barEdge {
			return p
		}
	}
	return barPlan{size: theme.CallNarrow, gap: 6}
}

// widths are those of the visible buttons, and of all together.
func (l *barLayout) widths(p barPlan) (each []float32, all float32) {
	most := float32(0)
	for _, b := range (*callBar)(l).visible() {
		w := p.size
		if p.labels {
			w = b.WideAt(p.size)
		}
		each, most = append(each, w), max(most, w)
	}
	for i := range each {
		if p.even {
			each[i] = most
		}
		all += each[i] + p.gap
	}
	return each, all - p.gap
}

// Layout is the toolkit's.
func (l *barLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	p := l.plan(s.Width)
	each, all := l.widths(p)
	x := (s.Width - all) / 2
	for i, b := range (*callBar)(l).visible() {
		b.SetSize(p.size, p.labels)
		b.Move(fyne.NewPos(x, 0))
		b.Resize(fyne.NewSize(each[i], b.MinSize().Height))
		x += each[i] + p.gap
	}
}

// MinSize is the toolkit's.
func (l *barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, theme.CallMini) }

// height is how high the row is at a width.
func (b *callBar) height(width float32) float32 {
	p := (*barLayout)(b).plan(width)
	if p.labels {
		return p.size + 22
	}
	return p.size
}
