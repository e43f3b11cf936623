package link

import (
	"math"
	"slices"
	"testing"
)

// near makes a session whose counters are about to wrap.
func near() *session {
	return &session{counting: true, arrived: math.MaxUint32 - 1, handled: math.MaxUint32 - 1, acked: math.MaxUint32 - 1}
}

func TestCountersWrap(t *testing.T) {
	s := near()
	for range 4 {
		s.arrive(true)
	}
	s.handle(1)
	if h := s.resume(); h != math.MaxUint32 || s.skip != 3 {
		t.Errorf("resume by %d, skip %d", h, s.skip)
	}
	s.handle(3)
	if s.handled != 2 || s.arrived != 2 {
		t.Errorf("handled %d of %d", s.handled, s.arrived)
	}
	for _, id := range []string{"a", "", "b", "c"} {
		s.keep(id, []byte(id))
	}
	if ids, ok := s.ack(1); !ok || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("acknowledged %q, %v", ids, ok)
	}
	for _, h := range []uint32{0, 3, math.MaxUint32, 1 << 31} {
		if _, ok := s.ack(h); ok {
			t.Errorf("believed the count %d", h)
		}
	}
	if ids, ok := s.ack(1); !ok || ids != nil {
		t.Errorf("the same count again: %q, %v", ids, ok)
	}
	if string(s.again()) != "c" || s.keptBytes != 1 {
		t.Errorf("kept %q, %d bytes", s.again(), s.keptBytes)
	}
}

// TestHandledOfEarlierSessions counts nothing in the present one.
func TestHandledOfEarlierSessions(t *testing.T) {
	s := near()
	s.arrive(true)
	s.arrive(false)
	s.fresh()
	s.enable("x")
	s.arrive(false) // behind the old event: not before it
	s.arrive(true)
	s.event()
	s.arrive(false)
	if s.handled != 0 {
		t.Errorf("handled %d early", s.handled)
	}
	for i, want := range []uint32{1, 2, 3, 3} {
		if s.handle(1); s.handled != want {
			t.Errorf("handled %d after %d reports, want %d", s.handled, i+1, want)
		}
	}
	s.handle(-1)
	s.handle(math.MaxInt)
	if s.handled != 3 {
		t.Errorf("handled %d", s.handled)
	}
}

func TestInboxBytes(t *testing.T) {
	done := make(chan struct{})
	q := newInbox(done)
	for range 5 * maxEvents { // round the ring, several times
		q.put(Acked{}, 3)
		<-q.ch
	}
	for range 10 {
		q.put(Acked{}, maxEventBytes/10)
	}
	if n := q.waiting(); n != maxEventBytes/10*10 {
		t.Errorf("%d bytes wait", n)
	}
	put := make(chan bool)
	go func() { put <- q.put(Acked{}, maxEventBytes) }() // more than there is room for until all is taken
	for range 10 {
		select {
		case <-put:
			t.Fatal("put into a full inbox")
		default:
		}
		<-q.ch
	}
	if !<-put {
		t.Error("dropped")
	}
	go func() { put <- q.put(Acked{}, 1) }()
	close(done)
	if <-put {
		t.Error("put after Close")
	}
}
