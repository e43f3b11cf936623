package crypto

import (
	"errors"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

func TestHealOncePerDay(t *testing.T) {
	ann, bob := pair(t)
	d := bob.device()
	for _, step := range []struct {
		d     model.Device
		after time.Duration
		want  bool
	}{
		{d, 0, true},
		{d, time.Second, false},
		{d, 23 * time.Hour, false},
		{d, 25 * time.Hour, true},
		{d, 25 * time.Hour, false},
		{model.Device{JID: bobJID, ID: d.ID + 1}, 0, false}, // never heard of
		{ann.device(), 0, false},
	} {
		var ok bool
		ann.must(func(_ *storage.Tx, b *Batch) (err error) {
			ok, err = b.Heal(step.d, ann.now.Add(step.after))
			return err
		})
		if ok != step.want {
			t.Errorf("after %v: %v", step.after, ok)
		}
	}
}

// TestHealing: a device lost its sessions; the repair the other side makes is enough for both.
func TestHealing(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	d := ann.device()
	bob.write(func(tx *storage.Tx) error {
		return tx.DeleteSession(storage.Peer{Account: bob.account.ID, JID: annJID, Device: d.ID})
	})
	bob.manager = New()
	lost := ann.to("3", bobJID)
	if _, err := bob.opens(annJID, lost); !errors.Is(err, ErrNoSession) {
		t.Fatal(err)
	}
	bundle := ann.bundle()
	var empty wire.Encrypted
	bob.must(func(_ *storage.Tx, b *Batch) error {
		if ok, err := b.Heal(d, bob.now); err != nil || !ok {
			t.Fatalf("heal: %v, %v", ok, err)
		}
		if err := b.AddBundle(d, bundle, bob.now); err != nil {
			return err
		}
		var err error
		empty, err = b.Encrypt(nil, []model.Device{d})
		return err
	})
	if o := ann.reads("", bob, empty); o.Plain != nil || !o.PreKey || !o.Reply || o.NewDevice {
		t.Fatalf("repair: %+v", o)
	}
	bob.reads("4", ann, ann.to("4", bobJID))
	ann.reads("5", bob, bob.to("5", annJID))
}

func TestReset(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	inFlight := bob.to("3", annJID)
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.Reset(bobJID + "/phone") })
	if got := ann.targets(bobJID); len(got.Ready) != 0 || len(got.NoBundle) != 1 {
		t.Fatalf("after the reset: %d ready", len(got.Ready))
	}
	d := bob.device()
	err := ann.do(func(_ *storage.Tx, b *Batch) error { _, err := b.Encrypt([]byte("x"), []model.Device{d}); return err })
	if !errors.Is(err, ErrNoSession) {
		t.Fatalf("the old session was used: %v", err)
	}
	ann.reads("3", bob, inFlight)
	if got := ann.targets(bobJID); len(got.NoBundle) != 1 {
		t.Fatal("an old message opened the session again")
	}
	if o := bob.reads("4", ann, ann.to("4", bobJID, bob)); !o.PreKey || o.NewDevice {
		t.Fatalf("fresh session: %+v", o)
	}
	ann.reads("5", bob, bob.to("5", annJID))
}

// TestExhaustedSession: after 900 unanswered messages Targets asks for a bundle; when there is none, sending goes on.
func TestExhaustedSession(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	d := bob.device()
	ann.must(func(_ *storage.Tx, b *Batch) error {
		for range exhausted {
			if _, err := b.Encrypt([]byte("unanswered"), []model.Device{d}); err != nil {
				return err
			}
		}
		return nil
	})
	if got := ann.targets(bobJID); len(got.NoBundle) != 1 || len(got.Ready) != 0 {
		t.Fatalf("%d without bundle", len(got.NoBundle))
	}
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.BundleFailed(d, ann.now) })
	if got := ann.targets(bobJID); len(got.Ready) != 1 {
		t.Fatal("no bundle stops the message")
	}
	bob.reads("late", ann, ann.to("late", bobJID))
}
