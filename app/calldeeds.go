package app

import (
	"context"
	"time"

	"kith/app/lang"
	"kith/app/view"
	"kith/core/model"
)

// callDeeds is what the person does with calls.
type callDeeds struct{ *phone }

// accept takes the call that rings. A picture of ours is only sent where the person pressed for it.
func (p callDeeds) accept(video bool) {
	if c, ok := p.calls.Ringing(); ok {
		p.left = ""
		p.do(func(ctx context.Context) error { return p.line.Accept(ctx, c.ID, video) })
	}
}

func (p callDeeds) decline() {
	if c, ok := p.calls.Ringing(); ok {
		p.do(func(ctx context.Context) error { return p.line.Decline(ctx, c.ID) })
	}
}

// reply declines, and lets the person write why.
func (p callDeeds) reply() {
	c, ok := p.calls.Ringing()
	if !ok {
		return
	}
	p.decline()
	p.write(c.Chat)
}

// write shows a chat, where the keyboard is in the composer.
func (p callDeeds) write(chat model.ChatID) {
	h := p.home
	h.app.window.RequestFocus()
	if h.openID() == chat && h.chat != nil {
		h.chat.screen.Focus()
		return
	}
	h.open(chat)
}

// answered does what the person chose on a notification.
func (p callDeeds) answered(id model.CallID, answer string) {
	c, ok := p.calls.Ringing()
	switch {
	case !ok || c.ID != id:
	case answer == answerAccept:
		p.accept(false)
	case answer == answerDecline:
		p.decline()
	case answer == answerWrite:
		p.reply()
	default:
		p.home.app.window.RequestFocus()
	}
}

// hangUp ends the call that goes on.
func (p callDeeds) hangUp() {
	if c, ok := p.calls.Shown(); ok && c.Phase != model.Ended {
		p.do(func(ctx context.Context) error { return p.line.HangUp(ctx, c.ID) })
	}
}

// warnTime is how long whoever was warned may take to ask again: as long as the warning is seen.
const warnTime = 4 * time.Second

// warn says that the call that goes on ends with the program, unless it was said just now: then, or without one, it returns false.
func (p callDeeds) warn(now time.Time) bool {
	c, _ := p.calls.Shown()
	if !p.calls.Engaged() || now.Sub(p.warned) < warnTime {
		return false
	}
	p.warned = now
	a := p.home.app
	a.root.Toast(lang.T("You are in a call with {name}. Closing Kith ends it.", "name", view.Brief(p.face(c).Name)), lang.T("Hang up and close"), a.end)
	return true
}

// again calls once more whom the call that is over was with.
func (p callDeeds) again() {
	if c, ok := p.calls.Shown(); ok && c.Phase == model.Ended {
		p.calls.Forget(c.ID)
		p.start(c.Chat, c.Video)
	}
}

// turn is a deed of the call that goes on which is on or off.
func (p callDeeds) turn(on func(ctx context.Context, id model.CallID, yes bool) error) func(bool) {
	return func(yes bool) {
		if c, ok := p.calls.Shown(); ok {
			p.do(func(ctx context.Context) error { return on(ctx, c.ID, yes) })
		}
	}
}

// gear finds what there is to speak, hear and see with: side by side with all else, as a system may take its time to tell.
func (p callDeeds) gear(then func([]view.Gear)) {
	if p.line.Gear == nil {
		then(nil)
		return
	}
	ask(p.home.app.crew, p.line.Gear, func(all []view.Gear, err error) {
		p.home.app.fail(err)
		then(all)
	})
}

// choose takes another device, and lets go of the one before, which may take its time as well.
func (p callDeeds) choose(kind view.GearKind, name string, then func()) {
	ask(p.home.app.crew, nothing(func(ctx context.Context) error { return p.line.Choose(ctx, kind, name) }), func(_ struct{}, err error) {
		p.home.app.fail(err)
		then()
	})
}

// do leads a call, in the order in which the person asked for it.
func (p callDeeds) do(work func(ctx context.Context) error) {
	do(p.home.app.crew, nothing(work), p.home.app.after)
}

// callOpen calls whom the open chat is with.
func (p callDeeds) callOpen(video bool) {
	if h := p.home; h.chat != nil && h.shell.MainVisible() && p.line.offers() && !p.calls.Busy() {
		p.start(h.chat.id, video)
	}
}
