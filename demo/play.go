package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kith/core/coretest"
	"kith/core/model"
	"kith/e2e"
)

// cast is who plays, and with what.
type cast struct {
	*stage
	kith, headless string // programs
	server         *coretest.Server
	profiles       string // folder
	out            string
	jid            map[string]model.JID
}

// The two people, and what they log in with.
const (
	anna, ben = "anna", "ben"
	password  = "open-sesame-4711"
)

// lines is the conversation; the first of each pair is Anna's.
var lines = [...][2]string{
	{"Shall we meet at the old lighthouse?", "Yes! Saturday at four?"},
	{"Perfect. I bring the apple cake", "And I the thermos with the bad coffee"},
	{"Nobody else knows about this, right?", "Only you and me. That is the point of Kith"},
}

// The places of the two windows, and of the wide one at the end.
var (
	atLeft  = e2e.Place{X: 20, Y: 40, W: 1000, H: 740}
	atRight = e2e.Place{X: 1100, Y: 40, W: 430, H: 740}
	wide    = e2e.Place{X: 20, Y: 40, W: 1240, H: 780}
	behind  = e2e.Place{X: 740, Y: 180, W: 1000, H: 740}
)

// play is the whole story. On a person's own screen it returns what comes after it: the windows, to go on with.
func play(s *stage, hidden bool, out string) (after func()) {
	c := prepare(s, out)
	d, own := openDisplay(s, hidden)
	s.act("two windows open; Anna and Ben sign in")
	a, b := c.open(d, anna, "light", atLeft), c.open(d, ben, "light", atRight)
	a.On("signin")
	c.picture(a, "01-sign-in")
	c.signIn(a, anna)
	c.signIn(b, ben)
	s.act("they talk")
	c.meet(a, b)
	for _, pair := range lines {
		a.Say(pair[0])
		b.Shows(pair[0])
		b.Say(pair[1])
		a.Shows(pair[1])
	}
	c.picture(a, "02-conversation-light")
	c.picture(b, "03-conversation-narrow")
	d.Photograph("root", filepath.Join(c.out, "04-both.png"))
	s.act("both are closed and opened again: Anna's wide, Ben's dark")
	c.close(a, anna)
	c.close(b, ben)
	a, b = c.open(d, anna, "light", wide), c.open(d, ben, "dark", behind)
	c.again(a, b)
	s.act("Anna calls Ben")
	c.talk(a, b)
	s.act("everything is closed; now the traces")
	c.close(a, anna)
	c.close(b, ben)
	c.examine()
	if !own {
		return nil
	}
	return func() { c.handOver(d) }
}

// handOver opens both windows once more and leaves them to the person.
func (c *cast) handOver(d e2e.Display) {
	c.act("the windows are yours now: go on as Anna and Ben. Close both, or press Ctrl+C here, to end everything")
	a, b := c.open(d, anna, "system", atLeft), c.open(d, ben, "system", atRight)
	<-a.Ended
	<-b.Ended
}

// prepare builds the programs and starts the server with two accounts.
func prepare(s *stage, out string) *cast {
	if err := os.RemoveAll(out); err != nil {
		s.Fatalf("%v", err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		s.Fatalf("%v", err)
	}
	programs := s.TempDir()
	c := &cast{
		stage: s, kith: filepath.Join(programs, "kith"), headless: filepath.Join(programs, "kith-headless"),
		profiles: s.TempDir(), out: out, jid: map[string]model.JID{},
	}
	s.act("building Kith (the first time takes some minutes)")
	if err := e2e.Build(".", ".", c.kith, "-tags", e2e.WindowTags); err != nil {
		s.Fatalf("%v", err)
	}
	if err := e2e.Build(".", "./app/headless", c.headless); err != nil {
		s.Fatalf("%v", err)
	}
	s.act("starting a private server on this machine")
	c.server = coretest.StartProsody(s, coretest.Options{})
	for _, name := range []string{anna, ben} {
		c.jid[name] = c.server.AddUser(s, name, password)
	}
	return c
}

func (c *cast) profile(person string) string { return filepath.Join(c.profiles, person) }

// open starts a Kith on a person's profile.
func (c *cast) open(d e2e.Display, person, theme string, p e2e.Place) *e2e.Window {
	return d.Open(person, c.kith, c.profile(person), p, append(media(person), "-ca-file", c.server.CAFile, "-theme", theme)...)
}

// close ends a Kith as a person does.
func (c *cast) close(w *e2e.Window, person string) {
	c.found(person+"'s Kith ends in good order", w.Close() == 0)
}

// picture photographs a window that has drawn all it has to.
func (c *cast) picture(w *e2e.Window, name string) {
	w.Tool("mousemove", "--window", w.ID, "2", "2") // where nothing lies under the pointer
	w.Settle()
	file := filepath.Join(c.out, name+".png")
	w.Photograph(w.ID, file)
	c.Logf("picture: %s", file)
}

// signIn fills in the first screen by keys alone. The server has no name that could be found, so it is given by hand.
func (c *cast) signIn(w *e2e.Window, person string) {
	w.On("signin")
	w.Write(string(c.jid[person]))
	w.Keys("Tab")
	w.Write(password)
	w.Keys("Tab", "Return")
	w.Until("the field for the server", func() bool { return strings.HasSuffix(w.Ask("focus"), ".entry") })
	w.Write(c.server.Host)
	w.Keys("Tab")
	w.Write(fmt.Sprint(c.server.Port))
	w.Keys("Return")
	w.On("chats")
}

// meet lets Anna write to Ben for the first time, and Ben accept.
func (c *cast) meet(a, b *e2e.Window) {
	a.Press("Start a chat")
	a.On("newchat")
	a.Write(string(c.jid[ben]))
	a.Keys("Return")
	a.On("chat")
	a.Say("Hello Ben, it is me, Anna")
	b.Until("Anna's request", func() bool { return strings.Contains(b.Ask("list"), "it is me, Anna") })
	b.Ask("open " + string(c.jid[anna]))
	b.On("chat")
	b.Shows("it is me, Anna")
	c.picture(b, "00-request-from-a-stranger")
	b.Press("Accept")
	b.Say("Hello Anna! Good to see you here")
	a.Shows("Good to see you here")
	c.call(a, "Ben")
	c.call(b, "Anna")
}

// call gives the other side of the open chat a name, as a person does in its details: until then it is called by its address.
func (c *cast) call(w *e2e.Window, name string) {
	w.Press("Details")
	w.On("details")
	w.Until("the field for a name", func() bool {
		if strings.HasPrefix(w.Ask("focus"), "Name|") {
			return true
		}
		w.Keys("Tab")
		return false
	})
	w.Write(name)
	w.Keys("Return")
	w.Until("the name "+name, func() bool { return w.Sees(name) })
	w.Keys("Escape")
	w.On("chat")
}

// again looks at what is there after a restart, compares Ben's key and looks at the dark window.
func (c *cast) again(a, b *e2e.Window) {
	last := lines[len(lines)-1][1]
	a.On("chats")
	a.Ask("open " + string(c.jid[ben]))
	a.Shows(last)
	b.On("chats")
	b.Ask("open " + string(c.jid[anna]))
	b.Shows(last)
	c.found("both find the whole conversation after a restart", strings.Contains(a.Ask("rows"), "it is me, Anna"))
	c.picture(b, "05-conversation-dark")
	a.Press("Details")
	a.On("details")
	a.Press(c.device(a))
	a.Until("the key to compare", func() bool { return a.Sees("They match") })
	c.picture(a, "06-compare-keys")
	a.Press("They match")
	a.Settle()
	c.picture(a, "07-compared")
}

// device is what opens the key of the only device in the details.
func (c *cast) device(w *e2e.Window) (label string) {
	w.Until("a device in the details", func() bool {
		for _, s := range strings.Split(w.Ask("seen"), "\t") {
			if strings.HasSuffix(s, ", show its key") {
				label = s
			}
		}
		return label != ""
	})
	return label
}
