package hardware

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"kith/calls/video"
)

// startScreen starts a display that nobody sees.
func startScreen(t *testing.T, size string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a display")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp")
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
}

// paint fills the screen with a colour.
func paint(t *testing.T, red, green, blue uint32) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	screen := xproto.Setup(conn).DefaultScreen(conn)
	id, err := xproto.NewGcontextId(conn)
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Drawable(screen.Root)
	if err := xproto.CreateGCChecked(conn, id, root, xproto.GcForeground|xproto.GcSubwindowMode, []uint32{red<<16 | green<<8 | blue, 1}).Check(); err != nil {
		t.Fatal(err)
	}
	rectangle := []xproto.Rectangle{{Width: screen.WidthInPixels, Height: screen.HeightInPixels}}
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
	s, err := OpenScreen()
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

// TestLargeScreen is larger than a picture can be.
func TestLargeScreen(t *testing.T) {
	startScreen(t, "2560x1440")
	paint(t, 0, 255, 0)
	s, err := OpenScreen()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	shows(t, s, 1280, [3]byte{144, 54, 34})
}

// TestNoScreen is a machine without a display, and one whose display shows black to X11.
func TestNoScreen(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DISPLAY", ":987")
	if _, err := OpenScreen(); !errors.Is(err, ErrNoDevice) {
		t.Errorf("without a display: %v", err)
	}
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if _, err := OpenScreen(); !errors.Is(err, ErrUnsupported) {
		t.Errorf("under Wayland: %v", err)
	}
}
