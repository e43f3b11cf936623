package e2e

import (
	"strings"
	"testing"

	"kith/core/coretest"
)

// TestCallCare does in the middle of a pretended call what ends, leaves or disturbs one by mistake, and asks of the window what it does of another.
func TestCallCare(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 740})
	w.Keys("alt+Down")
	w.On("chat")
	open := w.Ask("selected")

	w.Ask("size 400x640")
	w.Until("a narrow window", func() bool { return w.Sees("Back (Esc)") })
	w.Ask(`call {}`)
	w.Heard("rings")
	w.Until("the question", func() bool { return w.Sees("Incoming call") })
	w.Keys("Escape", "ctrl+shift+d") // the first leaves nothing that lies unseen below the question
	w.Until("the end of the question", func() bool { return !w.Sees("Incoming call") })
	if now := w.Ask("selected"); now != open || open == "" {
		t.Errorf("Escape left the chat with %q below the question: %q is open", open, now)
	}
	w.Ask("size 1000x740")

	w.Ask(`call {"ID":"silent","Outgoing":true,"Phase":2}`)
	w.Called("Hang up", "")
	w.Ask(`call {"ID":"silent","Outgoing":true,"Phase":3,"End":3}`)
	w.Called("No answer", "Hang up")
	w.Ask(`call {"ID":"loud","Outgoing":true,"Phase":2}`)
	w.Called("Hang up", "No answer")
	w.Until("the voice of the next call", func() bool { return w.Ask("voices") == "0 6 false" })

	w.Keys("ctrl+comma")
	w.On("settings")
	w.Until("the way to the check", func() bool {
		w.Tool("mousemove", "--window", w.ID, "800", "500", "click", "5")
		return w.Ask("place Check calls") != ""
	})
	w.Press("Check calls")
	w.Until("why not now", func() bool { return w.Sees("You are in a call already. Hang up first.") })
	if at := w.Ask("screen"); at != "settings" {
		t.Errorf("the check of calls waits for what the call has, on the screen %q", at)
	}

	w.Keys("alt+F4")
	w.Until("a warning", func() bool { return w.Sees("Hang up and close") })
	w.Called("Hang up", "")
	w.Press("Hang up and close")
	if status := w.Status(); status != 0 {
		t.Errorf("ended with %d", status)
	}
}

// TestCallElsewhere: to somebody who does not look at Kith a call rings in a window of its own; Escape there leaves the question to the chats, and
// them as they are.
func TestCallElsewhere(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 740})
	small := func() string {
		id, _ := w.try("search", "--onlyvisible", "--name", "^Incoming call$") // fails where there is none
		return id
	}
	w.Tool("windowminimize", "--sync", w.ID)
	w.Until("that nobody looks", func() bool { return w.Ask("front") == "false" })
	w.Ask(`call {}`)
	w.Until("the small window", func() bool { return small() != "" })
	w.Tool("windowactivate", "--sync", small())
	w.Tool("key", "Escape")
	w.Until("the end of the small window", func() bool { return small() == "" })
	w.Heard("rings")
	w.Tool("windowactivate", "--sync", w.ID)
	w.Until("the question", func() bool { return w.Sees("Incoming call") })
}

// TestCallStrip: a call whose window is closed is seen wherever the person goes, and from there they come back to it: in a narrow window, too,
// where there is neither the chat nor the list.
func TestCallStrip(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 400, 740})
	w.Ask(`call {"Outgoing":true,"Phase":2}`)
	w.CallKey("alt+F4")
	w.Until("the way back above the chats", func() bool { return w.Ask("called") == "" && w.Sees("Show it") })
	visit := func(screen string) {
		t.Helper()
		w.On(screen)
		w.Until("the way back above "+screen, func() bool { return w.Sees("Show it") && strings.Contains(w.Ask("seen"), " · 0:") })
	}
	w.Keys("alt+Down")
	visit("chat")
	w.Press("Details")
	visit("details")
	w.Ask("size 1000x740")
	w.Until("one way back in the wide window", func() bool { return strings.Count(w.Ask("seen"), " · 0:") == 1 })
	w.Ask("size 400x740")
	visit("details")
	w.Keys("ctrl+n")
	visit("newchat")
	w.Keys("ctrl+comma")
	visit("settings")
	w.Press("Add another account")
	visit("signin")
	w.Press("Show it")
	w.Called("Hang up", "")
	w.Until("no way back to what is there", func() bool { return !w.Sees("Show it") })
	w.CallKey("alt+F4")
	visit("signin")
	w.Keys("ctrl+shift+h")
	w.Until("the end of the call", func() bool { return !w.Sees("Show it") })
}

// TestCallAside: the small window in which a call rings takes the keyboard from nobody who types in another program, neither where a window
// manager gives it to new windows nor where there is none; and nothing that is typed takes the call.
func TestCallAside(t *testing.T) {
	for name, display := range map[string]func(coretest.TB) Display{"with a window manager": Invisible, "without": unmanaged} {
		t.Run(name, func(t *testing.T) {
			s := coretest.StartProsody(t, coretest.Options{})
			d := display(t)
			open := func(name string, at Place) *Window {
				w := d.Open(name, program(t, windowed), ready(t, s, name, withChats(s)).dir, at, "-ca-file", s.CAFile, "-theme", "light")
				w.On("chats")
				return w
			}
			called, other := open("anna", Place{20, 40, 700, 500}), open("ben", Place{760, 40, 700, 500})
			other.Ask("open " + string(friend(s, 0)))
			other.On("chat")
			other.Tool("windowfocus", "--sync", other.ID)
			called.Until("that nobody looks", func() bool { return called.Ask("front") == "false" })
			called.Ask(`call {}`)
			called.Until("the small window", func() bool {
				_, err := called.try("search", "--onlyvisible", "--name", "^Incoming call$") // fails where there is none
				return err == nil
			})
			other.Tool("type", "one or two words")
			other.Tool("key", "Return", "space")
			other.Shows("one or two words")
			called.Heard("rings")
		})
	}
}
