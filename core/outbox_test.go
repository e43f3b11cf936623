package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// meets makes ben's device known to p, with a session, as if its bundle had been fetched.
func (p *person) meets(s *sealer) {
	p.t.Helper()
	var bundle wire.Bundle
	d := model.Device{JID: s.account.JID}
	withOMEMO(p.t, s.store, s.omemo, s.account.ID, s.account.JID, func(b *crypto.Batch) (err error) {
		d.ID, _ = b.Device()
		bundle, err = b.Bundle(time.Now())
		return err
	})
	p.inside(func(*account) {
		withOMEMO(p.t, p.store, p.client.omemo, p.account, p.jid, func(b *crypto.Batch) error {
			_, err := b.SetDevices(p.jid, nil, time.Now())
			if err == nil {
				_, err = b.SetDevices(d.JID, []model.DeviceID{d.ID}, time.Now())
			}
			if err == nil {
				err = b.AddBundle(d, bundle, time.Now())
			}
			return err
		})
	})
}

func (p *person) queued(id model.MessageID) *storage.Queued {
	p.t.Helper()
	q, ok, err := p.store.QueuedByMessage(id)
	if err != nil || !ok {
		p.t.Fatalf("queued %v, %v", ok, err)
	}
	return &q
}

// Whatever step a message has come to when Kith dies, it goes on from there: the ratchet steps once, and what was finished stays
// as it is, byte by byte.
func TestOutboxSteps(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	p.meets(ben)
	id := p.send(benJID, "canary of the outbox")
	p.restart() // after the row and its entry
	q := p.queued(id)
	if string(q.Body) != "canary of the outbox" || len(q.Stanza) > 0 {
		t.Fatalf("the entry holds %d bytes of text, %d of stanza", len(q.Body), len(q.Stanza))
	}
	finish := func(q *storage.Queued) error { return sender{p.client.account(p.account)}.finishText(t.Context(), q) }
	if err := finish(q); err != nil {
		t.Fatal(err)
	}
	finished := bytes.Clone(q.Stanza)
	for range 2 {
		p.restart() // after it was finished; after it was sent, nobody knows how far
		if q = p.queued(id); !bytes.Equal(q.Stanza, finished) || len(q.Body) > 0 {
			t.Error("the finished stanza changed")
		}
		err := sender{p.client.account(p.account)}.sendEntry(t.Context(), q)
		if !errors.Is(err, ErrOffline) || !bytes.Equal(q.Stanza, finished) {
			t.Errorf("sending without a network: %v", err)
		}
	}
	if m, err := p.store.Message(id); err != nil || m.State != model.Pending || !strings.Contains(string(finished), m.OriginID) {
		t.Errorf("the message is %v, %v", m.State, err)
	}
	p.inside(func(a *account) { intake{a}.acked(context.WithoutCancel(t.Context()), []string{q.StanzaID, "unknown"}) })
	p.restart() // after it was acknowledged
	if m, err := p.store.Message(id); err != nil || m.State != model.Sent {
		t.Errorf("the message is %v, %v", m.State, err)
	}
	if left, err := p.store.Outbox(p.account, storage.OutboxPage{}); err != nil || len(left) > 0 {
		t.Errorf("%d entries are left, %v", len(left), err)
	}
	el, err := wire.Parse(string(finished))
	if err != nil {
		t.Fatal(err)
	}
	x, ok := wire.ParseEncrypted(el.Child(wire.NSOMEMO, "encrypted"))
	if !ok {
		t.Fatal("the finished stanza is not encrypted")
	}
	withOMEMO(t, ben.store, ben.omemo, ben.account.ID, benJID, func(b *crypto.Batch) error {
		o, err := b.Decrypt(p.jid, x, time.Now())
		if string(o.Plain) != "canary of the outbox" {
			t.Errorf("ben reads %q", o.Plain)
		}
		return err
	})
}

// A finished stanza that could not be stored takes no words with it.
func TestUnstoredStanzaKeepsItsText(t *testing.T) {
	p := unconnected(t)
	p.meets(newSealer(t, benJID))
	id := p.send(benJID, "these words")
	q := p.queued(id)
	q.Message = id + 4000 // no such row: the transaction fails after the encryption
	a := sender{p.client.account(p.account)}
	to, err := keyring{a.account}.targets(t.Context(), benJID)
	if err != nil || len(to.Ready) != 1 {
		t.Fatalf("%d devices, %v", len(to.Ready), err)
	}
	err = a.keepStanza(t.Context(), q, textStanza(q), func(b *crypto.Batch) (wire.Encrypted, error) { return b.Encrypt(q.Body, to.Ready) })
	if err == nil || string(q.Body) != "these words" || q.Stanza != nil {
		t.Errorf("%v; the entry holds %d bytes", err, len(q.Body))
	}
}

// A message that came back is sent again at once when the person wants it, under its old name, on the same stream; the late
// acknowledgement of the first try does not take the second out.
func TestRetryAfterBounce(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := s.login(t)
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat(benJID).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	id := p.send(benJID, "once more")
	s.until("it is sent", func() bool { return len(s.messages) == 1 })
	name := wire.ID(s.messages[0])
	s.say("<message from='ben@example.test' to='anna@example.test/kith' type='error' id='" + name + "'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
	p.reaches(id, model.Failed)
	if err := p.client.Chats.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.until("it is sent again", func() bool { return len(s.messages) == 2 && wire.ID(s.messages[1]) == name })
	p.reaches(id, model.Sent)

	q := storage.Queued{Account: p.account, To: benJID, Kind: storage.QueuedText, StanzaID: "retried", Body: []byte("x"), NotBefore: time.Now().Add(time.Hour)}
	p.update(func(tx *storage.Tx) error { return tx.Queue(&q) })
	p.inside(func(a *account) { intake{a}.acked(context.WithoutCancel(t.Context()), []string{"retried"}) })
	if left, err := p.store.Outbox(p.account, storage.OutboxPage{}); err != nil || len(left) != 1 {
		t.Errorf("%d entries are left, %v", len(left), err)
	}
}

// What is held back in one chat, however much, lets the others pass; and more than fits on the wire leaves all the same, once.
func TestHeldChatsLetOthersPass(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := s.login(t)
	const held, raw = maxOnWire + 100, maxOnWire + 50
	queue := func(n int, q storage.Queued) {
		p.update(func(tx *storage.Tx) error {
			for i := range n {
				q.StanzaID = fmt.Sprint(q.To, i)
				if q.Kind == storage.QueuedRaw {
					q.Stanza = wire.NewMessage(q.To, wire.TypeChat, q.StanzaID).Append(nil, wire.NSClient)
				}
				if err := tx.Queue(&q); err != nil {
					return err
				}
			}
			return nil
		})
	}
	queue(held, storage.Queued{Account: p.account, To: benJID, Kind: storage.QueuedText, Body: []byte("x"), NotBefore: time.Now().Add(time.Hour)})
	queue(raw, storage.Queued{Account: p.account, To: "carol@example.test", Kind: storage.QueuedRaw})
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat("dora@example.test").ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	p.reaches(p.send("dora@example.test", "past all of them"), model.Sent)
	s.until("all is sent", func() bool { return len(s.messages) >= raw+1 })
	names := map[string]bool{}
	s.mu.Lock()
	for _, el := range s.messages {
		names[wire.ID(el)] = true
	}
	if len(s.messages) != raw+1 || len(names) != raw+1 {
		t.Errorf("%d messages of %d names came", len(s.messages), len(names))
	}
	s.mu.Unlock()
	if n, err := p.store.OutboxSize(p.account); err != nil || n < held {
		t.Errorf("%d wait, %v", n, err)
	}
}

// What is on the wire is left alone, and nothing is added to it while it is full.
func TestWireIsBounded(t *testing.T) {
	p := unconnected(t)
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat(benJID).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	const sent = maxOnWire + 50
	names := make(map[string]bool)
	queue := func(from, to int, q storage.Queued) {
		p.update(func(tx *storage.Tx) error {
			for i := from; i < to; i++ {
				q.StanzaID = fmt.Sprint(i)
				names[q.StanzaID] = len(q.Stanza) > 0
				if err := tx.Queue(&q); err != nil {
					return err
				}
			}
			return nil
		})
	}
	raw := storage.Queued{Account: p.account, To: "carol@example.test", Kind: storage.QueuedRaw, Stanza: []byte("<message/>")}
	// These put the place where the wire is full into the middle of a page, and the text into the same page.
	queue(-30, 0, storage.Queued{Account: p.account, To: "dora@example.test", Kind: storage.QueuedText, NotBefore: time.Now().Add(time.Hour)})
	queue(0, maxOnWire+5, raw)
	id := p.send(benJID, "when there is room")
	queue(maxOnWire+5, sent, raw)
	finished := func() (yes bool) {
		p.inside(func(a *account) { sender{a}.sendQueued(t.Context(), true) })
		return len(p.queued(id).Stanza) > 0
	}
	p.inside(func(a *account) { a.out.onWire = names })
	if finished() {
		t.Error("it was finished while the wire was full")
	}
	p.inside(func(a *account) {
		if len(a.out.onWire) != sent {
			t.Errorf("%d are on the wire", len(a.out.onWire))
		}
	})
	p.update(func(tx *storage.Tx) error {
		for i := range sent - maxOnWire + 1 {
			q, _, err := tx.QueuedByStanza(p.account, fmt.Sprint(i))
			if err = errors.Join(err, tx.Unqueue(q.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	if !finished() {
		t.Error("there was room, but it was not even finished")
	}
}

// Nobody can read the message: it fails and says so, and leaves once there is a device. Meanwhile other chats flow; so do they
// past one that waits for a decision.
func TestNoDevicesThenRetry(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	carol := s.AddUser(t, "carol", "carol-canary")
	befriend(anna, ben)
	id := anna.send(carol, "is anybody there")
	anna.reaches(id, model.Failed)
	if m, err := anna.store.Message(id); err != nil || m.Fault != model.NoDevices {
		t.Errorf("fault %v, %v", m.Fault, err)
	}
	anna.reaches(anna.send(ben.jid, "ben is"), model.Delivered)
	other := signIn(t, s, carol, "carol-canary")
	anna.until("it goes out after all", func() bool {
		m, err := anna.store.Message(id)
		if err == nil && m.State == model.Failed {
			err = anna.client.Chats.Retry(t.Context(), id)
		}
		if err != nil {
			t.Fatal(err)
		}
		return m.State == model.Sent || m.State == model.Delivered
	})
	other.gets(anna.jid, "is anybody there")
}

// Notes to oneself: kept where they are with one device, on both with two, once each.
// However many messages cannot be sent, each is told at once, and what follows them leaves.
func TestManyFailures(t *testing.T) {
	s := startTiny(t, func(iq wire.IQ) (string, bool) {
		if iq.To == benJID {
			return "ANSWER<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" + wire.NodeDevices + "'/></pubsub>", true
		}
		return rosterOnly(iq)
	})
	p := s.login(t)
	if err := p.client.Accounts.Disconnect(t.Context(), p.account); err != nil {
		t.Fatal(err)
	}
	var last model.MessageID
	for range 5 * maxOnWire { // more than the walks at sign-in try
		last = p.send(benJID, "for no device")
	}
	if err := p.client.Accounts.Connect(t.Context(), p.account); err != nil {
		t.Fatal(err)
	}
	p.reaches(last, model.Failed)
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat(benJID).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	p.reaches(p.send(benJID, "in the clear"), model.Sent)
}

func TestSelfChat(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := signUp(t, s, "anna")
	anna.reaches(anna.send(anna.jid, "note one"), model.Sent)
	phone := signIn(t, s, anna.jid, anna.login.Password)
	anna.until("knows the phone", func() bool {
		d, err := anna.client.Devices.List(t.Context(), anna.account, anna.jid)
		return err == nil && len(d) == 2
	})
	anna.reaches(anna.send(anna.jid, "note two"), model.Sent)
	phone.until("the note is here", func() bool { got := phone.texts(anna.jid); return len(got) == 1 && got[0] == "note two" })
	if err := anna.client.Chats.SetEncryption(t.Context(), anna.chat(anna.jid).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	anna.reaches(anna.send(anna.jid, "note three"), model.Sent)
	phone.until("the clear note is here", func() bool { return len(phone.texts(anna.jid)) == 2 })
	for _, p := range []*person{anna, phone} {
		p.close()
		p.open()
		p.until("read the archive", func() bool { return p.client.account(p.account).out.isCaughtUp() })
	}
	if got := anna.texts(anna.jid); len(got) != 3 {
		t.Errorf("anna has %q", got)
	}
	if got := phone.texts(anna.jid); len(got) != 2 {
		t.Errorf("the phone has %q", got)
	}
}

// A chat that waits for a decision about a device holds back only itself.
func TestHeldChatLetsOthersPass(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := s.login(t)
	ben := newSealer(t, benJID)
	p.meets(ben)
	p.until("the roster is there", func() bool { _, ok, err := p.store.Contact(p.account, benJID); return ok && err == nil })
	devices, err := p.client.Devices.List(t.Context(), p.account, benJID)
	if err != nil || len(devices) != 1 {
		t.Fatalf("%d devices, %v", len(devices), err)
	}
	trust := func(to model.Trust) {
		if err := p.client.Devices.Trust(t.Context(), p.account, benJID, devices[0].Fingerprint, to); err != nil {
			t.Fatal(err)
		}
	}
	trust(model.Undecided)
	held := p.send(benJID, "not before you have decided")
	p.until("it waits", func() bool { m, err := p.store.Message(held); return err == nil && m.Fault == model.UndecidedTrust })
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat(malloryJID).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	p.reaches(p.send(malloryJID, "this one flows"), model.Sent)
	trust(model.Verified)
	p.reaches(held, model.Sent)
}

// A line that breaks while keys are fetched and messages sealed costs no message and doubles none.
func TestCutsWhileSealing(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	proxy := coretest.StartProxy(t, s.Addr())
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	befriend(anna, ben)
	anna.close()
	anna.reroute(uint16(proxy.Port()))
	anna.online()
	for i := range 6 {
		if err := anna.client.Devices.Reset(t.Context(), anna.account, ben.jid); err != nil {
			t.Fatal(err)
		}
		proxy.CutAfter(int64(100+i*400), -1)
		id := anna.send(ben.jid, fmt.Sprintf("sealed %d", i))
		anna.until("it is delivered", func() bool {
			if anna.client.account(anna.account).state() != model.Online {
				anna.client.Accounts.Reconnect()
			}
			m, err := anna.store.Message(id)
			return err == nil && m.State == model.Delivered
		})
	}
	proxy.CutAfter(-1, -1)
	if got := ben.texts(anna.jid); len(got) != 6 {
		t.Errorf("ben has %q", got)
	}
}
