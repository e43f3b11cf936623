package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// archived is how many messages the archive of the catch-up holds, with as many people.
const (
	archived = 10_000
	people   = 20
)

// TestCatchUp reads a large archive on a new device, and what was missed on one that comes back. The figures it logs
// compare with a reader that throws every page away: the server's own pace.
func TestCatchUp(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := s.AddUser(t, "anna", annaSecret)
	s.FillArchive(t, anna, history(anna, 0, archived))
	drained := drain(t, s, anna)

	k := Start(t, program(t, plain), t.TempDir(), s.CAFile, "-log", "warn")
	begin := time.Now()
	k.SignIn(s, anna, annaSecret)
	bound := time.Since(begin)
	k.Wait("the newest page", func() bool { return len(k.Notes("message")) > 0 })
	newest := time.Since(begin)
	k.Wait("the end of the catch-up", func() bool { return caughtUp(k) })
	all := time.Since(begin)
	if n := stored(k, s); n != archived {
		t.Errorf("%d messages are stored, want %d", n, archived)
	}
	k.Stop()
	t.Logf("new device, %d messages: bound %v, newest page %v, all %v, CPU %v; a reader that drains: %v",
		archived, bound.Round(time.Millisecond), newest.Round(time.Millisecond), all.Round(time.Millisecond), k.CPU(), drained)

	s.FillArchive(t, anna, history(anna, archived, archived))
	back := Start(t, program(t, plain), k.Dir, s.CAFile, "-log", "warn")
	begin = time.Now()
	back.Wait("the end of the catch-up", func() bool { return caughtUp(back) })
	all = time.Since(begin)
	if n := stored(back, s); n != 2*archived {
		t.Errorf("%d messages are stored, want %d", n, 2*archived)
	}
	checkHistory(t, back, s)
	back.Stop()
	t.Logf("returning device, %d missed: all %v, CPU %v", archived, all.Round(time.Millisecond), back.CPU())
}

// caughtUp says whether the archive was read to its end.
func caughtUp(k *Kith) bool {
	notes := k.Notes("sync")
	var last struct{ Active bool }
	return len(notes) > 0 && json.Unmarshal(notes[len(notes)-1].Params, &last) == nil && !last.Active
}

// person is somebody who wrote to the account.
func person(i int, s *coretest.Server) model.JID {
	return model.JID(fmt.Sprintf("person%02d@%s", i%people, s.Domain))
}

// history makes n messages, from the number given on, one a second up to now.
func history(owner model.JID, from, n int) []coretest.ArchiveMessage {
	start := time.Now().Add(time.Duration(from-longHistory) * time.Second).Truncate(time.Second)
	all := make([]coretest.ArchiveMessage, n)
	for i := range all {
		peer := model.JID(fmt.Sprintf("person%02d@%s", (from+i)%people, owner.Domain()))
		all[i] = coretest.ArchiveMessage{
			From: peer, To: owner, ID: fmt.Sprintf("archived-%06d", from+i), Time: start.Add(time.Duration(i) * time.Second),
			XML: fmt.Sprintf("<body>history number %d of a long acquaintance</body>", from+i),
		}
	}
	return all
}

// stored is how many messages the profile holds.
func stored(k *Kith, s *coretest.Server) int {
	n := 0
	for i := range people {
		n += len(k.All(person(i, s)))
	}
	return n
}

// checkHistory holds every chat against what the archive was filled with.
func checkHistory(t *testing.T, k *Kith, s *coretest.Server) {
	t.Helper()
	for i := range people {
		for place, m := range k.All(person(i, s)) {
			want := fmt.Sprintf("history number %d of a long acquaintance", place*people+i)
			if m.Body != want {
				t.Fatalf("person %d, place %d: %q, want %q", i, place, m.Body, want)
			}
		}
	}
}

// drain reads the whole archive and keeps nothing.
func drain(t *testing.T, s *coretest.Server, anna model.JID) time.Duration {
	t.Helper()
	l := link.Open(link.Config{
		JID: anna, Password: annaSecret, Host: s.Host, Port: uint16(s.Port), Resource: "drain", RootCAs: s.CA, Log: coretest.NewCanary(t),
	})
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	begin, results, before := time.Now(), 0, ""
	ask := func() {
		q := wire.ArchiveQuery{ID: "drain", Paging: wire.Paging{Max: 250, Before: before, Last: before == ""}}
		if _, err := l.Request(t.Context(), wire.IQ{Type: wire.TypeSet, Payload: q.Element()}); err != nil {
			t.Fatal(err)
		}
	}
	for ev := range l.Events() {
		switch ev := ev.(type) {
		case link.Online:
			ask()
		case link.Stanza:
			l.Handled(1)
			if _, ok := wire.ParseArchiveResult(ev.Element); ok {
				results++
			}
		case link.Answer:
			l.Handled(1)
			fin, ok := wire.ParseArchiveFin(ev.Element.First())
			if !ok || ev.Err != nil {
				t.Fatalf("the archive answers %v", ev.Err)
			}
			if fin.Complete || results >= archived {
				return time.Since(begin).Round(time.Millisecond)
			}
			before = fin.Set.First
			ask()
		case link.Offline:
			t.Fatal(ev.Err)
		case link.Acked:
		}
	}
	t.Fatal("the link ended")
	return 0
}
