package e2e

import (
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
)

// TestCallWindow leads a pretended call by keys through the real windows: it rings, is taken, muted, spoken in by holding a key, shown
// in the small window, and ended.
func TestCallWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 740})
	called := func(want, not string) {
		t.Helper()
		w.Until("the call with "+want+" and without "+not, func() bool {
			seen := w.Ask("called")
			return strings.Contains(seen, want) && (not == "" || !strings.Contains(seen, not))
		})
	}
	heard := func(want string) {
		t.Helper()
		w.Until("the sound "+want, func() bool { return w.Ask("heard") == want })
	}
	front := func() { // the call's window
		t.Helper()
		w.Until("the window of the call", func() bool {
			_, err := w.try("search", "--name", "^friend", "windowactivate", "--sync")
			return err == nil
		})
	}

	w.Keys("alt+Down")
	w.On("chat")
	w.Ask(`call {"Video":true}`)
	heard("rings")
	w.Until("the question", func() bool { return w.Sees("Incoming video call") && w.Sees("With video") })
	w.Keys("ctrl+shift+a")
	called("Encrypted", "")
	heard("silence")
	if w.Sees("Incoming video call") {
		t.Error("the question stays")
	}

	front()
	w.Tool("key", "m")
	called("Muted", "")
	w.Tool("keydown", "space")
	called("Mute", "Muted")
	w.Tool("keyup", "space")
	called("Muted", "")
	const stretch, most = 5 * time.Second, 0.02
	w.Until("rest while they talk", func() bool { return w.share(t, stretch) < most })

	w.Tool("key", "w")
	called("Large window", "Small window")
	front()
	w.Tool("key", "Escape") // leads back to the large one, and ends nothing
	called("Small window", "Large window")
	front()
	w.Tool("key", "alt+F4")
	w.Until("the way back", func() bool { return w.Ask("called") == "" && w.Sees("Show it") })
	w.Press("Show it")
	called("Hang up", "")
	front()
	w.Tool("key", "ctrl+shift+h")
	w.Until("the end of its window", func() bool { return w.Ask("called") == "" })
	if status := w.Close(); status != 0 {
		t.Errorf("ended with %d", status)
	}
}
