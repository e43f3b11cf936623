package app

import (
	"time"

	"kith/core"
	"kith/core/model"
)

// inbound takes what core tells into the view models.
type inbound struct{ *home }

// apply takes an event of core into the view models and redraws what it changed.
func (h inbound) apply(ev core.Event) {
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
		h.accounts.ApplySync(ev, time.Now())
	case core.DevicesChanged:
		h.devicesChanged(ev)
	case core.CallChanged:
		h.phone.apply(ev.Call)
	}
	h.refresh()
}

func (h inbound) chatChanged(ev core.ChatChanged) {
	h.chats.Apply(ev)
	if h.openID() == ev.Chat.ID {
		h.chat.apply(ev)
	}
	if h.side != nil && h.side.chat.ID == ev.Chat.ID {
		h.side.setChat(ev.Chat)
	}
	notes{h.home}.notify(ev)
}

func (h inbound) chatRemoved(ev core.ChatRemoved) {
	h.chats.Remove(ev.Chat)
	notes{h.home}.withdraw(ev.Chat)
	if h.openID() == ev.Chat {
		h.chat = nil
		h.closeMain()
	}
}

func (h inbound) accountChanged(ev core.AccountChanged) {
	h.accounts.Apply(ev, time.Now())
	h.chats.Connected(ev.Account.ID, ev.Account.State == model.Online)
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
	h.showPeer()
}

func (h inbound) contactsChanged(ev core.ContactsChanged) {
	h.chats.ApplyContacts(ev)
	h.showPeer()
}

// showPeer shows what is known of the other side of the open chat.
func (h inbound) showPeer() {
	if h.chat != nil {
		h.chat.showHeader()
	}
	if h.side != nil {
		h.side.show()
	}
}

func (h inbound) devicesChanged(ev core.DevicesChanged) {
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
