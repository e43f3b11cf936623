package core

import (
	"context"
	"sync"

	"kith/core/model"
)

// An Event says what one committed transaction changed, in values. The set is closed.
//
//sumtype:decl
type Event interface{ event() }

// ChatChanged says that a chat or rows of it are new or altered. Applying it twice does no harm.
type ChatChanged struct {
	Chat     model.Chat
	Messages []model.Message   // new or altered, in the order of their IDs within one transaction
	Removed  []model.MessageID // gone
	Notify   bool              // at least one live incoming message that no device of ours has shown
	Reload   bool              // too much to carry: read the chat again
}

// ChatRemoved says that a chat and all its rows are gone.
type ChatRemoved struct {
	Chat    model.ChatID
	Account model.AccountID
}

// AccountChanged says how an account stands now.
type AccountChanged struct {
	Account AccountStatus
	Removed bool
}

// ContactsChanged carries contacts that are new or altered, presence included.
type ContactsChanged struct {
	Account  model.AccountID
	Contacts []model.Contact
	Removed  []model.JID
	Asking   []model.JID // those of Contacts who newly ask to see our presence
}

// TypingChanged says that the other side of a chat writes, or stopped.
type TypingChanged struct {
	Chat   model.ChatID
	Active bool
}

// SyncChanged says how far an archive catch-up has come. Total is 0 while nobody knows.
type SyncChanged struct {
	Account     model.AccountID
	Active      bool
	Done, Total int
}

// DevicesChanged says that the devices of somebody, or their trust, changed. New are those never seen before.
type DevicesChanged struct {
	Account model.AccountID
	JID     model.JID
	New     []model.Device
}

// CallChanged says how a call stands now; with its end, for the last time.
type CallChanged struct{ Call model.Call }

func (CallChanged) event()     {}
func (ChatChanged) event()     {}
func (ChatRemoved) event()     {}
func (AccountChanged) event()  {}
func (ContactsChanged) event() {}
func (TypingChanged) event()   {}
func (SyncChanged) event()     {}
func (DevicesChanged) event()  {}

// mergeLimit is how many messages an unread ChatChanged carries before it asks its reader to read the chat again instead.
const mergeLimit = 100

// A Subscription holds the events that one reader has not fetched yet. Unread events about the same thing merge, so it
// stays small however long the reader sleeps, and whoever publishes never waits. One goroutine may call Next.
type Subscription struct {
	feed  *feed
	mu    sync.Mutex
	queue []Event
	wake  chan struct{} // capacity 1
}

// Next waits for the oldest unread event. It returns the context's cause when ctx ends.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		s.mu.Lock()
		if len(s.queue) > 0 {
			ev := s.queue[0]
			s.queue[0] = nil
			s.queue = s.queue[1:]
			s.mu.Unlock()
			return ev, nil
		}
		s.mu.Unlock()
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Close ends the subscription; events are no longer collected for it.
func (s *Subscription) Close() { s.feed.remove(s) }

func (s *Subscription) put(ev Event) {
	s.mu.Lock()
	s.queue = merge(s.queue, ev)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// merge appends ev to queue, or folds it into the unread event about the same thing. Only an event behind which nothing
// stands that it must not overtake may be folded: removals of a chat or account end the folding.
func merge(queue []Event, ev Event) []Event {
	for i := len(queue) - 1; i >= 0; i-- {
		joined, same := fold(queue[i], ev)
		if same {
			if joined != nil {
				queue[i] = joined
				return queue
			}
			break
		}
	}
	return append(queue, ev)
}

// fold joins two events about the same thing. same is false when they concern different things; joined is nil when they
// concern the same thing but must stay apart.
func fold(old, ev Event) (joined Event, same bool) {
	switch ev := ev.(type) {
	case ChatChanged:
		return foldChat(old, ev)
	case ChatRemoved:
		return nil, false
	case AccountChanged:
		if o, ok := old.(AccountChanged); ok && o.Account.ID == ev.Account.ID {
			if o.Removed != ev.Removed {
				return nil, true
			}
			return ev, true
		}
	case ContactsChanged:
		if o, ok := old.(ContactsChanged); ok && o.Account == ev.Account {
			return foldContacts(o, ev), true
		}
	case TypingChanged:
		if o, ok := old.(TypingChanged); ok && o.Chat == ev.Chat {
			return ev, true
		}
	case SyncChanged:
		if o, ok := old.(SyncChanged); ok && o.Account == ev.Account {
			return ev, true
		}
	case CallChanged:
		if o, ok := old.(CallChanged); ok && o.Call.ID == ev.Call.ID {
			return ev, true
		}
	case DevicesChanged:
		if o, ok := old.(DevicesChanged); ok && o.Account == ev.Account && o.JID == ev.JID {
			ev.New = append(append([]model.Device(nil), o.New...), ev.New...)
			return ev, true
		}
	}
	return nil, false
}

func foldChat(old Event, ev ChatChanged) (Event, bool) {
	if o, ok := old.(ChatRemoved); ok && o.Chat == ev.Chat.ID {
		return nil, true
	}
	o, ok := old.(ChatChanged)
	if !ok || o.Chat.ID != ev.Chat.ID {
		return nil, false
	}
	ev.Notify = ev.Notify || o.Notify
	ev.Reload = ev.Reload || o.Reload || len(o.Messages)+len(ev.Messages)+len(o.Removed)+len(ev.Removed) > mergeLimit
	if ev.Reload {
		ev.Messages, ev.Removed = nil, nil
		return ev, true
	}
	ev.Messages = append(append(make([]model.Message, 0, len(o.Messages)+len(ev.Messages)), o.Messages...), ev.Messages...)
	ev.Removed = append(append([]model.MessageID(nil), o.Removed...), ev.Removed...)
	return ev, true
}

// foldContacts keeps one entry per contact, the later one.
func foldContacts(o, ev ContactsChanged) ContactsChanged {
	later := make(map[model.JID]bool, len(ev.Contacts)+len(ev.Removed))
	for _, c := range ev.Contacts {
		later[c.JID] = true
	}
	for _, j := range ev.Removed {
		later[j] = true
	}
	out := ContactsChanged{Account: ev.Account}
	for _, c := range o.Contacts {
		if !later[c.JID] {
			out.Contacts = append(out.Contacts, c)
		}
	}
	for _, j := range o.Removed {
		if !later[j] {
			out.Removed = append(out.Removed, j)
		}
	}
	out.Contacts = append(out.Contacts, ev.Contacts...)
	out.Removed = append(out.Removed, ev.Removed...)
	out.Asking = append(append([]model.JID(nil), o.Asking...), ev.Asking...)
	return out
}

// feed hands every event to every subscription.
type feed struct {
	mu   sync.Mutex
	subs []*Subscription
}

func (f *feed) subscribe() *Subscription {
	s := &Subscription{feed: f, wake: make(chan struct{}, 1)}
	f.mu.Lock()
	f.subs = append(f.subs, s)
	f.mu.Unlock()
	return s
}

func (f *feed) remove(s *Subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, o := range f.subs {
		if o == s {
			f.subs = append(f.subs[:i:i], f.subs[i+1:]...)
			return
		}
	}
}

func (f *feed) put(evs ...Event) {
	f.mu.Lock()
	subs := f.subs
	f.mu.Unlock()
	for _, s := range subs {
		for _, ev := range evs {
			s.put(ev)
		}
	}
}
