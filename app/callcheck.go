package app

import (
	"context"
	"errors"

	"kith/app/platform"
	"kith/app/screen"
	"kith/app/view"
	"kith/app/widget"
	"kith/core"
)

// callCheck is the open check of calls.
type callCheck struct {
	phone  *phone
	check  *view.Check
	screen *screen.Check
	gear   []view.Gear
	cancel func()
}

// openCheck shows the check, which goes on until another screen is shown.
func (p *phone) openCheck() {
	h := p.home
	h.closeMain()
	c := &callCheck{phone: p, check: view.NewCheck(view.CheckMeans{Picture: p.line.Preview, Tone: p.bell.Play != nil})}
	c.screen = screen.NewCheck(screen.CheckActions{
		Back: h.openSettings, Again: p.openCheck, Play: c.play, Heard: func(yes bool) { c.check.Heard(yes); c.show() },
		Choose: c.choose,
		Frames: func() widget.Frames { return p.frames("", true) },
	})
	c.show()
	h.setMain("callcheck", c.screen.Object())
	p.check = c
	tell := func(f func()) { h.app.crew.loop.do(func() { c.tell(f) }) }
	c.cancel = ask(h.app.crew, nothing(func(ctx context.Context) error {
		return p.line.Check(ctx, func(f view.CheckFinding) { tell(func() { c.check.Found(f) }) }, func(level float32) { tell(func() { c.check.Level(level) }) })
	}), func(_ struct{}, err error) {
		switch {
		case p.check != c:
		case errors.Is(err, core.ErrOffline):
			c.tell(func() {
				c.check.Found(view.CheckFinding{Step: view.CheckNetwork, State: view.CheckBad, Fault: view.Offline})
			})
		default:
			h.app.fail(err)
		}
	})
	c.read()
}

// tell takes over what was found, while the check is open.
func (c *callCheck) tell(f func()) {
	if c.phone.check == c {
		f()
		c.show()
	}
}

func (c *callCheck) show() { c.screen.Set(c.check.Rows(), c.gear) }

// read asks what hardware there is.
func (c *callCheck) read() {
	callDeeds{c.phone}.gear(func(all []view.Gear) { c.tell(func() { c.gear = all }) })
}

// choose takes another device, and checks again what it can do.
func (c *callCheck) choose(kind view.GearKind, name string) {
	callDeeds{c.phone}.choose(kind, name, func() {
		if c.phone.check == c {
			c.phone.openCheck()
		}
	})
}

func (c *callCheck) play() {
	c.phone.bell.Set(platform.Test)
	c.check.Played()
	c.show()
}

// endCheck lets go of the microphone and the camera.
func (p *phone) endCheck() {
	c := p.check
	if c == nil {
		return
	}
	p.check = nil
	c.cancel()
	c.screen.Stop()
	p.bell.Set(platform.Silence)
}
