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
	"kith/storage"
)

// Pages that are read backwards stand in the order of the archive, also where a second is cut by the end of a page.
func TestOrderInOneSecond(t *testing.T) {
	second := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o := newOrder()
	page := func(n int) []time.Time {
		stamps := make([]time.Time, n)
		for i := range stamps {
			stamps[i] = second
		}
		return o.place("", stamps, true)
	}
	newest, older, oldest, beyond := page(50), page(250), page(600), page(250)
	all := append(append(append([]time.Time(nil), oldest...), older...), newest...)
	for i := 1; i < len(all); i++ {
		if !all[i].After(all[i-1]) {
			t.Fatalf("place %d is not behind place %d", i, i-1)
		}
	}
	for i := 1; i < len(beyond); i++ {
		if beyond[i].Before(beyond[i-1]) || !beyond[i].Before(oldest[0]) {
			t.Fatal("what has no place of its own is out of order")
		}
	}
	if last := newest[len(newest)-1]; last.Truncate(time.Second) != second {
		t.Errorf("left its second: %v", last)
	}
	exact := second.Add(time.Second + 250*time.Millisecond)
	if got := o.place("", []time.Time{exact}, true)[0]; got != exact {
		t.Errorf("an exact stamp moved to %v", got)
	}
}

// A page that comes in pieces stands as one that comes whole does: in order, behind the older page and before the newer one.
func TestOrderOfPieces(t *testing.T) {
	second := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	// The page's messages: some of the second before, of the second that newer and older pages share, and of the one behind.
	var page []time.Time
	for i := range 30 {
		page = append(page, second.Add(time.Duration(i/10-1)*time.Second))
	}
	for _, cuts := range [][]int{{1}, {9}, {10}, {11}, {15}, {19}, {20}, {29}, {12, 13, 14, 18}, {5, 15, 25}} {
		o := newOrder()
		fill := func(n int) []time.Time {
			all := make([]time.Time, n)
			for i := range all {
				all[i] = second
			}
			return all
		}
		newer := o.place("newer", fill(5), true)
		var got []time.Time
		from := 0
		for _, to := range cuts {
			got = append(got, o.place("page", page[from:to], false)...)
			from = to
		}
		got = append(got, o.place("page", page[from:], true)...)
		older := o.place("older", fill(5), true)
		for i := 1; i < len(got); i++ {
			if !got[i].After(got[i-1]) {
				t.Errorf("cut at %v: place %d is not behind place %d", cuts, i, i-1)
			}
		}
		for i, at := range got {
			if !at.Truncate(time.Second).Equal(page[i]) {
				t.Errorf("cut at %v: place %d left its second", cuts, i)
			}
		}
		if !older[4].Before(got[10]) || !got[19].Before(newer[0]) {
			t.Errorf("cut at %v: not between its neighbours", cuts)
		}
		if len(o.runs) != 0 {
			t.Errorf("cut at %v: %d pages are still open", cuts, len(o.runs))
		}
	}
}

// Pages of which each comes in pieces leave one another room in a second, also where the server gives few messages a page.
func TestOrderOfManyPieces(t *testing.T) {
	o := newOrder()
	half := slices.Repeat([]time.Time{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}, 10)
	var all []time.Time // the oldest first
	for i := range 8 {
		query := fmt.Sprint(i)
		page := append(o.place(query, half, false), o.place(query, half, true)...)
		all = append(page, all...)
	}
	for i := 1; i < len(all); i++ {
		if !all[i].After(all[i-1]) {
			t.Fatalf("place %d of %d is not behind place %d", i, len(all), i-1)
		}
	}
}

// A result that does not say when is filed beside its neighbours, whichever way the page is read.
func TestOrderWithoutStamps(t *testing.T) {
	result := func(id, delay string) link.Event {
		el, err := wire.Parse("<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' queryid='q' id='" + id + "'><forwarded xmlns='urn:xmpp:forward:0'>" +
			delay + "<message xmlns='jabber:client'/></forwarded></result></message>")
		if err != nil {
			t.Fatal(err)
		}
		return link.Stanza{Element: el}
	}
	stamp := func(i int) string {
		return fmt.Sprintf("<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:0%d.5Z'/>", i)
	}
	yes := func(string) bool { return true }
	for name, backwards := range map[string]func(string) bool{"backwards": yes, "forwards": func(string) bool { return false }} {
		o := newOrder()
		o.plan([]link.Event{result("a", ""), result("b", stamp(1)), result("c", ""), result("d", ""), result("e", stamp(2))}, yes, backwards, yes)
		for id, want := range map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 2} {
			if got := o.seats[id].at.Second(); got != want {
				t.Errorf("%s: %s is filed under second %d, want %d", name, id, got, want)
			}
		}
	}
}

// A page that is read forwards files nothing in the future.
func TestFutureInAPage(t *testing.T) {
	p := unconnected(t)
	p.inside(func(a *account) {
		a.in.archive.page = &page{query: "q", kind: forwardPage, ids: make(map[string]bool)}
	})
	p.feed("<message from='anna@example.test' to='anna@example.test/kith'><result xmlns='urn:xmpp:mam:2' queryid='q' id='f1'><forwarded xmlns='urn:xmpp:forward:0'>" +
		"<delay xmlns='urn:xmpp:delay' stamp='" + wire.FormatTime(time.Now().Add(3*time.Minute)) + "'/>" +
		"<message xmlns='jabber:client' from='ben@example.test/x' to='anna@example.test' type='chat' id='f1'><body>early bird</body></message></forwarded></result></message>")
	if m := p.messages(benJID, 1)[0]; m.Body != "early bird" || m.Time.After(time.Now()) {
		t.Errorf("%q is filed %v ahead", m.Body, time.Until(m.Time))
	}
}

// What comes in the order of the archive stands behind what came sooner in the same second, also where some of it was stamped by
// us to the millisecond and some by a server in whole seconds: live, kept for us, missed and caught up, and our own answer.
func TestOrderOfMixedStamps(t *testing.T) {
	p := unconnected(t)
	second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
	kept := func(id string) string {
		return strings.Replace(fromBen, "x1", id, 1) + "<body>" + id + "</body><delay xmlns='urn:xmpp:delay' from='example.test' stamp='" + wire.FormatTime(second) + "'/></message>"
	}
	ask := func(kind pageKind) {
		p.inside(func(a *account) { a.in.archive.page = &page{query: "q", kind: kind, ids: make(map[string]bool)} })
	}
	p.update(func(tx *storage.Tx) error { // live, at 0.7 s
		chat, _, err := tx.ChatWith(p.account, benJID)
		if err == nil {
			m := model.Message{Chat: chat.ID, From: benJID, OriginID: "a", Body: "a", Time: second.Add(700 * time.Millisecond)}
			_, err = tx.AddMessage(&m)
		}
		return err
	})
	p.feed(kept("b"), kept("c"))
	ask(newestPage)
	p.feed(archivedText("q", "g", second), archivedText("q", "h", second))
	ask(forwardPage)
	p.feed(archivedText("q", "d", second), archivedText("q", "e", second))
	p.feed(archivedText("q", "f", second))
	if got := strings.Join(p.texts(benJID), ""); got != "abcdefgh" {
		t.Errorf("stored in the order %s", got)
	}
}

// What was missed of a second has room before the newest page, and that before what was kept for us.
func TestOrderOfAFlood(t *testing.T) {
	const keptFrom, newestFrom, all = 100, 70, 120
	p := unconnected(t)
	p.inside(func(a *account) {
		a.in.archive.on, a.in.sids = true, true
		a.in.archive.order = newOrder()
	})
	second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
	name := func(i int) string { return fmt.Sprintf("k%03d", i) }
	pages := func(kind pageKind, from int) {
		p.inside(func(a *account) {
			a.in.archive.page = &page{query: "q", kind: kind, ids: make(map[string]bool)}
			if a.in.archive.newest = ""; kind == newestPage {
				a.in.archive.newest = "q"
			}
		})
		var page []string
		for i := from; i < all; i++ {
			page = append(page, archivedText("q", name(i), second))
		}
		p.feed(page...)
	}
	p.update(func(tx *storage.Tx) error { // live, before the line was lost
		chat, _, err := tx.ChatWith(p.account, benJID)
		if err == nil {
			m := model.Message{Chat: chat.ID, From: benJID, OriginID: "first", Body: "first", Time: second.Add(200 * time.Millisecond)}
			_, err = tx.AddMessage(&m)
		}
		return err
	})
	want := []string{"first"}
	for i := keptFrom; i < all; i++ {
		p.feed(strings.Replace(fromBen, "x1", name(i), 1) + "<body>" + name(i) + "</body><stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='" +
			name(i) + "'/><delay xmlns='urn:xmpp:delay' from='example.test' stamp='" + wire.FormatTime(second) + "'/></message>")
	}
	pages(newestPage, newestFrom)
	pages(forwardPage, 0)
	for i := range all {
		want = append(want, name(i))
	}
	if got := p.texts(benJID); !slices.Equal(got, want) {
		t.Errorf("stored in the order %v", got)
	}
}

// The newest page stands before what comes live in the same second, whichever of them is stored first.
func TestOrderOfTheNewestPage(t *testing.T) {
	now := time.Now()
	second := now.Truncate(time.Second)
	o := newOrder()
	o.now = now
	if got := o.place("", []time.Time{second}, true)[0]; got.After(now) {
		t.Errorf("filed %v ahead of what comes now", got.Sub(now))
	}
	o = newOrder()
	o.keep(second.Add(300 * time.Millisecond))
	if got := o.place("", []time.Time{second}, true)[0]; !got.Before(second.Add(300 * time.Millisecond)) {
		t.Errorf("filed %v behind what came live", got.Sub(second))
	}
}

// A message that comes before the archive is asked, as what an earlier connection left unacknowledged does, is behind the newest page
// all the same.
func TestOrderBeforeTheArchive(t *testing.T) {
	p := unconnected(t)
	p.inside(func(a *account) {
		a.in.archive, a.in.sids = archive{order: newOrder()}, false
		a.out.setCaughtUp(false)
	})
	second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
	p.feed(strings.Replace(fromBen, "x1", "b", 1) + "<body>b</body><delay xmlns='urn:xmpp:delay' from='example.test' stamp='" +
		wire.FormatTime(second.Add(100*time.Millisecond)) + "'/></message>")
	p.inside(func(a *account) {
		a.in.archive.page = &page{query: "q", kind: newestPage, ids: make(map[string]bool)}
		a.in.archive.newest = "q"
	})
	p.feed(archivedText("q", "a", second))
	if got := strings.Join(p.texts(benJID), ""); got != "ab" {
		t.Errorf("stored in the order %s", got)
	}
}

// One batch of a page read forwards looks only once for what the rows behind each other have in common.
func TestOrderInABatch(t *testing.T) {
	p := unconnected(t)
	second := time.Now().Add(-30 * time.Second).Truncate(time.Second)
	p.update(func(tx *storage.Tx) error {
		chat, _, err := tx.ChatWith(p.account, benJID)
		for _, m := range []model.Message{
			{OriginID: "a", Body: "a", Time: second.Add(200 * time.Millisecond)},
			{OriginID: "f", Body: "f", Time: second.Add(1400 * time.Millisecond)},
			{ServerID: "h", OriginID: "h", Body: "h", Time: second.Add(1600 * time.Millisecond)},
			{OriginID: "i", Body: "i", Time: second.Add(1800 * time.Millisecond)},
			{OriginID: "m", Body: "m", Time: second.Add(3500 * time.Millisecond)},
		} {
			if m.Chat, m.From = chat.ID, benJID; err == nil {
				_, err = tx.AddMessage(&m)
			}
		}
		return err
	})
	p.inside(func(a *account) { a.in.archive.page = &page{query: "q", kind: forwardPage, ids: make(map[string]bool)} })
	at := func(seconds int) time.Time { return second.Add(time.Duration(seconds) * time.Second) }
	p.feed(
		archivedText("q", "b", at(0)), archivedText("q", "c", at(0)), archivedText("q", "d", at(0)),
		strings.Replace(fromBen, "x1", "o", 1)+"<body>o</body></message>",
		archivedText("q", "e", at(0)), archivedText("q", "g", at(1)), archivedText("q", "h", at(1)), archivedText("q", "j", at(1)),
		archivedText("q", "k", at(2)), archivedText("q", "l", at(2)), archivedText("q", "n", at(3)),
	)
	if got := strings.Join(p.texts(benJID), ""); got != "abcdefghijklmno" {
		t.Errorf("stored in the order %s", got)
	}
}
