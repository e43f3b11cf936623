package view

import (
	"slices"
	"testing"
	"time"

	"kith/core"
	"kith/core/model"
)

func message(chat model.ChatID, when time.Time, body string) model.Message {
	return model.Message{
		ID: model.MessageIDAt(chat, when), Chat: chat, From: "ben@example.org", Time: when.UTC(), Body: body, Encrypted: true,
	}
}

func names(rows []ChatRow) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return out
}

func TestChatOrder(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	chat := func(id model.ChatID, name string, ago time.Duration) model.Chat {
		c := model.Chat{ID: id, Account: 1, JID: model.JID(name + "@example.org"), Name: name}
		if ago > 0 {
			c.Last = message(id, now.Add(-ago), "x")
		}
		return c
	}
	// The identities grow with the chat's number: an order by identity would be wrong.
	pinned := chat(5, "pinned", 100*time.Hour)
	pinned.Pinned = true
	drafted := chat(6, "drafted", 0)
	drafted.Draft = "hello"
	v := NewChats()
	v.Set([]model.Chat{chat(1, "new", time.Minute), chat(9, "old", time.Hour), chat(2, "empty", 0), pinned, drafted})
	if got, want := names(v.Rows(now)), []string{"pinned", "new", "old", "drafted", "empty"}; !slices.Equal(got, want) {
		t.Fatalf("order %q, want %q", got, want)
	}
	old := chat(9, "old", time.Second)
	v.Apply(core.ChatChanged{Chat: old})
	if got, want := names(v.Rows(now)), []string{"pinned", "old", "new", "drafted", "empty"}; !slices.Equal(got, want) {
		t.Fatalf("order after a new message %q, want %q", got, want)
	}
	v.Apply(core.ChatChanged{Chat: chat(7, "fresh", time.Millisecond)})
	v.Remove(2)
	if got, want := names(v.Rows(now)), []string{"pinned", "fresh", "old", "new", "drafted"}; !slices.Equal(got, want) {
		t.Fatalf("order after one more and one less %q, want %q", got, want)
	}
	v.Filter("  FR ")
	if got := names(v.Rows(now)); !slices.Equal(got, []string{"fresh"}) {
		t.Fatalf("filtered %q", got)
	}
}

func TestChatNeighbour(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	v := NewChats()
	if got := v.Neighbour(1); got != 0 {
		t.Fatalf("neighbour in an empty list = %d", got)
	}
	for i := model.ChatID(1); i <= 3; i++ {
		v.Put(model.Chat{ID: i, Last: message(i, now.Add(-time.Duration(i)*time.Minute), "x")})
	}
	tests := []struct {
		open  model.ChatID
		steps int
		want  model.ChatID
	}{{0, 1, 1}, {1, 1, 2}, {3, 1, 3}, {3, -1, 2}, {1, -1, 1}, {77, 1, 1}}
	for _, tt := range tests {
		v.Open(tt.open)
		if got := v.Neighbour(tt.steps); got != tt.want {
			t.Errorf("from %d by %d: %d, want %d", tt.open, tt.steps, got, tt.want)
		}
	}
}

func TestChatLine(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	m := message(1, now, "see you\n on  Saturday")
	own := m
	own.Outgoing, own.State = true, model.Delivered
	failed := own
	failed.State, failed.Fault = model.Failed, model.Refused
	unreadable := m
	unreadable.Kind, unreadable.Body = model.Unreadable, ""
	tests := []struct {
		name   string
		chat   model.Chat
		typing bool
		open   model.ChatID
		want   ChatRow
	}{
		{"incoming", model.Chat{Last: m}, false, 0, ChatRow{Line: "see you on Saturday", Time: "14:10"}},
		{"own", model.Chat{Last: own}, false, 0, ChatRow{Line: "You: see you on Saturday", Time: "14:10", Sent: true, State: model.Delivered}},
		{"failed", model.Chat{Last: failed}, false, 0, ChatRow{Lead: "Not sent: ", Line: "see you on Saturday", Time: "14:10", Failed: true}},
		{"unreadable", model.Chat{Last: unreadable}, false, 0, ChatRow{Line: "A message this device can't read", Time: "14:10"}},
		{"draft", model.Chat{Last: m, Draft: "I'll be\nlate"}, false, 0, ChatRow{Lead: "Draft: ", Line: "I'll be late", Time: "14:10"}},
		{"draft of a space", model.Chat{Last: m, Draft: " \n"}, false, 0, ChatRow{Line: "see you on Saturday", Time: "14:10"}},
		{"draft of the open chat", model.Chat{Last: m, Draft: "late"}, false, 1, ChatRow{Line: "see you on Saturday", Time: "14:10"}},
		{"writing", model.Chat{Last: m, Draft: "late"}, true, 0, ChatRow{Line: "writing…", Typing: true, Time: "14:10"}},
		{"nothing yet", model.Chat{}, false, 0, ChatRow{Line: "ben@example.org"}},
		{"muted", model.Chat{Last: m, Muted: now.Add(time.Hour)}, false, 0, ChatRow{Line: "see you on Saturday", Time: "14:10", Muted: true}},
		{"muted until a while ago", model.Chat{Last: m, Muted: now.Add(-time.Hour)}, false, 0, ChatRow{Line: "see you on Saturday", Time: "14:10"}},
	}
	for _, tt := range tests {
		v := NewChats()
		tt.chat.ID, tt.chat.Account, tt.chat.JID, tt.chat.Name = 1, 3, "ben@example.org", "Ben\u202e"
		tt.want.ID, tt.want.Account, tt.want.JID, tt.want.Name = 1, 3, "ben@example.org", "Ben"
		v.Put(tt.chat)
		v.ApplyTyping(core.TypingChanged{Chat: 1, Active: tt.typing})
		v.Open(tt.open)
		if got := v.Rows(now)[0]; got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestChatContacts(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	v := NewChats()
	v.Put(model.Chat{ID: 1, Account: 1, JID: "ben@example.org", Name: "Ben", Unread: 2})
	v.Put(model.Chat{ID: 2, Account: 1, JID: "eva@example.org", Name: "Eva", Unread: 3, Muted: now.Add(time.Hour)})
	v.ApplyContacts(core.ContactsChanged{Account: 1, Contacts: []model.Contact{
		{Account: 1, JID: "ben@example.org", Name: "Ben", InRoster: true, Presence: model.Available},
		{Account: 1, JID: "zoe@example.org", Asking: true},
		{Account: 1, JID: "adam@example.org", Asking: true, InRoster: true},
	}})
	if rows := v.Rows(now); !rows[0].Online || rows[1].Online {
		t.Errorf("online: %v %v, want Ben only", rows[0].Online, rows[1].Online)
	}
	if got := v.Unread(now); got != 2 {
		t.Errorf("unread = %d, want 2 without the muted chat", got)
	}
	if got := v.Asking(); len(got) != 2 || got[0].JID != "adam@example.org" {
		t.Errorf("asking = %v", got)
	}
	if got := v.People("AD", 9); len(got) != 1 || got[0].JID != "adam@example.org" {
		t.Errorf("people = %v", got)
	}
	if got := v.People("", 1); len(got) != 1 {
		t.Errorf("people with a limit = %v", got)
	}
	there := func() [3]bool {
		return [3]bool{v.Rows(now)[0].Online, v.Contact(1, "ben@example.org").Presence == model.Available, v.People("ben", 9)[0].Presence == model.Available}
	}
	v.Connected(1, false)
	if there() != [3]bool{} || v.Hears(1) || !v.Hears(2) {
		t.Errorf("somebody is there though nothing is heard: %v", there())
	}
	v.Connected(1, true)
	if there() != [3]bool{true, true, true} || !v.Hears(1) {
		t.Errorf("the connection is back and nobody there: %v", there())
	}
	v.ApplyContacts(core.ContactsChanged{Account: 1, Removed: []model.JID{"ben@example.org"}})
	if v.Rows(now)[0].Online {
		t.Error("a removed contact is still online")
	}
	v.ApplyTyping(core.TypingChanged{Chat: 1, Active: true})
	v.Connected(2, false)
	if !v.Typing(1) {
		t.Error("another account's connection stopped somebody writing")
	}
	v.Connected(1, false)
	if v.Typing(1) {
		t.Error("somebody writes without a connection")
	}
	v.RemoveAccount(1)
	if v.Len() != 0 || len(v.Asking()) != 0 {
		t.Error("an account was removed, its chats or contacts stay")
	}
}
