package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kith/core/coretest"
)

// Display is an X11 screen on which windows can be driven and photographed, with xdotool and ImageMagick.
type Display struct {
	Name   string // as in DISPLAY
	Locale string // the language of the windows, as "de_DE.UTF-8"; empty: English, whatever this machine speaks

	tb coretest.TB
}

// NewDisplay is a screen that is there already.
func NewDisplay(tb coretest.TB, name string) Display { return Display{Name: name, tb: tb} }

// Invisible starts a virtual screen with a window manager. It ends with the test.
func Invisible(tb coretest.TB) Display {
	tb.Helper()
	d := unmanaged(tb)
	d.manage()
	return d
}

// unmanaged is a virtual screen without a window manager.
func unmanaged(tb coretest.TB) Display {
	tb.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		tb.Fatalf("%v", err)
	}
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1760x960x24", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{write}
	background(tb, screen)
	_ = write.Close() // ours; the screen has its own
	number, err := bufio.NewReader(read).ReadString('\n')
	_ = read.Close() // only read from
	if err != nil {
		tb.Fatalf("the invisible screen does not start: %v", err)
	}
	return NewDisplay(tb, ":"+strings.TrimSpace(number))
}

// manage starts the window manager and returns when it looks after windows. One that is opened while it starts is never shown, in one start of
// eight; and a program that waits for it in GLFW, as Kith's does, waits for ever.
func (d Display) manage(args ...string) {
	d.tb.Helper()
	ready := filepath.Join(d.tb.TempDir(), "ready")
	manager := exec.Command("openbox", append(args, "--startup", "touch '"+ready+"'")...) // when it has looked for what is there, before its loop
	manager.Env = d.Env()
	background(d.tb, manager)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(ready); err == nil {
			return
		}
	}
	d.tb.Fatalf("the window manager of the invisible screen does not start")
}

// background runs a program until the test ends.
func background(tb coretest.TB, cmd *exec.Cmd) {
	tb.Helper()
	if err := cmd.Start(); err != nil {
		tb.Fatalf("%v. run: make deps", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is ended by us
	}()
	tb.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended by itself
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
}

// Env is the environment of programs on this display.
func (d Display) Env() []string { return append(os.Environ(), "DISPLAY="+d.Name, "WAYLAND_DISPLAY=") }

// Tool runs xdotool and returns what it prints.
func (d Display) Tool(args ...string) string {
	d.tb.Helper()
	out, err := d.try(args...)
	if err != nil {
		d.tb.Fatalf("xdotool %s: %v", args[0], err)
	}
	return out
}

func (d Display) try(args ...string) (string, error) {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = d.Env()
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// Photograph saves a picture of a window, or with "root" of the whole screen.
func (d Display) Photograph(window, file string) {
	d.tb.Helper()
	cmd := exec.Command("import", "-window", window, "-define", "png:exclude-chunks=date,time", file)
	cmd.Env = d.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		d.tb.Fatalf("photograph: %v: %s", err, out)
	}
}
