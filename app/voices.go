package app

import (
	"context"
	"time"

	"kith/app/view"
	"kith/core/model"
)

// attend has the window of a call show how loud the two are, as soon as they talk. The window may have shown another call before.
func (p *phone) attend(c model.Call) {
	w := p.stage
	if w.heeds == c.ID || c.Phase != model.Talking || p.line.Levels == nil {
		return
	}
	if w.deaf != nil {
		w.deaf()
	}
	w.heeds = c.ID
	tell := func(v view.Voices) {
		if now, ok := p.calls.Get(c.ID); ok && p.stage == w && w.heeds == c.ID {
			w.voices = v
			w.screen.Hear(v)
			w.set(p.face(now))
		}
	}
	work := nothing(func(ctx context.Context) error { return p.listen(ctx, c.ID, tell) })
	w.deaf = ask(p.home.app.crew, work, func(struct{}, error) { tell(view.Voices{}) })
}

// listen tells how loud the two of a call are until it is over or ctx ends: a few times a second while that changes. Silence wakes nobody.
func (p *phone) listen(ctx context.Context, id model.CallID, tell func(view.Voices)) error {
	var ear view.Ear
	var told view.Voices
	each := time.NewTicker(view.VoiceEach)
	defer each.Stop()
	for {
		select {
		case <-each.C:
		case <-ctx.Done():
			return nil
		}
		l, err := p.line.Levels(id)
		if err != nil {
			return err
		}
		if v := ear.Hear(l); v != told {
			told = v
			p.home.app.crew.loop.tick(func() { tell(v) })
		}
	}
}
