package transport_test

import (
	"errors"
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/media"
	"kith/calls/video"
)

var errGone = errors.New("the device is gone")

const width, height = 160, 96

// pace lets 10 ms pass per block.
type pace struct {
	next time.Time
	stop chan struct{}
	once sync.Once
}

func newPace() *pace { return &pace{next: time.Now(), stop: make(chan struct{})} }

func (p *pace) wait() error {
	p.next = p.next.Add(10 * time.Millisecond)
	timer := time.NewTimer(time.Until(p.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-p.stop:
		return errGone
	}
}

func (p *pace) Close() error {
	p.once.Do(func() { close(p.stop) })
	return nil
}

func (p *pace) Delay() time.Duration { return 0 }

// microphone hears a tone that comes and goes.
type microphone struct {
	*pace
	tone audio.Tone
}

func newMicrophone(hz float64) *microphone {
	return &microphone{newPace(), audio.Tone{From: hz, To: hz, Gate: 3 * audio.Rate / 10, Loud: 8000}}
}

func (m *microphone) Read(block *audio.Block) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.tone.Next(block)
	return nil
}

// speaker plays to nobody.
type speaker struct{ *pace }

func (s *speaker) Write(*audio.Block) error { return s.wait() }

// camera shows a pattern.
type camera struct {
	frames chan *video.Frame
	stop   chan struct{}
	once   sync.Once
	wait   sync.WaitGroup
	pool   video.Pool
}

func newCamera() *camera {
	return &camera{frames: make(chan *video.Frame, 1), stop: make(chan struct{})}
}

func (c *camera) Frames() <-chan *video.Frame {
	c.wait.Go(c.run)
	return c.frames
}

func (c *camera) run() {
	defer close(c.frames)
	pattern := video.NewSynthetic(width, height)
	ticker := time.NewTicker(time.Second / 10)
	defer ticker.Stop()
	for id := uint32(1); ; id++ {
		select {
		case <-ticker.C:
		case <-c.stop:
			return
		}
		f, err := c.pool.Get(width, height)
		if err != nil {
			return
		}
		pattern.Paint(f, id)
		f.Captured = time.Now()
		select {
		case c.frames <- f:
		default:
			f.Release()
		}
	}
}

func (c *camera) Set(int, int, int) error { return nil }

func (c *camera) Close() error {
	c.once.Do(func() { close(c.stop) })
	c.wait.Wait()
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				return nil
			}
			f.Release()
		default:
			return nil
		}
	}
}

var (
	_ media.Microphone = (*microphone)(nil)
	_ media.Speaker    = (*speaker)(nil)
	_ media.Camera     = (*camera)(nil)
)
