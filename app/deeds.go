package app

import (
	"context"

	"kith/app/lang"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// deeds are what the person can do from several places, and the reads that come before a screen.
type deeds struct {
	app  *App
	core *core.Client
}

// contents is what enter reads before the chats are shown.
type contents struct {
	chats    []model.Chat
	contacts []model.Contact
	accounts []core.AccountStatus
}

func (h deeds) read(ctx context.Context) (c contents, err error) {
	if c.accounts, err = h.core.Accounts.List(ctx); err != nil {
		return c, err
	}
	if c.chats, err = h.core.Chats.List(ctx, 0); err != nil {
		return c, err
	}
	for _, a := range c.accounts {
		contacts, err := h.core.Contacts.List(ctx, a.ID)
		if err != nil {
			return c, err
		}
		c.contacts = append(c.contacts, contacts...)
	}
	return c, nil
}

// opening is what is read to show a chat.
type opening struct {
	chat model.Chat
	page []model.Message
	keys view.Keys
}

func (h deeds) readChat(ctx context.Context, id model.ChatID) (o opening, err error) {
	if o.chat, err = h.core.Chats.Get(ctx, id); err != nil {
		return o, err
	}
	if o.page, err = h.core.Chats.Messages(ctx, id, view.FirstPage(o.chat)); err != nil {
		return o, err
	}
	o.keys, err = h.readKeys(ctx, o.chat.Account, o.chat.JID)
	return o, err
}

func (h deeds) readKeys(ctx context.Context, id model.AccountID, j model.JID) (k view.Keys, err error) {
	if k.Devices, err = h.core.Devices.List(ctx, id, j); err != nil {
		return k, err
	}
	k.Listed, err = h.core.Devices.Listed(ctx, id, j)
	return k, err
}

// trust stores a decision about a key; DevicesChanged tells the screens.
func (h deeds) trust(id model.AccountID, j model.JID, f model.Fingerprint, t model.Trust) {
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Devices.Trust(ctx, id, j, f, t) }), h.app.after)
}

// resetKeys makes new keys with somebody, after which their next messages can be read.
func (h deeds) resetKeys(id model.AccountID, j model.JID) {
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Devices.Reset(ctx, id, j) }), func(_ struct{}, err error) {
		if err != nil {
			h.app.fail(err)
			return
		}
		h.app.root.Toast(lang.T("New keys are being made. What comes from now on can be read."), "", nil)
	})
}

func (h deeds) pin(chat model.ChatID, yes bool) {
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.SetPinned(ctx, chat, yes) }), h.app.after)
}

func (h deeds) deleteChat(chat model.Chat) {
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.Delete(ctx, chat.ID) }), h.app.after)
}

// accept lets somebody see our presence, and asks for theirs.
func (h deeds) accept(c model.Contact) {
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Contacts.Accept(ctx, c.Account, c.JID) }), h.app.after)
}

func (h deeds) decline(c model.Contact) {
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Contacts.Decline(ctx, c.Account, c.JID) }), h.app.after)
}

func (h deeds) copyText(s string) {
	h.app.toolkit.Clipboard().SetContent(s)
	h.app.root.Toast(lang.T("Copied"), "", nil)
}
