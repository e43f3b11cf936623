package hardware

import (
	"fmt"
	"os"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"kith/calls/video"
)

const (
	screenFPS  = 10
	fewest     = 5
	most       = 15
	stripBytes = 1 << 20 // of a picture per request
)

// Screen sees what an X11 server shows.
type Screen struct {
	*film         // of sizes that are not larger than asked for by much, 5 to 15 a second
	conn          *xgb.Conn
	root          xproto.Drawable
	width, height int
	pool          video.Pool
	pixels        []byte
}

// OpenScreen opens the whole screen. Under Wayland it fails with ErrUnsupported: what X11 shows there is black.
func OpenScreen() (*Screen, error) {
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil, ErrUnsupported
	}
	xgb.Logger.SetOutput(discard{})
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: open display: %w", ErrNoDevice, err)
	}
	setup := xproto.Setup(conn)
	screen := setup.DefaultScreen(conn)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || screen.RootDepth != 24 && screen.RootDepth != 32 {
		conn.Close()
		return nil, fmt.Errorf("%w: a screen of %d bits", ErrUnsupported, screen.RootDepth)
	}
	s := &Screen{
		conn: conn, root: xproto.Drawable(screen.Root), width: int(screen.WidthInPixels), height: int(screen.HeightInPixels),
		film: newFilm(),
	}
	s.pixels = make([]byte, 4*s.width*s.height)
	s.wait.Add(1)
	go s.run()
	return s, nil
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func (s *Screen) run() {
	defer s.ended()
	defer s.conn.Close()
	want := wish{video.MaxSide, video.MaxSide, screenFPS}
	ticker := time.NewTicker(time.Second / screenFPS)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case want = <-s.set:
			ticker.Reset(time.Second / time.Duration(min(max(want.fps, fewest), most)))
		case now := <-ticker.C:
			f, err := s.look(want)
			if err != nil {
				return
			}
			f.Captured = now
			s.show(f)
		}
	}
}

// look takes a picture, every pixel of it or, where that is too large, every second or third.
func (s *Screen) look(want wish) (*video.Frame, error) {
	rows := max(stripBytes/(4*s.width), 1)
	for y := 0; y < s.height; y += rows {
		n := min(rows, s.height-y)
		reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, s.root, 0, int16(y), uint16(s.width), uint16(n), ^uint32(0)).Reply()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrGone, err)
		}
		copy(s.pixels[4*s.width*y:], reply.Data)
	}
	step := stepOf(s.width, s.height, want)
	f, err := s.pool.Get(s.width/step, s.height/step)
	if err != nil {
		return nil, err
	}
	if err := fillBGRX(f, s.pixels, 4*s.width, step); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// stepOf is of how many pixels one is taken in each direction.
func stepOf(width, height int, want wish) int {
	step := 1
	for max(width, height)/step > video.MaxSide || width/(step+1) >= want.width && height/(step+1) >= want.height && want.width > 0 {
		step++
	}
	return step
}
