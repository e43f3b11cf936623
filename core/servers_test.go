package core

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Somebody whose server cannot be reached costs patience, not the message: it is tried again, and says so.
func TestUnreachablePeer(t *testing.T) {
	for _, condition := range []string{wire.RemoteServerNotFound, wire.RemoteServerTimeout} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			reachable := false
			s := startTiny(t, func(iq wire.IQ) (string, bool) {
				if iq.To == malloryJID && !reachable {
					return condition, false
				}
				return rosterOnly(iq)
			})
			p := s.login(t)
			id := p.send(malloryJID, "are you there")
			hurry := func() {
				p.update(func(tx *storage.Tx) error {
					q, ok, err := tx.QueuedByMessage(id)
					if err != nil || !ok {
						return err
					}
					q.NotBefore = time.Time{}
					return tx.SaveQueued(q)
				})
				p.client.account(p.account).nudge()
			}
			p.until("the person learns of it", func() bool {
				m, err := p.store.Message(id)
				if err != nil || m.State != model.Pending {
					t.Fatalf("state %v, %v", m.State, err)
				}
				hurry()
				return m.Fault == model.Refused
			})
			s.mu.Lock()
			reachable = true
			s.mu.Unlock()
			hurry()
			p.until("the answer is that there is no device", func() bool {
				m, err := p.store.Message(id)
				return err == nil && m.State == model.Failed && m.Fault == model.NoDevices
			})
		})
	}
}

// A list of devices that we may no longer see stays as it was; one that is gone is empty.
func TestRefusedDeviceList(t *testing.T) {
	condition := wire.Forbidden
	s := startTiny(t, func(iq wire.IQ) (string, bool) {
		if iq.To == benJID {
			return condition, false
		}
		return rosterOnly(iq)
	})
	p := s.login(t)
	p.until("the roster is there", func() bool { _, ok, err := p.store.Contact(p.account, benJID); return ok && err == nil })
	s.say(deviceListXML("ben@example.test", 5, 2))
	active := func() (n int) {
		all, err := p.client.Devices.List(t.Context(), p.account, benJID)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			if d.Active {
				n++
			}
		}
		return n
	}
	p.until("the list is known", func() bool { return active() == 2 })
	fetched := func(n int) {
		if err := p.client.Devices.Refresh(t.Context(), p.account, benJID); err != nil {
			t.Fatal(err)
		}
		s.until("the list is fetched", func() bool { return s.count("items", wire.NodeDevices) >= n })
	}
	fetched(2) // the first is of our own list
	fetched(3) // and now the answer to the second has been stored
	if n := active(); n != 2 {
		t.Errorf("%d devices are left by a refusal", n)
	}
	s.mu.Lock()
	condition = wire.ItemNotFound
	s.mu.Unlock()
	fetched(4)
	p.until("the list is empty", func() bool { return active() == 0 })
}

// Where the server does not keep our keys the person is told, until it does.
func TestKeysRefused(t *testing.T) {
	for _, condition := range []string{wire.ServiceUnavailable, wire.ResourceConstraint} {
		t.Run(condition, func(t *testing.T) {
			refuses := true
			s := startTiny(t, func(iq wire.IQ) (string, bool) {
				if inner := iq.Payload.First(); inner == nil || inner.Local != "publish" {
					return rosterOnly(iq)
				}
				if refuses {
					return condition, false
				}
				return "ANSWER", true
			})
			p := s.login(t)
			a := p.client.account(p.account)
			p.until("it is told", func() bool { return errors.Is(a.status().Err, ErrKeysRefused) })
			s.mu.Lock()
			refuses = false
			s.mu.Unlock()
			a.out.publishKeys(0) // the next try
			a.nudge()
			p.until("it is over", func() bool { return a.status().Err == nil })
		})
	}
}

// Another program of ours that empties our list again and again is answered three times; then the person is told.
func TestListFight(t *testing.T) {
	s := startTiny(t, rosterOnly)
	s.answer = func(iq wire.IQ) (string, bool) {
		inner := iq.Payload.First()
		switch {
		case inner != nil && inner.Local == "publish" && inner.Attr("node") == wire.NodeDevices:
			// published, and at once taken back by the other program
			return "ANSWER", true
		case inner != nil && inner.Local == "publish":
			return "ANSWER", true
		}
		return rosterOnly(iq)
	}
	p := s.login(t)
	for i := 1; i <= maxRepublish; i++ {
		s.until("the list is published", func() bool { return s.count("publish", wire.NodeDevices) == i })
		s.say(deviceListXML("anna@example.test", 900, 1))
	}
	p.until("it is told", func() bool { return errors.Is(p.client.account(p.account).status().Err, ErrListFight) })
	s.mu.Lock()
	bundles := s.count("publish", wire.NodeBundle(p.ownDevice()))
	asked := s.count("items", wire.NodeDevices)
	s.mu.Unlock()
	for range 3 {
		s.say(deviceListXML("anna@example.test", 900, 1))
	}
	s.until("it looks again", func() bool { return s.count("items", wire.NodeDevices) > asked })
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.count("publish", wire.NodeDevices); n != maxRepublish {
		t.Errorf("the list was published %d times", n)
	}
	if n := s.count("publish", wire.NodeBundle(p.ownDevice())); n != bundles {
		t.Errorf("%d bundles were published after giving up", n-bundles)
	}
}

const fin = "<fin xmlns='urn:xmpp:mam:2' %s><set xmlns='http://jabber.org/protocol/rsm'>%s</set></fin>"

func archived(id string) string {
	return "<message from='anna@example.test' to='anna@example.test/kith'><result xmlns='urn:xmpp:mam:2' queryid='QUERYID' id='" + id + "'>" +
		"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>" +
		"<message xmlns='jabber:client' from='ben@example.test/x' to='anna@example.test' type='chat' id='" + id + "'><body>" + id + "</body></message></forwarded></result></message>"
}

// An archive that goes in circles, tells no edges, refuses or never ends a page does not keep the account busy for ever, and
// what it told is there.
func TestHostileArchives(t *testing.T) {
	tests := []struct {
		name   string
		answer func(before string) (string, bool)
		want   []string
	}{
		{"the same page for ever", func(string) (string, bool) {
			return archived("a") + archived("b") + "ANSWER" + fmt.Sprintf(fin, "", "<first>a</first><last>b</last>"), true
		}, []string{"a", "b"}},
		{"pages without edges", func(before string) (string, bool) {
			if before == "" {
				return archived("b") + "ANSWER" + fmt.Sprintf(fin, "", ""), true
			}
			return archived("a") + "ANSWER" + fmt.Sprintf(fin, "complete='true'", ""), true
		}, []string{"a", "b"}},
		{"no end of a page", func(string) (string, bool) { return archived("a") + "ANSWER<x xmlns='urn:x'/>", true }, []string{"a"}},
		{"a refusal", func(string) (string, bool) { return wire.Forbidden, false }, nil},
		{"no time", func(string) (string, bool) { return wire.ResourceConstraint, false }, nil},
		{"no such id, again and again", func(before string) (string, bool) {
			if before == "" {
				return archived("b") + "ANSWER" + fmt.Sprintf(fin, "", "<first>b</first><last>b</last>"), true
			}
			return wire.ItemNotFound, false
		}, []string{"b"}},
		{"an empty archive", func(string) (string, bool) { return "ANSWER" + fmt.Sprintf(fin, "complete='true'", ""), true }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			queries := 0
			s := startTiny(t, func(iq wire.IQ) (string, bool) {
				switch {
				case iq.Payload.Is(wire.NSDiscoInfo, "query"):
					return "ANSWER<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query>", true
				case iq.Payload.Is(wire.NSArchive, "query"):
					queries++
					return tt.answer(iq.Payload.Child("http://jabber.org/protocol/rsm", "set").Child("http://jabber.org/protocol/rsm", "before").Text())
				}
				return rosterOnly(iq)
			})
			p := s.login(t)
			done := func() bool {
				quiet := false
				p.inside(func(a *account) { quiet = a.in.archive.on && !a.in.archive.walking && a.out.isCaughtUp() })
				return quiet && !p.client.account(p.account).status().Syncing
			}
			p.until("the walk ends", done)
			got := p.texts(benJID)
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("stored %q, want %q", got, tt.want)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if queries > 5 {
				t.Errorf("%d queries", queries)
			}
		})
	}
}
