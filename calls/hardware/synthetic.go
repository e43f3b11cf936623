package hardware

import (
	"errors"
	"image"
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/video"
)

// ErrClosed is what a device that was closed answers.
var ErrClosed = errors.New("the device is closed")

// Synthetic is devices that need no hardware: a microphone that hears a tone which comes and goes, a speaker that nobody hears, a
// camera with a moving pattern in which each picture has its number (calls/video.Synthetic).
type Synthetic struct {
	Hz   float64
	Size image.Point
	FPS  int
}

// pace lets 10 ms pass per block, a period of the device at a time. Who was late gets at once what they missed, up to a second of it.
type pace struct {
	period time.Duration
	left   time.Duration // of the period that has passed
	next   time.Time
	timer  *time.Timer
	stop   chan struct{}
	once   sync.Once
}

const (
	blockTime  = 10 * time.Millisecond
	periodTime = blockTime     // of a speaker: what is played is decided as late as can be
	heardTime  = 2 * blockTime // of a microphone: sound leaves in packets of 20 ms, and to be woken in between would only cost
)

// beat is one of the times at which all synthetic devices are ready, 10 ms apart: as in a sound card, microphone and speaker have one clock, and the
// processor is woken once for both.
var beat = time.Now()

func newPace(period time.Duration) *pace {
	now := time.Now()
	return &pace{period: period, next: now.Add(-now.Sub(beat) % blockTime), timer: time.NewTimer(time.Hour), stop: make(chan struct{})}
}

func (p *pace) wait() error {
	if p.left > 0 {
		p.left -= blockTime
		if closed(p.stop) {
			return ErrClosed
		}
		return nil
	}
	now := time.Now()
	if p.next = p.next.Add(p.period); now.Sub(p.next) > time.Second {
		p.next = now.Add(-now.Sub(beat) % blockTime)
	}
	p.timer.Reset(p.next.Sub(now))
	select {
	case <-p.timer.C:
		p.left = p.period - blockTime
		return nil
	case <-p.stop:
		return ErrClosed
	}
}

// Close ends a Read or Write that waits.
func (p *pace) Close() error {
	p.once.Do(func() {
		p.timer.Stop()
		close(p.stop)
	})
	return nil
}

// Delay is how much more of the period there is: the device itself has none.
func (p *pace) Delay() time.Duration { return p.left }

// SyntheticMicrophone hears a tone of 300 ms every 600 ms.
type SyntheticMicrophone struct {
	*pace
	tone audio.Tone
}

// Microphone opens one.
func (s Synthetic) Microphone() *SyntheticMicrophone {
	return &SyntheticMicrophone{newPace(heardTime), audio.Tone{From: s.Hz, To: s.Hz, Gate: 3 * audio.Rate / 10, Loud: 8000}}
}

// Read waits for the next 10 ms.
func (m *SyntheticMicrophone) Read(block *audio.Block) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.tone.Next(block)
	return nil
}

// SyntheticSpeaker takes sound at the pace of a clock.
type SyntheticSpeaker struct{ *pace }

// Speaker opens one.
func (Synthetic) Speaker() *SyntheticSpeaker { return &SyntheticSpeaker{newPace(periodTime)} }

// Write takes 10 ms, and as long.
func (s *SyntheticSpeaker) Write(*audio.Block) error { return s.wait() }

// SyntheticCamera shows the pattern.
type SyntheticCamera struct {
	*film
	pattern *video.Synthetic
	size    image.Point
	fps     int
}

// Camera opens one. It keeps its size and its pace, whatever is asked for.
func (s Synthetic) Camera() *SyntheticCamera {
	c := &SyntheticCamera{
		film: newFilm(), pattern: video.NewSynthetic(s.Size.X, s.Size.Y), size: s.Size, fps: s.FPS,
	}
	c.wait.Add(1)
	go c.run()
	return c
}

// Set changes nothing.
func (c *SyntheticCamera) Set(int, int, int) error { return nil }

func (c *SyntheticCamera) run() {
	defer c.ended()
	ticker := time.NewTicker(time.Second / time.Duration(c.fps))
	defer ticker.Stop()
	var pool video.Pool
	for id := uint32(1); ; id++ {
		select {
		case now := <-ticker.C:
			c.paint(&pool, id, now)
		case <-c.stop:
			return
		}
	}
}

// paint makes a picture and gives it.
func (c *SyntheticCamera) paint(pool *video.Pool, id uint32, now time.Time) {
	f, err := pool.Get(c.size.X, c.size.Y)
	if err != nil {
		return // there is no camera of that size
	}
	c.pattern.Paint(f, id)
	f.Captured = now
	c.show(f)
}
