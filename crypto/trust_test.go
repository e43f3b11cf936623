package crypto

import (
	"errors"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// second is another device of the same person.
func second(tb testing.TB, of *user) *user {
	tb.Helper()
	u := newUser(tb, of.account.JID)
	u.bundle()
	return u
}

// list tells u that somebody has exactly these devices.
func (u *user) list(devices ...*user) (c ListChange) {
	u.tb.Helper()
	var ids []model.DeviceID
	for _, d := range devices {
		ids = append(ids, d.device().ID)
	}
	u.must(func(_ *storage.Tx, b *Batch) (err error) {
		c, err = b.SetDevices(devices[0].account.JID, ids, u.now)
		return err
	})
	return c
}

func (u *user) targets(peer model.JID) (t Targets) {
	u.tb.Helper()
	u.must(func(_ *storage.Tx, b *Batch) (err error) { t, err = b.Targets(peer); return err })
	return t
}

func (u *user) trusts(d model.Device, trust model.Trust) {
	u.tb.Helper()
	u.write(func(tx *storage.Tx) error { return tx.SetTrust(u.account.ID, d.JID, d.Fingerprint, trust) })
}

func TestBlindTrustBeforeVerification(t *testing.T) {
	ann, bob := pair(t)
	laptop := second(t, bob)
	bob.list(bob, laptop)
	laptop.list(bob, laptop)
	ann.list(bob, laptop)
	x := ann.to("to both", bobJID, bob, laptop)
	if len(x.Keys) != 2 {
		t.Fatalf("%d keys", len(x.Keys))
	}
	bob.reads("to both", ann, x)
	laptop.lists(ann)
	laptop.reads("to both", ann, x)

	ann.trusts(bob.device(), model.Verified)
	tablet := second(t, bob)
	ann.list(bob, laptop, tablet)
	got := ann.targets(bobJID)
	if len(got.Ready) != 2 || len(got.NoBundle) != 1 || got.NoBundle[0].ID != tablet.device().ID {
		t.Fatalf("a verified one, a blind one, a new one: %d ready, %d without bundle", len(got.Ready), len(got.NoBundle))
	}
	bundle := tablet.bundle()
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(got.NoBundle[0], bundle, ann.now) })
	got = ann.targets(bobJID)
	if len(got.Undecided) != 1 || got.Undecided[0].Fingerprint != tablet.device().Fingerprint || len(got.Ready) != 2 {
		t.Fatalf("new key after a verification: %d undecided", len(got.Undecided))
	}
	all := append(got.Ready, got.Undecided...)
	err := ann.do(func(_ *storage.Tx, b *Batch) error { _, err := b.Encrypt([]byte("x"), all); return err })
	if !errors.Is(err, ErrUndecided) {
		t.Fatalf("encrypt for an undecided key: %v", err)
	}
	ann.must(func(_ *storage.Tx, b *Batch) error { _, err := b.Encrypt(nil, all); return err }) // no content, no matter
	ann.trusts(tablet.device(), model.Distrusted)
	if got = ann.targets(bobJID); len(got.Undecided) != 0 || len(got.Ready) != 2 {
		t.Fatalf("distrusted: %d undecided, %d ready", len(got.Undecided), len(got.Ready))
	}
	ann.trusts(tablet.device(), model.Verified)
	if got = ann.targets(bobJID); len(got.Ready) != 3 {
		t.Fatalf("verified: %d ready", len(got.Ready))
	}
}

// TestNewDeviceWrites: a device that no list named writes to somebody who has verified another one.
func TestNewDeviceWrites(t *testing.T) {
	ann, bob := pair(t)
	ann.reads("hello", bob, bob.to("hello", annJID, ann))
	ann.trusts(bob.device(), model.Verified)
	laptop := second(t, bob)
	laptop.list(bob, laptop)
	laptop.lists(ann)
	o := ann.reads("from my laptop", laptop, laptop.to("from my laptop", annJID, ann, bob))
	if !o.NewDevice || o.From.Active || o.From.Trust != model.Undecided {
		t.Fatalf("unlisted device: %+v", o)
	}
	if got := ann.targets(bobJID); len(got.Undecided) != 0 {
		t.Fatal("an unlisted device holds up sending")
	}
	if c := ann.list(bob, laptop); len(c.New) != 0 || len(c.Back) != 1 || len(c.Lost) != 0 || c.First {
		t.Fatalf("listed at last: %+v", c)
	}
	if got := ann.targets(bobJID); len(got.Undecided) != 1 {
		t.Fatal("a listed device is not asked about")
	}
	o = ann.reads("again", laptop, laptop.to("again", annJID))
	if o.NewDevice || !o.From.Active {
		t.Fatalf("second message: %+v", o)
	}
}

func TestIdentityChanged(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("hello", ann, ann.to("hello", bobJID, bob))
	evil := newUser(t, annJID) // somebody else under her number
	evil.must(func(tx *storage.Tx, b *Batch) error {
		id := b.identity
		id.Device = ann.device2().ID
		return b.become(id)
	})
	evil.knows(bob)
	x := evil.to("trust me", bobJID, bob)
	if _, err := bob.opens(annJID, x); !errors.Is(err, ErrIdentityChanged) {
		t.Fatalf("message: %v", err)
	}
	bundle := evil.bundle()
	err := bob.do(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(ann.device2(), bundle, bob.now) })
	if !errors.Is(err, ErrIdentityChanged) {
		t.Fatalf("bundle: %v", err)
	}
	bob.reads("still fine", ann, ann.to("still fine", bobJID))
}

func TestBadBundles(t *testing.T) {
	ann, bob := pair(t)
	good := bob.bundle()
	d := bob.device()
	for name, spoil := range map[string]func(*wire.Bundle){
		"signature":     func(x *wire.Bundle) { x.Signature = append([]byte{x.Signature[0] ^ 1}, x.Signature[1:]...) },
		"no signature":  func(x *wire.Bundle) { x.Signature = nil },
		"other key":     func(x *wire.Bundle) { x.SignedPreKey = must(newKeyPair()).public.wire() },
		"identity type": func(x *wire.Bundle) { x.IdentityKey = append([]byte{6}, x.IdentityKey[1:]...) },
		"identity":      func(x *wire.Bundle) { x.IdentityKey = must(newKeyPair()).public.wire() },
		"no prekeys":    func(x *wire.Bundle) { x.PreKeys = nil },
		"short prekeys": func(x *wire.Bundle) { x.PreKeys = map[uint32][]byte{1: {5}, 2: {}, 3: nil} },
	} {
		x := good
		spoil(&x)
		err := ann.do(func(_ *storage.Tx, b *Batch) error {
			err := b.AddBundle(d, x, ann.now)
			if len(b.undo) > 0 {
				t.Errorf("%s: the batch changed", name)
			}
			return err
		})
		if !errors.Is(err, ErrBadBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := ann.targets(bobJID); len(got.NoBundle) != 1 {
		t.Fatal("a refused bundle left something behind")
	}
}

func TestBundleFailedBacksOff(t *testing.T) {
	ann, bob := pair(t)
	d := bob.device()
	want := []time.Duration{
		time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute,
		64 * time.Minute, 2 * time.Hour, 2 * time.Hour,
	}
	for i, w := range want {
		at := time.Now()
		ann.must(func(tx *storage.Tx, b *Batch) error {
			if err := b.BundleFailed(d, at); err != nil {
				return err
			}
			row, err := tx.OMEMODevice(storage.Peer{Account: ann.account.ID, JID: bobJID, Device: d.ID})
			if got := row.IgnoredUntil.Sub(at.Truncate(time.Millisecond)); err == nil && got != w {
				t.Errorf("failure %d: left alone for %v, want %v", i+1, got, w)
			}
			return err
		})
		if got := ann.targets(bobJID); len(got.NoBundle)+len(got.Ready) != 0 {
			t.Fatal("asked for again at once")
		}
	}
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.BundleFailed(d, time.Now().Add(-3*time.Hour)) })
	if got := ann.targets(bobJID); len(got.NoBundle) != 1 {
		t.Fatal("never asked for again")
	}
	x := bob.bundle()
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(d, x, ann.now) })
	if got := ann.targets(bobJID); len(got.Ready) != 1 {
		t.Fatal("not ready with a bundle")
	}
}

func TestStrangersAreBounded(t *testing.T) {
	ann, bob := pair(t)
	bob.write(func(tx *storage.Tx) error {
		for i := range maxStrangers {
			var d storage.OMEMODevice
			d.JID, d.ID = annJID, model.DeviceID(i+1)
			if err := tx.SaveOMEMODevice(bob.account.ID, d); err != nil {
				return err
			}
		}
		return nil
	})
	other := second(t, ann)
	other.list(other)
	other.lists(bob)
	if _, err := bob.opens(annJID, other.to("one more", bobJID, bob)); !errors.Is(err, ErrBad) {
		t.Fatalf("stranger number %d: %v", maxStrangers+1, err)
	}
	bob.reads("listed", ann, ann.to("listed", bobJID, bob))
}
