package core

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

// unreadable has mallory send anna what Prosody stores and cannot read any more.
func unreadable(t *testing.T, mallory *person, anna model.JID) {
	t.Helper()
	mallory.inside(func(a *account) {
		if err := a.link.Send(t.Context(), "", []byte("<message type='chat' to='"+string(anna)+"'><body>x</body><xml:a/></message>")); err != nil {
			t.Fatal(err)
		}
		ping := wire.IQ{Type: wire.TypeGet, To: a.own, Payload: wire.DiscoInfoRequest("")}
		if _, err := a.link.Query(t.Context(), ping); err != nil { // the server has taken it
			t.Fatal(err)
		}
	})
}

// gapBefore says whether the one gap of a chat lies before a message, and asks for what is in it.
func (p *person) gapBefore(with model.JID, body string, want bool) {
	p.t.Helper()
	chat, err := p.client.Chats.Get(p.t.Context(), p.chat(with).ID)
	if err != nil || (len(chat.Gaps) == 1) != want {
		p.t.Fatalf("gaps %v, %v", chat.Gaps, err)
	}
	for _, g := range chat.Gaps {
		if m, err := p.store.Message(g.Before); err != nil || m.Body != body {
			p.t.Errorf("the gap lies before %q, %v", m.Body, err)
		}
		if err := p.client.Chats.FillGap(p.t.Context(), chat.ID, g); err != nil {
			p.t.Errorf("fill the gap: %v", err)
		}
	}
}

// fillArchive puts messages "canary 000" and so on into somebody's archive.
func fillArchive(t *testing.T, s *coretest.Server, owner, from model.JID, at time.Time, first, n int) {
	t.Helper()
	msgs := make([]coretest.ArchiveMessage, n)
	for i := range msgs {
		body := fmt.Sprintf("canary %03d", first+i)
		msgs[i] = coretest.ArchiveMessage{From: from + "/x", To: owner, ID: body, XML: "<body>" + body + "</body>", Time: at.UTC()}
	}
	s.FillArchive(t, owner, msgs)
}

// walked says whether the walk through the archive is over on this stream.
func (p *person) walked() bool {
	over := false
	p.inside(func(a *account) { over = a.in.archive.on && !a.in.archive.walking && a.out.isCaughtUp() })
	return over
}

// One message that a server cannot read out of its own archive keeps nothing else from us, wherever it stands, and costs a gap.
func TestMessageTheServerCannotGive(t *testing.T) {
	tests := []struct {
		name          string
		before, after int
		first         bool // this device reads the archive for the first time
	}{
		{"among what was missed", 70, 70, false},
		{"in the newest page", 70, 10, false},
		{"at the end", 70, 0, false},
		{"in old history", 70, 70, true},
		{"at the beginning", 0, 70, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := coretest.StartProsody(t, coretest.Options{ArchivePage: 30})
			mallory := signUp(t, s, "mallory")
			ben := model.JID("ben@" + s.Domain)
			jid := s.AddUser(t, "anna", "canary-password")
			fill := func(from, n int) { fillArchive(t, s, jid, ben, time.Now(), from, n) }
			fill(0, 1)
			anna := signIn(t, s, jid, "canary-password")
			if !tt.first {
				anna.until("the first is here", func() bool { return len(anna.texts(ben)) == 1 })
			}
			anna.close()
			fill(1, tt.before)
			unreadable(t, mallory, jid)
			fill(1+tt.before, tt.after)
			if tt.first {
				anna = signIn(t, s, jid, "canary-password")
				anna.close()
			}
			anna.options.Answer = 3 * time.Second
			anna.open()
			all := 1 + tt.before + tt.after
			walked := func() bool { return anna.walked() && len(anna.texts(ben)) == all }
			anna.until("all is here and the walk is over", walked)
			got := anna.texts(ben)
			if !slices.IsSorted(got) || len(slices.Compact(got)) != all {
				t.Errorf("stored: %q", got)
			}
			anna.gapBefore(ben, fmt.Sprintf("canary %03d", 1+tt.before), tt.after > 0)
			if tt.first || tt.after == 0 {
				return
			}
			anna.close() // what cannot be had is not asked for again
			anna.options.Answer = 0
			anna.open()
			anna.until("the archive is met again", walked)
			if r, err := anna.store.Ranges(anna.account, jid); err != nil || len(r) != 1 {
				t.Errorf("ranges %v, %v", r, err)
			}
		})
	}
}

// An archive that does not answer for a while has lost nothing: when it does again, all is fetched, and no gap is left.
func TestArchiveThatHangs(t *testing.T) {
	for _, first := range []bool{false, true} { // this device reads the archive for the first time
		t.Run(fmt.Sprint("first ", first), func(t *testing.T) {
			t.Parallel()
			s := coretest.StartProsody(t, coretest.Options{ArchivePage: 30})
			friend := signUp(t, s, "ben")
			ben := friend.jid
			jid := s.AddUser(t, "anna", "canary-password")
			const old, all = 71, 72
			sent := time.Now().Add(-time.Minute)
			s.MuteArchive(t, true)
			anna := signIn(t, s, jid, "canary-password")
			if !first {
				anna.close()
				s.MuteArchive(t, false)
				fillArchive(t, s, jid, ben, sent.Add(-time.Minute), 0, 1)
				anna.open()
				anna.until("the first is here", func() bool { return len(anna.texts(ben)) == 1 })
				s.MuteArchive(t, true)
			}
			anna.close()
			rest := 1
			if first {
				rest = 0
			}
			fillArchive(t, s, jid, ben, sent, rest, old-rest)
			anna.options.Answer = time.Second
			anna.open()
			anna.online()
			friend.send(jid, "canary live") // reaches over the gap
			anna.until("the walk is given up", func() bool { return anna.walked() && slices.Contains(anna.texts(ben), "canary live") })
			anna.close()
			s.MuteArchive(t, false)
			anna.options.Answer = 0
			anna.open()
			anna.until("all is here and the walk is over", func() bool { return anna.walked() && len(anna.texts(ben)) == all })
			if got := anna.texts(ben); !slices.IsSorted(got) {
				t.Errorf("stored: %q", got)
			}
			chat, err := anna.client.Chats.Get(t.Context(), anna.chat(ben).ID)
			if err != nil || len(chat.Gaps) != 0 {
				t.Errorf("gaps %v, %v", chat.Gaps, err)
			}
			if r, err := anna.store.Ranges(anna.account, jid); err != nil || len(r) != 1 || !r[0].Complete {
				t.Errorf("ranges %v, %v", r, err)
			}
		})
	}
}
