package crypto

import (
	"errors"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

func TestDefect06PreKeyNumberZero(t *testing.T) {
	ann, bob := pair(t)
	x := bob.bundle()
	if len(x.PreKeys) != preKeyCount {
		t.Fatalf("%d prekeys", len(x.PreKeys))
	}
	for id := range x.PreKeys {
		if id == 0 || id > maxPreKeyID {
			t.Fatalf("prekey number %d published", id)
		}
	}
	// A bundle of others that has the number is used without that key.
	for id, key := range x.PreKeys {
		x.PreKeys = map[uint32][]byte{0: key}
		if _, err := offerOf(x); !errors.Is(err, ErrBadBundle) {
			t.Fatalf("only prekey 0: %v", err)
		}
		x.PreKeys[id] = key
		if o, err := offerOf(x); err != nil || o.preKeyID != id {
			t.Fatalf("took prekey %d, %v", o.preKeyID, err)
		}
		break
	}
	bob.reads("hello", ann, ann.to("hello", bobJID, bob))
}

func TestDefect08Numbers(t *testing.T) {
	for range 100_000 {
		for _, most := range []int64{1, 7, maxPreKeyID, maxDeviceID} {
			if n, err := draw(most); err != nil || n < 1 || int64(n) > most {
				t.Fatalf("drew %d of %d: %v", n, most, err)
			}
		}
	}
	bob := newUser(t, bobJID)
	before := bob.device()
	bob.must(func(_ *storage.Tx, b *Batch) error { // somebody of us has the number already
		_, err := b.SetDevices(bobJID, []model.DeviceID{before.ID, 5}, bob.now)
		return err
	})
	after := bob.device()
	if after.ID == before.ID || after.ID == 5 || after.Fingerprint != before.Fingerprint {
		t.Fatal("kept a number that is taken")
	}
	a, err := bob.store.Account(bob.account.ID)
	if err != nil || a.Device != after.ID || a.Fingerprint != after.Fingerprint {
		t.Fatalf("the account's row: %v", err)
	}
	all, err := bob.store.Devices(bob.account.ID, bobJID)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d devices, %v", len(all), err)
	}
	bob.bundle()
	bob.must(func(_ *storage.Tx, b *Batch) error { // but once others know us by it, we keep it
		_, err := b.SetDevices(bobJID, []model.DeviceID{after.ID}, bob.now)
		return err
	})
	if bob.device().ID != after.ID {
		t.Fatal("gave up its number")
	}
}

func TestDefect13PreKeyIsKeptUntilCaughtUp(t *testing.T) {
	ann, bob := pair(t)
	eve := newUser(t, "eve@example.org")
	eve.knows(bob)
	bob.knows(eve)
	one := bob.bundle()
	for id := range one.PreKeys { // both take the same one-time prekey, as devices may
		if len(one.PreKeys) > 1 {
			delete(one.PreKeys, id)
		}
	}
	send := func(u *user, text string) (x wire.Encrypted) {
		u.must(func(_ *storage.Tx, b *Batch) error {
			if err := b.AddBundle(bob.device(), one, u.now); err != nil {
				return err
			}
			var err error
			x, err = b.Encrypt([]byte(text), []model.Device{bob.device()})
			return err
		})
		return x
	}
	x, y, z := send(ann, "first"), send(eve, "second"), send(ann, "third")
	bob.reads("first", ann, x)
	for id := range one.PreKeys {
		if _, still := bob.bundle().PreKeys[id]; still {
			t.Fatal("a used prekey is published")
		}
	}
	bob.reads("second", eve, y)
	bob.manager = New()
	bob.must(func(_ *storage.Tx, b *Batch) error { return b.CatchUpDone(bob.now) })
	if _, err := bob.opens(annJID, z); !errors.Is(err, ErrNoSession) {
		t.Fatalf("after catching up: %v", err)
	}
	if _, err := bob.opens(annJID, x); !errors.Is(err, ErrDuplicate) {
		t.Fatalf("the first one again: %v", err)
	}
}

// TestForgedFlood is TestDefect01 over the whole stack: memory, database, several transactions.
func TestForgedFlood(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	x, y := ann.to("3", bobJID), ann.to("4", bobJID)
	for range 10 {
		bob.must(func(_ *storage.Tx, b *Batch) error {
			for range 1000 / slow {
				forged := y
				data := append([]byte(nil), y.Keys[0].Data...)
				other := must(newKeyPair()).public
				copy(data[4:36], other[:])
				forged.Keys = []wire.Key{{RID: y.Keys[0].RID, Data: data}}
				if _, err := b.Decrypt(annJID, forged, bob.now); !errors.Is(err, ErrBad) {
					t.Fatalf("forged: %v", err)
				}
			}
			return nil
		})
	}
	bob.reads("4", ann, y)
	bob.manager = New()
	bob.reads("3", ann, x)
	ann.reads("5", bob, bob.to("5", annJID))
}

// TestSkippedKeysInTheStore: keys of missing messages outlive restarts, are used once and are bounded.
func TestSkippedKeysInTheStore(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("first", ann, ann.to("first", bobJID, bob))
	ann.reads("answer", bob, bob.to("answer", annJID, ann))
	var sent []wire.Encrypted
	ann.must(func(_ *storage.Tx, b *Batch) error {
		for range 1200 {
			x, err := b.Encrypt([]byte("one of many"), []model.Device{bob.device2()})
			if err != nil {
				return err
			}
			sent = append(sent, x)
		}
		return nil
	})
	bob.reads("one of many", ann, sent[1100])
	bob.manager = New()
	bob.reads("one of many", ann, sent[1099])
	bob.reads("one of many", ann, sent[100])
	for _, x := range []wire.Encrypted{sent[99], sent[100], sent[1100]} {
		if _, err := bob.opens(annJID, x); !errors.Is(err, ErrDuplicate) {
			t.Fatalf("given up or read before: %v", err)
		}
	}
	bob.reads("one of many", ann, sent[1199])
	bob.reads("one of many", ann, sent[1198])
	if _, err := bob.opens(annJID, sent[101]); !errors.Is(err, ErrDuplicate) {
		t.Fatalf("98 more were skipped, the oldest keys must be gone: %v", err)
	}
	bob.reads("one of many", ann, sent[500])
}

// device2 is device without a transaction of its own, for use inside one of another user.
func (u *user) device2() model.Device {
	a, err := u.store.Account(u.account.ID)
	if err != nil {
		u.tb.Fatal(err)
	}
	return model.Device{JID: a.JID, ID: a.Device, Fingerprint: a.Fingerprint}
}

func TestRotation(t *testing.T) {
	ann, bob := pair(t)
	first := bob.bundle()
	x := ann.to("for the old key", bobJID, bob)
	bob.now = bob.now.Add(rotateAfter + time.Hour)
	second := bob.bundle()
	if second.SignedPreKeyID == first.SignedPreKeyID || string(second.SignedPreKey) == string(first.SignedPreKey) {
		t.Fatal("not rotated after 7 days")
	}
	if _, err := offerOf(second); err != nil {
		t.Fatal(err)
	}
	bob.must(func(_ *storage.Tx, b *Batch) error { return b.CatchUpDone(bob.now.Add(keepRetired - time.Hour)) })
	bob.reads("for the old key", ann, x)
	y := func() wire.Encrypted {
		eve := newUser(t, "eve@example.org")
		eve.knows(bob)
		var x wire.Encrypted
		d := bob.device()
		eve.must(func(_ *storage.Tx, b *Batch) (err error) {
			if err = b.AddBundle(d, first, eve.now); err != nil {
				return err
			}
			x, err = b.Encrypt([]byte("too late"), []model.Device{{JID: bobJID, ID: d.ID}})
			return err
		})
		return x
	}()
	bob.must(func(_ *storage.Tx, b *Batch) error { return b.CatchUpDone(bob.now.Add(keepRetired + time.Hour)) })
	if _, err := bob.opens("eve@example.org", y); !errors.Is(err, ErrNoSession) {
		t.Fatalf("a key retired 30 days ago: %v", err)
	}
}

func TestStale(t *testing.T) {
	bob := newUser(t, bobJID)
	stale := func(want bool, when string) {
		t.Helper()
		bob.must(func(_ *storage.Tx, b *Batch) error {
			if b.Stale() != want {
				t.Errorf("%s: stale is %v", when, !want)
			}
			return nil
		})
	}
	stale(true, "new")
	bob.must(func(_ *storage.Tx, b *Batch) error { _, err := b.Bundle(bob.now); return err })
	stale(true, "handed out")
	bob.must(func(_ *storage.Tx, b *Batch) error { return b.Published() })
	stale(false, "published")
	ann := newUser(t, annJID)
	ann.knows(bob)
	bob.lists(bob, ann)
	bob.must(func(_ *storage.Tx, b *Batch) error { _, err := b.Bundle(bob.now); return err })
	bob.reads("hello", ann, ann.to("hello", bobJID, bob)) // used while the bundle is on its way to the server
	bob.must(func(_ *storage.Tx, b *Batch) error { return b.Published() })
	stale(true, "published, but changed meanwhile")
}
