package core

import (
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// A device that three new sessions did not bring to answer gets nothing any more, which the chat says; with a sign of life it
// is back.
func TestSilentDevice(t *testing.T) {
	ben := newSealer(t, benJID)
	var device model.DeviceID
	var bundle wire.Bundle
	withOMEMO(t, ben.store, ben.omemo, ben.account.ID, benJID, func(b *crypto.Batch) (err error) {
		device, _ = b.Device()
		bundle, err = b.Bundle(time.Now())
		return err
	})
	s := startTiny(t, func(iq wire.IQ) (string, bool) {
		node := iq.Payload.First().Attr("node")
		payload := map[string]string{
			wire.NodeDevices: wire.DeviceList([]model.DeviceID{device}).String(), wire.NodeBundle(device): bundle.Element().String(),
		}[node]
		if iq.To != benJID || payload == "" {
			return rosterOnly(iq)
		}
		return "ANSWER<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" + node + "'><item id='current'>" + payload + "</item></items></pubsub>", true
	})
	p := s.login(t)
	p.reaches(p.send(benJID, "are you there"), model.Sent)
	d := model.Device{JID: benJID, ID: device}
	p.inside(func(a *account) {
		withOMEMO(t, p.store, p.client.omemo, p.account, p.jid, func(b *crypto.Batch) error {
			for range 900 {
				if _, err := b.Encrypt([]byte("unanswered"), []model.Device{d}); err != nil {
					return err
				}
			}
			return nil
		})
	})
	p.update(func(tx *storage.Tx) error {
		row, err := tx.OMEMODevice(storage.Peer{Account: p.account, JID: benJID, Device: device})
		if err != nil {
			return err
		}
		row.Rekeys = 3
		return tx.SaveOMEMODevice(p.account, row)
	})
	silent := func() bool {
		all, err := p.client.Devices.List(t.Context(), p.account, benJID)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d devices, %v", len(all), err)
		}
		return all[0].Silent
	}
	id := p.send(benJID, "nobody reads this")
	p.reaches(id, model.Failed)
	if !silent() {
		t.Fatal("not given up")
	}
	notices := 0
	for _, m := range p.messages(benJID, 10) {
		if m.Kind == model.Notice && m.Body == model.NoticeSilent && m.Device == device {
			notices++
		}
	}
	if notices != 1 {
		t.Errorf("the chat says so %d times", notices)
	}
	if m, err := p.store.Message(id); err != nil || m.Fault != model.NoDevices {
		t.Errorf("the message failed for %v, %v", m.Fault, err)
	}
	x := ben.seal(p, []byte("here I am"))
	s.say("<message from='ben@example.test/x' to='anna@example.test/kith' type='chat' id='b1'>" + x.Element().String() + "</message>")
	p.gets(benJID, "here I am")
	if silent() {
		t.Error("still given up after a sign of life")
	}
	if err := p.client.Chats.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	p.reaches(id, model.Sent)
}
