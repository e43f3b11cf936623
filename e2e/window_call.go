package e2e

import (
	"fmt"
	"slices"
	"strings"
)

// Called waits until the window of the call shows what is wanted, and no longer what is not; empty: nothing is.
func (w *Window) Called(want, not string) {
	w.tb.Helper()
	w.Until("a call with "+want+" and without "+not, func() bool {
		seen := w.Ask("called")
		return strings.Contains(seen, want) && (not == "" || !strings.Contains(seen, not))
	})
}

// CallClosed waits until there is no window of a call.
func (w *Window) CallClosed() {
	w.tb.Helper()
	w.Until("the end of its window", func() bool { return w.Ask("called") == "" })
}

// Heard waits for the sound of calls: "rings", "waits", "ends" or "silence".
func (w *Window) Heard(sound string) {
	w.tb.Helper()
	w.Until("the sound "+sound, func() bool { return w.Ask("heard") == sound })
}

// CallWindow waits until the window of the call has the keyboard, and returns its X11 name.
func (w *Window) CallWindow() (id string) {
	w.tb.Helper()
	w.Until("the window of the call", func() bool {
		out, err := w.try("search", "--onlyvisible", "--pid", fmt.Sprint(w.cmd.Process.Pid))
		all := slices.DeleteFunc(strings.Fields(out), func(x string) bool { return x == w.ID })
		if err != nil || len(all) != 1 {
			return false
		}
		id = all[0]
		_, err = w.try("windowactivate", "--sync", id)
		return err == nil
	})
	return id
}

// CallKey presses a key in the window of the call.
func (w *Window) CallKey(name string) {
	w.tb.Helper()
	w.CallWindow()
	w.Tool("key", name)
}

// CallPress clicks on what is called so in the window of the call.
func (w *Window) CallPress(label string) {
	w.tb.Helper()
	var x, y int
	w.Until(label, func() bool {
		n, err := fmt.Sscan(w.Ask("callplace "+label), &x, &y)
		return n == 2 && err == nil
	})
	w.Tool("mousemove", "--window", w.CallWindow(), fmt.Sprint(x), fmt.Sprint(y), "click", "1")
}

// Hears waits until the tone of the other side's synthetic microphone is what the call brings.
func (w *Window) Hears(hz int) {
	w.tb.Helper()
	w.Until("the other side's tone", func() bool {
		c := w.comes()
		return c.hz == hz && c.percent > 40
	})
}

// Watches waits until more pictures came that are those of the other side's synthetic camera.
func (w *Window) Watches() {
	w.tb.Helper()
	before := w.comes().pictures
	w.Until("the other side's picture", func() bool {
		c := w.comes()
		return c.pictures >= before+20 && c.dB > 20
	})
}

// coming is what comes of a call: the tone that is heard most and its share, the pictures so far, and how like the last one is to what
// was filmed.
type coming struct{ hz, percent, pictures, dB int }

func (w *Window) comes() (c coming) {
	_, _ = fmt.Sscan(w.Ask("comes"), &c.hz, &c.percent, &c.pictures, &c.dB) // nothing before there is a call
	return c
}
