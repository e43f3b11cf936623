package screen

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// CallActions are what the window of a call asks for.
type CallActions struct {
	HangUp, Again, Write, Close func()
	Mute, Camera, Screen, Hold  func(yes bool)
	AnswerVideo                 func(yes bool)
	Mini                        func()                                        // to the small window, and back
	Full                        func(yes bool)                                // the whole screen
	Gear                        func(then func([]view.Gear))                  // what there is to speak, hear and see with
	Choose                      func(kind view.GearKind, name string)         // of them
	Frames                      func(id model.CallID, own bool) widget.Frames // nil: there are no pictures
}

// Call is a call, from the first ring to the end: a picture or a face, what is to be known, and what can be done.
type Call struct {
	object  *fyne.Container
	actions CallActions
	face    view.CallFace

	stage   *stage
	remote  *widget.Picture
	own     *widget.Picture
	float   *widget.Afloat
	head    *ground                // behind the words over a picture
	foot    *canvas.LinearGradient // behind the labels of the buttons there
	halo    *widget.Halo
	avatar  *widget.Avatar
	name    *widget.Line
	state   *widget.Line
	shield  *callShield
	notice  *callNote
	advice  *widget.TextBlock
	ask     *callAsk
	explain *callAsk
	bar     *callBar
	menu    *callMenu
	meter   *widget.Meter // of the microphone, in the menu

	now, stirred time.Time
	resting      bool // the buttons are out of sight
	explained    bool
	full         bool // it fills the screen
	talking      bool // the key that lets somebody speak who is muted is held
	typed        rune // the letter whose key may still be held
	typedAt      time.Time
}

// restTime is how long after the pointer moved last nothing but the picture is seen.
const restTime = 3 * time.Second

// NewCall makes the screen of a call.
func NewCall(a CallActions) *Call {
	c := &Call{
		actions: a, remote: widget.NewPicture(false, 0), own: widget.NewPicture(true, ownRadius),
		avatar: widget.NewAvatar("", "", theme.AvatarCall), name: callLine(nameInk(false)), state: callLine(stateInk()),
		advice: callWords(theme.CallMuted),
	}
	c.halo, c.meter = widget.NewHalo(theme.AvatarCall), widget.NewMeter()
	c.stage = newStage(c.stir, c.Enlarge)
	dark, clear := theme.Color(theme.CallPane), theme.Color(theme.CallClear)
	c.head, c.foot = callPane(), canvas.NewVerticalGradient(clear, dark)
	c.own.SetMirror(true)
	c.float = widget.NewAfloat(c.own)
	c.float.OnStir = c.stir
	c.remote.OnSeen = func(bool) { c.stir(); c.draw() }
	c.own.OnSeen = func(bool) { c.draw() }
	c.shield = newCallShield(func() { c.explained = !c.explained; c.draw() })
	c.notice = newCallNote()
	c.ask = newCallAsk(lang.T("Turn on"), lang.T("Not now"), func(yes bool) { a.AnswerVideo(yes) })
	c.explain = newCallAsk("", lang.T("Close"), func(bool) { c.explained = false; c.draw() })
	c.bar, c.menu = newCallBar(c), &callMenu{call: c}
	c.object = container.New((*callLayout)(c), c.stage, c.remote, c.head, c.foot, c.float, c.halo, c.avatar, c.name, c.state, c.shield.object,
		c.advice, c.notice.object, c.ask.object, c.explain.object, c.bar.object)
	return c
}

// Object is what to show.
func (c *Call) Object() fyne.CanvasObject { return c.object }

// Set shows how the call stands.
func (c *Call) Set(f view.CallFace) {
	if f == c.face {
		return
	}
	if f.Phase == model.Ended || f.Call != c.face.Call {
		c.explained, c.talking = false, false
		c.menu.close()
		c.setFull(false)
	}
	if f.Phase != c.face.Phase || f.Ask != c.face.Ask || f.Urgent != c.face.Urgent {
		c.stir()
	}
	c.face = f
	c.draw()
	c.menu.update()
}

// Hear shows how loud the two are.
func (c *Call) Hear(v view.Voices) {
	c.halo.Set(v.PeerLevel())
	c.meter.Set(v.OwnLevel())
	if c.face.Muted || c.face.OnHold || c.face.Phase != model.Talking || c.resting {
		v.Own = 0 // nobody hears it, or sees it
	}
	c.bar.mute.SetLevel(v.OwnLevel())
}

// Stop ends the pictures, as when the window closes.
func (c *Call) Stop() {
	c.menu.close()
	c.remote.SetFrames(nil)
	c.own.SetFrames(nil)
}

// Moves says whether pictures are shown, which the display has to be awake for.
func (c *Call) Moves() bool { return c.face.Phase != model.Ended && (c.face.Remote || c.face.Own) }

// Tick tells the time: while they see each other, everything else leaves after a while.
func (c *Call) Tick(now time.Time) {
	c.now = now
	c.menu.tick()
	rest := c.live() && !c.explained && c.face.Ask == "" && !c.keyed() && now.Sub(c.stirred) > restTime
	if rest != c.resting {
		c.resting = rest
		c.draw()
	}
}

// stir brings the buttons back.
func (c *Call) stir() {
	c.stirred = c.now
	if c.resting {
		c.resting = false
		c.draw()
	}
}

// live says whether the other side is seen.
func (c *Call) live() bool { return c.face.Phase == model.Talking && c.face.Remote && c.remote.Seen() }

// keyed says whether the keyboard stands on a button: it must not vanish below it.
func (c *Call) keyed() bool {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(c.object)
	return canvas != nil && canvas.Focused() != nil
}

// draw shows the face.
func (c *Call) draw() {
	f := c.face
	c.pictures()
	over, live := f.Phase == model.Ended, c.live()
	c.avatar.Set(string(f.Address), f.Name, false)
	c.name.Set(f.Name, nameInk(live))
	c.state.Set(f.State, stateInk())
	c.shield.set(f)
	c.advice.SetText(f.Advice)
	c.notice.set(f.Notice, f.Urgent)
	c.ask.set(f.Ask)
	c.explain.set(f.Explain)
	c.bar.set(f, live)
	mini := c.mini()
	show(c.remote, f.Remote && !over)
	show(c.float, c.own.Seen() && f.Own && !over && !mini)
	show(c.avatar, !live)
	show(c.halo, !live && f.Phase == model.Talking)
	show(c.name, !c.resting && !mini)
	still := mini && live && f.Lost // a small picture that stands still says why
	show(c.state, still || !c.resting && (!mini || !live))
	show(c.shield.object, !c.resting && !mini && f.Secrecy != "")
	show(c.head, still || live && !c.resting && !mini)
	show(c.foot, live && !c.resting)
	show(c.advice, f.Advice != "" && !mini)
	show(c.notice.object, f.Notice != "" && !mini && (!c.resting || f.Urgent) && f.Ask == "" && !c.explained)
	show(c.ask.object, f.Ask != "" && !mini && !c.explained)
	show(c.explain.object, c.explained && f.Explain != "" && !mini)
	show(c.bar.object, !c.resting)
	c.object.Refresh()
}

// pictures turns them on and off.
func (c *Call) pictures() {
	f := c.face
	set := func(p *widget.Picture, on, own bool) {
		if !on || c.actions.Frames == nil {
			p.SetFrames(nil)
			return
		}
		p.SetFrames(c.actions.Frames(f.Call, own))
	}
	over := f.Phase == model.Ended
	c.own.SetMirror(!f.Screen)
	set(c.remote, f.Remote && !over, false)
	set(c.own, f.Own && !over, true)
}

// nameInk is the name's: beside a picture it is small.
func nameInk(live bool) widget.Ink {
	if live {
		return widget.Ink{Size: theme.TextHead, Line: 22, Color: theme.CallText, Bold: true}
	}
	return widget.Ink{Size: theme.TextPage, Line: 32, Color: theme.CallText, Title: true}
}

func stateInk() widget.Ink { return callInk(theme.TextBody, theme.LineHeight, theme.CallMuted) }
