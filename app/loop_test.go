package app

import (
	"testing"
	"time"
)

// TestRest asks the loop to sleep when it must not; it would fail at once, as there is no window system here.
func TestRest(t *testing.T) {
	at := time.Now()
	tests := []struct {
		name string
		set  func(*loop)
		want func(time.Duration) bool
	}{
		{"something has just happened", func(l *loop) { l.active = at }, func(d time.Duration) bool { return d > alert/2 && d <= alert }},
		{"something waits", func(l *loop) { l.waiting.Add(1) }, func(d time.Duration) bool { return d == blink }},
		{"the toolkit has ended", func(l *loop) { l.over.Store(true) }, func(d time.Duration) bool { return d == blink }},
	}
	for _, tt := range tests {
		var l loop
		tt.set(&l)
		if d := l.rest(); !tt.want(d) || l.asleep.Load() {
			t.Errorf("%s: again in %v, asleep: %v", tt.name, d, l.asleep.Load())
		}
	}
}

// TestHand hands a function over to a loop that sleeps or not: it counts as waiting until it begins.
func TestHand(t *testing.T) {
	var l loop
	var waiting int32
	over := func(f func()) { waiting = l.waiting.Load(); f() }
	done := 0
	l.hand(over, func() { done++ })
	if waiting != 1 || done != 1 || l.waiting.Load() != 0 || !l.active.IsZero() {
		t.Errorf("%d waited, %d done, %d left; active %v", waiting, done, l.waiting.Load(), l.active)
	}
	l.hand(func(f func()) { f() }, l.stirred(func() { done++ }))
	if done != 2 || l.active.IsZero() {
		t.Errorf("%d done, active %v", done, l.active)
	}
}
