package core

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

func at(minute int) time.Time { return time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC) }

// How pages move the ranges: the live range grows backwards and swallows the older ones that it meets.
func TestArchiveRanges(t *testing.T) {
	ids := func(all ...string) map[string]bool {
		m := make(map[string]bool)
		for _, id := range all {
			m[id] = true
		}
		return m
	}
	old := storage.Range{ID: 7, FromID: "a", ToID: "c", From: at(0), To: at(100)}
	tests := []struct {
		name   string
		before []storage.Range
		page   page
		fin    wire.ArchiveFin
		want   []storage.Range
	}{
		{
			"newest page far from what is stored leaves a gap",
			[]storage.Range{old},
			page{kind: newestPage, ids: ids("x", "z"), first: at(200), last: at(210)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "x", Last: "z"}},
			[]storage.Range{{FromID: "x", ToID: "z", From: at(200), To: at(210)}, old},
		},
		{
			"newest page that holds the end of the old range joins it",
			[]storage.Range{old},
			page{kind: newestPage, ids: ids("c", "x", "z"), first: at(100), last: at(210)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "c", Last: "z"}},
			[]storage.Range{{ID: 7, FromID: "a", ToID: "z", From: at(0), To: at(210)}},
		},
		{
			"a page that reaches far behind an expired end joins too",
			[]storage.Range{old},
			page{kind: newestPage, ids: ids("b", "x", "z"), first: at(50 - 24*60), last: at(210)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "b", Last: "z"}},
			[]storage.Range{{ID: 7, FromID: "a", ToID: "z", From: at(0), To: at(210)}},
		},
		{
			"a page back extends",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, old},
			page{kind: backwardPage, ids: ids("u", "w"), first: at(180), last: at(199)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "u", Last: "w"}},
			[]storage.Range{{ID: 9, FromID: "u", ToID: "z", From: at(180), To: at(210)}, old},
		},
		{
			"a page forward grows the older range",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, old},
			page{kind: forwardPage, ids: ids("d", "e"), first: at(101), last: at(120)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "d", Last: "e"}},
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, {ID: 7, FromID: "a", ToID: "e", From: at(0), To: at(120)}},
		},
		{
			"a page forward that reaches the newest one joins",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, old},
			page{kind: forwardPage, ids: ids("w", "x", "y"), first: at(190), last: at(205)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "w", Last: "y"}},
			[]storage.Range{{ID: 9, FromID: "a", ToID: "z", From: at(0), To: at(210)}},
		},
		{
			"the end of the archive joins too",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, old},
			page{kind: forwardPage, ids: ids("w"), first: at(190), last: at(190)},
			wire.ArchiveFin{Complete: true, Set: wire.ResultSet{First: "w", Last: "w"}},
			[]storage.Range{{ID: 9, FromID: "a", ToID: "z", From: at(0), To: at(210)}},
		},
		{
			"a page that closes the newer of two gaps says nothing of the older one",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}, {ID: 8, FromID: "m", ToID: "n", From: at(150), To: at(160)}, old},
			page{kind: forwardPage, ids: ids("w", "x", "y"), first: at(161), last: at(210)},
			wire.ArchiveFin{Complete: true, Set: wire.ResultSet{First: "w", Last: "y"}},
			[]storage.Range{{ID: 9, FromID: "m", ToID: "z", From: at(150), To: at(210)}, old},
		},
		{
			"a page that is a little older than an end that it lacks does not join: clocks are wrong",
			[]storage.Range{old},
			page{kind: newestPage, ids: ids("x", "z"), first: at(60), last: at(210)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "x", Last: "z"}},
			[]storage.Range{{FromID: "x", ToID: "z", From: at(60), To: at(210)}, old},
		},
		{
			"the beginning of the archive completes it",
			[]storage.Range{{ID: 9, FromID: "x", ToID: "z", From: at(200), To: at(210)}},
			page{kind: backwardPage, ids: ids("u", "w"), first: at(180), last: at(199)},
			wire.ArchiveFin{Complete: true, Set: wire.ResultSet{First: "u", Last: "w"}},
			[]storage.Range{{ID: 9, FromID: "u", ToID: "z", From: at(180), To: at(210), Complete: true}},
		},
		{
			"a joined range keeps that it was complete",
			[]storage.Range{{ID: 7, FromID: "a", ToID: "c", From: at(0), To: at(100), Complete: true}},
			page{kind: newestPage, ids: ids("c", "z"), first: at(100), last: at(210)},
			wire.ArchiveFin{Set: wire.ResultSet{First: "c", Last: "z"}},
			[]storage.Range{{ID: 7, FromID: "a", ToID: "z", From: at(0), To: at(210), Complete: true}},
		},
		{
			"an empty archive leaves what is stored",
			[]storage.Range{old},
			page{kind: newestPage, ids: ids()},
			wire.ArchiveFin{Complete: true},
			[]storage.Range{old},
		},
		{
			"one small complete page", nil,
			page{kind: newestPage, ids: ids("a"), first: at(1), last: at(1)},
			wire.ArchiveFin{Complete: true, Set: wire.ResultSet{First: "a", Last: "a"}},
			[]storage.Range{{FromID: "a", ToID: "a", From: at(1), To: at(1), Complete: true}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ar := archive{ranges: append([]storage.Range(nil), tt.before...)}
			ar.extend(&tt.page, tt.fin)
			ar.join(&tt.page, tt.fin)
			if fmt.Sprint(ar.ranges) != fmt.Sprint(tt.want) {
				t.Errorf("got  %v\nwant %v", ar.ranges, tt.want)
			}
		})
	}
}

func clearArchive(anna, ben model.JID, n int) []coretest.ArchiveMessage {
	msgs := make([]coretest.ArchiveMessage, n)
	for i := range msgs {
		from, to := ben, anna
		if i%3 == 0 {
			from, to = anna, ben
		}
		id := fmt.Sprintf("archived-%05d", i)
		msgs[i] = coretest.ArchiveMessage{
			From: from + "/x", To: to, ID: id, Time: time.Now().Add(-time.Duration(n-i) * time.Minute).UTC(),
			XML: fmt.Sprintf("<body>canary number %d</body><origin-id xmlns='urn:xmpp:sid:0' id='%s'/>", i, id),
		}
	}
	return msgs
}

// The whole archive arrives, newest page first, each message once; a second sign-in asks only for what is new; what was
// missed is unread, what is older than this device is not.
func TestCatchUp(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{ArchivePage: 50})
	ben := model.JID("ben@" + s.Domain)
	jid := s.AddUser(t, "anna", "canary-password")
	s.FillArchive(t, jid, clearArchive(jid, ben, 420))
	anna := signIn(t, s, jid, "canary-password")
	synced := func() bool {
		st := anna.client.account(anna.account).status()
		return st.State == model.Online && !st.Syncing && len(anna.messages(ben, 500)) >= 420
	}
	anna.until("everything is here", synced)
	all := anna.messages(ben, 1000)
	if len(all) != 420 {
		t.Fatalf("%d messages, want 420", len(all))
	}
	for i, m := range all {
		if want := fmt.Sprintf("canary number %d", i); m.Body != want || m.Outgoing != (i%3 == 0) {
			t.Fatalf("message %d is %q, outgoing %v", i, m.Body, m.Outgoing)
		}
	}
	if c := anna.chat(ben); c.Unread != 0 {
		t.Errorf("%d unread from before this device", c.Unread)
	}
	if r, err := anna.store.Ranges(anna.account, jid); err != nil || len(r) != 1 || !r[0].Complete {
		t.Errorf("ranges %v, %v", r, err)
	}

	anna.close()
	missed := clearArchive(jid, ben, 130)
	for i := range missed {
		missed[i].ID = fmt.Sprintf("missed-%05d", i)
		missed[i].From, missed[i].To = ben+"/x", jid
		missed[i].XML = fmt.Sprintf("<body>canary missed %d</body>", i)
		missed[i].Time = time.Now().UTC()
	}
	s.FillArchive(t, jid, missed)
	anna.open()
	anna.until("what was missed is here", func() bool { return len(anna.messages(ben, 1000)) == 550 && synced() })
	if c := anna.chat(ben); c.Unread != 130 {
		t.Errorf("%d unread, want 130", c.Unread)
	}
	if r, err := anna.store.Ranges(anna.account, jid); err != nil || len(r) != 1 || !r[0].Complete {
		t.Errorf("ranges %v, %v", r, err)
	}
}

// A batch waits for the rest of a page, and not once its end is in, whatever came behind it.
func TestCollect(t *testing.T) {
	stanza, end, other := link.Stanza{Element: &wire.Element{Local: "message"}}, link.Answer{ID: "page"}, link.Answer{ID: "other"}
	tests := []struct {
		name   string
		events []link.Event
		waits  bool
	}{
		{"the end comes last", []link.Event{stanza, end}, false},
		{"another answer comes behind the end", []link.Event{stanza, end, other}, false},
		{"the end comes first", []link.Event{end, stanza}, false},
		{"the end is missing", []link.Event{stanza, other}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				events := make(chan link.Event, len(tt.events))
				for _, ev := range tt.events[1:] {
					events <- ev
				}
				ar := archive{page: &page{iq: "page"}}
				begin := time.Now()
				batch, next := ar.collect(tt.events[0], events)
				if len(batch) != len(tt.events) || next != nil {
					t.Errorf("%d of %d events, and %v", len(batch), len(tt.events), next)
				}
				if waited := time.Since(begin) != 0; waited != tt.waits {
					t.Errorf("waited: %v", waited)
				}
			})
		})
	}
}
