package core

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/storage"
)

// patience is how long a test waits for something that must happen; only a broken program reaches it.
const patience = 60 * time.Second

// person is somebody with an account on a test server and a running core.
type person struct {
	t       testing.TB
	dir     string
	profile *storage.Profile
	store   *storage.Store
	client  *Client
	events  *Subscription
	login   Login
	jid     model.JID
	account model.AccountID
	options Options
}

// signUp makes an account on the server and signs in with a fresh profile.
func signUp(t testing.TB, s *coretest.Server, name string) *person {
	t.Helper()
	jid := s.AddUser(t, name, name+"-canary-password")
	return signIn(t, s, jid, model.Secret(name+"-canary-password"))
}

// signIn begins with an empty profile on an account that exists.
func signIn(t testing.TB, s *coretest.Server, jid model.JID, password model.Secret) *person {
	t.Helper()
	p := &person{t: t, dir: t.TempDir(), jid: jid}
	p.login = Login{Address: string(jid), Password: password, Host: s.Host, Port: uint16(s.Port)}
	p.options = Options{Log: coretest.NewCanary(t, string(jid), string(password), "canary"), RootCAs: s.CA}
	p.open()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	if p.account, err = p.client.Accounts.Add(ctx, p.login); err != nil {
		t.Fatalf("sign in: %v", err)
	}
	t.Cleanup(p.close)
	return p
}

// open unlocks the person's profile and starts the core on it.
func (p *person) open() {
	p.t.Helper()
	p.unlock()
	p.start()
}

func (p *person) unlock() {
	p.t.Helper()
	var err error
	if p.profile, err = storage.Hold(p.dir); err != nil {
		p.t.Fatal(err)
	}
	slot := storage.PassphraseSlot("a passphrase for the test")
	var key storage.Key
	if p.profile.New() {
		key, err = p.profile.Create(slot)
	} else {
		key, err = p.profile.Unlock(slot)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if p.store, err = p.profile.Open(key); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) start() {
	p.t.Helper()
	var err error
	if p.client, err = Open(p.t.Context(), p.store, p.options); err != nil {
		p.t.Fatal(err)
	}
	p.events = p.client.Subscribe()
}

// close ends the core in good order; the profile stays.
func (p *person) close() {
	if p.client == nil {
		return
	}
	if err := p.client.Close(); err != nil {
		p.t.Errorf("close client: %v", err)
	}
	if err := p.store.Close(); err != nil {
		p.t.Errorf("close store: %v", err)
	}
	if err := p.profile.Close(); err != nil {
		p.t.Errorf("close profile: %v", err)
	}
	p.client = nil
}

// chat finds or makes the chat with somebody.
func (p *person) chat(with model.JID) model.Chat {
	p.t.Helper()
	c, err := p.client.Chats.Start(p.t.Context(), p.account, string(with))
	if err != nil {
		p.t.Fatalf("start chat: %v", err)
	}
	return c
}

func (p *person) send(to model.JID, body string) model.MessageID {
	p.t.Helper()
	id, err := p.client.Chats.Send(p.t.Context(), p.chat(to).ID, model.Draft{Body: body})
	if err != nil {
		p.t.Fatalf("send: %v", err)
	}
	return id
}

// messages is the newest stored messages of a chat.
func (p *person) messages(with model.JID, limit int) []model.Message {
	p.t.Helper()
	all, err := p.client.Chats.Messages(p.t.Context(), p.chat(with).ID, model.Page{Limit: limit})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// until waits for events until ok says that what the test waits for is there.
func (p *person) until(what string, ok func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeoutCause(p.t.Context(), patience, fmt.Errorf("timeout"))
	defer cancel()
	for !ok() {
		if _, err := p.events.Next(ctx); err != nil {
			p.t.Fatalf("wait until %s: %v; %s", what, err, p.state())
		}
	}
}

// gets waits until a message with this body from somebody is stored, and returns it.
func (p *person) gets(from model.JID, body string) (m model.Message) {
	p.t.Helper()
	p.until("a message arrives", func() bool {
		for _, o := range p.messages(from, 50) {
			if !o.Outgoing && o.Body == body {
				m = o
				return true
			}
		}
		return false
	})
	return m
}

// reaches waits until a message of ours has come so far.
func (p *person) reaches(id model.MessageID, st model.State) {
	p.t.Helper()
	p.until("a message becomes "+st.String(), func() bool {
		m, err := p.store.Message(id)
		if err != nil {
			p.t.Fatal(err)
		}
		if m.State == model.Failed && st != model.Failed {
			p.t.Fatalf("the message failed: %v", m.Fault)
		}
		return m.State >= st
	})
}

// state is what a failed test shows of the account, without texts.
func (p *person) state() string {
	a := p.client.account(p.account)
	queued, _ := p.store.Outbox(p.account, storage.OutboxPage{})
	out := fmt.Sprintf("status %v %v, outbox %d", a.state(), a.status().Err, len(queued))
	chats, _ := p.store.Chats(p.account)
	for _, c := range chats {
		rows, _ := p.store.Messages(c.ID, model.Page{Limit: 20})
		for _, m := range rows {
			out += fmt.Sprintf("\n  chat %d outgoing %v kind %v %v fault %v encrypted %v %d bytes", c.ID, m.Outgoing, m.Kind, m.State, m.Fault, m.Encrypted, len(m.Body))
		}
	}
	return out
}

func (p *person) online() {
	p.t.Helper()
	p.until("online", func() bool { return p.client.account(p.account).state() == model.Online })
}

// befriend makes two people contacts of each other.
func befriend(a, b *person) {
	a.t.Helper()
	if _, err := a.client.Contacts.Add(a.t.Context(), a.account, string(b.jid), ""); err != nil {
		a.t.Fatal(err)
	}
	b.until("a request arrives", func() bool {
		c, ok, err := b.store.Contact(b.account, a.jid)
		return err == nil && ok && c.Asking
	})
	if err := b.client.Contacts.Accept(b.t.Context(), b.account, a.jid); err != nil {
		b.t.Fatal(err)
	}
	for _, p := range []*person{a, b} {
		other := map[*person]*person{a: b, b: a}[p]
		p.until("both see each other", func() bool {
			if c, ok, err := p.store.Contact(p.account, other.jid); err != nil || !ok {
				return false
			} else if c.Asking && p == a {
				if err := p.client.Contacts.Accept(p.t.Context(), p.account, other.jid); err != nil {
					p.t.Fatal(err)
				}
			} else {
				return c.Subscription == model.SubBoth
			}
			return false
		})
	}
}
