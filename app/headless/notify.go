package main

import (
	"context"
	"time"

	"kith/core"
	"kith/core/model"
)

// notifier turns events of the core into notifications. One goroutine uses it.
type notifier struct {
	*server
	newest map[model.ChatID]model.MessageID // the newest message told of each chat
}

// notify tells events until ctx ends. When telling fails, cancel ends the server.
func (s *server) notify(ctx context.Context, sub *core.Subscription, cancel context.CancelCauseFunc) {
	n := notifier{s, map[model.ChatID]model.MessageID{}}
	err := n.begin(ctx)
	for err == nil {
		var ev core.Event
		if ev, err = sub.Next(ctx); err == nil {
			err = n.event(ctx, ev)
		}
	}
	if ctx.Err() == nil {
		cancel(err)
	}
}

// begin notes where each chat stands, so that only what comes later is told.
func (n notifier) begin(ctx context.Context) error {
	all, err := n.client.Chats.List(ctx, 0)
	for _, chat := range all {
		n.newest[chat.ID] = chat.Last.ID
	}
	return err
}

func (n notifier) event(ctx context.Context, ev core.Event) error {
	switch ev := ev.(type) {
	case core.AccountChanged:
		return n.accountState(ev)
	case core.ChatChanged:
		return n.chatChanged(ctx, ev)
	case core.ChatRemoved:
		delete(n.newest, ev.Chat)
		return n.tell("chat.removed", map[string]any{"chat": ev.Chat, "account": ev.Account})
	case core.ContactsChanged:
		return n.contactsChanged(ev)
	case core.TypingChanged:
		return n.typing(ctx, ev)
	case core.SyncChanged:
		return n.sync(ctx, ev)
	case core.CallChanged:
		return n.call(ctx, ev)
	case core.DevicesChanged:
		return n.devices(ev)
	}
	return nil
}

func (n notifier) accountState(ev core.AccountChanged) error {
	info := accountOf(ev.Account)
	if ev.Removed {
		return n.tell("account.state", map[string]any{"account": info.Account, "state": "removed"})
	}
	return n.tell("account.state", info)
}

// liveMessage is a message with the chat it belongs to.
type liveMessage struct {
	messageInfo
	Account model.AccountID `json:"account"`
	With    model.JID       `json:"with"`
	Live    bool            `json:"live"` // it came in just now and no device of ours has shown it
}

func (n notifier) chatChanged(ctx context.Context, ev core.ChatChanged) error {
	for _, id := range ev.Removed {
		err := n.tell("message.removed", map[string]any{"chat": ev.Chat.ID, "message": messageID(id)})
		if err != nil {
			return err
		}
	}
	if ev.Reload {
		return n.reload(ctx, ev)
	}
	return n.messages(ev, ev.Messages)
}

func (n notifier) messages(ev core.ChatChanged, all []model.Message) error {
	for _, m := range all {
		fresh := m.ID > n.newest[ev.Chat.ID]
		n.newest[ev.Chat.ID] = max(m.ID, n.newest[ev.Chat.ID])
		live := liveMessage{messageOf(m), ev.Chat.Account, ev.Chat.JID, ev.Notify && fresh && !m.Outgoing}
		if err := n.tell("message", live); err != nil {
			return err
		}
	}
	return nil
}

// reload tells that too much changed to be told one by one, and then all that is newer than what was told before: a script
// that answers messages misses none, however slowly it reads.
func (n notifier) reload(ctx context.Context, ev core.ChatChanged) error {
	err := n.tell("chat.reload", map[string]any{"chat": ev.Chat.ID, "account": ev.Chat.Account, "with": ev.Chat.JID})
	for err == nil {
		// The first page of an unknown chat starts at the oldest message.
		after := max(n.newest[ev.Chat.ID], model.MessageIDAt(ev.Chat.ID, time.Time{}))
		var page []model.Message
		page, err = n.client.Chats.Messages(ctx, ev.Chat.ID, model.Page{Around: after, Newer: true, Limit: 200})
		if err != nil || len(page) == 0 {
			return err
		}
		err = n.messages(ev, page)
	}
	return err
}

func (n notifier) contactsChanged(ev core.ContactsChanged) error {
	asking := map[model.JID]bool{}
	for _, jid := range ev.Asking {
		asking[jid] = true
	}
	type contact struct {
		contactInfo
		Account model.AccountID `json:"account"`
	}
	for _, c := range ev.Contacts {
		name := "presence"
		if asking[c.JID] {
			name = "contact.request"
		}
		if err := n.tell(name, contact{contactOf(c), ev.Account}); err != nil {
			return err
		}
	}
	for _, jid := range ev.Removed {
		if err := n.tell("contact.removed", map[string]any{"account": ev.Account, "jid": jid}); err != nil {
			return err
		}
	}
	return nil
}

func (n notifier) typing(ctx context.Context, ev core.TypingChanged) error {
	chat, err := n.client.Chats.Get(ctx, ev.Chat)
	if err != nil {
		return nil //nolint:nilerr // the chat was deleted meanwhile: nobody types there any more
	}
	return n.tell("typing", map[string]any{
		"chat": chat.ID, "account": chat.Account, "with": chat.JID, "active": ev.Active,
	})
}

// sync tells how far a catch-up is; the archive is that of the account itself.
func (n notifier) sync(ctx context.Context, ev core.SyncChanged) error {
	all, err := n.client.Accounts.List(ctx)
	if err != nil {
		return err
	}
	params := map[string]any{"account": ev.Account, "active": ev.Active, "done": ev.Done}
	for _, a := range all {
		if a.ID == ev.Account {
			params["archive"] = a.JID
		}
	}
	if ev.Total > 0 {
		params["total"] = ev.Total
	}
	return n.tell("sync", params)
}

func (n notifier) devices(ev core.DevicesChanged) error {
	for _, d := range ev.New {
		err := n.tell("device.new", map[string]any{
			"account": ev.Account, "jid": ev.JID, "device": d.ID, "fingerprint": d.Fingerprint, "trust": d.Trust.String(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
