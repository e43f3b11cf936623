package hardware

import (
	"context"
	"os"
	"time"

	"kith/calls/video"
)

// Open begins to see what is shared. Under X11 that is the screen on which the pointer was when it was first opened: somebody has just pressed
// something there. Under Wayland the person is asked by the desktop, and the pictures begin when they have chosen; they end when the person
// does not want to, or ends it. ErrUnsupported says that the desktop cannot.
func (s *Sharing) Open() (*Screen, error) {
	if os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("XDG_SESSION_TYPE") != "wayland" {
		return s.openHere()
	}
	p, err := openPortal()
	if err != nil {
		return nil, err
	}
	screen := newScreen()
	var ctx context.Context
	ctx, screen.cancel = context.WithCancel(context.Background())
	screen.wait.Add(1)
	go screen.watchPortal(ctx, p, s)
	return screen, nil
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

// takeToken gives the token, which is good for once.
func (s *Sharing) takeToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := s.token
	s.token = ""
	return token
}

func (s *Sharing) keepToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}
