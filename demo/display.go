package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"time"
)

// display is a screen on which windows can be driven and photographed.
type display struct {
	s    *stage
	name string // as in DISPLAY
	own  bool   // the person's
}

// openDisplay takes the person's own screen when it can be driven, else an invisible one.
func openDisplay(s *stage, hidden bool) display {
	for _, program := range []string{"xdotool", "import"} {
		if _, err := exec.LookPath(program); err != nil {
			s.Fatalf("%s is missing. run: make deps", program)
		}
	}
	own := os.Getenv("DISPLAY")
	switch {
	case os.Getenv("WAYLAND_DISPLAY") != "":
		s.Logf("programs may not drive others on Wayland: the windows are on an invisible screen")
	case own != "" && !hidden && exec.Command("xdotool", "getdisplaygeometry").Run() == nil:
		s.Logf("the windows are on your screen: please keep your hands off for a minute")
		return display{s, own, true}
	}
	return invisible(s)
}

// invisible starts a virtual screen with a window manager.
func invisible(s *stage) display {
	read, write, err := os.Pipe()
	if err != nil {
		s.Fatalf("%v", err)
	}
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1760x960x24", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{write}
	start(s, screen)
	_ = write.Close() // ours; the screen has its own
	number, err := bufio.NewReader(read).ReadString('\n')
	_ = read.Close() // only read from
	if err != nil {
		s.Fatalf("the invisible screen does not start: %v", err)
	}
	d := display{s: s, name: ":" + strings.TrimSpace(number)}
	manager := exec.Command("openbox")
	manager.Env = d.env()
	start(s, manager)
	return d
}

// start runs a program until the stage is cleared.
func start(s *stage, cmd *exec.Cmd) {
	if err := cmd.Start(); err != nil {
		s.Fatalf("%v. run: make deps", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is ended by us
	}()
	s.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended by itself
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
}

// env is the environment of programs on this display.
func (d display) env() []string {
	return append(os.Environ(), "DISPLAY="+d.name, "WAYLAND_DISPLAY=")
}

// tool runs xdotool and returns what it prints.
func (d display) tool(args ...string) string {
	out, err := d.try(args...)
	if err != nil {
		d.s.Fatalf("xdotool %s: %v", args[0], err)
	}
	return out
}

func (d display) try(args ...string) (string, error) {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = d.env()
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// photograph saves a picture of a window, or with "root" of the whole screen.
func (d display) photograph(window, file string) {
	cmd := exec.Command("import", "-window", window, "-define", "png:exclude-chunks=date,time", file)
	cmd.Env = d.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		d.s.Fatalf("photograph: %v: %s", err, out)
	}
}
