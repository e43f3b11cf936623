package media

import (
	"errors"
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/video"
)

// ErrDenied is what opening a device says where the person, or their system, does not let Kith use it.
var ErrDenied = errors.New("the system does not allow it")

// Microphone gives sound at the device's pace. A session opens one when it may send sound, and closes it when it may not any more.
type Microphone interface {
	// Read waits for the next 10 ms. An error ends it: the device is gone, and so is every other one.
	Read(block *audio.Block) error
	// Delay is how long ago the sound of a block was heard when Read gives it.
	Delay() time.Duration
	// Close ends a Read that waits. It may be called twice, on any goroutine.
	Close() error
}

// Speaker takes sound at the device's pace.
type Speaker interface {
	// Write takes 10 ms, and waits while the device has enough. An error ends it, as with a microphone.
	Write(block *audio.Block) error
	// Delay is how long it takes until a block is heard.
	Delay() time.Duration
	// Close ends a Write that waits. It may be called twice, on any goroutine.
	Close() error
}

// Camera gives pictures: a camera, or a screen.
type Camera interface {
	// Frames gives pictures, newest first when nobody takes them; whoever takes one Releases it. Each says when it was Captured. It is closed
	// when the device is gone.
	Frames() <-chan *video.Frame
	// Set asks for a size and a pace; the device comes as near as it can.
	Set(width, height, fps int) error
	// Close may be called twice, on any goroutine.
	Close() error
}

// Processor takes the echo and the noise out of what the microphone hears. Its methods are never called at the same time.
type Processor interface {
	// Far is what is about to be played.
	Far(block *audio.Block)
	// Near is what was heard; it is changed in place.
	Near(block *audio.Block)
}

// cleaner sees to it that a Processor, if there is one, does one thing at a time.
type cleaner struct {
	mu        sync.Mutex
	processor Processor
}

func (c *cleaner) near(block *audio.Block) {
	if c.processor == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processor.Near(block)
}

func (c *cleaner) far(block *audio.Block) {
	if c.processor == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processor.Far(block)
}
