package hardware

import (
	"sync"

	"kith/calls/video"
)

// film is the way of pictures from a device's goroutine to whoever takes them: at most one waits, and it is the newest.
type film struct {
	frames chan *video.Frame
	set    chan wish
	stop   chan struct{}
	once   sync.Once
	wait   sync.WaitGroup
}

// wish is what is asked of a device.
type wish struct{ width, height, fps int }

func newFilm() *film {
	return &film{frames: make(chan *video.Frame, 1), set: make(chan wish, 1), stop: make(chan struct{})}
}

// Frames gives pictures, the newest first; closed when the device is gone.
func (f *film) Frames() <-chan *video.Frame { return f.frames }

// Set asks for a size and a pace, from one of the next pictures on; the device comes as near as it can.
func (f *film) Set(width, height, fps int) error {
	select {
	case <-f.set:
	default:
	}
	select {
	case f.set <- wish{width, height, fps}:
	default: // another Set was quicker
	}
	return nil
}

// Over says whether it was closed.
func (f *film) Over() bool { return closed(f.stop) }

// closed says whether a channel is that nothing is sent on.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Close lets the device go.
func (f *film) Close() error {
	f.once.Do(func() { close(f.stop) })
	f.wait.Wait()
	for p := range f.frames {
		p.Release()
	}
	return nil
}

// show gives a picture in place of one that nobody has taken. Only the device's goroutine may do so.
func (f *film) show(p *video.Frame) {
	select {
	case old := <-f.frames:
		old.Release()
	default:
	}
	f.frames <- p
}

// ended is the end of the device's goroutine.
func (f *film) ended() {
	close(f.frames)
	f.wait.Done()
}
