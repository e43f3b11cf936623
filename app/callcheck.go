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
	cancel []func() // end what is tried
}

// openCheck shows the check, which goes on until another screen is shown. A call has what it would try.
func (p *phone) openCheck() {
	h := p.home
	if p.calls.Engaged() {
		h.app.fail(core.ErrBusy)
		return
	}
	h.closeMain()
	c := &callCheck{phone: p, check: view.NewCheck(view.CheckMeans{Picture: p.line.Film != nil, Tone: p.bell.Play != nil})}
	c.screen = screen.NewCheck(screen.CheckActions{
		Back: h.openSettings, Again: p.openCheck, Play: c.play, Heard: func(yes bool) { c.check.Heard(yes); c.show() },
		Choose: c.choose,
		Frames: func() widget.Frames { return p.frames("", true) },
	})
	c.show()
	h.setMain("callcheck", c.screen.Object())
	p.check = c
	c.begin(func(ctx context.Context) error {
		return p.line.Check(ctx, func(f view.CheckFinding) { c.later(func() { c.found(f) }) }, c.heard)
	}, func(err error) {
		if errors.Is(err, core.ErrOffline) {
			c.found(view.CheckFinding{Step: view.CheckNetwork, State: view.CheckBad, Fault: view.Offline})
			return
		}
		h.app.fail(err)
	})
	c.read()
}

// begin does something until it is done or the check is left; then is called unless it is.
func (c *callCheck) begin(work func(context.Context) error, then func(error)) {
	c.cancel = append(c.cancel, ask(c.phone.home.app.crew, nothing(work), func(_ struct{}, err error) {
		c.tell(func() { then(err) })
	}))
}

// found takes over what was found. What works goes on, so that people can speak and move until they trust it.
func (c *callCheck) found(f view.CheckFinding) {
	c.check.Found(f)
	line := c.phone.line
	var goOn func(ctx context.Context) error
	switch {
	case f.Step == view.CheckMicrophone && line.Listen != nil && (f.State == view.CheckGood || f.Fault == view.NotHeard):
		goOn = func(ctx context.Context) error { return line.Listen(ctx, c.heard) }
	case f.Step == view.CheckCamera && line.Film != nil && f.State == view.CheckGood:
		goOn = line.Film
	default:
		return
	}
	c.begin(goOn, func(err error) {
		if err != nil { // it was there a moment ago
			c.check.Found(view.CheckFinding{Step: f.Step, State: view.CheckBad, Fault: view.NotThere})
		}
	})
}

// heard takes over how loud the microphone hears. Any goroutine may call it.
func (c *callCheck) heard(level float32) { c.later(func() { c.check.Level(level) }) }

// later is tell for any goroutine.
func (c *callCheck) later(f func()) { c.phone.home.app.crew.loop.do(func() { c.tell(f) }) }

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
	for _, end := range c.cancel {
		end()
	}
	c.screen.Stop()
	p.bell.Set(platform.Silence)
}
