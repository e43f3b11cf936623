package core

import (
	"slices"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// listedDevices is what a server says of somebody's devices.
func (p *person) listedDevices(jid model.JID) (ids []model.DeviceID) {
	p.t.Helper()
	el, err := p.client.account(p.account).link.Query(p.t.Context(), wire.IQ{Type: wire.TypeGet, To: jid, Payload: wire.ItemsRequest(wire.NodeDevices, 0)})
	if err != nil {
		return nil
	}
	if _, items, _ := wire.ParseItems(el.First()); len(items) > 0 {
		ids, _ = wire.ParseDeviceList(items[0].Payload)
	}
	return ids
}

// Whoever has signed in can be written to, however slow their line is: a message sent at once does not fail because the keys of
// the other side are still on their way to the server.
func TestSignedInMeansReachable(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := signUp(t, s, "anna")
	slow := coretest.StartProxy(t, s.Addr())
	slow.Delay(200 * time.Millisecond)
	far := *s
	far.Port = slow.Port()
	ben := signUp(t, &far, "ben")
	if ids := anna.listedDevices(ben.jid); !slices.Contains(ids, ben.ownDevice()) {
		t.Fatalf("%d devices are listed, and not ben's", len(ids))
	}
	anna.reaches(anna.send(ben.jid, "at once"), model.Sent)
	ben.gets(anna.jid, "at once")
}

// Somebody who had no device gets what is written to them once they have one, although nobody told us of it.
func TestFirstDevice(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := signUp(t, s, "anna")
	jid := s.AddUser(t, "ben", "ben-canary")
	anna.reaches(anna.send(jid, "too early"), model.Failed)
	ben := signIn(t, s, jid, "ben-canary")
	anna.update(func(tx *storage.Tx) error {
		return tx.SetListSeen(anna.account, jid, time.Now().Add(-time.Minute))
	})
	anna.reaches(anna.send(jid, "in time"), model.Sent)
	ben.gets(anna.jid, "in time")
}
