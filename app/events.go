package app

import (
	"time"

	"kith/core"
	"kith/core/model"
)

// apply takes an event of core into the view models and redraws what it changed.
func (h *home) apply(ev core.Event) {
	h.quiet = time.Now()
	switch ev := ev.(type) {
	case core.ChatChanged:
		h.chatChanged(ev)
	case core.ChatRemoved:
		h.chatRemoved(ev)
	case core.AccountChanged:
		h.accountChanged(ev)
	case core.ContactsChanged:
		h.contactsChanged(ev)
	case core.TypingChanged:
		h.chats.ApplyTyping(ev)
		if h.openID() == ev.Chat {
			h.chat.showHeader()
		}
	case core.SyncChanged:
		h.accounts.ApplySync(ev)
	case core.DevicesChanged:
		h.devicesChanged(ev)
	}
	h.refresh()
}

func (h *home) chatChanged(ev core.ChatChanged) {
	h.chats.Apply(ev)
	if h.openID() == ev.Chat.ID {
		h.chat.apply(ev)
	}
	if h.side != nil && h.side.chat.ID == ev.Chat.ID {
		h.side.setChat(ev.Chat)
	}
	h.notify(ev)
}

func (h *home) chatRemoved(ev core.ChatRemoved) {
	h.chats.Remove(ev.Chat)
	h.withdraw(ev.Chat)
	if h.openID() == ev.Chat {
		h.chat = nil
		h.closeMain()
	}
}

func (h *home) accountChanged(ev core.AccountChanged) {
	h.accounts.Apply(ev, time.Now())
	if ev.Removed {
		h.chats.RemoveAccount(ev.Account.ID)
		if h.chat != nil && h.chat.account() == ev.Account.ID {
			h.chat = nil
			h.closeMain()
		}
	}
	if h.prefs != nil {
		h.prefs.show()
	}
}

func (h *home) contactsChanged(ev core.ContactsChanged) {
	h.chats.ApplyContacts(ev)
	if h.chat != nil {
		h.chat.showHeader()
	}
	if h.side != nil {
		h.side.show()
	}
}

func (h *home) devicesChanged(ev core.DevicesChanged) {
	if h.chat != nil && h.chat.account() == ev.Account && h.chat.peer() == ev.JID {
		h.chat.readDevices()
	}
	if h.side != nil && h.side.chat.Account == ev.Account && h.side.chat.JID == ev.JID {
		h.side.read()
	}
	if h.prefs != nil && h.own(ev.Account) == ev.JID {
		h.prefs.read()
	}
}

func (h *home) own(id model.AccountID) model.JID {
	a, _ := h.accounts.Get(id)
	return a.JID
}
