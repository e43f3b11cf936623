package hardware

import (
	"context"
	"image"
	"time"

	"kith/calls/video"
)

const (
	screenFPS = 10
	fewest    = 5
	most      = 15

	mostScreenSide = 16384
)

// Screen sees what is shown on one.
type Screen struct {
	*film  // of sizes that are not larger than asked for by much, 5 to 15 a second
	pool   video.Pool
	cancel context.CancelFunc
}

func newScreen() *Screen { return &Screen{film: newFilm(), cancel: func() {}} }

// Close lets the screen go.
func (s *Screen) Close() error {
	s.cancel()
	return s.film.Close()
}

// openHere shows the monitor that is shared, at the pace that is wished.
func (s *Sharing) openHere() (*Screen, error) {
	d, err := openDisplay(s)
	if err != nil {
		return nil, err
	}
	screen := newScreen()
	screen.wait.Add(1)
	go screen.watchDisplay(d)
	return screen, nil
}

func (s *Screen) watchDisplay(d *display) {
	defer s.ended()
	defer d.close()
	want := wish{video.MaxSide, video.MaxSide, screenFPS}
	ticker := time.NewTicker(time.Second / screenFPS)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case want = <-s.set:
			ticker.Reset(want.screenPace())
		case now := <-ticker.C:
			f, err := d.look(&s.pool, want)
			if err != nil {
				return
			}
			f.Captured = now
			s.show(f)
		}
	}
}

// picture makes a frame of a screen's pixels, all of them or, where those are too many, every second or third.
func picture(pool *video.Pool, pixels []byte, size image.Point, stride int, want wish) (*video.Frame, error) {
	step := stepOf(size.X, size.Y, want)
	f, err := pool.Get(max(size.X/step, 1), max(size.Y/step, 1))
	if err != nil {
		return nil, err
	}
	if err := fillRGB(f, pixels, stride, step, 2); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// screenPace is the time from one picture of a screen to the next.
func (w wish) screenPace() time.Duration {
	return time.Second / time.Duration(min(max(w.fps, fewest), most))
}

// stepOf is of how many pixels one is taken in each direction.
func stepOf(width, height int, want wish) int {
	step := 1
	for max(width, height)/step > video.MaxSide || width/(step+1) >= want.width && height/(step+1) >= want.height && want.width > 0 {
		step++
	}
	return step
}
