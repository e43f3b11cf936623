package core

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
)

// Signing in and out, and removing the account, in the middle of a catch-up, from several places at once.
func TestLifecycleDuringCatchUp(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := coretest.StartProsody(t, coretest.Options{ArchivePage: 20})
	jid := s.AddUser(t, "anna", "canary-password")
	s.FillArchive(t, jid, clearArchive(jid, "ben@example.test", 2000))
	p := signIn(t, s, jid, "canary-password")
	acc := p.client.Accounts
	for range 5 {
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				do := acc.Connect
				if i%2 == 0 {
					do = acc.Disconnect
				}
				if err := do(t.Context(), p.account); err != nil {
					t.Errorf("sign in or out: %v", err)
				}
			})
		}
		all.Wait()
	}
	if err := acc.Connect(t.Context(), p.account); err != nil {
		t.Fatal(err)
	}
	p.until("some is here", func() bool { return len(p.texts("ben@example.test")) > 100 })
	if err := acc.Remove(t.Context(), p.account); err != nil {
		t.Fatal(err)
	}
	if err := acc.Connect(t.Context(), p.account); !errors.Is(err, ErrNotFound) {
		t.Errorf("connecting what is removed: %v", err)
	}
	if chats, err := p.store.Chats(0); err != nil || len(chats) > 0 {
		t.Errorf("%d chats are left, %v", len(chats), err)
	}
	var err error
	if p.account, err = acc.Add(t.Context(), p.login); err != nil {
		t.Fatal(err)
	}
	p.until("everything is here again", func() bool {
		return len(p.messages("ben@example.test", 1000)) == 1000 && !p.client.account(p.account).status().Syncing
	})
	if r, err := p.store.Ranges(p.account, jid); err != nil || len(r) != 1 || !r[0].Complete {
		t.Errorf("ranges %v, %v", r, err)
	}
}

// Removing an account, or closing Kith, ends the wait of whoever signs in.
func TestAddEndsWithRemove(t *testing.T) {
	s := startTiny(t, rosterOnly)
	proxy := coretest.StartProxy(t, s.listener.Addr().String())
	proxy.Stall(true)
	p := &person{t: t, dir: t.TempDir(), options: Options{Log: coretest.NewCanary(t, "anna@"), RootCAs: s.ca}}
	p.open()
	t.Cleanup(p.close)
	failed := make(chan error)
	go func() {
		_, err := p.client.Accounts.Add(t.Context(), Login{Address: string(annaJID), Password: "x", Host: "127.0.0.1", Port: uint16(proxy.Port()), DirectTLS: true})
		failed <- err
	}()
	var rows []model.Account
	p.until("it begins", func() (ok bool) {
		var err error
		rows, err = p.store.Accounts()
		return err == nil && len(rows) == 1 && p.client.account(rows[0].ID) != nil
	})
	if err := p.client.Accounts.Disconnect(t.Context(), rows[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("signing in ended with %v", err)
	}
}

// A wrong password stops the account and says so, the right one lets it go on.
func TestSetPassword(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := signUp(t, s, "anna")
	acc := anna.client.Accounts
	if err := acc.SetPassword(t.Context(), anna.account, "wrong-canary"); err != nil {
		t.Fatal(err)
	}
	anna.until("it is refused", func() bool {
		st := anna.client.account(anna.account).status()
		return st.State == model.AuthFailed && KindOf(st.Err) == FailPassword
	})
	if err := acc.SetPassword(t.Context(), anna.account, anna.login.Password); err != nil {
		t.Fatal(err)
	}
	anna.online()
	if row, err := anna.store.Account(anna.account); err != nil || string(row.Password) != string(anna.login.Password) {
		t.Errorf("the stored password is another, %v", err)
	}
}

// However often the line is cut while the archive is read, nothing is missing in the end and nothing is there twice.
func TestCatchUpOverCuts(t *testing.T) {
	for _, smacks := range []bool{true, false} {
		t.Run(fmt.Sprintf("resuming %v", smacks), func(t *testing.T) {
			s := coretest.StartProsody(t, coretest.Options{ArchivePage: 40, NoSmacks: !smacks})
			proxy := coretest.StartProxy(t, s.Addr())
			ben := model.JID("ben@" + s.Domain)
			jid := s.AddUser(t, "anna", "canary-password")
			s.FillArchive(t, jid, clearArchive(jid, ben, 300))
			p := signIn(t, s, jid, "canary-password")
			done := func(n int) func() bool {
				return func() bool { return len(p.texts(ben)) >= n && !p.client.account(p.account).status().Syncing }
			}
			p.until("the first archive is here", done(300))
			p.close()
			missed := clearArchive(jid, ben, 500)
			for i := range missed {
				missed[i].ID = fmt.Sprintf("missed-%05d", i)
				missed[i].From, missed[i].To = ben+"/x", jid
				missed[i].XML = fmt.Sprintf("<body>canary missed %d</body>", i)
				missed[i].Time = time.Now().UTC()
			}
			s.FillArchive(t, jid, missed[:200])
			p.reroute(uint16(proxy.Port()))
			sent := 200
			for sent < len(missed) {
				proxy.CutAfter(-1, int64(4000+rand.IntN(30_000)))
				p.until("it was cut, or there is nothing left to cut", func() bool {
					st := p.client.account(p.account).status()
					return st.State != model.Online || !st.Syncing
				})
				proxy.Cut()
				s.FillArchive(t, jid, missed[sent:sent+50])
				sent += 50
				p.client.Accounts.Reconnect()
				p.online()
			}
			proxy.CutAfter(-1, -1)
			if smacks { // what a script adds to the archive no server announces: ask anew
				p.close()
				p.open()
			}
			p.until("what was missed is here", done(800))
			got := p.texts(ben)
			slices.Sort(got)
			if unique := slices.Compact(slices.Clone(got)); len(unique) != 800 || len(got) != 800 {
				t.Errorf("%d messages, %d different ones", len(got), len(unique))
			}
			if r, err := p.store.Ranges(p.account, jid); err != nil || len(r) != 1 {
				t.Errorf("%d ranges, %v", len(r), err)
			}
		})
	}
}

// reroute opens the profile with its account behind another port.
func (p *person) reroute(port uint16) {
	p.t.Helper()
	p.open()
	if err := p.client.Accounts.Disconnect(p.t.Context(), p.account); err != nil {
		p.t.Fatal(err)
	}
	if err := p.client.Accounts.edit(p.t.Context(), p.account, func(row *model.Account) { row.Port = port }); err != nil {
		p.t.Fatal(err)
	}
	if err := p.client.Accounts.Connect(p.t.Context(), p.account); err != nil {
		p.t.Fatal(err)
	}
}
