package app

import (
	"context"
	"errors"
	"image"
	"time"

	"kith/app/lang"
	"kith/app/platform"
	"kith/app/screen"
	"kith/app/view"
	"kith/app/widget"
	"kith/core"
	"kith/core/model"
)

// line is how calls are placed and led; the zero value is a core that has none.
type line struct {
	Start                             func(ctx context.Context, chat model.ChatID, video bool) (model.CallID, error)
	Accept                            func(ctx context.Context, id model.CallID, video bool) error
	Decline, HangUp                   func(ctx context.Context, id model.CallID) error
	Mute, Camera, Hold, Screen, Video func(ctx context.Context, id model.CallID, yes bool) error
	Picture                           func(id model.CallID, own bool, into *image.RGBA, w, h int) (*image.RGBA, uint64, bool)
	// Levels is how loud the two are; nil where nobody knows. Any goroutine may call it.
	Levels func(id model.CallID) (view.Levels, error)
	// Gear and Choose are nil where nothing can be chosen.
	Gear   func(ctx context.Context) ([]view.Gear, error)
	Choose func(ctx context.Context, kind view.GearKind, name string) error
	// Astray is what was chosen and is gone, and Return goes back to what is there again. Astray is quick, and nil where nothing can be chosen.
	Astray func() []view.Gear
	Return func(ctx context.Context) error
	// Check tries what a call needs, and tells what it finds and how loud the microphone hears, until it is done or ctx ends.
	Check func(ctx context.Context, found func(view.CheckFinding), level func(float32)) error
	// Listen tells how loud the microphone hears, and Film takes pictures, which are those of the call without an ID: until ctx ends, or with
	// an error where there is nothing to do it with. They are nil where nothing can be tried.
	Listen func(ctx context.Context, level func(float32)) error
	Film   func(ctx context.Context) error
}

// offers says whether there are calls at all.
func (l line) offers() bool { return l.Start != nil }

// phone is the calls of a profile: the question whether to take one, in the main window and in one of its own where that is not in
// front, and the window of the one that goes on.
type phone struct {
	home   *home
	line   line
	bell   platform.Bell
	calls  view.Calls
	over   *screen.Over    // the main window
	card   *screen.Ringing // in it; nil while nothing rings
	alarm  alarm
	check  *callCheck    // nil while it is not open
	stage  *callWindow   // of the call that goes on; nil while it is closed
	left   model.CallID  // the person closed its window
	self   ourselves     // while our call rings
	ended  time.Time     // when the call that is shown ended; zero before
	warned time.Time     // when it was said what the end of Kith would end
	own    widget.Corner // where the person put our own picture
	looks  bool          // whether a device is there again
}

func newPhone(h *home) *phone {
	p := &phone{home: h, over: screen.NewOver()}
	p.alarm.phone = p
	p.over.OnCover = h.app.root.Cover
	if hardware := h.app.cfg.Core.Hardware; hardware != nil {
		p.line = lineOf(h)
		if hardware.Devices != nil {
			s := newSounds(h.core.Calls.Play)
			h.app.crew.start(s.run)
			p.bell.Play = s.begin
		}
	}
	h.app.root.SetOver(p.over.Object())
	return p
}

// callable says whether a chat's header offers calls, and why there can't be one now.
func (p *phone) callable(chat model.Chat) (offers bool, why string) {
	switch {
	case !p.line.offers():
		return false, ""
	case chat.Request:
		return true, lang.T("You can call each other once you have accepted")
	case p.calls.Engaged():
		return true, lang.T("You are in a call")
	case p.calls.Busy():
		return true, lang.T("Somebody is calling you")
	case !p.home.chats.Hears(chat.Account):
		return true, lang.T("You are offline: a call needs a connection")
	}
	return true, ""
}

// again says whether the calls that a chat keeps offer another one: not while one goes on.
func (p *phone) again(chat model.Chat) bool {
	return p.line.offers() && !p.calls.Busy() && !chat.Request
}

// start calls the other side of a chat.
func (p *phone) start(chat model.ChatID, video bool) {
	c, _ := p.home.chats.Get(chat)
	if offers, why := p.callable(c); !offers || why != "" {
		p.home.app.root.Toast(why, "", nil)
		return
	}
	if last, ok := p.calls.Shown(); ok {
		p.calls.Forget(last.ID)
	}
	p.left = ""
	ask(p.home.app.crew, func(ctx context.Context) (model.CallID, error) { return p.line.Start(ctx, chat, video) },
		func(_ model.CallID, err error) {
			if errors.Is(err, core.ErrNoRelay) {
				p.home.app.root.Toast(noRelay(p.home.settings.Relay), "", nil)
				return
			}
			p.home.app.fail(err)
		})
}

// apply takes over how a call stands. Strangers never ring.
func (p *phone) apply(c model.Call) {
	if chat, ok := p.home.chats.Get(c.Chat); !ok || chat.Request && !c.Outgoing {
		return
	}
	before, _ := p.calls.Get(c.ID)
	p.calls.Apply(c)
	now, shown := p.calls.Get(c.ID)
	if shown && now.Phase == model.Ended && before.Phase != model.Ended {
		p.ended = time.Now()
	}
	p.show()
	p.sound(shown && before.ID != "" && before.Phase != model.Ringing && now.Phase == model.Ended)
}

// show brings the windows in line with the calls.
func (p *phone) show() {
	p.showRinging()
	p.showStage()
	p.self.show(p)
	h := p.home
	if h.chat != nil {
		h.chat.showHeader()
	}
	h.showBanner()
}

func (p *phone) showRinging() {
	c, rings := p.calls.Ringing()
	if !rings {
		p.card = nil
		p.over.Set(nil)
		p.alarm.end()
		return
	}
	if p.card == nil {
		p.card = p.question()
	}
	p.card.Set(p.face(c))
	p.over.Set(p.card)
	if chat, ok := p.home.chats.Get(c.Chat); ok && !chat.Muted.After(time.Now()) {
		p.alarm.ring(c, p.face(c))
	}
}

// question asks whether the call that rings is to be taken.
func (p *phone) question() *screen.Ringing {
	d := callDeeds{p}
	return screen.NewRinging(screen.RingingActions{Accept: d.accept, Decline: d.decline, Write: d.reply})
}

// showStage shows the call that goes on, unless the person has closed its window.
func (p *phone) showStage() {
	c, ok := p.calls.Shown()
	if p.check != nil && p.calls.Engaged() { // it has the camera
		p.home.openSettings()
	}
	switch {
	case !ok:
		p.close()
	case p.stage != nil:
		p.attend(c)
		p.stage.set(p.face(c))
	case p.left != c.ID:
		p.open(false)
	case c.Phase == model.Ended: // nobody is looking
		f := p.face(c)
		p.home.app.root.Toast(lang.T("{name}: {end}", "name", view.Brief(f.Name), "end", f.State), "", nil)
		p.forget(c.ID)
	}
}

// forget drops a call that is over, and has the memory that it took given back.
func (p *phone) forget(id model.CallID) {
	p.calls.Forget(id)
	p.home.settled = false // see slim
}

// sound is what is heard: rings before all else, but not in somebody's ear who is talking.
func (p *phone) sound(over bool) {
	c, shown := p.calls.Shown()
	r, rings := p.calls.Ringing()
	chat, _ := p.home.chats.Get(r.Chat)
	switch {
	case rings && !chat.Muted.After(time.Now()) && (!shown || c.Phase == model.Ended):
		p.bell.Ring(true)
	case shown && c.Outgoing && c.Phase == model.Ringing && c.Reached:
		p.bell.Set(platform.Waits)
	case over:
		p.bell.Set(platform.Ends)
	default:
		p.bell.Set(platform.Silence)
	}
}

// face is a call as it is shown now.
func (p *phone) face(c model.Call) view.CallFace {
	chat, _ := p.home.chats.Get(c.Chat)
	f := view.FaceOf(c, chat.Name, chat.JID, time.Now())
	if p.line.Astray != nil {
		f = f.Without(p.line.Astray())
	}
	if p.stage != nil {
		f = f.Hearing(p.stage.voices)
	}
	return f
}

// endTime is how long the end of a call is seen for which there is nothing to be said.
const endTime = 2 * time.Second

// tick runs every second.
func (p *phone) tick(now time.Time) {
	if p.check != nil {
		p.home.app.crew.loop.stir()
	}
	c, ok := p.calls.Shown()
	if !ok {
		return
	}
	p.seek(c)
	if p.stage != nil {
		p.stage.screen.Tick(now)
		p.stage.set(p.face(c))
		if p.stage.screen.Moves() {
			p.home.app.crew.loop.stir()
		}
	} else {
		p.home.showBanner() // it tells for how long
	}
	if c.Phase == model.Ended && !p.face(c).Stays && now.Sub(p.ended) >= endTime {
		p.dismiss()
	}
}

// seek goes back to a device that went in the middle of a call, once it is there again.
func (p *phone) seek(c model.Call) {
	if p.looks || c.Phase == model.Ended || p.line.Astray == nil || len(p.line.Astray()) == 0 {
		return
	}
	p.looks = true
	ask(p.home.app.crew, nothing(p.line.Return), func(struct{}, error) { p.looks = false })
}

// banner leads back to a call whose window is closed.
func (p *phone) banner(other view.Banner) view.Banner {
	c, ok := p.calls.Shown()
	if !ok || p.stage != nil || c.Phase == model.Ended {
		return other
	}
	f := p.face(c)
	return view.Banner{Kind: view.CallBar, Text: lang.T("Call with {name} · {state}", "name", view.Brief(f.Name), "state", f.State), Action: lang.T("Show it")}
}

// frames is where the pictures of a call come from.
func (p *phone) frames(id model.CallID, own bool) widget.Frames {
	if p.line.Picture == nil {
		return nil
	}
	return func(into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
		return p.line.Picture(id, own, into, w, h)
	}
}
