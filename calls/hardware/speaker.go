//go:build cgo

package hardware

import (
	"sync"
	"time"

	"github.com/gen2brain/malgo"

	"kith/calls/audio"
)

const wanted = 2 * len(audio.Block{}) // samples that wait for the device when it is not behind

// Speaker is heard. Write is for one goroutine, Close for any.
type Speaker struct {
	*port
	ring *ring
}

// OpenSpeaker opens the one of that name. It is silent until something is written, and whenever that ends.
func OpenSpeaker(name string) (*Speaker, error) {
	s := &Speaker{ring: newRing()}
	var err error
	s.port, err = openPort(malgo.Playback, name, func(samples []int16) {
		clear(samples[s.ring.get(samples):])
		s.ring.signal()
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Write takes 10 ms, and waits while there is enough to play. The error is ErrClosed or ErrGone, when there is no other speaker either.
func (s *Speaker) Write(block *audio.Block) error {
	for s.ring.len() >= wanted {
		if err := s.wait(s.ring.moved); err != nil {
			return err
		}
	}
	select {
	case <-s.stop:
		return ErrClosed
	default:
	}
	s.ring.put(block[:])
	return nil
}

// Delay is how long it takes until the next block is heard.
func (s *Speaker) Delay() time.Duration { return periods*periodTime + lasts(s.ring.len()) }

// Player plays a short sound, as of a call that comes in.
type Player struct {
	*port
	mu     sync.Mutex
	sound  []int16
	at     int
	again  bool
	played chan struct{}
}

// Play plays a sound on the speaker of that name, over and over when it is to be again, until it is Closed.
func Play(name string, sound []int16, again bool) (*Player, error) {
	p := &Player{sound: sound, again: again && len(sound) > 0, played: make(chan struct{})}
	var err error
	if p.port, err = openPort(malgo.Playback, name, p.fill); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Player) fill(out []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(out) > 0 {
		if p.at >= len(p.sound) {
			if !p.again {
				p.end()
				clear(out)
				return
			}
			p.at = 0
		}
		n := copy(out, p.sound[p.at:])
		out, p.at = out[n:], p.at+n
	}
}

func (p *Player) end() {
	select {
	case <-p.played:
	default:
		close(p.played)
	}
}

// Played is closed when the sound was played once and is not to be again. It is heard for 30 ms more.
func (p *Player) Played() <-chan struct{} { return p.played }
