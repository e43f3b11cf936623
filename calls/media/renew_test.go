package media

import (
	"testing"
	"time"

	"kith/calls/rate"
)

// TestRenewed: what an outage has taught is forgotten when there is another way.
func TestRenewed(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	l := s.line
	now := time.Now()
	start := l.control.Target()
	l.control.Losses(now, 0, 1)
	for range 600 { // for a minute everything that is sent goes nowhere
		now = now.Add(100 * time.Millisecond)
		l.control.Sent(now, 0)
		l.control.Tick(now)
	}
	l.lost = 0.9
	l.pacer.Push(now, rate.Video, packet{}, 1000)
	if l.control.Target() > start/2 {
		t.Fatalf("the outage has taught nothing: %.0f", l.control.Target())
	}
	s.Renewed()
	if got := l.control.Target(); got != start {
		t.Errorf("begins at %.0f b/s, want %.0f", got, start)
	}
	if l.lost != 0 || !l.key {
		t.Errorf("%.1f of what is sent seems lost, a whole picture is wanted: %v", l.lost, l.key)
	}
	if out, ok := l.pacer.Pop(now.Add(time.Second)); ok && out.Kind == rate.Video {
		t.Error("an old picture is sent another way")
	}
}
