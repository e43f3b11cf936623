package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
)

// windowed is the kith with windows, which answers on a socket, built once.
var windowed = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "kith")
	return program, Build("..", ".", program, "-tags", WindowTags)
})

// resident is somebody whose profile was filled by kith-headless and is shown in a window.
type resident struct {
	server *coretest.Server
	jid    model.JID
	dir    string
}

// ready makes a profile that is signed in; prepare does the rest of what is to be in it.
func ready(t testing.TB, s *coretest.Server, name string, prepare func(*Kith)) resident {
	t.Helper()
	p := resident{server: s, jid: s.AddUser(t, name, annaSecret), dir: t.TempDir()}
	k := Start(t, program(t, headless), p.dir, s.CAFile)
	k.SignIn(s, p.jid, annaSecret)
	k.Online()
	prepare(k)
	if status := k.Stop(); status != 0 {
		t.Fatalf("kith-headless ends with %d", status)
	}
	return p
}

// window opens the profile on a screen of its own.
func (p resident) window(t testing.TB, at Place) *Window {
	t.Helper()
	w := Invisible(t).Open("anna", program(t, windowed), p.dir, at, "-ca-file", p.server.CAFile, "-theme", "light")
	w.On("chats")
	return w
}

// friend is the address of the nth of the people who have written to nobody yet.
func friend(s *coretest.Server, n int) model.JID {
	return model.JID(fmt.Sprintf("friend%d@%s", n, s.Domain))
}

// withChats makes three chats with people who are not there.
func withChats(s *coretest.Server) func(*Kith) {
	return func(k *Kith) {
		for n := range 3 {
			k.Send(friend(s, n), fmt.Sprint("hello ", n))
		}
	}
}

// TestShortcuts goes everywhere in the real window by keys alone.
func TestShortcuts(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1000, 740})
	is := func(question, answer string) {
		t.Helper()
		w.Until(question+" "+answer, func() bool { return w.Ask(question) == answer })
	}
	focused := func(field string) {
		t.Helper()
		is("focus", field+"|*widget.entry")
	}
	newest, oldest := string(friend(s, 2)), string(friend(s, 0))

	w.Keys("alt+Down") // no chat is open: the first one
	is("selected", newest)
	is("screen", "chat")
	w.Keys("alt+Down", "alt+Down")
	is("selected", oldest)
	w.Keys("alt+Down") // there is none below
	is("selected", oldest)
	w.Keys("alt+Up")
	is("selected", string(friend(s, 1)))

	for _, find := range []string{"ctrl+k", "ctrl+f"} {
		w.Keys(find)
		focused("Search messages and people")
		w.Write("friend0")
		is("query", "friend0")
		w.Until("one chat alone", func() bool {
			list := w.Ask("list")
			return strings.HasPrefix(list, oldest+"|") && !strings.Contains(list, "\t")
		})
		w.Keys("Escape")
		is("query", "")
	}
	w.Keys("ctrl+k")
	w.Write("friend2")
	is("query", "friend2")
	w.Keys("Return")
	is("selected", newest)
	is("query", "")
	focused("Message")
	w.Say("typed without a click")

	w.Keys("ctrl+n")
	is("screen", "newchat")
	w.Write("friend1@" + s.Domain)
	w.Keys("Return")
	is("selected", string(friend(s, 1)))
	is("screen", "chat")
	w.Keys("ctrl+n")
	is("screen", "newchat")
	w.Keys("Escape")
	is("screen", "chats")
	w.Keys("ctrl+comma")
	is("screen", "settings")
	w.Keys("Escape")
	is("screen", "chats")
	w.Keys("alt+Down")
	is("screen", "chat")
	w.Keys("Escape")
	is("screen", "chats")

	w.Keys("ctrl+q")
	if status := w.Status(); status != 0 {
		t.Errorf("ends with %d", status)
	}
}

// TestNewDeviceInWindow lets a contact whose key was compared sign in on a second device: the window says so, holds back
// what is written, and lets the person decide with nothing but the keyboard.
func TestNewDeviceInWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	benJ := s.AddUser(t, "ben", benSecret)
	ben := Start(t, program(t, headless), t.TempDir(), s.CAFile)
	ben.SignIn(s, benJ, benSecret)
	ben.Online()
	anna := ready(t, s, "anna", func(k *Kith) {
		(&pair{anna: k, ben: ben, annaJ: model.JID("anna@" + s.Domain), benJ: benJ}).befriend()
		k.WaitState(benJ, k.Send(benJ, "hello"), "delivered")
		for _, d := range devices(k, benJ) {
			k.Must("device.trust", map[string]any{"account": 1, "jid": benJ, "fingerprint": d.Fingerprint, "trust": "verified"}, nil)
		}
	})
	w := anna.window(t, Place{20, 40, 1240, 780})
	w.Ask("open " + string(benJ))
	w.On("chat")
	const bar = "Ben has a new device"
	if w.Sees(bar) {
		t.Error("the bar is there before the device")
	}

	second := Start(t, program(t, headless), t.TempDir(), s.CAFile)
	second.SignIn(s, benJ, benSecret)
	second.Online()
	second.Send(anna.jid, "this is my new phone")
	w.Shows("this is my new phone")
	w.Until("the bar", func() bool { return w.Sees(bar) })
	w.Say("not before you have decided")
	w.Until("why it waits", func() bool { return strings.Contains(w.Ask("seen"), "Check it, then this message goes out.") })

	w.tabTo(t, "Check")
	w.Keys("Return")
	w.On("details")
	w.tabTo(t, fmt.Sprintf("Device %d, show its key", own(t, second, benJ)))
	w.Keys("Return")
	w.tabTo(t, "They match")
	w.Keys("Return")
	w.Until("the bar gone", func() bool { return !w.Sees(bar) })
	if m := second.WaitBody(anna.jid, "not before you have decided"); !m.Encrypted {
		t.Error("what waited was sent in clear")
	}
	ben.WaitBody(anna.jid, "not before you have decided")
}

type device struct {
	Device             uint32
	Fingerprint, Trust string
	Own                bool
}

// own is the device that a kith-headless is.
func own(t *testing.T, k *Kith, jid model.JID) uint32 {
	t.Helper()
	for _, d := range devices(k, jid) {
		if d.Own {
			return d.Device
		}
	}
	t.Fatal("it has no device of its own")
	return 0
}

// devices are the known devices of somebody.
func devices(k *Kith, jid model.JID) (all []device) {
	k.Must("device.list", map[string]any{"account": 1, "jid": jid}, &all)
	return all
}

// tabTo gives the keyboard to what has a label, with Tab alone.
func (w *Window) tabTo(t *testing.T, label string) {
	t.Helper()
	var passed []string
	for range 60 {
		before := w.Ask("focus")
		if name, _, _ := strings.Cut(before, "|"); name == label {
			return
		}
		w.Keys("Tab")
		passed = append(passed, before)
	}
	t.Fatalf("no way to %q with Tab; passed %q", label, passed)
}

// TestIdleWindow lets a window with an open chat come to rest: a toolkit that does not sleep takes 1.5 % of a core, and a widget
// that asks to be laid out again for ever half of one, so that it never finds a stretch in which it does next to nothing.
func TestIdleWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	w := ready(t, s, "anna", withChats(s)).window(t, Place{20, 40, 1240, 780})
	w.Ask("open " + string(friend(s, 1)))
	w.On("chat")
	w.Press("Details")
	w.On("details")
	const stretch, most = 5 * time.Second, 0.01
	var shares []float64
	w.Until("a stretch of rest", func() bool {
		shares = append(shares, w.share(t, stretch))
		return shares[len(shares)-1] < most
	})
	t.Logf("shares of a core over %s each: %.4f", stretch, shares)
}

// share is how much of a core the program takes for a while. It is processor time, so that what others do does not count.
func (w *Window) share(t *testing.T, while time.Duration) float64 {
	t.Helper()
	begin := time.Now()
	before, _ := used(t, w.cmd.Process.Pid)
	select {
	case <-time.After(while):
	case <-w.Ended:
		t.Fatal("it has ended")
	}
	after, _ := used(t, w.cmd.Process.Pid)
	return (after - before).Seconds() / time.Since(begin).Seconds()
}
