package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core"
	"kith/core/model"
)

// sketch writes rows as short lines, so that a test shows the whole timeline at once.
func sketch(t *Timeline) []string {
	var out []string
	for i := range t.Len() {
		r := t.Row(i)
		switch r.Kind {
		case BubbleRow:
			side := "<"
			if r.Outgoing {
				side = ">"
			}
			out = append(out, side+mark(r.First, "f")+mark(r.Last, "l")+" "+r.Text)
		case UnreadableRow:
			out = append(out, "? "+r.Text)
		case NoticeRow:
			out = append(out, "! "+r.Text)
		case DayRow:
			out = append(out, "-- "+r.Text)
		case UnreadRow:
			out = append(out, "== "+r.Text)
		case GapRow:
			out = append(out, "~~ "+r.Text)
		case TopRow:
			out = append(out, "^^ "+r.Text)
		case CallRow:
			out = append(out, "() "+r.Text)
		}
	}
	return out
}

func mark(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

func wantRows(t *testing.T, tl *Timeline, want ...string) {
	t.Helper()
	if got := sketch(tl); !slices.Equal(got, want) {
		t.Fatalf("rows\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	keys := map[int64]bool{}
	for i := range tl.Len() {
		if k := tl.Row(i).Key; keys[k] {
			t.Fatalf("two rows have the key %d", k)
		} else {
			keys[k] = true
		}
	}
}

func outgoing(m model.Message) model.Message {
	m.Outgoing, m.From = true, "anna@example.org"
	return m
}

func TestTimelineGroups(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	say := func(when, body string) model.Message { return message(1, at(t, when), body) }
	clear := say("2026-05-08 13:00:05", "in clear")
	clear.Encrypted = false
	tl := NewTimeline(model.Chat{ID: 1, Name: "Ben", Complete: true}, []model.Message{
		say("2026-05-07 23:59:00", "late"),
		say("2026-05-08 00:00:30", "midnight parts a group"),
		say("2026-05-08 10:00:00", "one"),
		say("2026-05-08 10:02:59", "two"),
		say("2026-05-08 10:05:59", "three minutes part a group"),
		outgoing(say("2026-05-08 10:06:00", "mine")),
		outgoing(say("2026-05-08 10:06:10", "mine too")),
		say("2026-05-08 13:00:00", "encrypted"),
		clear,
	}, now)
	wantRows(t, tl,
		"-- Yesterday", "<fl late", "-- Today", "<fl midnight parts a group", "<f one", "<l two",
		"<fl three minutes part a group", ">f mine", ">l mine too", "<fl encrypted", "<fl in clear")
	if r := tl.Row(tl.Len() - 1); !r.Clear {
		t.Error("a message in clear is not marked")
	}
}

func TestTimelineUnread(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	read := message(1, now.Add(-time.Hour), "read")
	a, b := message(1, now.Add(-3*time.Minute), "a"), message(1, now.Add(-2*time.Minute), "b")
	chat := model.Chat{ID: 1, Name: "Ben", Unread: 2, ReadUpTo: read.ID, Complete: true}
	tl := NewTimeline(chat, []model.Message{read, a, b}, now)
	wantRows(t, tl, "-- Today", "<fl read", "== 2 new messages", "<f a", "<l b")
	if got := tl.UnreadIndex(); got != 2 {
		t.Fatalf("unread line in row %d", got)
	}
	// Reading moves ReadUpTo, the line stays where it was; one more message is counted.
	chat.Unread, chat.ReadUpTo = 0, b.ID
	c := message(1, now.Add(-time.Minute), "c")
	if first := tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{c}}); first != 2 {
		t.Fatalf("first changed row %d, want the unread line", first)
	}
	wantRows(t, tl, "-- Today", "<fl read", "== 3 new messages", "<f a", "< b", "<l c")
	// An answer takes the line away.
	tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{outgoing(message(1, now, "answer"))}})
	wantRows(t, tl, "-- Today", "<fl read", "<f a", "< b", "<l c", ">fl answer")
}

// TestTimelineManyUnread opens chats with more new messages than a page holds: all of them are there, and the line before the first.
func TestTimelineManyUnread(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	all := history(1000, now)
	for _, unread := range []int{0, 5, 41, 51, 104, Window - readBefore} {
		chat := model.Chat{ID: 1, Name: "Ben", Unread: unread, ReadUpTo: all[len(all)-1-unread].ID}
		page := FirstPage(chat)
		tl := NewTimeline(chat, read(all, page), now)
		if _, older := tl.OlderPage(); !older || page.Limit > Window {
			t.Fatalf("%d unread: %d messages are read, older ones %v", unread, page.Limit, older)
		}
		i := tl.UnreadIndex()
		if unread == 0 {
			if i >= 0 {
				t.Errorf("a line with nothing new at row %d", i)
			}
			continue
		}
		if got := tl.Row(i).Text; i < readBefore || !strings.HasPrefix(got, fmt.Sprint(unread)+" ") {
			t.Errorf("%d unread: row %d says %q", unread, i, got)
		}
	}
}

func TestTimelineLineWhileAway(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	a := message(1, now.Add(-3*time.Minute), "a")
	chat := model.Chat{ID: 1, Name: "Ben", ReadUpTo: a.ID, Complete: true}
	tl := NewTimeline(chat, []model.Message{a}, now)
	tl.Look(true)
	b := message(1, now.Add(-2*time.Minute), "b")
	tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{b}})
	wantRows(t, tl, "-- Today", "<f a", "<l b")
	tl.Look(false)
	tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{message(1, now.Add(-time.Minute), "c")}})
	wantRows(t, tl, "-- Today", "<f a", "<l b", "== 1 new message", "<fl c")
	if first := tl.ClearLine(); first != 2 {
		t.Errorf("first row changed by clearing the line: %d, want 2", first)
	}
}

func TestTimelineApplyTwice(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	a, b := message(1, now.Add(-9*time.Minute), "a"), outgoing(message(1, now.Add(-time.Minute), "b"))
	chat := model.Chat{ID: 1, Name: "Ben", Complete: true}
	tl := NewTimeline(chat, []model.Message{a}, now)
	ev := core.ChatChanged{Chat: chat, Messages: []model.Message{b}}
	if first := tl.Apply(ev); first != 2 {
		t.Fatalf("first = %d, want 2", first)
	}
	if first := tl.Apply(ev); first != tl.Len() {
		t.Fatalf("applying twice changed row %d", first)
	}
	b.State = model.Delivered
	if first := tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{b}}); first != 2 || tl.Row(2).State != model.Delivered {
		t.Fatalf("first = %d, state %v", first, tl.Row(2).State)
	}
	if first := tl.Apply(core.ChatChanged{Chat: chat, Removed: []model.MessageID{a.ID, 12345}}); first != 0 {
		t.Fatalf("first after removal = %d", first)
	}
	wantRows(t, tl, "-- Today", ">fl b")
}

func TestTimelineUnreadableRuns(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	var msgs []model.Message
	add := func(f model.Fault, n int) {
		for range n {
			m := message(1, now.Add(-time.Hour).Add(time.Duration(len(msgs))*time.Second), "")
			m.Kind, m.Fault = model.Unreadable, f
			msgs = append(msgs, m)
		}
	}
	add(model.NotForUs, 12)
	add(model.NoSession, 1)
	add(model.NoSession, 1)
	add(model.OldFormat, 1)
	own := outgoing(message(1, now, ""))
	own.Kind, own.Fault = model.Unreadable, model.NoSession
	msgs = append(msgs, own)
	chat := model.Chat{ID: 1, Name: "Ben", Complete: true}
	tl := NewTimeline(chat, msgs, now)
	wantRows(t, tl, "-- Today",
		"? 12 messages were sent to your other devices before this one was added.",
		"? Ben sent 2 messages that this device can't read yet. Asking for them again…",
		"? Ben's app protects messages in an outdated way that Kith refuses. Ask them to update it.",
		"? You sent something from another device that this one can't read.")
	if r := tl.Row(2); r.Action != ResetKeys || r.Message != msgs[12].ID {
		t.Errorf("row of missing keys: %+v", r)
	}
	// One of the run heals.
	healed := msgs[4]
	healed.Kind, healed.Fault, healed.Body = model.Text, model.NoFault, "hello"
	tl.Apply(core.ChatChanged{Chat: chat, Messages: []model.Message{healed}})
	if got := sketch(tl)[1:4]; !slices.Equal(got, []string{
		"? 4 messages were sent to your other devices before this one was added.", "<fl hello",
		"? 7 messages were sent to your other devices before this one was added.",
	}) {
		t.Errorf("after healing: %q", got)
	}
}

func TestTimelineGap(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	a, b := message(1, now.Add(-2*time.Minute), "a"), message(1, now.Add(-time.Minute), "b")
	chat := model.Chat{ID: 1, Name: "Ben", Gaps: []model.Gap{{After: a.ID, Before: b.ID}, {Before: a.ID}}}
	tl := NewTimeline(chat, []model.Message{a, b}, now)
	wantRows(t, tl, "-- Today", "<fl a", "~~ Some messages are missing here", "<fl b")
	if r := tl.Row(2); r.Gap != chat.Gaps[0] || r.Action != LoadGap {
		t.Errorf("gap row %+v", r)
	}
	chat.Gaps = nil
	tl.Apply(core.ChatChanged{Chat: chat})
	wantRows(t, tl, "-- Today", "<f a", "<l b")
}

// history is n messages a minute apart, the newest a minute before now.
func history(n int, now time.Time) []model.Message {
	out := make([]model.Message, n)
	for i := range out {
		out[i] = message(1, now.Add(-time.Duration(n-i)*time.Minute), fmt.Sprint(i))
	}
	return out
}

// read is what the store returns for a page of all.
func read(all []model.Message, p model.Page) []model.Message {
	at, found := slices.BinarySearchFunc(all, p.Around, func(m model.Message, id model.MessageID) int { return int(m.ID - id) })
	switch {
	case p.Around == 0:
		return all[max(0, len(all)-p.Limit):]
	case p.Newer:
		if found {
			at++
		}
		return all[at:min(len(all), at+p.Limit)]
	}
	return all[max(0, at-p.Limit):at]
}

func TestTimelinePaging(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	all := history(1003, now)
	tl := NewTimeline(model.Chat{ID: 1, Name: "Ben"}, read(all, model.Page{Limit: PageSize}), now)
	if tl.NeedsArchive() {
		t.Fatal("asks the archive while the store has more")
	}
	oldest := func() string { return tl.msgs[0].Body }
	for steps := 0; ; steps++ {
		p, ok := tl.OlderPage()
		if !ok {
			break
		}
		if steps > 30 {
			t.Fatal("paging up does not end")
		}
		tl.Paged(p, read(all, p))
		if len(tl.msgs) > Window {
			t.Fatalf("%d messages held", len(tl.msgs))
		}
	}
	if oldest() != "0" || tl.AtNewest() || !tl.NeedsArchive() {
		t.Fatalf("at the top: oldest %s, newest %v, archive %v", oldest(), tl.AtNewest(), tl.NeedsArchive())
	}
	// A live message lies outside the window now: it is left to paging.
	live := message(1, now, "live")
	before := tl.Len()
	if first := tl.Apply(core.ChatChanged{Chat: tl.Chat, Messages: []model.Message{live}}); first != before || tl.Len() != before {
		t.Fatal("a live message changed a window that does not reach it")
	}
	all = append(all, live)
	for steps := 0; ; steps++ {
		p, ok := tl.NewerPage()
		if !ok {
			break
		}
		if steps > 30 {
			t.Fatal("paging down does not end")
		}
		tl.Paged(p, read(all, p))
	}
	if got := tl.msgs[len(tl.msgs)-1].Body; got != "live" || len(tl.msgs) > Window {
		t.Fatalf("newest %q of %d", got, len(tl.msgs))
	}
	// A page that was read for another window does no harm.
	if first := tl.Paged(model.Page{Around: all[3].ID, Limit: PageSize}, read(all, model.Page{Around: all[3].ID, Limit: 3})); first != tl.Len() {
		t.Fatal("a late page was taken")
	}
}

func TestTimelineBounded(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	all := history(1500, now)
	for _, looking := range []bool{true, false} {
		tl := NewTimeline(model.Chat{ID: 1}, all[:PageSize], now)
		tl.Look(looking)
		for _, m := range all[PageSize:] {
			tl.Apply(core.ChatChanged{Chat: tl.Chat, Messages: []model.Message{m}})
		}
		if len(tl.msgs) > windowMax {
			t.Fatalf("looking %v: %d messages held", looking, len(tl.msgs))
		}
		if tl.AtNewest() != looking {
			t.Errorf("looking %v: reaches the newest %v", looking, tl.AtNewest())
		}
		if first := tl.msgs[0].Body; !looking && first != "0" {
			t.Errorf("what a reader of history sees was let go: window begins at %s", first)
		}
	}
}

func TestTimelineReload(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	all := history(300, now)
	tl := NewTimeline(model.Chat{ID: 1}, all[50:100], now)
	p := tl.ReloadPage()
	tl.Reloaded(p, read(all, p), model.Chat{ID: 1, Name: "Ben"})
	if tl.Newest() != all[299].ID || len(tl.msgs) != PageSize || tl.Chat.Name != "Ben" {
		t.Fatalf("reloaded at the newest: %d messages", len(tl.msgs))
	}
	tl.Reset(all[100:150], false, false, now)
	p = tl.ReloadPage()
	tl.Reloaded(p, read(all, p), tl.Chat)
	if tl.Newest() != all[149].ID || tl.AtNewest() {
		t.Fatal("a reload moved a window that stands in history")
	}
}

func TestTimelineTop(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	tl := NewTimeline(model.Chat{ID: 1}, history(1, now), now)
	tl.SetLoading(true, "")
	wantRows(t, tl, "^^ Loading earlier messages…", "-- Today", "<fl 0")
	tl.SetLoading(false, "Earlier messages could not be loaded")
	if r := tl.Row(0); r.Action != TryAgain {
		t.Errorf("top row %+v", r)
	}
	tl.SetLoading(false, "")
	wantRows(t, tl, "-- Today", "<fl 0")
	if first := tl.Tick(now.AddDate(0, 0, 1)); first != 0 || tl.Row(0).Text != "Yesterday" {
		t.Errorf("a day later: first %d, %q", first, tl.Row(0).Text)
	}
}

func TestFailedRow(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	tests := []struct {
		state  model.State
		fault  model.Fault
		fine   bool
		action string
	}{
		{model.Sent, model.NoFault, true, ""},
		{model.Pending, model.NoFault, true, ""},
		{model.Pending, model.UndecidedTrust, false, "Check"},
		{model.Pending, model.NoDevices, false, ""},
		{model.Failed, model.NoFault, false, "Try again"},
		{model.Failed, model.Refused, false, "Try again"},
		{model.Failed, model.UndecidedTrust, false, "Check"},
	}
	for _, tt := range tests {
		m := outgoing(message(1, now, "x"))
		m.State, m.Fault = tt.state, tt.fault
		r := NewTimeline(model.Chat{ID: 1, Name: "Ben"}, []model.Message{m}, now).Row(1)
		if (r.Fault == "") != tt.fine || r.Action.Text() != tt.action {
			t.Errorf("%v %v: fault %q action %q", tt.state, tt.fault, r.Fault, r.Action.Text())
		}
	}
}

func BenchmarkApply(b *testing.B) {
	now := time.Date(2026, 5, 8, 14, 10, 0, 0, time.UTC)
	all := history(Window, now)
	tl := NewTimeline(model.Chat{ID: 1, Name: "Ben"}, all, now)
	m := outgoing(message(1, now, "x"))
	for i := range b.N {
		m.State = model.State(i % 3)
		tl.Apply(core.ChatChanged{Chat: tl.Chat, Messages: []model.Message{m}})
	}
}

// TestTimelineEmpty is a chat that begins: it is empty before and after the archive was asked, until there is a message.
func TestTimelineEmpty(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	tl := NewTimeline(model.Chat{ID: 1}, nil, now)
	empty := func(what string, want bool) {
		t.Helper()
		if tl.Empty() != want {
			t.Errorf("%s: empty %v", what, !want)
		}
	}
	empty("a new chat", true)
	tl.SetLoading(true, "")
	tl.MoreStored()
	tl.SetLoading(false, "")
	empty("the archive has nothing", true)
	m := message(1, now, "hello")
	tl.Apply(core.ChatChanged{Chat: model.Chat{ID: 1, Last: m}, Messages: []model.Message{m}})
	empty("a message", false)
}
