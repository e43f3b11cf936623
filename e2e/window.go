package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// WindowTags are the tags of a kith that can be driven: it answers on a socket.
const WindowTags = "sqlite_fts5,no_emoji,no_animations,kithtest"

// Window is a running kith with its window. It ends with the test.
type Window struct {
	Display

	ID    string        // X11's
	Ended chan struct{} // closed when the program has ended

	person  string
	control string // socket of the test hook
	cmd     *exec.Cmd

	complaints bytes.Buffer // what it prints; to be read once it has ended
}

// Place is where and how large a window is.
type Place struct{ X, Y, W, H int }

// Open starts a kith of WindowTags on a profile, which is made when it is new and locked with Passphrase, and waits for its
// window; person is whose it is, for messages.
func (d Display) Open(person, program, profile string, p Place, args ...string) *Window {
	d.tb.Helper()
	w := d.launch(person, program, profile, p, args...)
	w.appears()
	w.Tool("windowmove", "--sync", w.ID, fmt.Sprint(p.X), fmt.Sprint(p.Y))
	return w
}

// appears waits until it is on the screen.
func (w *Window) appears() {
	w.tb.Helper()
	w.Until("its window", func() bool {
		out, err := w.try("search", "--onlyvisible", "--pid", fmt.Sprint(w.cmd.Process.Pid))
		w.ID = out[strings.LastIndexByte(out, '\n')+1:]
		return err == nil && w.ID != ""
	})
}

// launch starts it without waiting.
func (d Display) launch(person, program, profile string, p Place, args ...string) *Window {
	d.tb.Helper()
	dir := d.tb.TempDir()
	w := &Window{Display: d, person: person, control: filepath.Join(dir, "control"), Ended: make(chan struct{})}
	secret := filepath.Join(dir, "passphrase")
	if err := os.WriteFile(secret, []byte(Passphrase+"\n"), 0o600); err != nil {
		d.tb.Fatalf("write passphrase: %v", err)
	}
	w.cmd = exec.Command(program, append([]string{
		"-profile", profile, "-passphrase-file", secret, "-control", w.control,
		"-size", fmt.Sprintf("%dx%d", p.W, p.H),
	}, args...)...)
	w.cmd.Env = append(d.Env(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent") // no notifications on the person's desktop
	w.cmd.Env = append(w.cmd.Env, "LANGUAGE=", "LC_ALL=", "LC_CTYPE=C.UTF-8", "LC_MESSAGES="+cmp.Or(d.Locale, "C"))
	w.cmd.Stderr = &w.complaints
	if err := w.cmd.Start(); err != nil {
		d.tb.Fatalf("%v", err)
	}
	go func() {
		defer close(w.Ended)
		_ = w.cmd.Wait() // Status tells how it ended
	}()
	d.tb.Cleanup(func() {
		_ = w.cmd.Process.Kill() // it has usually ended by itself
		<-w.Ended
	})
	return w
}

// Until waits for something that shows.
func (w *Window) Until(what string, so func() bool) {
	w.tb.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for end := time.After(patience); !so(); {
		select {
		case <-again.C:
		case <-w.Ended:
			w.tb.Fatalf("%s's Kith has ended while waiting for %s. It says: %s", w.person, what, w.complaints.String())
		case <-end:
			w.tb.Fatalf("%s's window never shows %s. %s", w.person, what, w.state())
		}
	}
}

// state is what it shows, for who has waited for something else.
func (w *Window) state() string {
	screen := w.Ask("screen")
	if screen == "" {
		return "It does not answer."
	}
	return fmt.Sprintf("Screen %s, focus %s, what is seen: %s; of a call: %s (%s)",
		screen, w.Ask("focus"), w.Ask("seen"), w.Ask("called"), w.Ask("comes"))
}

// Ask asks the test hook; "" while it does not answer.
func (w *Window) Ask(question string) string {
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

// On waits until a screen is shown.
func (w *Window) On(screen string) {
	w.tb.Helper()
	w.Until("the screen "+screen, func() bool { return w.Ask("screen") == screen })
}

// Shows waits until the open chat has a row with a text.
func (w *Window) Shows(text string) {
	w.tb.Helper()
	w.Until(text, func() bool { return strings.Contains(w.Ask("rows"), text) })
}

// Sees says whether something that is called so stands in the window.
func (w *Window) Sees(label string) bool {
	for _, s := range strings.Split(w.Ask("seen"), "\t") {
		if s == label {
			return true
		}
	}
	return false
}

// Press clicks on what is called so.
func (w *Window) Press(label string) {
	w.tb.Helper()
	var x, y int
	w.Until(label, func() bool {
		n, err := fmt.Sscan(w.Ask("place "+label), &x, &y)
		return n == 2 && err == nil
	})
	w.Tool("windowactivate", "--sync", w.ID)
	w.Tool("mousemove", "--window", w.ID, fmt.Sprint(x), fmt.Sprint(y), "click", "1")
}

// Keys presses keys.
func (w *Window) Keys(names ...string) {
	w.tb.Helper()
	w.Tool("windowactivate", "--sync", w.ID)
	w.Tool(append([]string{"key", "--delay", "60"}, names...)...)
}

// Write types a text.
func (w *Window) Write(text string) {
	w.tb.Helper()
	w.Tool("windowactivate", "--sync", w.ID)
	w.Tool("type", "--delay", "15", text)
}

// Say writes a message into the open chat and sends it.
func (w *Window) Say(text string) {
	w.tb.Helper()
	w.Write(text)
	w.Until("the text in the composer", func() bool { return strings.Contains(w.Ask("text"), text) })
	w.Keys("Return")
	w.Shows(text)
}

// Settle waits until two photographs in a row are the same: what a click began has been drawn.
func (w *Window) Settle() {
	w.tb.Helper()
	dir := w.tb.TempDir()
	one, two := filepath.Join(dir, "one.png"), filepath.Join(dir, "two.png")
	w.Photograph(w.ID, one)
	w.Until("a picture that stands still", func() bool {
		w.Photograph(w.ID, two)
		before, err := os.ReadFile(one)
		if err != nil {
			w.tb.Fatalf("%v", err)
		}
		after, err := os.ReadFile(two)
		if err != nil {
			w.tb.Fatalf("%v", err)
		}
		one, two = two, one
		return bytes.Equal(before, after)
	})
}

// Status waits until the program has ended by what was done before, and returns its exit status.
func (w *Window) Status() int {
	w.tb.Helper()
	select {
	case <-w.Ended:
	case <-time.After(patience):
		w.tb.Fatalf("%s's Kith does not end", w.person)
	}
	if _, err := os.Stat(w.control); err == nil {
		w.tb.Fatalf("%s's Kith leaves its socket behind", w.person)
	}
	return w.cmd.ProcessState.ExitCode()
}

// Close ends it as a person does, through the window manager, and returns its exit status.
func (w *Window) Close() int {
	w.tb.Helper()
	w.Keys("alt+F4")
	return w.Status()
}
