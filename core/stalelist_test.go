package core

import (
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// The list of somebody whose server does not tell us of changes is asked for again before it is used, once it is ten minutes
// old; that of a contact whose presence we see is not.
func TestStaleDeviceList(t *testing.T) {
	sealers := map[model.JID]*sealer{benJID: newSealer(t, benJID), malloryJID: newSealer(t, malloryJID)}
	served := make(map[model.JID]map[string]string)
	for jid, who := range sealers {
		withOMEMO(t, who.store, who.omemo, who.account.ID, jid, func(b *crypto.Batch) error {
			device, _ := b.Device()
			bundle, err := b.Bundle(time.Now())
			served[jid] = map[string]string{
				wire.NodeDevices: wire.DeviceList([]model.DeviceID{device}).String(), wire.NodeBundle(device): bundle.Element().String(),
			}
			return err
		})
	}
	asked := make(map[model.JID]int)
	s := startTiny(t, func(iq wire.IQ) (string, bool) {
		node := iq.Payload.First().Attr("node")
		payload := served[iq.To][node]
		if payload == "" {
			return rosterOnly(iq)
		}
		if node == wire.NodeDevices {
			asked[iq.To]++
		}
		return "ANSWER<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" + node + "'><item id='current'>" + payload + "</item></items></pubsub>", true
	})
	p := s.login(t)
	p.until("the roster is there", func() bool { _, ok, err := p.store.Contact(p.account, benJID); return ok && err == nil })
	times := func(jid model.JID, age time.Duration, want int) {
		t.Helper()
		p.update(func(tx *storage.Tx) error {
			seen, err := tx.ListSeen(p.account, jid)
			if err != nil || seen.IsZero() {
				return err
			}
			return tx.SetListSeen(p.account, jid, time.Now().Add(-age))
		})
		p.reaches(p.send(jid, "hello"), model.Sent)
		s.mu.Lock()
		defer s.mu.Unlock()
		if asked[jid] != want {
			t.Errorf("the list of %d was asked for %d times at the age of %v, want %d", len(jid), asked[jid], age, want)
		}
	}
	for _, jid := range []model.JID{benJID, malloryJID} {
		times(jid, 0, 1)
		times(jid, listLife-time.Minute, 1)
	}
	times(benJID, listLife+time.Minute, 1)
	times(malloryJID, listLife+time.Minute, 2)
	times(malloryJID, 0, 2)
}
