package crypto

import (
	"slices"
	"testing"
	"time"

	"kith/core/model"
	"kith/storage"
)

// shouts sends so much to a device that the next message needs a fresh session.
func (u *user) shouts(d model.Device) {
	u.tb.Helper()
	u.must(func(_ *storage.Tx, b *Batch) error {
		for range exhausted {
			if _, err := b.Encrypt([]byte("unanswered"), []model.Device{d}); err != nil {
				return err
			}
		}
		return nil
	})
}

// gaveUp says whether the next message leaves out a device of somebody, having told of it if told.
func (u *user) gaveUp(d model.Device, told bool) bool {
	u.tb.Helper()
	var t Targets
	var silenced []model.Device
	u.must(func(_ *storage.Tx, b *Batch) (err error) {
		t, err = b.Targets(d.JID)
		silenced = b.Silenced()
		return err
	})
	silent := !slices.ContainsFunc(slices.Concat(t.Ready, t.NoBundle, t.Undecided), func(x model.Device) bool { return x.ID == d.ID })
	if silent && told != (len(silenced) == 1 && silenced[0].ID == d.ID) {
		u.tb.Errorf("told of %d devices", len(silenced))
	}
	return silent
}

// withLaptop is a pair of whom bob has a second device, which is well.
func withLaptop(t *testing.T) (ann, bob, laptop *user) {
	ann, bob = pair(t)
	laptop = second(t, bob)
	ann.list(bob, laptop)
	bob.reads("1", ann, ann.to("1", bobJID, bob, laptop))
	return ann, bob, laptop
}

// neverAnswers has bob's device not answer so many sessions in a row, and be given up.
func neverAnswers(t *testing.T) (ann, bob, laptop *user) {
	ann, bob, laptop = withLaptop(t)
	ann.reads("2", bob, bob.to("2", annJID, ann))
	d := bob.device()
	ann.shouts(d)
	for range maxRekeys {
		if ann.gaveUp(d, true) {
			t.Fatal("given up too early")
		}
		ann.must(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(d, bob.bundle(), ann.now) })
		ann.shouts(d)
	}
	if !ann.gaveUp(d, true) || !ann.gaveUp(d, false) {
		t.Fatal("not given up")
	}
	return ann, bob, laptop
}

// TestSilentDevice is given up after three sessions without an answer, and is back with the first thing that can be read.
func TestSilentDevice(t *testing.T) {
	ann, bob, _ := neverAnswers(t)
	d := bob.device()
	if o := ann.reads("there again", bob, bob.to("there again", annJID)); !o.Back || o.From.Silent {
		t.Errorf("a sign of life: %+v", o)
	}
	if ann.gaveUp(d, false) {
		t.Error("still given up")
	}
	if o := ann.reads("and again", bob, bob.to("and again", annJID)); o.Back {
		t.Error("back twice")
	}
	bob.reads("good", ann, ann.to("good", bobJID, bob))
}

// TestSilentDeviceListedAgain: who puts a device into the list anew uses it.
func TestSilentDeviceListedAgain(t *testing.T) {
	ann, bob, laptop := neverAnswers(t)
	ann.list(laptop)
	ann.list(bob, laptop)
	if got := ann.targets(bobJID); len(got.NoBundle) != 1 {
		t.Errorf("%d devices need a session, want 1", len(got.NoBundle))
	}
}

// TestSilentDeviceReset: the person knows better.
func TestSilentDeviceReset(t *testing.T) {
	ann, bob, _ := neverAnswers(t)
	ann.must(func(_ *storage.Tx, b *Batch) error { return b.Reset(bobJID) })
	if ann.gaveUp(bob.device(), false) {
		t.Error("still given up")
	}
}

// TestSilentWithoutBundle: a device that cannot even be asked is given up, too.
func TestSilentWithoutBundle(t *testing.T) {
	ann, bob, _ := withLaptop(t)
	d := bob.device()
	ann.shouts(d)
	for range maxRekeys {
		if ann.gaveUp(d, true) {
			t.Fatal("given up too early")
		}
		ann.must(func(_ *storage.Tx, b *Batch) error { return b.BundleFailed(d, ann.now) })
	}
	if !ann.gaveUp(d, true) {
		t.Error("not given up")
	}
}

// TestLastDevice: whoever has one device gets everything on it, however long it says nothing.
func TestLastDevice(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	d := bob.device()
	for n := range maxRekeys + 2 {
		ann.shouts(d)
		if ann.gaveUp(d, false) {
			t.Fatalf("given up after %d new sessions", n)
		}
		ann.must(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(d, bob.bundle(), ann.now) })
	}
	ann.must(func(_ *storage.Tx, b *Batch) error {
		ok, err := b.Heal(d, ann.now.Add(25*time.Hour))
		if ok || len(b.Silenced()) > 0 {
			t.Errorf("healed %v, %d given up", ok, len(b.Silenced()))
		}
		return err
	})
	bob.reads("at last", ann, ann.to("at last", bobJID, bob))
}

// TestLastDeviceLeft: a device that was given up is used again once its owner has no other.
func TestLastDeviceLeft(t *testing.T) {
	ann, bob, _ := neverAnswers(t)
	d := bob.device()
	ann.write(func(tx *storage.Tx) error {
		all, err := tx.OMEMODevices(ann.account.ID, bobJID)
		for _, row := range all {
			if row.ID != d.ID && err == nil {
				row.Active = false
				err = tx.SaveOMEMODevice(ann.account.ID, row)
			}
		}
		return err
	})
	if ann.gaveUp(d, false) {
		t.Error("still given up")
	}
}

// TestSilentAfterHealing: a device whose messages stay unreadable after three repairs is given up, and a batch that is taken
// back has not done it.
func TestSilentAfterHealing(t *testing.T) {
	ann, bob, _ := withLaptop(t)
	d := bob.device()
	heal := func(day int, undo bool) (ok bool, silenced int) {
		ann.must(func(_ *storage.Tx, b *Batch) (err error) {
			mark := b.Mark()
			ok, err = b.Heal(d, ann.now.Add(time.Duration(day)*25*time.Hour))
			if undo {
				b.Rewind(mark)
			}
			silenced = len(b.Silenced())
			return err
		})
		return ok, silenced
	}
	for day := range maxRekeys {
		if ok, n := heal(day, false); !ok || n != 0 {
			t.Fatalf("day %d: %v, %d given up", day, ok, n)
		}
	}
	if ok, n := heal(maxRekeys, true); ok || n != 0 {
		t.Errorf("taken back: %v, %d given up", ok, n)
	}
	ann.write(func(tx *storage.Tx) error {
		row, err := tx.OMEMODevice(storage.Peer{Account: ann.account.ID, JID: bobJID, Device: d.ID})
		row.Silent = false
		if err == nil {
			err = tx.SaveOMEMODevice(ann.account.ID, row)
		}
		return err
	})
	if ok, n := heal(maxRekeys, false); ok || n != 1 {
		t.Errorf("the fourth time: %v, %d given up", ok, n)
	}
	if ok, n := heal(2*maxRekeys, false); ok || n != 0 {
		t.Errorf("afterwards: %v, %d given up", ok, n)
	}
}
