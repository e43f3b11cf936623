package storage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"kith/core/model"
)

func TestAccounts(t *testing.T) {
	s := openTest(t)
	full := model.Account{
		JID: "own@example.test", Password: "p", Host: "h", Port: 5223, DirectTLS: true, Resource: "r", Enabled: true, Device: 7, Fingerprint: "f", RosterVersion: "v",
		Pins: model.Pins{
			Mechanism: "m", Binding: true, NoBinding: "n", TLSVersion: 772, SaltedHash: "s", Salt: []byte{0, 1}, Iterations: 4096,
			ServerKey: "\x00\xff", ClientKey: "\xfe", PasswordSum: "\x80",
		},
	}
	empty := model.Account{JID: "second@example.test"}
	for _, a := range []*model.Account{&full, &empty} {
		update(t, s, func(tx *Tx) error { return tx.AddAccount(a) })
		if got, err := s.Account(a.ID); err != nil || !reflect.DeepEqual(got, *a) {
			t.Errorf("got %#v, %v", got, err)
		}
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.AddAccount(&model.Account{JID: full.JID}) }); !errors.Is(err, ErrExists) {
		t.Errorf("twice: %v", err)
	}
	empty.Pins, full.Pins = full.Pins, model.Pins{}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.SaveAccount(full), tx.SaveAccount(empty)) })
	if got, err := s.Accounts(); err != nil || !reflect.DeepEqual(got, []model.Account{full, empty}) {
		t.Errorf("got %#v, %v", got, err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SaveAccount(model.Account{ID: 99}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("save none: %v", err)
	}
	if _, err := s.Account(99); !errors.Is(err, ErrNotFound) {
		t.Errorf("read none: %v", err)
	}
}

func TestContacts(t *testing.T) {
	s := openTest(t)
	newChat(t, s)
	c := model.Contact{Account: 1, JID: "peer@example.test", Name: "Peer", Subscription: model.SubBoth, Asked: true, Asking: true, InRoster: true}
	update(t, s, func(tx *Tx) error { return tx.PutContact(c) })
	c.Name = "Other"
	update(t, s, func(tx *Tx) error { return tx.PutContact(c) })
	if got, ok, err := s.Contact(1, c.JID); err != nil || !ok || got != c {
		t.Errorf("got %+v %v %v", got, ok, err)
	}
	if got, err := s.Contacts(1); err != nil || len(got) != 1 || got[0] != c {
		t.Errorf("got %+v %v", got, err)
	}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.RemoveContact(1, c.JID), tx.RemoveContact(1, c.JID)) })
	if _, ok, err := s.Contact(1, c.JID); err != nil || ok {
		t.Errorf("still there: %v %v", ok, err)
	}
}

func TestOutbox(t *testing.T) {
	s := openTest(t)
	newChat(t, s)
	q := Queued{Account: 1, Message: 5, To: "peer@example.test", Kind: QueuedEmpty, StanzaID: "s1", Body: []byte("body"), Stanza: []byte("<x/>"), Tries: 2, NotBefore: day, Device: 9}
	second := Queued{Account: 1, StanzaID: "s2"}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.Queue(&q), tx.Queue(&second)) })
	if got, err := s.Outbox(1, OutboxPage{}); err != nil || !reflect.DeepEqual(got, []Queued{q, second}) {
		t.Errorf("got %+v, %v", got, err)
	}
	q.Stanza, q.Tries = []byte("<y/>"), 3
	update(t, s, func(tx *Tx) error { return tx.SaveQueued(q) })
	if got, ok, err := s.QueuedByStanza(1, "s1"); err != nil || !ok || !reflect.DeepEqual(got, q) {
		t.Errorf("by stanza %+v %v %v", got, ok, err)
	}
	if got, ok, err := s.QueuedByMessage(5); err != nil || !ok || got.ID != q.ID {
		t.Errorf("by message %+v %v %v", got, ok, err)
	}
	if _, ok, err := s.QueuedByMessage(0); err != nil || ok {
		t.Errorf("of no message: %v %v", ok, err)
	}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.Unqueue(q.ID), tx.Unqueue(q.ID)) })
	if _, ok, err := s.QueuedByStanza(1, "s1"); err != nil || ok {
		t.Errorf("still there: %v %v", ok, err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SaveQueued(q) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("save what is out: %v", err)
	}
}

// TestOutboxPages: pages follow each other without a hole or a double, and past what is held back.
func TestOutboxPages(t *testing.T) {
	s := openTest(t)
	newChat(t, s)
	ids := map[string][]int64{}
	update(t, s, func(tx *Tx) error {
		for i := range 3 * outboxPage {
			q := Queued{Account: 1, To: "held@example.test", StanzaID: fmt.Sprint(i)}
			name := "held"
			switch {
			case i%50 == 20:
				q.To, name = "free@example.test", "free"
			case i%50 == 30:
				q.Kind, name = QueuedRaw, "raw"
			case i%50 == 40:
				q.Stanza, name = []byte("<finished/>"), "finished"
			case i%50 == 45:
				q.Stanza = []byte{}
			}
			if err := tx.Queue(&q); err != nil {
				return err
			}
			ids["all"] = append(ids["all"], q.ID)
			if ids[name] = append(ids[name], q.ID); name != "held" {
				ids["but held"] = append(ids["but held"], q.ID)
			}
		}
		return tx.AddAccount(&model.Account{JID: "second@example.test"})
	})
	held := map[model.JID]bool{"held@example.test": true, "free@example.test": false, `"]odd@example.test`: true}
	for _, tt := range []struct {
		want string
		page OutboxPage
	}{{"all", OutboxPage{}}, {"but held", OutboxPage{Held: held}}, {"finished", OutboxPage{Finished: true}}, {"finished", OutboxPage{Finished: true, Held: held}}} {
		var got []int64
		for p := tt.page; ; {
			page, err := s.Outbox(1, p)
			if err != nil || len(page) > outboxPage {
				t.Fatal(len(page), err)
			}
			if len(page) == 0 {
				break
			}
			for _, q := range page {
				got = append(got, q.ID)
			}
			p.After = page[len(page)-1].ID
		}
		if !slices.Equal(got, ids[tt.want]) {
			t.Errorf("%s: %v, want %v", tt.want, got, ids[tt.want])
		}
	}
	for account, want := range map[model.AccountID]int{1: 3 * outboxPage, 2: 0} {
		if n, err := s.OutboxSize(account); err != nil || n != want {
			t.Errorf("account %d: %d wait, %v", account, n, err)
		}
	}
}

func TestRanges(t *testing.T) {
	s := openTest(t)
	newChat(t, s)
	older := Range{Account: 1, Archive: "own@example.test", FromID: "a", ToID: "b", From: day, To: day.AddDate(0, 0, 1), Complete: true}
	newer := Range{Account: 1, Archive: "own@example.test", FromID: "c", ToID: "d", From: day.AddDate(0, 0, 2), To: day.AddDate(0, 0, 3)}
	update(t, s, func(tx *Tx) error { return errors.Join(tx.PutRange(&newer), tx.PutRange(&older)) })
	if got, err := s.Ranges(1, "own@example.test"); err != nil || !reflect.DeepEqual(got, []Range{newer, older}) {
		t.Errorf("got %+v, %v", got, err)
	}
	newer.FromID, newer.From = "a", day
	update(t, s, func(tx *Tx) error { return errors.Join(tx.PutRange(&newer), tx.DeleteRange(older.ID)) })
	if got, err := s.Ranges(1, "own@example.test"); err != nil || !reflect.DeepEqual(got, []Range{newer}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.PutRange(&older) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("change what is gone: %v", err)
	}
}

func TestSettingsAndCaps(t *testing.T) {
	s := openTest(t)
	if v, err := s.Setting("k"); err != nil || v != "" {
		t.Errorf("unset: %q %v", v, err)
	}
	update(t, s, func(tx *Tx) error {
		for i := range maxCaps + 10 {
			if err := tx.PutCaps(fmt.Sprint(i%(maxCaps+5)), []byte{byte(i)}); err != nil {
				return err
			}
		}
		return errors.Join(tx.SetSetting("k", "a"), tx.SetSetting("k", "b"))
	})
	if v, err := s.Setting("k"); err != nil || v != "b" {
		t.Errorf("set: %q %v", v, err)
	}
	var n int
	if err := s.reads.run.value([]any{&n}, "SELECT count(*) FROM caps"); err != nil || n > maxCaps || n < maxCaps-10 {
		t.Errorf("%d caps, %v", n, err)
	}
	if info, ok, err := s.Caps(fmt.Sprint(maxCaps)); err != nil || !ok || info[0] != byte(maxCaps%256) {
		t.Errorf("caps %v %v %v", info, ok, err)
	}
	if _, ok, err := s.Caps("none"); err != nil || ok {
		t.Errorf("no caps: %v %v", ok, err)
	}
}

func TestDBBytes(t *testing.T) {
	s := openTest(t)
	before, err := s.DBBytes()
	if err != nil || before < int64(pageBytes) {
		t.Fatal(before, err)
	}
	fill(t, s, newChat(t, s), 0, 500)
	if after, err := s.DBBytes(); err != nil || after < before+500*100 {
		t.Errorf("from %d to %d, %v", before, after, err)
	}
}
