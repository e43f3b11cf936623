package app

import (
	"context"
	"time"

	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// details is the open pane about the other side of a chat.
type details struct {
	home   *home
	chat   model.Chat
	keys   view.Keys
	screen *screen.Details
}

// openDetails shows the details of the open chat, or closes them when they are open for it already.
func (h *home) openDetails() {
	if h.chat == nil {
		return
	}
	if h.side != nil && h.side.chat.ID == h.chat.id {
		h.closeDetails()
		return
	}
	d := &details{home: h, chat: h.chat.timeline.Chat, keys: h.chat.keys}
	d.screen = screen.NewDetails(screen.DetailsActions{
		Close: h.closeDetails, Copy: h.copyText, Trust: d.trust, Reset: func() { h.resetKeys(d.chat.Account, d.chat.JID) },
		Refresh: d.refresh, Mute: d.mute, Pin: func(yes bool) { h.pin(d.chat.ID, yes) }, Encrypt: d.encrypt, Rename: d.rename, Add: d.add, Remove: d.remove,
		Delete: func() { h.deleteChat(d.chat) },
	})
	h.side = d
	d.show()
	h.shell.SetDetails(d.screen.Object())
	h.app.where = "details"
	screen.Settle(h.app.root)
	d.screen.Focus()
	d.read()
}

func (h *home) closeDetails() {
	if h.side == nil {
		return
	}
	h.side = nil
	h.shell.SetDetails(nil)
	if h.chat != nil {
		h.app.where = "chat"
		h.chat.screen.Focus()
	}
	h.looked()
}

func (d *details) show() {
	d.screen.Set(screen.DetailsData{
		Chat: d.chat, Contact: d.home.chats.Contact(d.chat.Account, d.chat.JID), Keys: d.keys, Now: time.Now(),
	})
}

func (d *details) setChat(c model.Chat) {
	before := d.chat
	d.chat = c
	if before.Name != c.Name || before.Pinned != c.Pinned || view.ShieldOf(before, d.keys) != view.ShieldOf(c, d.keys) || !before.Muted.Equal(c.Muted) || before.Request != c.Request {
		d.show()
	}
}

// read fetches the devices from the store.
func (d *details) read() {
	do(d.home.app.crew, func(ctx context.Context) (view.Keys, error) {
		return d.home.readKeys(ctx, d.chat.Account, d.chat.JID)
	}, func(keys view.Keys, err error) {
		if err != nil || d.home.side != d {
			d.home.app.fail(err)
			return
		}
		d.keys = keys
		d.show()
	})
}

// store does something to the chat in the store.
func (d *details) store(work func(ctx context.Context, c *core.Chats) error) {
	chats := d.home.core.Chats
	do(d.home.app.crew, nothing(func(ctx context.Context) error { return work(ctx, chats) }), d.home.app.after)
}

// contact does something to the contact at the server.
func (d *details) contact(work func(ctx context.Context, c *core.Contacts) error) {
	contacts := d.home.core.Contacts
	ask(d.home.app.crew, nothing(func(ctx context.Context) error { return work(ctx, contacts) }), d.home.app.after)
}

func (d *details) trust(f model.Fingerprint, t model.Trust) {
	d.home.trust(d.chat.Account, d.chat.JID, f, t)
}

func (d *details) refresh() {
	id, j := d.chat.Account, d.chat.JID
	ask(d.home.app.crew, nothing(func(ctx context.Context) error { return d.home.core.Devices.Refresh(ctx, id, j) }), d.home.app.after)
}

func (d *details) mute(until time.Time) {
	id := d.chat.ID
	d.store(func(ctx context.Context, c *core.Chats) error { return c.SetMuted(ctx, id, until) })
}

func (d *details) encrypt(yes bool) {
	id, e := d.chat.ID, model.Clear
	if yes {
		e = model.OMEMO
	}
	d.store(func(ctx context.Context, c *core.Chats) error { return c.SetEncryption(ctx, id, e) })
}

func (d *details) rename(name string) {
	id, j := d.chat.Account, d.chat.JID
	d.contact(func(ctx context.Context, c *core.Contacts) error { return c.Rename(ctx, id, j, name) })
}

func (d *details) add() {
	id, j := d.chat.Account, d.chat.JID
	d.contact(func(ctx context.Context, c *core.Contacts) error {
		_, err := c.Add(ctx, id, string(j), "")
		return err
	})
}

func (d *details) remove() {
	id, j := d.chat.Account, d.chat.JID
	d.contact(func(ctx context.Context, c *core.Contacts) error { return c.Remove(ctx, id, j) })
}
