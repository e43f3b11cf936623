package hardware

import (
	"context"
	"os"
	"time"

	"kith/calls/video"
)

const (
	screenFPS = 10
	fewest    = 5
	most      = 15
)

// Screen sees what is shown on one.
type Screen struct {
	*film  // of sizes that are not larger than asked for by much, 5 to 15 a second
	pool   video.Pool
	cancel context.CancelFunc
}

// Open begins to see what is shared. Under X11 that is the screen on which the pointer was when it was first opened: somebody has just pressed
// something there. Under Wayland the person is asked by the desktop, and the pictures begin when they have chosen; they end when the person
// does not want to, or ends it. ErrUnsupported says that the desktop cannot.
func (s *Sharing) Open() (*Screen, error) {
	screen := &Screen{film: newFilm(), cancel: func() {}}
	if os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("XDG_SESSION_TYPE") != "wayland" {
		d, err := openDisplay(s)
		if err != nil {
			return nil, err
		}
		screen.wait.Add(1)
		go screen.watchDisplay(d)
		return screen, nil
	}
	p, err := openPortal()
	if err != nil {
		return nil, err
	}
	var ctx context.Context
	ctx, screen.cancel = context.WithCancel(context.Background())
	screen.wait.Add(1)
	go screen.watchPortal(ctx, p, s)
	return screen, nil
}

// Close lets the screen go.
func (s *Screen) Close() error {
	s.cancel()
	return s.film.Close()
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

func (s *Screen) watchPortal(ctx context.Context, p *portal, sharing *Sharing) {
	defer s.ended()
	defer p.close()
	defer s.cancel()
	chosen, err := p.choose(ctx, sharing.takeToken())
	if err != nil {
		return // also when the person does not want to
	}
	c, err := openCast(chosen.remote, chosen.node, &s.pool)
	if err != nil {
		return
	}
	defer c.close()
	sharing.keepToken(chosen.token)
	if s.watchCast(c, p) {
		sharing.keepToken("") // who ended it is asked again
	}
}

// watchCast shows pictures until there are no more. It says whether that was because the desktop ended it.
func (s *Screen) watchCast(c *cast, p *portal) (ended bool) {
	want := wish{video.MaxSide, video.MaxSide, screenFPS}
	shown := time.Now()
	for {
		select {
		case <-s.stop:
			return false
		case said, ok := <-p.said:
			if !ok || p.ends(said) {
				return true
			}
		case want = <-s.set:
		default:
		}
		pause := time.Until(shown.Add(want.screenPace()))
		if c.turn(min(pause, pollEvery*time.Millisecond)) != nil {
			return true
		}
		now := time.Now()
		if now.Sub(shown) < want.screenPace() || !c.fresh() && now.Sub(shown) < time.Second/fewest {
			continue
		}
		f, err := c.look(want)
		if err != nil {
			return true
		}
		if f != nil {
			f.Captured, shown = now, now
			s.show(f)
		}
	}
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
