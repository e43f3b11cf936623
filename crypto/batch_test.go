package crypto

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// user is one account with a store and a manager of its own.
type user struct {
	tb      testing.TB
	store   *storage.Store
	manager *Manager
	account model.Account
	now     time.Time
}

// profile makes the keys of a profile once: stretching a passphrase for every user would take most of the tests' time.
var profile = sync.OnceValues(func() (keys []byte, err error) {
	dir, err := os.MkdirTemp("", "kith")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p, err := storage.Hold(dir)
	if err != nil {
		return nil, err
	}
	if dataKey, err = p.Create(storage.PassphraseSlot("a passphrase for tests")); err != nil {
		return nil, err
	}
	if keys, err = os.ReadFile(filepath.Join(dir, "keys.json")); err != nil {
		return nil, err
	}
	return keys, p.Close()
})

// dataKey is set by profile.
var dataKey storage.Key

func newUser(tb testing.TB, jid model.JID) *user {
	tb.Helper()
	dir := tb.TempDir()
	keys, err := profile()
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys.json"), keys, 0o600); err != nil {
		tb.Fatal(err)
	}
	p, err := storage.Hold(dir)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := p.Open(dataKey)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := errors.Join(s.Close(), p.Close()); err != nil {
			tb.Error(err)
		}
	})
	u := &user{tb: tb, store: s, manager: New(), account: model.Account{JID: jid, Enabled: true}, now: time.Now()}
	u.write(func(tx *storage.Tx) error { return tx.AddAccount(&u.account) })
	return u
}

func (u *user) write(fn func(tx *storage.Tx) error) {
	u.tb.Helper()
	if err := u.store.Update(context.Background(), fn); err != nil {
		u.tb.Fatal(err)
	}
}

// do runs one transaction with a batch, as core does.
func (u *user) do(fn func(tx *storage.Tx, b *Batch) error) error {
	u.tb.Helper()
	var b *Batch
	err := u.store.Update(context.Background(), func(tx *storage.Tx) error {
		var err error
		if b, err = u.manager.Begin(tx, u.account.ID, u.account.JID); err != nil {
			return err
		}
		if err := fn(tx, b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err == nil {
		b.Committed()
	}
	return err
}

func (u *user) must(fn func(tx *storage.Tx, b *Batch) error) {
	u.tb.Helper()
	if err := u.do(fn); err != nil {
		u.tb.Fatal(err)
	}
}

// device is this installation as others list it.
func (u *user) device() (d model.Device) {
	u.tb.Helper()
	u.must(func(_ *storage.Tx, b *Batch) error {
		d.JID = u.account.JID
		d.ID, d.Fingerprint = b.Device()
		return nil
	})
	return d
}

func (u *user) bundle() (x wire.Bundle) {
	u.tb.Helper()
	u.must(func(_ *storage.Tx, b *Batch) (err error) {
		if x, err = b.Bundle(u.now); err != nil {
			return err
		}
		return b.Published()
	})
	return x
}

// lists tells u the devices of somebody.
func (u *user) lists(others ...*user) {
	u.tb.Helper()
	for _, o := range others {
		d := o.device()
		u.must(func(_ *storage.Tx, b *Batch) error {
			_, err := b.SetDevices(d.JID, []model.DeviceID{d.ID}, u.now)
			return err
		})
	}
}

// knows lists the others, and ourselves, to u.
func (u *user) knows(others ...*user) {
	u.tb.Helper()
	u.bundle()
	u.lists(append(others, u)...)
}

// to encrypts for everybody that Targets names, fetching bundles from the others.
func (u *user) to(plain string, peer model.JID, others ...*user) (x wire.Encrypted) {
	u.tb.Helper()
	var t Targets
	u.must(func(_ *storage.Tx, b *Batch) (err error) { t, err = b.Targets(peer); return err })
	for _, d := range t.NoBundle {
		for _, o := range others {
			if o.account.JID == d.JID && o.device().ID == d.ID {
				x := o.bundle()
				u.must(func(_ *storage.Tx, b *Batch) error { return b.AddBundle(d, x, u.now) })
			}
		}
	}
	u.must(func(_ *storage.Tx, b *Batch) (err error) {
		if t, err = b.Targets(peer); err != nil {
			return err
		}
		if len(t.Unknown)+len(t.Undecided)+len(t.NoBundle) > 0 {
			u.tb.Fatalf("targets: %d unknown, %d undecided, %d without bundle", len(t.Unknown), len(t.Undecided), len(t.NoBundle))
		}
		x, err = b.Encrypt([]byte(plain), t.Ready)
		return err
	})
	return x
}

func (u *user) opens(from model.JID, x wire.Encrypted) (o Opened, err error) {
	u.tb.Helper()
	err = u.do(func(_ *storage.Tx, b *Batch) (err error) { o, err = b.Decrypt(from, x, u.now); return err })
	return o, err
}

func (u *user) reads(want string, from *user, x wire.Encrypted) Opened {
	u.tb.Helper()
	o, err := u.opens(from.account.JID, x)
	if err != nil {
		u.tb.Fatalf("decrypt: %v", err)
	}
	if string(o.Plain) != want || (o.Plain == nil) != !x.HasPayload {
		u.tb.Fatal("another text")
	}
	return o
}

const (
	annJID = "ann@example.org"
	bobJID = "bob@example.net"
)

func pair(tb testing.TB) (ann, bob *user) {
	tb.Helper()
	ann, bob = newUser(tb, annJID), newUser(tb, bobJID)
	ann.knows(bob)
	bob.knows(ann)
	return ann, bob
}

func TestTwoAccountsTalk(t *testing.T) {
	ann, bob := pair(t)
	first := ann.to("hello", bobJID, bob)
	o := bob.reads("hello", ann, first)
	if !o.PreKey || !o.Reply || !o.NewDevice || o.From.Trust != model.Blind || !o.From.Active || o.From.Fingerprint != ann.device().Fingerprint {
		t.Fatalf("first message: %+v", o)
	}
	if _, err := bob.opens(annJID, first); !errors.Is(err, ErrDuplicate) {
		t.Fatalf("twice: %v", err)
	}
	o = ann.reads("", bob, bob.to("", annJID, ann))
	if o.PreKey || o.Reply || o.NewDevice {
		t.Fatalf("answer: %+v", o)
	}
	if o = bob.reads("more", ann, ann.to("more", bobJID)); o.PreKey || o.Reply {
		t.Fatalf("third message: %+v", o)
	}
	bob.manager = New() // as after a restart
	for _, text := range []string{"a", "b", strings.Repeat("long ", 1000)} {
		bob.reads(text, ann, ann.to(text, bobJID))
		ann.reads(text, bob, bob.to(text, annJID))
	}
	d, err := bob.store.Device(bob.account.ID, annJID, ann.device().ID)
	if err != nil || d.LastSeenMS != bob.now.UnixMilli() {
		t.Fatalf("last seen %d, %v", d.LastSeenMS, err)
	}
}

func TestKeyTransport(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("hello", ann, ann.to("hello", bobJID, bob))
	var x wire.Encrypted
	d := ann.device()
	bob.must(func(_ *storage.Tx, b *Batch) (err error) { x, err = b.Encrypt(nil, []model.Device{d}); return err })
	if x.HasPayload || len(x.IV) != ivSize || len(x.Keys) != 1 {
		t.Fatalf("empty message: %d keys", len(x.Keys))
	}
	if o := ann.reads("", bob, x); o.Plain != nil {
		t.Fatal("content in an empty message")
	}
	if o := bob.reads("now without header", ann, ann.to("now without header", bobJID)); o.PreKey {
		t.Fatal("still an invitation")
	}
}

// TestRollback: a transaction that fails after Flush leaves database and memory as they were before it.
func TestRollback(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	x := ann.to("3", bobJID)
	crash := errors.New("crash")
	err := bob.store.Update(context.Background(), func(tx *storage.Tx) error {
		b, err := bob.manager.Begin(tx, bob.account.ID, bobJID)
		if err != nil {
			return err
		}
		if _, err := b.Decrypt(annJID, x, bob.now); err != nil {
			return err
		}
		if err := b.Flush(); err != nil {
			return err
		}
		return crash
	})
	if !errors.Is(err, crash) {
		t.Fatal(err)
	}
	bob.reads("3", ann, x) // not a duplicate
	bob.manager = New()
	if _, err := bob.opens(annJID, x); !errors.Is(err, ErrDuplicate) {
		t.Fatalf("from the database: %v", err)
	}
}

// TestCommittedLate: another transaction begins between the commit of a batch and its Committed.
func TestCommittedLate(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	d := bob.device()
	batch := func(text string) (b *Batch, x wire.Encrypted) {
		ann.write(func(tx *storage.Tx) (err error) {
			if b, err = ann.manager.Begin(tx, ann.account.ID, annJID); err != nil {
				return err
			}
			if x, err = b.Encrypt([]byte(text), []model.Device{d}); err != nil {
				return err
			}
			return b.Flush()
		})
		return b, x
	}
	b1, x1 := batch("3")
	b2, x2 := batch("4")
	b2.Committed()
	b1.Committed()
	b3, x3 := batch("5")
	b3.Committed()
	bob.reads("5", ann, x3) // a key used twice would show here
	bob.reads("4", ann, x2)
	bob.reads("3", ann, x1)
}

func TestSavepointAndRewind(t *testing.T) {
	ann, bob := pair(t)
	x := ann.to("hello", bobJID, bob)
	y := ann.to("again", bobJID)
	failed := errors.New("the row could not be stored")
	bob.must(func(tx *storage.Tx, b *Batch) error {
		stale := b.Stale()
		mark := b.Mark()
		err := tx.Savepoint(func() error {
			if o, err := b.Decrypt(annJID, x, bob.now); err != nil || !o.NewDevice {
				t.Fatalf("inside the savepoint: %v", err)
			}
			return failed
		})
		if !errors.Is(err, failed) {
			return err
		}
		b.Rewind(mark)
		if b.Stale() != stale {
			t.Fatal("the prekey is still used")
		}
		o, err := b.Decrypt(annJID, y, bob.now)
		if err != nil || !o.NewDevice {
			t.Fatalf("after the savepoint: %v", err)
		}
		o, err = b.Decrypt(annJID, x, bob.now)
		if err != nil || string(o.Plain) != "hello" {
			t.Fatalf("again: %v", err)
		}
		if !b.Stale() {
			t.Fatal("a prekey was used, the bundle is not stale")
		}
		return nil
	})
}

// TestErrorsChangeNothing tries every kind of refused message on a batch and compares the whole database afterwards.
func TestErrorsChangeNothing(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("1", ann, ann.to("1", bobJID, bob))
	ann.reads("2", bob, bob.to("2", annJID, ann))
	ok := ann.to("3", bobJID)
	alter := func(f func(x *wire.Encrypted)) wire.Encrypted {
		x := ok
		x.Keys = append([]wire.Key(nil), ok.Keys...)
		x.Payload = append([]byte(nil), ok.Payload...)
		f(&x)
		return x
	}
	forged := append([]byte(nil), ok.Keys[0].Data...)
	forged[len(forged)-1] ^= 1
	tests := []struct {
		name string
		from model.JID
		x    wire.Encrypted
		want error
	}{
		{"no key for us", annJID, alter(func(x *wire.Encrypted) { x.Keys[0].RID++ }), ErrNotForUs},
		{"no key", annJID, alter(func(x *wire.Encrypted) { x.Keys = nil }), ErrNotForUs},
		{"forged key", annJID, alter(func(x *wire.Encrypted) { x.Keys[0].Data = forged }), ErrBad},
		{"garbage", annJID, alter(func(x *wire.Encrypted) { x.Keys[0].Data = []byte("3") }), ErrBad},
		{"empty invitation", annJID, alter(func(x *wire.Encrypted) { x.Keys[0] = wire.Key{RID: x.Keys[0].RID, PreKey: true} }), ErrBad},
		{"altered payload", annJID, alter(func(x *wire.Encrypted) { x.Payload[0] ^= 1 }), ErrBad},
		{"altered IV", annJID, alter(func(x *wire.Encrypted) { x.IV = make([]byte, 12) }), ErrBad},
		{"short IV", annJID, alter(func(x *wire.Encrypted) { x.IV = x.IV[:8] }), ErrBad},
		{"another sender", "eve@example.org", ok, ErrNoSession},
		{"another device", annJID, alter(func(x *wire.Encrypted) { x.SID++ }), ErrNoSession},
		{"our own", bobJID, alter(func(x *wire.Encrypted) { x.SID = bob.device().ID }), ErrReflection},
	}
	bob.must(func(_ *storage.Tx, b *Batch) error {
		for _, test := range tests {
			mark := b.Mark()
			if _, err := b.Decrypt(test.from, test.x, bob.now); !errors.Is(err, test.want) {
				t.Errorf("%s: %v", test.name, err)
			}
			if b.Mark() != mark || len(b.sessions) > 0 || len(b.seen) > 0 {
				t.Errorf("%s: the batch changed", test.name)
			}
		}
		return nil
	})
	if d, err := bob.store.Devices(bob.account.ID, "eve@example.org"); err != nil || len(d) > 0 {
		t.Fatalf("strangers are remembered: %d, %v", len(d), err)
	}
	bob.reads("3", ann, ok)
}

func TestSameNumberTwice(t *testing.T) {
	ann, bob := pair(t)
	x := ann.to("hello", bobJID, bob)
	x.Keys = append([]wire.Key{{RID: x.Keys[0].RID, Data: []byte("for a device of another person")}}, x.Keys...)
	bob.reads("hello", ann, x)
}
