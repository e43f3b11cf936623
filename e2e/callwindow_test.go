package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/core/coretest"
)

// TestCallWindow leads a pretended call by keys through the real windows: it rings, is taken, muted, spoken in by holding a key, shown
// in the small window, and ended.
func TestCallWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 740})

	w.Keys("alt+Down")
	w.On("chat")
	w.Ask(`call {"Video":true}`)
	w.Heard("rings")
	w.Until("the question", func() bool { return w.Sees("Incoming video call") && w.Sees("With video") })
	w.Keys("ctrl+shift+a")
	w.Called("Encrypted", "")
	w.Heard("silence")
	if w.Sees("Incoming video call") {
		t.Error("the question stays")
	}

	w.CallKey("m")
	w.Called("Muted", "")
	w.Tool("keydown", "space")
	w.Called("Mute", "Muted")
	w.Tool("keyup", "space")
	w.Called("Muted", "")
	const stretch, most = 5 * time.Second, 0.02
	w.Until("rest while they talk", func() bool { return w.share(t, stretch) < most })

	size := func() string {
		_, size, _ := strings.Cut(w.Tool("getwindowgeometry", "--shell", w.CallWindow()), "WIDTH=")
		return strings.Join(strings.Fields(size)[:2], " ")
	}
	before := size()
	w.CallKey("f")
	w.Until("the whole screen", func() bool { return size() == "1760 HEIGHT=960" })
	w.CallKey("Escape") // leads back, and ends nothing
	w.Until("the window as it was", func() bool { return size() == before })

	w.Tool("key", "w")
	w.Called("Large window", "Small window")
	var x, y int
	w.Until("the corner", func() bool {
		_, at, _ := strings.Cut(w.Tool("getwindowgeometry", w.CallWindow()), "Position: ")
		n, err := fmt.Sscanf(at, "%d,%d", &x, &y)
		return n == 2 && err == nil && x > 1760-340 && y > 960-260
	})
	w.CallKey("Escape") // leads back to the large one, and ends nothing
	w.Called("Small window", "Large window")
	w.CallKey("alt+F4")
	w.Until("the way back", func() bool { return w.Ask("called") == "" && w.Sees("Show it") })
	w.Press("Show it")
	w.Called("Hang up", "")
	w.CallKey("ctrl+shift+h")
	w.CallClosed()
	if status := w.Close(); status != 0 {
		t.Errorf("ended with %d", status)
	}
}

// TestCheckWindow checks calls in the real window: our picture and our voice go on until the check is left, and then nothing is open any more.
func TestCheckWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	p := ready(t, s, "anna", withChats(s))
	w := Invisible(t).Open("anna", program(t, windowed), p.dir, Place{20, 20, 820, 900}, "-ca-file", s.CAFile, "-theme", "light", "-media", "synthetic")
	w.Until("the connection", func() bool { return w.Ask("settled") == "true" })
	w.Keys("ctrl+comma")
	w.On("settings")
	w.Until("the way to the check", func() bool {
		w.Tool("mousemove", "--window", w.ID, "600", "500", "click", "5")
		return w.Ask("place Check calls") != ""
	})
	w.Press("Check calls")
	w.On("callcheck")
	w.Until("our picture", func() bool { return w.Sees("This is what others see.") && w.filmed() > 0 })
	w.Until("our voice", func() bool { return w.Sees("You are heard.") })
	w.Until("what the network is worth", func() bool { return !w.Sees("Looking for a way…") })
	after := w.filmed()
	w.Until("more pictures after the check", func() bool { return w.filmed() > after+20 })
	w.Keys("Escape")
	w.Until("the end of the picture", func() bool { return w.Ask("screen") != "callcheck" && w.filmed() == 0 })
	if status := w.Close(); status != 0 {
		t.Errorf("ended with %d", status)
	}
}

// twoWindows are Anna and Ben, who know each other, each with a window on one screen and the chat with the other open.
func twoWindows(t *testing.T) (anna, ben *Window) {
	t.Helper()
	s := coretest.StartProsody(t, coretest.Options{})
	p := newPair(t, s)
	p.ben.Must("contact.add", map[string]any{"account": 1, "jid": p.annaJ, "name": "Anna"}, nil)
	p.anna.Send(p.benJ, "hello")
	p.ben.WaitBody(p.annaJ, "hello")
	p.ben.Wait("Anna's name", func() bool { return p.contact(p.ben, p.annaJ).Name == "Anna" })
	for _, k := range []*Kith{p.anna, p.ben} {
		if status := k.Stop(); status != 0 {
			t.Fatalf("kith-headless ends with %d", status)
		}
	}
	d := Invisible(t)
	open := func(who, dir, hz, with string, at Place) *Window {
		w := d.Open(who, program(t, windowed), dir, at, "-ca-file", s.CAFile, "-theme", "light", "-media", "synthetic:"+hz)
		w.On("chats")
		w.Until("the connection", func() bool { return w.Ask("settled") == "true" })
		w.Ask("open " + with)
		w.On("chat")
		return w
	}
	anna = open("anna", p.anna.Dir, "440", string(p.benJ), Place{20, 40, 820, 640})
	ben = open("ben", p.ben.Dir, "660", string(p.annaJ), Place{900, 40, 820, 640})
	t.Cleanup(func() {
		for _, w := range []*Window{anna, ben} {
			if t.Failed() {
				t.Logf("%s's call: %s (%s)", w.person, w.Ask("called"), w.Ask("comes"))
			}
		}
	})
	return anna, ben
}

// TestTwoWindowsCall places a call in one real window and takes it in another, adds pictures, loses the line and finds it again, hangs up, and
// calls back from what the chat keeps of it.
func TestTwoWindowsCall(t *testing.T) {
	anna, ben := twoWindows(t)
	both := map[*Window]int{anna: benHz, ben: annaHz} // and what each hears
	anna.Keys("ctrl+shift+c")
	ben.Heard("rings")
	anna.Heard("waits")
	anna.Called("Ringing…", "")
	anna.CallWindow() // which takes the keyboard when it comes, and no later
	ben.Press("Accept")
	for w, hz := range both {
		w.Called("Encrypted", "Connecting…")
		w.Heard("silence")
		w.Hears(hz)
	}

	anna.CallKey("m")
	anna.Called("You are speaking, but you are muted.", "")
	ben.Called("Anna is muted", "")
	anna.CallKey("m")
	anna.Called("Mute", "You are speaking")
	ben.Hears(annaHz)

	anna.CallKey("v")
	anna.Called("Ben is asked to turn on video", "")
	ben.Called("Anna would like to turn on video", "")
	ben.CallPress("Turn on")
	ben.Called("Camera off", "would like")
	ben.Watches()
	ben.CallKey("v")
	anna.Watches()

	anna.Called("Encrypted", "Reconnecting…")
	ben.signal(t, syscall.SIGSTOP) // nothing comes from him any more
	anna.Called("Reconnecting…", "")
	ben.signal(t, syscall.SIGCONT)
	for w, hz := range both {
		w.Called("", "Reconnecting…")
		w.Hears(hz)
		w.Watches()
	}

	anna.CallKey("ctrl+shift+h")
	for w := range both {
		w.CallClosed()
		w.Shows("Video call, ")
	}
	ben.Press("Call back")
	ben.CallWindow() // which takes the keyboard when it comes, and no later
	anna.Heard("rings")
	anna.Until("the question", func() bool { return anna.Sees("Incoming video call") })
	anna.Keys("ctrl+shift+d")
	ben.Called("Can't talk now", "")
	ben.CallKey("Escape")
	ben.CallClosed()
	ben.Shows("Video call: declined")
	for w := range both {
		if status := w.Close(); status != 0 {
			t.Errorf("%s's Kith ends with %d", w.person, status)
		}
	}
}

func (w *Window) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
