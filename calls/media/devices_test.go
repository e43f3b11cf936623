package media_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"kith/calls/audio"
	"kith/calls/video"
)

var errGone = errors.New("the device is gone")

// pace lets 10 ms pass per block, by the clock: a device that was not asked for a while has more at once.
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

func (p *pace) close() { p.once.Do(func() { close(p.stop) }) }

// microphone hears a tone that comes and goes.
type microphone struct {
	*pace
	tone  audio.Tone
	at    atomic.Int64 // blocks that were read by whoever counts them
	opens *atomic.Int64
}

func (m *microphone) Read(block *audio.Block) error {
	if err := m.wait(); err != nil {
		return err
	}
	m.tone.Next(block)
	return nil
}

func (m *microphone) Delay() time.Duration { return 0 }

func (m *microphone) Close() error {
	m.close()
	return nil
}

// newMicrophone counts how often it is opened.
func newMicrophone(hz float64, opens *atomic.Int64) *microphone {
	opens.Add(1)
	return &microphone{pace: newPace(), tone: audio.Tone{From: hz, To: hz, Gate: 3 * audio.Rate / 10, Loud: 8000}, opens: opens}
}

// loudspeaker remembers how loud the last blocks were.
type loudspeaker struct {
	*pace
	heard *levels
}

// levels say how much of what was played was loud.
type levels struct {
	mu   sync.Mutex
	loud int // blocks that were not silent
	all  int
	tap  func(*audio.Block)
}

// audible is louder than any room.
const audible = 150

func (l *levels) add(block *audio.Block) {
	l.mu.Lock()
	defer l.mu.Unlock()
	loudest := int16(0)
	for _, x := range block {
		loudest = max(loudest, x)
	}
	l.all++
	if loudest > audible {
		l.loud++
	}
	if l.tap != nil {
		l.tap(block)
	}
}

// counts are how many blocks were loud, and how many there were.
func (l *levels) counts() (loud, all int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loud, l.all
}

func (s *loudspeaker) Write(block *audio.Block) error {
	s.heard.add(block)
	return s.wait()
}

func (s *loudspeaker) Delay() time.Duration { return 0 }

func (s *loudspeaker) Close() error {
	s.close()
	return nil
}

// camera shows the pattern.
type camera struct {
	frames  chan *video.Frame
	stop    chan struct{}
	once    sync.Once
	wait    sync.WaitGroup
	pool    *video.Pool
	pattern *video.Synthetic
	width   int
	height  int
	fps     int
	vanish  chan struct{} // closed: the device goes away
	id      *atomic.Uint32
	taken   func(id uint32, at time.Time)
}

func newCamera(width, height, fps int, pool *video.Pool) *camera {
	return &camera{
		frames: make(chan *video.Frame, 1), stop: make(chan struct{}), pool: pool, pattern: video.NewSynthetic(width, height),
		width: width, height: height, fps: fps, vanish: make(chan struct{}), id: &atomic.Uint32{},
	}
}

func (c *camera) Frames() <-chan *video.Frame {
	c.wait.Add(1)
	go c.run()
	return c.frames
}

func (c *camera) run() {
	defer c.wait.Done()
	defer close(c.frames)
	ticker := time.NewTicker(time.Second / time.Duration(c.fps))
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-c.vanish:
			return
		case <-c.stop:
			return
		}
		f, err := c.pool.Get(c.width, c.height)
		if err != nil {
			return
		}
		id := c.id.Add(1)
		c.pattern.Paint(f, id)
		f.Captured = time.Now()
		if c.taken != nil {
			c.taken(id, f.Captured)
		}
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
