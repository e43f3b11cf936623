package app

import (
	"context"
	"sync"
	"time"

	"kith/app/platform"
)

// sounds plays what a platform.Bell asks for, on a goroutine of its own: a sound device takes its time to open, and one of a broken sound
// system does not come back at all.
type sounds struct {
	play func(samples []int16, again bool) (stop func())
	wake chan struct{} // capacity 1

	mu   sync.Mutex
	next *tune // what is to be heard from now on; nil: nothing
}

// tune is a sound that is to be heard, once or again and again.
type tune struct {
	sound platform.Sound
	again bool
}

func newSounds(play func([]int16, bool) func()) *sounds {
	return &sounds{play: play, wake: make(chan struct{}, 1)}
}

// begin is the Play of a platform.Bell. It does not wait.
func (s *sounds) begin(sound platform.Sound, again bool) (stop func()) {
	t := &tune{sound, again}
	s.set(func() { s.next = t })
	return func() { s.drop(t) }
}

// drop ends a tune that is still to be heard.
func (s *sounds) drop(t *tune) {
	s.set(func() {
		if s.next == t {
			s.next = nil
		}
	})
}

func (s *sounds) set(change func()) {
	s.mu.Lock()
	change()
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *sounds) wanted() *tune {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// run plays until ctx ends. The device is open only while something is heard.
func (s *sounds) run(ctx context.Context) {
	var playing *tune
	stop := func() {}
	defer func() { stop() }()
	over := time.NewTimer(time.Hour)
	defer over.Stop()
	for {
		select {
		case <-s.wake:
		case <-over.C:
			s.drop(playing)
		case <-ctx.Done():
			return
		}
		t := s.wanted()
		if t == playing {
			continue
		}
		over.Stop()
		stop()
		if playing, stop = t, func() {}; t == nil {
			continue
		}
		samples := platform.Samples(t.sound)
		stop = s.play(samples, t.again)
		if !t.again {
			over.Reset(tail + time.Duration(len(samples))*time.Second/platform.SampleRate)
		}
	}
}

// tail is how long after its last sample a device still plays.
const tail = 200 * time.Millisecond
