package e2e

import (
	"kith/core/coretest"
	"kith/core/model"
)

// Message is what kith-headless tells about a message, as far as tests look at it.
type Message struct {
	Message   string `json:"message"`
	Kind      string `json:"kind"`
	StanzaID  string `json:"stanzaID"`
	OriginID  string `json:"originID"`
	From      string `json:"from"`
	Outgoing  bool   `json:"outgoing"`
	Body      string `json:"body"`
	State     string `json:"state"`
	Encrypted bool   `json:"encrypted"`
	Trust     string `json:"trust"`
	Error     string `json:"error"`
}

// Login are the parameters of account.add for an account of a test server.
func Login(s *coretest.Server, jid model.JID, password string) map[string]any {
	return map[string]any{"jid": jid, "password": password, "host": s.Host, "port": s.Port}
}

// SignIn adds an account and waits until it is online. It returns the account's number.
func (k *Kith) SignIn(s *coretest.Server, jid model.JID, password string) int {
	k.tb.Helper()
	var added struct{ Account int }
	k.Must("account.add", Login(s, jid, password), &added)
	return added.Account
}

// Online waits until every account of the profile is online and, as far as it is visible, ready to encrypt.
func (k *Kith) Online() {
	k.tb.Helper()
	k.Wait("going online", func() bool {
		var all []struct {
			State  string
			Device uint32
		}
		k.Must("account.list", nil, &all)
		for _, a := range all {
			if a.State != "online" || a.Device == 0 {
				return false
			}
		}
		return len(all) > 0
	})
}

// Send sends a message from the profile's first account and returns its number.
func (k *Kith) Send(to model.JID, body string) string {
	k.tb.Helper()
	var sent struct{ Message string }
	k.Must("chat.send", map[string]any{"account": 1, "to": to, "body": body}, &sent)
	return sent.Message
}

// Messages are the newest messages with somebody, the newest last, at most a thousand.
func (k *Kith) Messages(with model.JID) []Message {
	k.tb.Helper()
	return k.page(with, "")
}

// All are all stored messages with somebody, the newest last.
func (k *Kith) All(with model.JID) []Message {
	k.tb.Helper()
	var all []Message
	before := ""
	for {
		page := k.page(with, before)
		if len(page) == 0 {
			return all
		}
		before = page[0].Message
		all = append(page, all...)
	}
}

func (k *Kith) page(with model.JID, before string) []Message {
	k.tb.Helper()
	params := map[string]any{"account": 1, "with": with, "limit": 1000}
	if before != "" {
		params["before"] = before
	}
	var page []Message
	k.Must("chat.messages", params, &page)
	return page
}

// WaitBody waits until a message with this text is there, and returns it.
func (k *Kith) WaitBody(with model.JID, body string) Message {
	k.tb.Helper()
	var found Message
	k.Wait("the message "+body, func() bool {
		for _, m := range k.Messages(with) {
			if m.Body == body {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// WaitState waits until a message of ours has got as far as state.
func (k *Kith) WaitState(with model.JID, message, state string) {
	k.tb.Helper()
	order := map[string]int{"pending": 0, "sent": 1, "delivered": 2, "read": 3}
	k.Wait("the state "+state, func() bool {
		for _, m := range k.Messages(with) {
			if m.Message == message {
				n, ok := order[m.State]
				return ok && n >= order[state]
			}
		}
		return false
	})
}
