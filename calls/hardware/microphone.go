//go:build cgo

package hardware

import (
	"time"

	"github.com/gen2brain/malgo"

	"kith/calls/audio"
)

const mostHeard = 5 * len(audio.Block{}) // samples that may wait for who reads; more is late, and dropped

// Microphone hears. Read is for one goroutine, Close for any.
type Microphone struct {
	*port
	ring *ring
}

// OpenMicrophone opens the one of that name. ErrDenied says that the person, or their system, does not let Kith hear.
func OpenMicrophone(name string) (*Microphone, error) {
	if err := mayHear(); err != nil {
		return nil, err
	}
	m := &Microphone{ring: newRing()}
	var err error
	m.port, err = openPort(malgo.Capture, name, func(samples []int16) {
		m.ring.put(samples)
		m.ring.signal()
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Read waits for the next 10 ms. The error is ErrClosed or ErrGone, when there is no other microphone either.
func (m *Microphone) Read(block *audio.Block) error {
	for m.ring.len() < len(block) {
		if err := m.wait(m.ring.moved); err != nil {
			return err
		}
	}
	for m.ring.len() > mostHeard {
		m.ring.get(block[:])
	}
	m.ring.get(block[:])
	return nil
}

// Delay is how long ago the next block was heard.
func (m *Microphone) Delay() time.Duration { return blockTime + lasts(m.ring.len()) }

// lasts is how long so many samples take.
func lasts(samples int) time.Duration { return time.Duration(samples) * time.Second / audio.Rate }
