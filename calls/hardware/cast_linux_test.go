package hardware

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"kith/calls/video"
)

// run starts a program that ends with the test, and gives the first line that it prints, if it is asked for.
func run(t *testing.T, asked bool, name string, args ...string) (line string, in io.WriteCloser, ended *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(name, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if asked {
		if line, err = bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return strings.TrimSpace(line), in, cmd
}

// startDesktop starts a session bus of its own, as a desktop with Wayland has.
func startDesktop(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a session bus")
	}
	folder, err := os.MkdirTemp("", "kith") // short: the names of sockets are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	for name, value := range map[string]string{
		"WAYLAND_DISPLAY": "wayland-9", "DISPLAY": "", "XDG_RUNTIME_DIR": folder, "PIPEWIRE_RUNTIME_DIR": folder, "PIPEWIRE_REMOTE": "",
		"XDG_CONFIG_HOME": filepath.Join(folder, "config"), "XDG_STATE_HOME": filepath.Join(folder, "state"),
	} {
		t.Setenv(name, value)
	}
	config := filepath.Join(folder, "bus.conf") // starts nothing by itself: this machine may have a portal
	text := `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=` + folder + `/bus</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address, _, _ := run(t, true, "dbus-daemon", "--config-file="+config, "--nofork", "--print-address")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}

// caster is a program that shows something, on a PipeWire of its own.
type caster struct {
	node uint32
	in   io.WriteCloser
	cmd  *exec.Cmd
}

func startCaster(t *testing.T) *caster {
	t.Helper()
	program := filepath.Join(t.TempDir(), "caster")
	if out, err := exec.Command("cc", "-o", program, "testdata/caster.c", "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("build the caster: %v\n%s", err, out)
	}
	run(t, false, "pipewire")
	until(t, "PipeWire answers", func() bool {
		conn, err := dialPipeWire()
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	run(t, false, "wireplumber")
	c := &caster{}
	var line string
	line, c.in, c.cmd = run(t, true, program)
	if _, err := fmt.Sscan(line, &c.node); err != nil {
		t.Fatal(err)
	}
	return c
}

func dialPipeWire() (*net.UnixConn, error) {
	return net.DialUnix("unix", nil, &net.UnixAddr{Net: "unix", Name: filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "pipewire-0")})
}

// does has the caster do something.
func (c *caster) does(t *testing.T, what string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, what); err != nil {
		t.Fatal(err)
	}
}

// ends waits until a screen gives no more pictures, and closes it.
func ends(t *testing.T, s *Screen) {
	t.Helper()
	for end := time.After(patience); ; {
		select {
		case f, ok := <-s.Frames():
			if !ok {
				_ = s.Close()
				if n := s.pool.Out(); n != 0 {
					t.Errorf("%d pictures are held by somebody", n)
				}
				return
			}
			f.Release()
		case <-end:
			t.Fatal("the screen does not end")
		}
	}
}

// TestCast shares a screen under Wayland: what the portal is asked for, what comes over PipeWire, and the end of it.
func TestCast(t *testing.T) {
	startDesktop(t)
	c := startCaster(t)
	d := startPortal(t, c.node)
	sharing := new(Sharing)
	s, err := sharing.Open()
	if err != nil {
		t.Fatal(err)
	}
	d.was(t, "types 3 pointer 2 keep 1 token <nil>")
	for _, pixels := range []int{pixelsBGRX, pixelsRGBX, pixelsBGRA, pixelsRGBA} {
		c.does(t, fmt.Sprintf("pixels %d", pixels))
		c.does(t, "colour 255 0 0")
		shows(t, s, 640, [3]byte{82, 90, 240})
		c.does(t, "colour 0 0 255")
		shows(t, s, 640, [3]byte{41, 240, 110})
	}
	c.does(t, "size 800 600")
	shows(t, s, 800, [3]byte{41, 240, 110})
	c.does(t, "crop 100 50 400 300")
	shows(t, s, 400, [3]byte{41, 240, 110})
	c.does(t, "crop 4000000000 0 400 300")
	shows(t, s, 800, [3]byte{41, 240, 110})
	c.does(t, "size 2600 1600")
	shows(t, s, 1300, [3]byte{41, 240, 110})
	if err := s.Set(640, 360, 15); err != nil {
		t.Fatal(err)
	}
	shows(t, s, 650, [3]byte{41, 240, 110})
	c.does(t, "still")
	for range 3 {
		shows(t, s, 650, [3]byte{41, 240, 110})
	}
	_ = s.Close()
	if n := s.pool.Out(); n != 0 {
		t.Errorf("%d pictures are held by somebody", n)
	}
	d.was(t, "session closed")

	if s, err = sharing.Open(); err != nil {
		t.Fatal(err)
	}
	d.was(t, "types 3 pointer 2 keep 1 token chosen once")
	c.does(t, "colour 255 0 0")
	shows(t, s, 1300, [3]byte{82, 90, 240})
	if err := d.conn.Emit(d.session, "org.freedesktop.portal.Session.Closed", map[string]dbus.Variant{}); err != nil {
		t.Fatal(err)
	}
	ends(t, s)
	if s, err = sharing.Open(); err != nil {
		t.Fatal(err)
	}
	d.was(t, "types 3 pointer 2 keep 1 token <nil>") // who ended it is asked again
	_ = s.Close()
}

// castGreen shares a program that shows something green.
func castGreen(t *testing.T) (*caster, *Screen) {
	t.Helper()
	startDesktop(t)
	c := startCaster(t)
	startPortal(t, c.node)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	c.does(t, "colour 0 255 0")
	shows(t, s, 640, [3]byte{144, 54, 34})
	return c, s
}

// TestCastGone: the program that showed something ends.
func TestCastGone(t *testing.T) {
	c, s := castGreen(t)
	_ = c.cmd.Process.Kill()
	ends(t, s)
}

// TestCastShort: pictures that say that they are longer than they are, are not looked at.
func TestCastShort(t *testing.T) {
	c, s := castGreen(t)
	c.does(t, "short")
	c.does(t, "colour 255 0 0")
	c.does(t, "size 320 180")
	for range 30 { // the one before is shown again
		f := <-s.Frames()
		if middle(f) != [3]byte{144, 54, 34} && middle(f) != [3]byte{82, 90, 240} {
			t.Errorf("a picture shows %v", middle(f))
		}
		f.Release()
	}
	_ = s.Close()
}

// TestCastPicture: a picture that is smaller than its format says is none, and so is a part of it that lies outside.
func TestCastPicture(t *testing.T) {
	c := &cast{pool: new(video.Pool), form: castForm{64, 32, 2}}
	all := make([]byte, 4*64*32)
	for name, k := range map[string]struct {
		data          []byte
		stride        int
		crop          [4]int
		width, height int
	}{
		"whole":                  {all, 256, [4]int{}, 64, 32},
		"without a stride":       {all, 0, [4]int{}, 64, 32},
		"a part":                 {all, 256, [4]int{32, 16, 32, 16}, 32, 16},
		"a part outside":         {all, 256, [4]int{33, 16, 32, 16}, 64, 32},
		"a part left of it":      {all, 256, [4]int{-1, 0, 8, 8}, 64, 32},
		"too short":              {all[:len(all)-1], 256, [4]int{}, 0, 0},
		"rows too short":         {all, 252, [4]int{}, 0, 0},
		"rows that are too long": {all, 260, [4]int{}, 0, 0},
		"nothing":                {nil, 256, [4]int{}, 0, 0},
		"a part of nothing":      {nil, 256, [4]int{32, 16, 8, 8}, 0, 0},
	} {
		f, err := c.picture(k.data, k.stride, k.crop, wish{64, 32, 15})
		if (err == nil) != (k.width > 0) || err == nil && (f.Width != k.width || f.Height != k.height) {
			t.Errorf("%s: %v %v", name, f, err)
		}
		if f != nil {
			f.Release()
		}
	}
}
