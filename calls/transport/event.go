package transport

import (
	"slices"
	"sync"

	"kith/core/wire"
)

// An Event is something that happened to the paths. The set is closed.
//
//sumtype:decl
type Event interface{ event() }

// What may happen.
type (
	// Found carries addresses of ours that the other side may try.
	Found struct{ Contents []wire.Content }
	// Linked says that everything that was agreed is connected, and the keys are those that were agreed. It comes again after each
	// restart, and after each time that the paths were Lost.
	Linked struct{}
	// Lost says that nothing comes through any more; it may come back by itself, or by a restart.
	Lost struct{}
	// Failed says that the paths never came to be, and will not.
	Failed struct{ Reason wire.Reason }
	// Missed says that a content that was added found no path, and will not. The call goes on without it.
	Missed struct {
		Name   string
		Reason wire.Reason
	}
)

func (Found) event()  {}
func (Linked) event() {}
func (Lost) event()   {}
func (Failed) event() {}
func (Missed) event() {}

// mailbox keeps events until they are read: what was found, merged, what was missed, and after it how things stand.
type mailbox struct {
	mu  sync.Mutex
	out chan Event // holds no more than a Found, a Missed and one of the others
}

func newMailbox() *mailbox { return &mailbox{out: make(chan Event, 3)} }

// put adds an event. It never waits: only this method writes, and it takes back what was not read.
func (m *mailbox) put(ev Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found *Found
	var missed, state Event
	for _, e := range append(m.unread(), ev) {
		switch e := e.(type) {
		case Found:
			if found == nil {
				found = &Found{}
			}
			found.Contents = mergeFound(found.Contents, e.Contents)
		case Missed:
			missed = e // a call has one added content at a time
		default:
			if _, over := state.(Failed); !over {
				state = e
			}
		}
	}
	if found != nil {
		m.out <- *found
	}
	for _, e := range []Event{missed, state} {
		if e != nil {
			m.out <- e
		}
	}
}

// leave forgets a Linked that was not read: that the paths stood which a restart has given up is no news any more.
func (m *mailbox) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, ev := range m.unread() {
		if _, is := ev.(Linked); !is {
			m.out <- ev
		}
	}
}

func (m *mailbox) unread() (all []Event) {
	for {
		select {
		case ev := <-m.out:
			all = append(all, ev)
		default:
			return all
		}
	}
}

// mergeFound adds candidates to those of the same content. Those of older credentials are of no use any more, and a content may
// stand only once in what is sent. Their number is bounded where they come from.
func mergeFound(all, more []wire.Content) []wire.Content {
	for _, c := range more {
		t := *c.Transport
		c.Transport = &t
		i := slices.IndexFunc(all, func(o wire.Content) bool { return o.Name == c.Name })
		switch {
		case i < 0:
			all = append(all, c)
		case all[i].Transport.Ufrag == t.Ufrag:
			t.Candidates = append(slices.Clone(all[i].Transport.Candidates), t.Candidates...)
			all[i] = c
		default:
			all[i] = c
		}
	}
	return all
}
