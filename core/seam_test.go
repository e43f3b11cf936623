package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// more encrypts further messages for p's device in the session that seal began.
func (s *sealer) more(p *person, texts ...string) (out []string) {
	s.t.Helper()
	device := model.Device{JID: p.jid, ID: p.ownDevice()}
	withOMEMO(s.t, s.store, s.omemo, s.account.ID, s.account.JID, func(b *crypto.Batch) error {
		for _, text := range texts {
			x, err := b.Encrypt([]byte(text), []model.Device{device})
			if err != nil {
				return err
			}
			out = append(out, x.Element().String())
		}
		return nil
	})
	return out
}

// A sender whose server died sends again what was not acknowledged, and the archive holds it twice. Where the newest page begins
// before the second copies and the gap ends with the first ones, each message is there once, and readable.
func TestCopiesAtTheEdgeOfTheNewestPage(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	var texts []string
	for i := range 12 {
		texts = append(texts, fmt.Sprint("text ", i))
	}
	sealed := append([]string{ben.seal(p, []byte(texts[0])).Element().String()}, ben.more(p, append(texts[1:len(texts):len(texts)], " ")...)...)
	begin := time.Now().Add(-time.Minute)
	// The archive: 0 to 9, then 4 to 11 once more, then one that says nothing.
	entries := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	result := func(query string, place int) string {
		n := entries[place]
		return fmt.Sprintf("<message from='anna@example.test' to='anna@example.test/kith'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='a%d'>"+
			"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='%s'/>"+
			"<message xmlns='jabber:client' from='ben@example.test/x' to='anna@example.test' type='chat' id='m%d'>%s<request xmlns='urn:xmpp:receipts'/><origin-id xmlns='urn:xmpp:sid:0' id='m%d'/></message>"+
			"</forwarded></result></message>", query, place, wire.FormatTime(begin.Add(time.Duration(place)*time.Second)), n, sealed[n], n)
	}
	page := func(kind pageKind, from, to int) {
		p.inside(func(a *account) {
			a.in.archive.page = &page{query: "q" + fmt.Sprint(kind), kind: kind, ids: make(map[string]bool)}
			if kind == newestPage {
				a.in.archive.newest = a.in.archive.page.query
			}
		})
		for i := from; i < to; i++ {
			p.feed(result("q"+fmt.Sprint(kind), i))
		}
	}
	p.inside(func(a *account) {
		a.out.setCaughtUp(false)
		a.in.archive.walking, a.in.archive.topped, a.in.archive.awaySince = true, false, begin.Add(-time.Hour)
		a.in.archive.preview, a.in.archive.order = crypto.NewPreview(), newOrder()
	})
	page(newestPage, 8, len(entries))
	p.inside(func(a *account) {
		a.in.archive.topped = true
		a.in.archive.ranges = append([]storage.Range{{FromID: "a8", ToID: "a18", From: begin, To: time.Now()}}, a.in.archive.ranges...)
	})
	page(forwardPage, 0, 9)
	p.inside(func(a *account) {
		a.in.archive.ranges, a.in.archive.walking = a.in.archive.ranges[:1], false
		a.in.answers["last"] = func(r *receiver, _ *wire.Element, _ error) error { return r.caughtUp() }
		intake{a}.receive(t.Context(), []link.Event{link.Answer{ID: "last", Element: &wire.Element{}}})
	})
	got := p.texts(benJID)
	slices.Sort(got)
	slices.Sort(texts)
	p.inside(func(a *account) {
		if all, err := a.c.store.Outbox(a.id, storage.OutboxPage{}); err != nil || receiptsIn(all) != len(texts) {
			t.Errorf("%d receipts are to leave, want %d; %v", receiptsIn(all), len(texts), err)
		}
	})
	if !slices.Equal(got, texts) {
		t.Errorf("stored:\n%s\nwant:\n%s", strings.Join(got, ", "), strings.Join(texts, ", "))
	}
}

func receiptsIn(all []storage.Queued) (n int) {
	for _, q := range all {
		if q.Kind == storage.QueuedRaw && strings.Contains(string(q.Stanza), "urn:xmpp:receipts") {
			n++
		}
	}
	return n
}

// A row that could not be read stays one when its message turns out to say nothing, and becomes no empty one.
func TestRetryOfNothing(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	p.feed(fromBen + ben.seal(p, []byte("hello")).Element().String() + "</message>")
	chat := p.chat(benJID).ID
	for i, sealed := range ben.more(p, " ", "\u200b", "", "a text") {
		p.update(func(tx *storage.Tx) error {
			m := model.Message{
				Chat: chat, From: benJID, Kind: model.Unreadable, Fault: model.NoSession, Encrypted: true,
				OriginID: fmt.Sprint("parked ", i), Time: time.Now().UTC(),
			}
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
			return tx.Park(p.account, m.ID, benJID, []byte(sealed))
		})
	}
	p.inside(func(a *account) {
		a.out.setCaughtUp(false)
		a.in.answers["last"] = func(r *receiver, _ *wire.Element, _ error) error { return r.caughtUp() }
		intake{a}.receive(t.Context(), []link.Event{link.Answer{ID: "last", Element: &wire.Element{}}})
	})
	if got, want := p.texts(benJID), []string{"hello", "?", "?", "?", "a text"}; !slices.Equal(got, want) {
		t.Errorf("stored %q, want %q", got, want)
	}
}
