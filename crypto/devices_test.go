package crypto

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kith/core/model"
	"kith/storage"
)

func TestSetDevices(t *testing.T) {
	bob := newUser(t, bobJID)
	set := func(ids ...model.DeviceID) (c ListChange) {
		bob.must(func(_ *storage.Tx, b *Batch) (err error) {
			c, err = b.SetDevices(annJID+"/phone", ids, bob.now)
			return err
		})
		return c
	}
	ids := func(ds []model.Device) (out []model.DeviceID) {
		for _, d := range ds {
			out = append(out, d.ID)
		}
		return out
	}
	for i, step := range []struct {
		list, added, back, lost []model.DeviceID
		first                   bool
	}{
		{list: nil, first: true},
		{list: []model.DeviceID{3, 4, 4}, added: []model.DeviceID{3, 4}},
		{list: []model.DeviceID{4, 3}},
		{list: []model.DeviceID{4, 9}, added: []model.DeviceID{9}, lost: []model.DeviceID{3}},
		{list: []model.DeviceID{3, 4, 9}, back: []model.DeviceID{3}},
		{list: nil, lost: []model.DeviceID{3, 4, 9}},
	} {
		c := set(step.list...)
		if !slices.Equal(ids(c.New), step.added) || !slices.Equal(ids(c.Back), step.back) || !slices.Equal(ids(c.Lost), step.lost) || c.First != step.first || c.MissingUs {
			t.Errorf("step %d: new %v, back %v, lost %v, first %v", i, ids(c.New), ids(c.Back), ids(c.Lost), c.First)
		}
	}
	got := bob.targets(annJID)
	if len(got.Ready)+len(got.NoBundle)+len(got.Undecided) != 0 || !slices.Equal(got.Unknown, []model.JID{bobJID}) {
		t.Fatalf("nobody has a device: %+v", got)
	}
}

func TestUnknownLists(t *testing.T) {
	ann, bob := pair(t)
	if got := ann.targets("eve@example.org").Unknown; !slices.Equal(got, []model.JID{"eve@example.org"}) {
		t.Fatalf("never seen: %v", got)
	}
	if got := ann.targets(bobJID).Unknown; got != nil {
		t.Fatalf("just seen: %v", got)
	}
	if got := ann.targets(annJID); got.Unknown != nil || len(got.Ready)+len(got.NoBundle) != 0 {
		t.Fatalf("to ourselves: %+v", got)
	}
	ann.now = ann.now.Add(-listLife - time.Minute)
	ann.lists(bob, ann)
	if got := ann.targets(bobJID).Unknown; !slices.Equal(got, []model.JID{bobJID}) {
		t.Fatalf("too old, our own excepted: %v", got)
	}
}

func TestOwnList(t *testing.T) {
	bob := newUser(t, bobJID)
	bob.bundle()
	us := bob.device().ID
	own := func() (ids []model.DeviceID) {
		bob.must(func(_ *storage.Tx, b *Batch) (err error) { ids, err = b.OwnList(); return err })
		return ids
	}
	if got := own(); !slices.Equal(got, []model.DeviceID{us}) {
		t.Fatalf("nothing published: %v", got)
	}
	set := func(ids ...model.DeviceID) (c ListChange) {
		bob.must(func(_ *storage.Tx, b *Batch) (err error) { c, err = b.SetDevices(bobJID, ids, bob.now); return err })
		return c
	}
	if c := set(1, 2); !c.MissingUs {
		t.Fatal("not told that we are missing")
	}
	if got := own(); !slices.Equal(got, []model.DeviceID{1, 2, us}) {
		t.Fatalf("not the union: %v", got)
	}
	if c := set(2, us); c.MissingUs || len(c.Lost) != 1 {
		t.Fatalf("listed: %+v", c)
	}
	if got := own(); !slices.Equal(got, []model.DeviceID{2, us}) {
		t.Fatalf("device 1 is gone: %v", got)
	}
	bob.write(func(tx *storage.Tx) error {
		d, err := tx.OMEMODevice(storage.Peer{Account: bob.account.ID, JID: bobJID, Device: 2})
		if err != nil {
			return err
		}
		d.FirstSeenMS = bob.now.Add(-silent - time.Hour).UnixMilli()
		return tx.SaveOMEMODevice(bob.account.ID, d)
	})
	if got := own(); !slices.Equal(got, []model.DeviceID{us}) {
		t.Fatalf("silent for 42 days: %v", got)
	}
	if c := set(); !c.MissingUs {
		t.Fatal("an empty list lacks us")
	}
}

func TestOwnDevices(t *testing.T) {
	ann, bob := pair(t)
	laptop := second(t, ann)
	ann.list(ann, laptop)
	laptop.list(ann, laptop)
	x := ann.to("for bob and my laptop", bobJID, bob, laptop)
	bob.reads("for bob and my laptop", ann, x)
	o := laptop.reads("for bob and my laptop", ann, x)
	if o.From.Own || o.From.JID != annJID {
		t.Fatalf("from: %+v", o.From)
	}
	if _, err := ann.opens(annJID, x); !errors.Is(err, ErrReflection) {
		t.Fatalf("our own message: %v", err)
	}
	all, err := ann.store.Devices(ann.account.ID, annJID)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d devices, %v", len(all), err)
	}
	for _, d := range all {
		if d.Own != (d.ID == ann.device().ID) || d.Own && d.Trust != model.Verified || !d.Own && d.Trust != model.Blind {
			t.Errorf("own device: %+v", d)
		}
	}
}

// Of a list that nobody may read, those devices count as listed that have written since one was read, if one ever was: what a
// list did not name stays out.
func TestUnreadableList(t *testing.T) {
	ann, bob := pair(t)
	laptop, phone, late := second(t, ann), second(t, ann), second(t, ann)
	for _, u := range []*user{laptop, phone, late} {
		u.list(laptop, phone, late)
		u.list(bob)
	}
	unreadable := func() (c ListChange) {
		bob.must(func(_ *storage.Tx, b *Batch) (err error) { c, err = b.Unreadable(annJID); return err })
		return c
	}
	active := func() (ids []model.DeviceID) {
		all, err := bob.store.Devices(bob.account.ID, annJID)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			if d.Active {
				ids = append(ids, d.ID)
			}
		}
		return ids
	}
	writes := func(u *user) { bob.reads("hello", u, u.to("hello", bobJID, bob, laptop, phone, late)) }
	writes(laptop)
	bob.now = bob.now.Add(time.Second)
	bob.list(ann) // names neither of the others
	if c := unreadable(); len(c.Back) != 0 || !slices.Equal(active(), []model.DeviceID{ann.device().ID}) {
		t.Fatalf("a device that the list left out is back: %v", active())
	}
	bob.now = bob.now.Add(time.Second)
	writes(phone)
	writes(laptop)
	if c := unreadable(); len(c.Back) != 1 || c.Back[0].ID != phone.device().ID || !slices.Contains(active(), ann.device().ID) {
		t.Fatalf("changed: %+v, listed: %v", c, active())
	}
	if c := unreadable(); len(c.Back) != 0 {
		t.Fatalf("changed again: %+v", c)
	}
	if got := bob.targets(annJID); len(got.Ready) != 1 || got.Ready[0].ID != phone.device().ID {
		t.Errorf("ready: %+v", got.Ready)
	}
	bob.trusts(phone.device(), model.Verified)
	writes(late)
	unreadable()
	if got := bob.targets(annJID); len(got.Undecided) != 1 || got.Undecided[0].ID != late.device().ID {
		t.Errorf("behind a verified key: %+v", got)
	}
}
