package core

import (
	"slices"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// A device that three new sessions did not bring to answer gets nothing any more beside its owner's others, which the chat says;
// with a sign of life it is back.
func TestSilentDevice(t *testing.T) {
	ben, laptop := newSealer(t, benJID), newSealer(t, benJID)
	device, bundle := ben.offer(t)
	second, offer := laptop.offer(t)
	s := startTiny(t, func(iq wire.IQ) (string, bool) {
		node := iq.Payload.First().Attr("node")
		payload := map[string]string{
			wire.NodeDevices:        wire.DeviceList([]model.DeviceID{device, second}).String(),
			wire.NodeBundle(device): bundle.Element().String(), wire.NodeBundle(second): offer.Element().String(),
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
		if err != nil || len(all) != 2 {
			t.Fatalf("%d devices, %v", len(all), err)
		}
		gone := all[slices.IndexFunc(all, func(x model.Device) bool { return x.ID == device })]
		if other := all[slices.IndexFunc(all, func(x model.Device) bool { return x.ID == second })]; other.Silent {
			t.Error("the other device is given up, too")
		}
		return gone.Silent
	}
	p.reaches(p.send(benJID, "only the laptop reads this"), model.Sent)
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
	x := ben.seal(p, []byte("here I am"))
	s.say("<message from='ben@example.test/x' to='anna@example.test/kith' type='chat' id='b1'>" + x.Element().String() + "</message>")
	p.gets(benJID, "here I am")
	if silent() {
		t.Error("still given up after a sign of life")
	}
}

// offer is the device's number and bundle.
func (s *sealer) offer(t *testing.T) (device model.DeviceID, bundle wire.Bundle) {
	t.Helper()
	withOMEMO(t, s.store, s.omemo, s.account.ID, s.account.JID, func(b *crypto.Batch) (err error) {
		device, _ = b.Device()
		bundle, err = b.Bundle(time.Now())
		return err
	})
	return device, bundle
}
