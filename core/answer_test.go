package core

import (
	"testing"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// What the person answered to a request reaches the other side although the line was cut when they did, and Kith killed before it
// was back; until then the server's reminder asks nobody again.
func TestAnswersOutliveTheLine(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben, carl := signUp(t, s, "anna"), signUp(t, s, "ben"), signUp(t, s, "carl")
	proxy := coretest.StartProxy(t, s.Addr())
	anna.update(func(tx *storage.Tx) error { // the next connection goes through the proxy
		row, err := tx.Account(anna.account)
		row.Port = uint16(proxy.Port())
		if err == nil {
			err = tx.SaveAccount(row)
		}
		return err
	})
	anna.close()
	anna.open()
	anna.online()
	for _, p := range []*person{ben, carl} {
		if _, err := p.client.Contacts.Add(t.Context(), p.account, string(anna.jid), ""); err != nil {
			t.Fatal(err)
		}
		anna.until("a request arrives", func() bool {
			c, ok, err := anna.store.Contact(anna.account, p.jid)
			return err == nil && ok && c.Asking
		})
	}
	proxy.Stall(true) // nothing gets through any more, and nobody has noticed
	if err := anna.client.Contacts.Accept(t.Context(), anna.account, ben.jid); err != nil {
		t.Fatal(err)
	}
	if err := anna.client.Contacts.Decline(t.Context(), anna.account, carl.jid); err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	anna.close()
	proxy.Stall(false)
	anna.open()
	asked := false
	ben.until("anna has accepted", func() bool {
		c, _, err := ben.store.Contact(ben.account, anna.jid)
		return err == nil && (c.Subscription == model.SubTo || c.Subscription == model.SubBoth)
	})
	carl.until("anna has declined", func() bool {
		c, _, err := carl.store.Contact(carl.account, anna.jid)
		return err == nil && !c.Asked
	})
	anna.polls("everything has left", func() bool {
		n, err := anna.store.OutboxSize(anna.account)
		if c, ok, _ := anna.store.Contact(anna.account, carl.jid); ok && c.Asking {
			asked = true
		}
		return err == nil && n == 0
	})
	if asked {
		t.Error("carl's request is back")
	}
}

// The last word counts, and a request that the server repeats meanwhile is not shown again.
func TestLastWord(t *testing.T) {
	p := unconnected(t)
	ask := "<presence from='mallory@evil.test' to='anna@example.test' type='subscribe'/>"
	asking := func() bool {
		_, ok, err := p.store.Contact(p.account, malloryJID)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	p.feed(ask)
	if err := p.client.Contacts.Accept(t.Context(), p.account, malloryJID); err != nil {
		t.Fatal(err)
	}
	if err := p.client.Contacts.Decline(t.Context(), p.account, malloryJID); err != nil {
		t.Fatal(err)
	}
	waiting, err := p.store.QueuedSubscriptions(p.account, malloryJID)
	if err != nil || len(waiting) != 1 || string(waiting[0].Body) != wire.TypeUnsubscribed {
		t.Errorf("%d presences wait, %v", len(waiting), err)
	}
	p.update(func(tx *storage.Tx) error { return tx.RemoveContact(p.account, malloryJID) })
	p.restart()
	p.feed(ask)
	if asking() {
		t.Error("asked again before the answer was out")
	}
	p.update(func(tx *storage.Tx) error { return tx.Unqueue(waiting[0].ID) })
	p.feed(ask)
	if !asking() {
		t.Error("a new request is not shown")
	}
}
