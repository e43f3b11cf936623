package core

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
)

// foreignBundle is the bundle of some other installation.
func foreignBundle(t *testing.T) (x wire.Bundle) {
	t.Helper()
	other := newSealer(t, malloryJID)
	withOMEMO(t, other.store, other.omemo, other.account.ID, malloryJID, func(b *crypto.Batch) (err error) {
		x, err = b.Bundle(time.Now())
		return err
	})
	return x
}

// Another program of ours that puts its own keys in the place of this device's is noticed, at sign-in and while we are there,
// and what it did is undone.
func TestReplacedBundle(t *testing.T) {
	t.Run("prosody", func(t *testing.T) { replacedBundle(t, coretest.StartProsody) })
	t.Run("ejabberd", func(t *testing.T) { replacedBundle(t, coretest.StartEjabberd) })
}

func replacedBundle(t *testing.T, start func(coretest.TB, coretest.Options) *coretest.Server) {
	s := start(t, coretest.Options{})
	anna := signUp(t, s, "anna")
	other := signIn(t, s, anna.jid, "anna-canary-password")
	other.online()
	query := func(typ string, payload *wire.Element) *wire.Element {
		el, err := other.client.account(other.account).link.Query(t.Context(), wire.IQ{Type: typ, Payload: payload})
		if err != nil {
			t.Fatal(err)
		}
		return el
	}
	node := wire.NodeBundle(anna.ownDevice())
	_, key := anna.identity()
	published := func() bool {
		_, items, _ := wire.ParseItems(query(wire.TypeGet, wire.ItemsRequest(node, 0)).First())
		if len(items) == 0 {
			return false
		}
		x, ok := wire.ParseBundle(items[0].Payload)
		return ok && string(x.IdentityKey) == key
	}
	anna.until("the keys are published", func() bool {
		done := false
		anna.inside(func(*account) {
			withOMEMO(t, anna.store, anna.client.omemo, anna.account, anna.jid, func(b *crypto.Batch) error { done = !b.Stale(); return nil })
		})
		return done
	})
	other.polls("both are in the list", func() bool {
		_, items, _ := wire.ParseItems(query(wire.TypeGet, wire.ItemsRequest(wire.NodeDevices, 0)).First())
		ids, ok := wire.ParseDeviceList(items[0].Payload)
		return ok && len(ids) == 2
	})
	replace := func() {
		query(wire.TypeSet, wire.Publish(node, wire.Item{ID: "current", Payload: foreignBundle(t).Element()}))
	}
	replace()
	query(wire.TypeSet, wire.Publish(wire.NodeDevices, wire.Item{ID: "current", Payload: wire.DeviceList([]model.DeviceID{anna.ownDevice(), other.ownDevice()})}))
	other.polls("the keys are back", published)
	anna.close()
	replace()
	if published() { // not asked while anna is there: she may be quicker
		t.Fatal("nothing was replaced")
	}
	anna.open()
	other.polls("the keys are back after a sign-in", published)
}

// identity is what a bundle of ours says of us.
func (p *person) identity() (device model.DeviceID, key string) {
	p.t.Helper()
	p.inside(func(a *account) {
		withOMEMO(p.t, p.store, p.client.omemo, p.account, p.jid, func(b *crypto.Batch) error {
			x, err := b.Bundle(time.Now())
			device, _ = b.Device()
			key = string(x.IdentityKey)
			return err
		})
	})
	return device, key
}

// keyServer keeps the list of devices that it is given. Of a bundle that it is asked for it says what foreign is, or, when that is
// empty, that there is none. listed says whether it has the list; it is called by until only.
func keyServer(t *testing.T, foreign string) (s *tiny, listed func() bool) {
	t.Helper()
	list := ""
	s = startTiny(t, func(iq wire.IQ) (string, bool) {
		inner := iq.Payload.First()
		node := inner.Attr("node")
		kept := foreign
		if node == wire.NodeDevices {
			kept = list
		}
		switch {
		case iq.Payload.Space != wire.NSPubSub:
			return rosterOnly(iq)
		case inner.Local == "publish":
			if node == wire.NodeDevices {
				list = inner.First().First().String()
			}
			return "ANSWER", true
		case kept != "":
			return fmt.Sprintf("ANSWER<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='%s'><item id='current'>%s</item></items></pubsub>", node, kept), true
		}
		return wire.ItemNotFound, false
	})
	return s, func() bool { return list != "" }
}

// Who insists is answered three times; then the person is told, and nothing more is published for a while.
func TestBundleFight(t *testing.T) {
	s, listed := keyServer(t, foreignBundle(t).Element().String())
	p := s.login(t)
	a := p.client.account(p.account)
	node := wire.NodeBundle(p.ownDevice())
	s.until("the list is published", listed)
	look := func() {
		a.out.publishKeys(0)
		a.nudge()
	}
	for i := 1; i <= maxRepublish; i++ {
		look()
		s.until("the keys are put back", func() bool { return s.count("publish", node) == 1+i })
	}
	look()
	p.until("it is told", func() bool { return errors.Is(a.status().Err, ErrListFight) })
	s.mu.Lock()
	asked := s.count("items", node)
	s.mu.Unlock()
	look()
	s.until("it looks again", func() bool { return s.count("items", node) > asked })
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.count("publish", node); n != 1+maxRepublish {
		t.Errorf("the keys were published %d times", n)
	}
}

// A server that loses what it was given is no other program: it is given the keys as often as it has lost them.
func TestLostBundle(t *testing.T) {
	s, listed := keyServer(t, "")
	p := s.login(t)
	a := p.client.account(p.account)
	node := wire.NodeBundle(p.ownDevice())
	s.until("the list is published", listed)
	for i := 1; i <= maxRepublish+2; i++ {
		a.out.publishKeys(0)
		a.nudge()
		s.until("the keys are given again", func() bool { return s.count("publish", node) == 1+i })
	}
	if err := a.status().Err; err != nil {
		t.Errorf("the person is told of %v", err)
	}
}
