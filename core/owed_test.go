package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/model"
	"kith/crypto"
	"kith/storage"
)

// A ratchet that asks for an answer soon after one was sent gets it later, not never.
func TestAnswerSoonAfterAnswer(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	n := 0
	feed := func(sealed ...string) {
		for _, x := range sealed {
			n++
			p.feed(strings.Replace(fromBen, "x1", fmt.Sprint("m", n), 1) + x + "</message>")
		}
	}
	answers := func() (count int) {
		all, err := p.store.Outbox(p.account, storage.OutboxPage{})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range all {
			if q.Kind == storage.QueuedEmpty {
				count++
			}
		}
		return count
	}
	feed(ben.seal(p, []byte("first")).Element().String())
	p.inside(func(a *account) { // the answer leaves: from now on only a long chain asks for another
		withOMEMO(t, p.store, p.client.omemo, p.account, p.jid, func(b *crypto.Batch) error {
			var device model.DeviceID
			withOMEMO(t, ben.store, ben.omemo, ben.account.ID, benJID, func(x *crypto.Batch) error { device, _ = x.Device(); return nil })
			_, err := b.Encrypt(nil, []model.Device{{JID: benJID, ID: device}})
			return err
		})
	})
	feed(ben.more(p, slices.Repeat([]string{"and on"}, 60)...)...)
	if got := answers(); got != 1 {
		t.Fatalf("%d answers wait, want 1", got)
	}
	p.inside(func(a *account) {
		for key := range a.in.answered {
			a.in.answered[key] = time.Now().Add(-answerEvery)
		}
	})
	feed(ben.more(p, "later")...)
	if got := answers(); got != 2 {
		t.Errorf("%d answers wait, want 2", got)
	}
}
