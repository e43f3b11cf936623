package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
	answers := func() (queued []storage.Queued) {
		all, err := p.store.Outbox(p.account, storage.OutboxPage{})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(all, func(q storage.Queued) bool { return q.Kind != storage.QueuedEmpty })
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
	queued := answers()
	if len(queued) != 2 {
		t.Fatalf("%d answers are queued, want 2", len(queued))
	}
	if first, second := queued[0].NotBefore, queued[1].NotBefore; second.Sub(first) < answerEvery {
		t.Errorf("the second answer leaves %v behind the first", second.Sub(first))
	}
	p.inside(func(a *account) { // as if the chain went on and on
		r := newReceiver(a)
		if err := r.store(t.Context(), func() error {
			opener{r}.owe(model.Device{JID: benJID, ID: queued[0].Device})
			return nil
		}); err != nil {
			t.Error(err)
		}
		r.finish()
	})
	if n := len(answers()); n != 2 {
		t.Errorf("%d answers are queued, want 2 still", n)
	}
}
