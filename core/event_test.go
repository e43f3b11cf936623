package core

import (
	"context"
	"errors"
	"testing"

	"kith/core/model"
)

func chatEvent(id model.ChatID, n int) ChatChanged {
	ev := ChatChanged{Chat: model.Chat{ID: id}}
	for i := range n {
		ev.Messages = append(ev.Messages, model.Message{ID: model.MessageID(i), Chat: id})
	}
	return ev
}

func TestSubscriptionMerges(t *testing.T) {
	tests := []struct {
		name string
		in   []Event
		want int
		last func(Event) bool
	}{
		{"one chat", []Event{chatEvent(1, 2), chatEvent(1, 3)}, 1, func(e Event) bool { return len(e.(ChatChanged).Messages) == 5 }},
		{"two chats", []Event{chatEvent(1, 1), chatEvent(2, 1), chatEvent(1, 1)}, 2, nil},
		{"too much becomes a reload", []Event{chatEvent(1, 60), chatEvent(1, 60)}, 1, func(e Event) bool {
			return e.(ChatChanged).Reload && e.(ChatChanged).Messages == nil
		}},
		{"removal is not overtaken", []Event{chatEvent(1, 1), ChatRemoved{Chat: 1}, chatEvent(1, 1)}, 3, nil},
		{"later account state wins", []Event{
			AccountChanged{Account: AccountStatus{State: model.Online}},
			AccountChanged{Account: AccountStatus{State: model.Offline}},
		}, 1, func(e Event) bool { return e.(AccountChanged).Account.State == model.Offline }},
		{"contacts by address", []Event{
			ContactsChanged{Account: 1, Contacts: []model.Contact{{JID: "a@x", Presence: model.Away}}},
			ContactsChanged{Account: 1, Contacts: []model.Contact{{JID: "a@x", Presence: model.Available}}},
		}, 1, func(e Event) bool {
			c := e.(ContactsChanged).Contacts
			return len(c) == 1 && c[0].Presence == model.Available
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f feed
			s := f.subscribe()
			f.put(tt.in...)
			if len(s.queue) != tt.want {
				t.Fatalf("%d unread events, want %d", len(s.queue), tt.want)
			}
			if tt.last != nil && !tt.last(s.queue[len(s.queue)-1]) {
				t.Errorf("last event is %+v", s.queue[len(s.queue)-1])
			}
		})
	}
}

func TestSubscriptionNext(t *testing.T) {
	var f feed
	s := f.subscribe()
	f.put(chatEvent(1, 1), chatEvent(2, 1))
	for want := model.ChatID(1); want <= 2; want++ {
		ev, err := s.Next(t.Context())
		if err != nil || ev.(ChatChanged).Chat.ID != want {
			t.Fatalf("got %v, %v; want chat %d", ev, err, want)
		}
	}
	cause := errors.New("window closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := s.Next(ctx); !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause", err)
	}
	s.Close()
	f.put(chatEvent(1, 1))
	if len(s.queue) != 0 {
		t.Error("a closed subscription still collects")
	}
}

// A reader that sleeps while much happens finds one event a chat, and the writer never waits for it.
func TestSubscriptionSleepingReader(t *testing.T) {
	var f feed
	s := f.subscribe()
	for i := range 100_000 {
		f.put(chatEvent(model.ChatID(i%7), 1))
	}
	if len(s.queue) != 7 {
		t.Fatalf("%d unread events, want 7", len(s.queue))
	}
	for _, ev := range s.queue {
		if !ev.(ChatChanged).Reload {
			t.Errorf("chat %d carries its messages", ev.(ChatChanged).Chat.ID)
		}
	}
}
