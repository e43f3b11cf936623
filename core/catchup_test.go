package core

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// missedMessages is how many OMEMO messages the benchmark's device was away for.
const missedMessages = 10_000

// BenchmarkCatchUp measures a device that comes back to an archive of 10,000 messages encrypted for it: its CPU time from signing in on,
// garbage collection included, and its time against a reader that asks for the same pages and throws them away. What unlocking the
// profile costs with a passphrase is said apart: Argon2id is slow on purpose, and a device that was only away from the network pays
// nothing for it.
func BenchmarkCatchUp(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	anna := signUp(b, s, "anna")
	ben := model.JID("ben@" + s.Domain)
	var cpu, unlock, wall, ratio, first float64
	for range b.N {
		sealed := sealFor(b, anna, ben, missedMessages)
		anna.close()
		s.FillArchive(b, anna.jid, sealed)
		drained := drainArchive(b, s, anna, time.Now().Add(-time.Hour))
		locked := cpuTime(b)
		anna.unlock()
		before := cpuTime(b)
		begin := time.Now()
		anna.start()
		chat := anna.chat(ben)
		anna.until("the newest page is readable", func() bool { c, _ := anna.store.Chat(chat.ID); return c.Last.Kind == model.Text && c.Unread > 0 })
		first += time.Since(begin).Seconds()
		anna.until("everything is here", func() bool { c, _ := anna.store.Chat(chat.ID); return c.Unread == missedMessages })
		took := time.Since(begin)
		cpu += cpuTime(b) - before
		unlock += before - locked
		wall += took.Seconds()
		ratio += took.Seconds() / drained.Seconds()
		if err := anna.client.Chats.Delete(b.Context(), chat.ID); err != nil {
			b.Fatal(err)
		}
	}
	n := float64(b.N)
	b.ReportMetric(cpu/n, "cpu-s")
	b.ReportMetric(unlock/n, "unlock-cpu-s")
	b.ReportMetric(wall/n, "wall-s")
	b.ReportMetric(first/n, "first-page-s")
	b.ReportMetric(ratio/n, "×drain")
	b.ReportMetric(0, "ns/op")
}

// sealFor makes the archive entries of n messages that ben's device encrypted for anna's.
func sealFor(tb testing.TB, anna *person, ben model.JID, n int) []coretest.ArchiveMessage {
	tb.Helper()
	var bundle wire.Bundle
	var device model.Device
	withOMEMO(tb, anna.store, anna.client.omemo, anna.account, anna.jid, func(b *crypto.Batch) (err error) {
		device = model.Device{JID: anna.jid}
		device.ID, _ = b.Device()
		bundle, err = b.Bundle(time.Now())
		return err
	})
	dir := tb.TempDir()
	profile, err := storage.Hold(dir)
	if err != nil {
		tb.Fatal(err)
	}
	key, err := profile.Create(storage.PassphraseSlot("ben's"))
	if err != nil {
		tb.Fatal(err)
	}
	store, err := profile.Open(key)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _, _ = store.Close(), profile.Close() }()
	row := model.Account{JID: ben}
	if err := store.Update(tb.Context(), func(tx *storage.Tx) error { return tx.AddAccount(&row) }); err != nil {
		tb.Fatal(err)
	}
	out := make([]coretest.ArchiveMessage, n)
	withOMEMO(tb, store, crypto.New(), row.ID, ben, func(b *crypto.Batch) error {
		if _, err := b.SetDevices(anna.jid, []model.DeviceID{device.ID}, time.Now()); err != nil {
			return err
		}
		if err := b.AddBundle(device, bundle, time.Now()); err != nil {
			return err
		}
		for i := range out {
			x, err := b.Encrypt(fmt.Appendf(nil, "canary message %d of those that came while the device was away", i), []model.Device{device})
			if err != nil {
				return err
			}
			id := stanzaID()
			out[i] = coretest.ArchiveMessage{
				From: ben + "/phone", To: anna.jid, ID: id, Time: time.Now().Add(time.Duration(i) * time.Millisecond).UTC(),
				XML: wire.OriginIDElement(id).String() + x.Element().String() + wire.Encryption(wire.NSOMEMO, "OMEMO").String() +
					wire.BodyElement(fallbackBody).String() + wire.HintStore.Element().String(),
			}
		}
		return nil
	})
	return out
}

func withOMEMO(tb testing.TB, s *storage.Store, m *crypto.Manager, id model.AccountID, own model.JID, do func(*crypto.Batch) error) {
	tb.Helper()
	var b *crypto.Batch
	err := s.Update(tb.Context(), func(tx *storage.Tx) (err error) {
		if b, err = m.Begin(tx, id, own); err != nil {
			return err
		}
		if err := do(b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		tb.Fatal(err)
	}
	b.Committed()
}

// drainArchive reads everything newer than since in pages of 250 and keeps nothing.
func drainArchive(tb testing.TB, s *coretest.Server, p *person, since time.Time) time.Duration {
	tb.Helper()
	l := link.Open(link.Config{JID: p.jid, Password: p.login.Password, Host: s.Host, Port: uint16(s.Port), RootCAs: s.CA, Resource: "drain", Log: p.options.Log})
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(tb.Context(), 5*time.Minute)
	defer cancel()
	begin := time.Now()
	before := ""
	ask := func() {
		q := wire.ArchiveQuery{ID: "drain", Start: since, Paging: wire.Paging{Max: nextPage, Before: before, Last: before == ""}}
		if _, err := l.Request(ctx, wire.IQ{Type: wire.TypeSet, Payload: q.Element()}); err != nil {
			tb.Fatal(err)
		}
	}
	for {
		select {
		case ev := <-l.Events():
			switch ev := ev.(type) {
			case link.Online:
				ask()
			case link.Offline:
				tb.Fatal(ev.Err)
			case link.Answer:
				fin, ok := wire.ParseArchiveFin(ev.Element.First())
				if !ok {
					tb.Fatalf("no page: %v", ev.Err)
				}
				if fin.Complete {
					return time.Since(begin)
				}
				before = fin.Set.First
				ask()
			}
		case <-ctx.Done():
			tb.Fatal("the archive does not end")
		}
	}
}

func cpuTime(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
