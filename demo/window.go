package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// window is a running Kith with its window.
type window struct {
	display
	person  string
	id      string // X11's
	control string // socket of the test hook
	cmd     *exec.Cmd
	ended   chan struct{}

	complaints bytes.Buffer // what it prints; to be read once it has ended
}

// patience is how long a window may take for anything.
const patience = time.Minute

// place is where and how large a window is.
type place struct{ x, y, w, h int }

// open starts a Kith on a profile.
func (c *cast) open(d display, person, theme string, p place) *window {
	w := &window{
		display: d, person: person, control: filepath.Join(d.s.TempDir(), "control"), ended: make(chan struct{}),
	}
	w.cmd = exec.Command(c.kith, "-profile", c.profile(person), "-passphrase-file", c.passphrase, "-ca-file", c.server.CAFile,
		"-control", w.control, "-theme", theme, "-size", fmt.Sprintf("%dx%d", p.w, p.h))
	w.cmd.Env = append(d.env(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent") // no notifications of the demo's on your desktop
	w.cmd.Stderr = &w.complaints
	if err := w.cmd.Start(); err != nil {
		d.s.Fatalf("%v", err)
	}
	go func() {
		defer close(w.ended)
		_ = w.cmd.Wait() // close looks at the exit status
	}()
	d.s.Cleanup(func() {
		_ = w.cmd.Process.Kill() // it has usually ended by itself
		<-w.ended
	})
	w.until("its window", func() bool {
		out, err := d.try("search", "--onlyvisible", "--pid", fmt.Sprint(w.cmd.Process.Pid))
		w.id = out[strings.LastIndexByte(out, '\n')+1:]
		return err == nil && w.id != ""
	})
	w.tool("windowmove", "--sync", w.id, fmt.Sprint(p.x), fmt.Sprint(p.y))
	return w
}

// until waits for something that shows.
func (w *window) until(what string, so func() bool) {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for end := time.After(patience); !so(); {
		select {
		case <-again.C:
		case <-w.ended:
			w.s.Fatalf("%s's Kith has ended while waiting for %s. It says: %s", w.person, what, w.complaints.String())
		case <-end:
			w.s.Fatalf("%s's window never shows %s. Screen %s, rows %s", w.person, what, w.ask("screen"), w.ask("rows"))
		}
	}
}

// ask asks the test hook; "" while it does not answer.
func (w *window) ask(question string) string {
	conn, err := net.Dial("unix", w.control)
	if err != nil {
		return ""
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return ""
	}
	if _, err := fmt.Fprintln(conn, question); err != nil {
		return ""
	}
	answer, _ := bufio.NewReader(conn).ReadString('\n') // an answer that is cut short is asked for again
	return strings.TrimSuffix(answer, "\n")
}

// on waits until a screen is shown.
func (w *window) on(screen string) {
	w.until("the screen "+screen, func() bool { return w.ask("screen") == screen })
}

// shows waits until the open chat has a row with a text.
func (w *window) shows(text string) {
	w.until(text, func() bool { return strings.Contains(w.ask("rows"), text) })
}

// click clicks at a place of the window.
func (w *window) click(x, y int) {
	w.tool("windowactivate", "--sync", w.id)
	w.tool("mousemove", "--window", w.id, fmt.Sprint(x), fmt.Sprint(y), "click", "1")
}

// keys presses keys.
func (w *window) keys(names ...string) {
	w.tool("windowactivate", "--sync", w.id)
	w.tool(append([]string{"key", "--delay", "60"}, names...)...)
}

// write types a text.
func (w *window) write(text string) {
	w.tool("windowactivate", "--sync", w.id)
	w.tool("type", "--delay", "15", text)
}

// say writes a message into the open chat and sends it.
func (w *window) say(text string) {
	w.write(text)
	w.until("the text in the composer", func() bool { return strings.Contains(w.ask("text"), text) })
	w.keys("Return")
	w.shows(text)
}

// settle waits until two photographs in a row are the same: what a click began has been drawn.
func (w *window) settle() {
	one, two := filepath.Join(w.s.TempDir(), "one.png"), filepath.Join(w.s.TempDir(), "two.png")
	w.photograph(w.id, one)
	w.until("a picture that stands still", func() bool {
		w.photograph(w.id, two)
		before, err := os.ReadFile(one)
		if err != nil {
			w.s.Fatalf("%v", err)
		}
		after, err := os.ReadFile(two)
		if err != nil {
			w.s.Fatalf("%v", err)
		}
		one, two = two, one
		return bytes.Equal(before, after)
	})
}

// picture photographs the window.
func (w *window) picture(out, name string) {
	w.photograph(w.id, filepath.Join(out, name+".png"))
	w.s.Logf("picture: %s", filepath.Join(out, name+".png"))
}

// close ends Kith as a person does, through the window manager.
func (w *window) close() {
	w.keys("alt+F4")
	select {
	case <-w.ended:
	case <-time.After(patience):
		w.s.Fatalf("%s's Kith does not end", w.person)
	}
	w.s.found(w.person+"'s Kith ends in good order", w.cmd.ProcessState.ExitCode() == 0)
	if _, err := os.Stat(w.control); err == nil {
		w.s.found(w.person+"'s Kith leaves its socket behind", false)
	}
}
