package core

import (
	"context"

	"kith/core/model"
	"kith/core/wire"
)

// typing tells the interface that the other side writes, or stopped (XEP-0085).
func (r receipts) typing(env *envelope) {
	state := wire.ParseChatState(env.el)
	if state == "" {
		return
	}
	chat, ok, err := r.chat(env.peer())
	if err != nil || !ok {
		return
	}
	r.after = append(r.after, func() {
		r.a.c.feed.put(TypingChanged{Chat: chat.id, Active: state == wire.Composing})
	})
}

// Typing tells the other side that the person writes, or stopped. Best effort: nothing is kept, and only contacts and people
// who were answered before are told, since it shows that somebody is there.
func (c *Chats) Typing(ctx context.Context, id model.ChatID, active bool) {
	chat, err := c.c.store.Chat(id)
	if err != nil || chat.Request {
		return
	}
	a, err := c.c.online(chat.Account)
	if err != nil {
		return
	}
	contact, ok, err := c.c.store.Contact(chat.Account, chat.JID)
	if err != nil || !ok || !contact.InRoster {
		return
	}
	state := wire.Active
	if active {
		state = wire.Composing
	}
	el := wire.NewMessage(chat.JID, wire.TypeChat, stanzaID()).Add(state.Element(), wire.HintNoStore.Element())
	a.out.transient(el)
	a.nudge()
}
