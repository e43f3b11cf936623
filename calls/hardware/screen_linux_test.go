package hardware

import (
	"bufio"
	"bytes"
	"errors"
	"image"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"kith/calls/video"
)

// startScreen starts a display that nobody sees.
func startScreen(t testing.TB, size string, without ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a display")
	}
	xgb.Logger.SetOutput(discard{})
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	cmd := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", size + "x24", "-nolisten", "tcp"}, without...)...)
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XDG_SESSION_TYPE", "")
}

// somebody is another program of the display.
func somebody(t testing.TB) (*xgb.Conn, *xproto.ScreenInfo) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn, xproto.Setup(conn).DefaultScreen(conn)
}

// point moves the pointer.
func point(t testing.TB, x, y int16) {
	t.Helper()
	conn, screen := somebody(t)
	if err := xproto.WarpPointerChecked(conn, xproto.WindowNone, screen.Root, 0, 0, 0, 0, x, y).Check(); err != nil {
		t.Fatal(err)
	}
}

// paint fills the screen with a colour, and moves the pointer out of the way.
func paint(t testing.TB, red, green, blue uint32) {
	t.Helper()
	point(t, 0, 0)
	conn, screen := somebody(t)
	id, err := xproto.NewGcontextId(conn)
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Drawable(screen.Root)
	if err := xproto.CreateGCChecked(conn, id, root, xproto.GcForeground|xproto.GcSubwindowMode, []uint32{red<<16 | green<<8 | blue, 1}).Check(); err != nil {
		t.Fatal(err)
	}
	rectangle := []xproto.Rectangle{{Width: 1 << 15, Height: 1 << 15}}
	if err := xproto.PolyFillRectangleChecked(conn, root, id, rectangle).Check(); err != nil {
		t.Fatal(err)
	}
}

// shows waits for a picture that is like this in the middle.
func shows(t *testing.T, s *Screen, width int, want [3]byte) {
	t.Helper()
	end := time.After(patience)
	for {
		select {
		case f, ok := <-s.Frames():
			if !ok {
				t.Fatal("the screen is gone")
			}
			got, size := middle(f), f.Width
			f.Release()
			if got == want && size == width {
				return
			}
		case <-end:
			t.Fatalf("no picture of width %d shows %v", width, want)
		}
	}
}

func middle(f *video.Frame) [3]byte {
	x, y := f.Width/2, f.Height/2
	return [3]byte{f.Y[y*f.YStride+x], f.U[y/2*f.UVStride+x/2], f.V[y/2*f.UVStride+x/2]}
}

// TestScreen sees what a screen shows, as it changes and in other sizes; no picture stays with somebody.
func TestScreen(t *testing.T) {
	startScreen(t, "1280x720")
	paint(t, 255, 0, 0)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	shows(t, s, 1280, [3]byte{82, 90, 240})
	paint(t, 0, 0, 255)
	shows(t, s, 1280, [3]byte{41, 240, 110})
	if err := s.Set(640, 360, 15); err != nil {
		t.Fatal(err)
	}
	shows(t, s, 640, [3]byte{41, 240, 110})
	for range 2 {
		_ = s.Close()
	}
	if n := s.pool.Out(); n != 0 {
		t.Errorf("%d pictures are held by somebody", n)
	}
}

// TestSlowScreen is a display that cannot write into memory of ours, as one on another machine.
func TestSlowScreen(t *testing.T) {
	startScreen(t, "1280x720", "-extension", "MIT-SHM")
	paint(t, 255, 0, 0)
	d, err := openDisplay(new(Sharing))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	f, err := d.look(new(video.Pool), wish{1280, 720, 10})
	if err != nil || d.segment != 0 || middle(f) != [3]byte{82, 90, 240} {
		t.Fatalf("shared memory %d, a picture %v, %v", d.segment, f, err)
	}
}

// TestPointer is in the picture, where it is.
func TestPointer(t *testing.T) {
	startScreen(t, "1280x720")
	paint(t, 255, 0, 0)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	shows(t, s, 1280, [3]byte{82, 90, 240})
	point(t, 640, 360)
	shows(t, s, 1280, [3]byte{16, 128, 128})
}

// TestPaintPointer lays it over what is there, also where only a part of it is on the screen.
func TestPaintPointer(t *testing.T) {
	pixels := bytes.Repeat([]byte{100, 100, 100, 0}, 4)
	pointer := []uint32{0xff010203, 0x80402000, 0, 0xff0a0b0c}
	for name, c := range map[string]struct {
		at   image.Point
		want []byte
	}{
		"all of it":        {image.Pt(0, 0), []byte{3, 2, 1, 0, 50, 82, 114, 0, 100, 100, 100, 0, 12, 11, 10, 0}},
		"beyond the right": {image.Pt(1, 0), []byte{100, 100, 100, 0, 3, 2, 1, 0, 100, 100, 100, 0, 100, 100, 100, 0}},
		"above and left":   {image.Pt(-1, -1), []byte{12, 11, 10, 0, 100, 100, 100, 0, 100, 100, 100, 0, 100, 100, 100, 0}},
		"elsewhere":        {image.Pt(9, -9), pixels},
	} {
		got := bytes.Clone(pixels)
		if paintPointer(got, image.Pt(2, 2), pointer, c.at, 2); !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// TestMonitors shares the one on which the pointer was, as long as it is shared, and all that is left when that goes away.
func TestMonitors(t *testing.T) {
	startScreen(t, "1600x720")
	conn, screen := somebody(t)
	if err := randr.Init(conn); err != nil {
		t.Fatal(err)
	}
	name, err := xproto.InternAtom(conn, false, 3, "two").Reply()
	if err != nil {
		t.Fatal(err)
	}
	two := randr.MonitorInfo{Name: name.Atom, X: 960, Width: 640, Height: 720, WidthInMillimeters: 300, HeightInMillimeters: 200}
	if err := randr.SetMonitorChecked(conn, screen.Root, two).Check(); err != nil {
		t.Fatal(err)
	}
	paint(t, 255, 0, 0)
	point(t, 1500, 700)
	sharing := new(Sharing)
	for range 2 { // the second time the pointer is elsewhere
		s, err := sharing.Open()
		if err != nil {
			t.Fatal(err)
		}
		shows(t, s, 640, [3]byte{82, 90, 240})
		_ = s.Close()
		point(t, 0, 0)
	}
	s, err := sharing.Open()
	if err != nil {
		t.Fatal(err)
	}
	shows(t, s, 640, [3]byte{82, 90, 240})
	if err := randr.DeleteMonitorChecked(conn, screen.Root, name.Atom).Check(); err != nil {
		t.Fatal(err)
	}
	shows(t, s, 1600, [3]byte{82, 90, 240})
	_ = s.Close()
}

// TestSmaller: the display changes its size while it is shared.
func TestSmaller(t *testing.T) {
	startScreen(t, "1600x720")
	paint(t, 255, 0, 0)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	shows(t, s, 1600, [3]byte{82, 90, 240})
	conn, screen := somebody(t)
	if err := randr.Init(conn); err != nil {
		t.Fatal(err)
	}
	parts, err := randr.GetScreenResources(conn, screen.Root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	for _, crtc := range parts.Crtcs {
		if _, err := randr.SetCrtcConfig(conn, crtc, 0, 0, 0, 0, 0, randr.RotationRotate0, nil).Reply(); err != nil {
			t.Fatal(err)
		}
	}
	if err := randr.SetScreenSizeChecked(conn, screen.Root, 800, 600, 200, 150).Check(); err != nil {
		t.Fatal(err)
	}
	paint(t, 255, 0, 0)
	shows(t, s, 800, [3]byte{82, 90, 240})
	_ = s.Close()
}

// BenchmarkScreen takes a picture of 1920×1080: in memory that is shared with the display, and without.
func BenchmarkScreen(b *testing.B) {
	for name, without := range map[string][]string{"shared": nil, "sent": {"-extension", "MIT-SHM"}} {
		b.Run(name, func(b *testing.B) {
			startScreen(b, "1920x1080", without...)
			d, err := openDisplay(new(Sharing))
			if err != nil {
				b.Fatal(err)
			}
			defer d.close()
			var pool video.Pool
			b.ReportAllocs()
			for b.Loop() {
				f, err := d.look(&pool, wish{1920, 1080, 10})
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}

// TestLargeScreen is larger than a picture can be.
func TestLargeScreen(t *testing.T) {
	startScreen(t, "2560x1440")
	paint(t, 0, 255, 0)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	shows(t, s, 1280, [3]byte{144, 54, 34})
}

// TestNoScreen is a machine without a display, and one whose display shows black to X11.
func TestNoScreen(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XDG_SESSION_TYPE", "")
	t.Setenv("DISPLAY", ":987")
	if _, err := new(Sharing).Open(); !errors.Is(err, ErrNoDevice) {
		t.Errorf("without a display: %v", err)
	}
	t.Setenv("XDG_SESSION_TYPE", "wayland")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	if _, err := new(Sharing).Open(); !errors.Is(err, ErrUnsupported) {
		t.Errorf("under Wayland: %v", err)
	}
}
