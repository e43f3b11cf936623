package app

import (
	"context"
	"runtime/debug"
	"time"
)

// idleTime is how long nothing happens before the store is tidied up.
const idleTime = 2 * time.Minute

// watchFocus follows whether the person looks at Kith.
func (a *App) watchFocus() {
	l := a.toolkit.Lifecycle()
	l.SetOnEnteredForeground(func() { a.setFocused(true) })
	l.SetOnExitedForeground(func() { a.setFocused(false) })
	a.window.SetCloseIntercept(a.wantEnd)
}

// wantEnd is the person closing the chats, or asking for the end: of a call only if they know that it ends with it.
func (a *App) wantEnd() {
	if a.home == nil || !(callDeeds{a.home.phone}).warn(time.Now()) {
		a.end()
	}
}

func (a *App) setFocused(yes bool) {
	if a.home == nil {
		return
	}
	a.home.quiet = time.Now()
	do(a.crew, nothing(func(context.Context) error { a.home.core.Accounts.SetActive(yes); return nil }), a.after)
	a.home.looked()
}

// setFront follows whether the person looks at the chats; a call has a window of its own.
func (a *App) setFront(yes bool) {
	a.front = yes
	if a.home == nil {
		return
	}
	if yes {
		a.home.phone.alarm.hide()
	}
	a.home.looked()
}

// tick runs every second.
func (a *App) tick() {
	h, now := a.home, time.Now()
	if h == nil {
		return
	}
	if h.chat != nil {
		h.chat.tick(now)
	}
	h.phone.tick(now)
	if h.accounts.Waiting() {
		h.showBanner()
	}
	if day := now.YearDay(); day != h.day {
		h.day = day
		if h.chat != nil {
			h.chat.screen.Changed(h.chat.timeline.Tick(now))
		}
		h.refresh()
	}
	h.slim()
	h.rest(now)
}

// slim gives the memory back to the system that the start, or a catch-up, took and idling does not need.
func (h *home) slim() {
	was := h.settled
	h.settled = h.accounts.Settled()
	if h.settled && !was {
		h.app.crew.start(func(context.Context) { debug.FreeOSMemory() })
	}
}

// rest tidies the store up once after everything has been still for a while.
func (h *home) rest(now time.Time) {
	if h.quiet.IsZero() || now.Sub(h.quiet) < idleTime {
		return
	}
	h.quiet = time.Time{}
	do(h.app.crew, nothing(h.store.Idle), h.app.after)
}

// sees says whether the person sees the bottom of the open chat.
func (h *home) sees() bool {
	return h.app.front && h.chat != nil && h.shell.MainVisible() && h.chat.screen.AtBottom() && h.chat.timeline.AtNewest()
}

// looked marks the open chat as read when the person sees its newest message.
func (h *home) looked() {
	c := h.chat
	if c == nil {
		return
	}
	seen := h.sees()
	c.timeline.Look(seen)
	c.screen.SetUnread(c.timeline.Chat.Unread)
	newest := c.timeline.Newest()
	if !seen || newest == 0 || newest <= c.timeline.Chat.ReadUpTo || newest <= c.marked {
		return
	}
	c.marked = newest
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.MarkRead(ctx, c.id, newest) }), h.app.after)
	notes{h}.withdraw(c.id)
}
