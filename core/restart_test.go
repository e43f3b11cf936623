package core

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Messages of one second stand in the order of the archive, also where a catch-up was broken off and begun again, and where
// more came in that second meanwhile: what is remembered of the places that pages have taken is gone with the program.
func TestOrderAfterRestarts(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{ArchivePage: 20})
	ben := model.JID("ben@" + s.Domain)
	jid := s.AddUser(t, "anna", "canary-password")
	second, made := time.Now().Add(-time.Hour).UTC(), 0
	fill := func(perSecond ...int) { // into the second that was the last one, and those behind it
		var msgs []coretest.ArchiveMessage
		for i, n := range perSecond {
			second = second.Add(time.Duration(min(i, 1)) * time.Second)
			for range n {
				body := fmt.Sprintf("%05d", made)
				msgs = append(msgs, coretest.ArchiveMessage{From: ben + "/x", To: jid, ID: body, Time: second, XML: "<body>" + body + "</body>"})
				made++
			}
		}
		s.FillArchive(t, jid, msgs)
	}
	rows := func(p *person) int {
		c, ok, err := p.store.ChatWith(p.account, ben)
		if err != nil || !ok {
			return 0
		}
		all, err := p.store.Messages(c.ID, model.Page{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	fill(100, 100, 70)
	p := signIn(t, s, jid, "canary-password")
	for round := range 12 {
		have := rows(p)
		p.until("some of it is here", func() bool { return rows(p) > min(have, made-1) })
		p.close()
		if round >= 3 { // what is older is still being read before
			fill(5, 15+round*7%40, 5+round*11%40)
		}
		p.open()
	}
	p.until("all of it is here", func() bool { return rows(p) == made })
	for i, m := range p.messages(ben, 1000) {
		if m.Body != fmt.Sprintf("%05d", i) {
			t.Fatalf("place %d holds %s", i, m.Body)
		}
	}
}

// A page that holds stored messages, as one that is read again after a restart does, puts the others between them.
func TestOrderBesideStored(t *testing.T) {
	tests := []struct {
		name   string
		kind   pageKind
		stored map[string]int // places in the second, in milliseconds
	}{
		{"came live, newest page", newestPage, map[string]int{"c": 300, "d": 400}},
		{"came live, page forwards", forwardPage, map[string]int{"c": 300, "d": 400}},
		{"at the end of the second, newest page", newestPage, map[string]int{"a": 998, "b": 999}},
		{"at the end of the second, page backwards", backwardPage, map[string]int{"a": 998, "b": 999}},
		{"at both ends, newest page", newestPage, map[string]int{"a": 200, "d": 400}},
		{"at both ends, page forwards", forwardPage, map[string]int{"a": 200, "d": 400}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := unconnected(t)
			second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
			p.update(func(tx *storage.Tx) error {
				chat, _, err := tx.ChatWith(p.account, benJID)
				for id, place := range tt.stored {
					m := model.Message{Chat: chat.ID, From: benJID, ServerID: id, OriginID: id, Body: id, Time: second.Add(time.Duration(place) * time.Millisecond)}
					if err == nil {
						_, err = tx.AddMessage(&m)
					}
				}
				return err
			})
			p.inside(func(a *account) {
				a.in.archive.page = &page{query: "q", kind: tt.kind, ids: make(map[string]bool)}
				if tt.kind == newestPage {
					a.in.archive.newest = "q"
				}
			})
			var results []string
			for _, id := range []string{"a", "b", "c", "d", "e"} {
				results = append(results, archivedText("q", id, second))
			}
			p.feed(results...)
			if got := strings.Join(p.texts(benJID), ""); got != "abcde" {
				t.Errorf("stored in the order %s", got)
			}
		})
	}
}

// What is older than the oldest row of a chat stands before it, also in its second.
func TestOrderOfOlder(t *testing.T) {
	p := unconnected(t)
	second := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	oldest := model.Message{From: benJID, ServerID: "b", Body: "b", Time: second.Add(500 * time.Millisecond)}
	p.update(func(tx *storage.Tx) error {
		chat, _, err := tx.ChatWith(p.account, benJID)
		if oldest.Chat = chat.ID; err == nil {
			_, err = tx.AddMessage(&oldest)
		}
		return err
	})
	p.inside(func(a *account) {
		a.in.archive.order = newOrder()
		intake{a}.olderPage(t.Context(), model.Chat{ID: oldest.Chat, JID: benJID}, oldest.ServerID, oldest.Time, make(chan olderResult, 1))
		a.in.archive.older["q"] = "asked"
	})
	p.feed(archivedText("q", "a", second))
	if got := strings.Join(p.texts(benJID), ""); got != "ab" {
		t.Errorf("stored in the order %s", got)
	}
}

// What the server kept for us comes before the newest page, with a stamp of a whole second: what only the page holds stands before it.
func TestOrderOfKept(t *testing.T) {
	for i := range 6 {
		stored := []string{"", "a", "ab"}[i/2] // came live before Kith was ended
		together := i%2 == 1                   // with the page
		t.Run(fmt.Sprintf("stored: %q, together: %v", stored, together), func(t *testing.T) {
			p := unconnected(t)
			second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
			p.update(func(tx *storage.Tx) error {
				chat, _, err := tx.ChatWith(p.account, benJID)
				for i, id := range strings.Split(stored, "") {
					m := model.Message{Chat: chat.ID, From: benJID, ServerID: id, OriginID: id, Body: id, Time: second.Add(time.Duration(700+i) * time.Millisecond)}
					if err == nil {
						_, err = tx.AddMessage(&m)
					}
				}
				return err
			})
			p.inside(func(a *account) {
				a.in.archive.topped, a.in.archive.order = together, newOrder() // a page that ends in a batch is noted before
			})
			var batch []string
			for _, id := range []string{"d", "e"} {
				batch = append(batch, "<message from='ben@example.test/x' to='anna@example.test/kith' type='chat' id='"+id+"'><body>"+id+"</body>"+
					"<delay xmlns='urn:xmpp:delay' from='example.test' stamp='"+wire.FormatTime(second)+"'/>"+
					"<stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='"+id+"'/></message>")
			}
			if !together {
				p.feed(batch...)
				batch = nil
			}
			p.inside(func(a *account) {
				a.in.archive.page = &page{query: "q", kind: newestPage, ids: make(map[string]bool)}
				a.in.archive.newest = "q"
			})
			for _, id := range []string{"a", "b", "c", "d", "e"} {
				batch = append(batch, archivedText("q", id, second))
			}
			p.feed(batch...)
			if got := strings.Join(p.texts(benJID), ""); got != "abcde" {
				t.Errorf("stored in the order %s", got)
			}
		})
	}
}

// archivedText is a message of ben's as a query brings it, whose text is its id.
func archivedText(query, id string, at time.Time) string {
	return "<message from='anna@example.test' to='anna@example.test/kith'><result xmlns='urn:xmpp:mam:2' queryid='" + query + "' id='" + id + "'>" +
		"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='" + wire.FormatTime(at) + "'/>" +
		"<message xmlns='jabber:client' from='ben@example.test/x' to='anna@example.test' type='chat' id='" + id + "'><body>" + id + "</body></message></forwarded></result></message>"
}
