package app

import (
	"context"
	"testing"
	"time"

	"kith/app/platform"
)

// TestSounds plays one sound at a time, lets go of the device after one that is heard once, and never waits for a device that does
// not open.
func TestSounds(t *testing.T) {
	opened, freed := make(chan bool), make(chan struct{})
	s := newSounds(func(samples []int16, again bool) func() {
		if len(samples) == 0 {
			t.Error("nothing to play")
		}
		opened <- again
		return func() { freed <- struct{}{} }
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.run(ctx) }()
	bell := platform.Bell{Play: s.begin}

	bell.Set(platform.Rings) // the device does not open until it is let to
	bell.Set(platform.Silence)
	bell.Set(platform.Waits)
	for again := true; again; { // what was asked for first may have begun to open
		if !within(t, "the device", opened) {
			t.Fatal("a sound that repeats is played once")
		}
		select {
		case <-opened:
			t.Fatal("two at once")
		case <-freed:
		case <-time.After(100 * time.Millisecond): // it stays
			again = false
		}
	}
	bell.Set(platform.Ends)
	within(t, "the end of the one before", freed)
	if within(t, "the end of the call", opened) {
		t.Error("what is heard once repeats")
	}
	within(t, "the end by itself", freed)
	bell.Ring(true)
	within(t, "the ringing", opened)
	cancel()
	within(t, "silence at the end", freed)
	within(t, "the end", ended)
}

func within[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(time.Minute):
		t.Fatalf("waited in vain for %s", what)
	}
	return v
}
