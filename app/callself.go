package app

import "kith/core/model"

// ourselves is our own picture before there is one in a call.
type ourselves struct {
	end func() // what is filmed; nil while nothing is
}

// show has the person see themselves from the moment in which they place a call with a picture. The call takes the camera over once somebody
// answers; until its first picture, ours stays. Nothing is filmed for a call that comes before it is taken.
func (o *ourselves) show(p *phone) {
	c, ok := p.calls.Shown()
	switch {
	case !ok || !c.Outgoing || !c.Camera || c.Phase != model.Ringing && c.Phase != model.CallConnecting:
		o.stop()
	case o.end == nil && c.Phase == model.Ringing && p.line.Film != nil:
		o.end = ask(p.home.app.crew, nothing(p.line.Film), func(struct{}, error) {}) // the call itself says that there is no camera
	}
}

// stop lets go of the camera, unless the call has it.
func (o *ourselves) stop() {
	if o.end != nil {
		o.end()
		o.end = nil
	}
}
