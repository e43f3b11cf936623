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
	passphrase     string // file
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
	atLeft  = place{20, 40, 1000, 740}
	atRight = place{1100, 40, 430, 740}
	wide    = place{20, 40, 1240, 780}
	behind  = place{740, 180, 1000, 740}
)

// Where to click in windows of those sizes.
var (
	startChat  = [2]int{662, 470} // the button in the middle of an empty window
	accept     = [2]int{61, 162}  // in the narrow window, below the header
	infoWide   = [2]int{886, 30}
	deviceWide = [2]int{1012, 437}
	matchWide  = [2]int{1080, 666}
)

// play is the whole story. On a person's own screen it returns what comes after it: the windows, to go on with.
func play(s *stage, hidden bool, out string) (after func()) {
	c := prepare(s, out)
	d := openDisplay(s, hidden)
	s.act("two windows open; Anna and Ben sign in")
	a, b := c.open(d, anna, "light", atLeft), c.open(d, ben, "light", atRight)
	a.on("signin")
	a.picture(c.out, "01-sign-in")
	c.signIn(a)
	c.signIn(b)
	s.act("they talk")
	c.meet(a, b)
	for _, pair := range lines {
		a.say(pair[0])
		b.shows(pair[0])
		b.say(pair[1])
		a.shows(pair[1])
	}
	a.picture(c.out, "02-conversation-light")
	b.picture(c.out, "03-conversation-narrow")
	d.photograph("root", filepath.Join(c.out, "04-both.png"))
	s.act("both are closed and opened again: Anna's wide, Ben's dark")
	a.close()
	b.close()
	a, b = c.open(d, anna, "light", wide), c.open(d, ben, "dark", behind)
	c.again(a, b)
	s.act("everything is closed; now the traces")
	a.close()
	b.close()
	c.examine()
	if !d.own {
		return nil
	}
	return func() { c.handOver(d) }
}

// handOver opens both windows once more and leaves them to the person.
func (c *cast) handOver(d display) {
	c.act("the windows are yours now: go on as Anna and Ben. Close both, or press Ctrl+C here, to end everything")
	a, b := c.open(d, anna, "system", atLeft), c.open(d, ben, "system", atRight)
	<-a.ended
	<-b.ended
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
		passphrase: filepath.Join(programs, "passphrase"), profiles: s.TempDir(), out: out, jid: map[string]model.JID{},
	}
	s.act("building Kith (the first time takes some minutes)")
	if err := e2e.Build(".", ".", c.kith, "-tags", "sqlite_fts5,no_emoji,no_animations,kithtest"); err != nil {
		s.Fatalf("%v", err)
	}
	if err := e2e.Build(".", "./app/headless", c.headless); err != nil {
		s.Fatalf("%v", err)
	}
	if err := os.WriteFile(c.passphrase, []byte(e2e.Passphrase+"\n"), 0o600); err != nil {
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

// signIn fills in the first screen by keys alone. The server has no name that could be found, so it is given by hand.
func (c *cast) signIn(w *window) {
	w.on("signin")
	w.write(string(c.jid[w.person]))
	w.keys("Tab")
	w.write(password)
	w.keys("Tab", "Tab", "Return")
	w.until("the field for the server", func() bool { return strings.HasSuffix(w.ask("focus"), ".entry") })
	w.write(c.server.Host)
	w.keys("Tab")
	w.write(fmt.Sprint(c.server.Port))
	w.keys("Return")
	w.on("chats")
}

// meet lets Anna write to Ben for the first time, and Ben accept.
func (c *cast) meet(a, b *window) {
	a.click(startChat[0], startChat[1])
	a.on("newchat")
	a.write(string(c.jid[ben]))
	a.keys("Return")
	a.on("chat")
	a.say("Hello Ben, it is me, Anna")
	b.until("Anna's request", func() bool { return strings.Contains(b.ask("list"), "it is me, Anna") })
	b.ask("open " + string(c.jid[anna]))
	b.on("chat")
	b.shows("it is me, Anna")
	b.picture(c.out, "00-request-from-a-stranger")
	b.click(accept[0], accept[1])
	b.say("Hello Anna! Good to see you here")
	a.shows("Good to see you here")
}

// again looks at what is there after a restart, compares Ben's key and looks at the dark window.
func (c *cast) again(a, b *window) {
	last := lines[len(lines)-1][1]
	a.on("chats")
	a.ask("open " + string(c.jid[ben]))
	a.shows(last)
	b.on("chats")
	b.ask("open " + string(c.jid[anna]))
	b.shows(last)
	c.found("both find the whole conversation after a restart", strings.Contains(a.ask("rows"), "it is me, Anna"))
	b.picture(c.out, "05-conversation-dark")
	a.click(infoWide[0], infoWide[1])
	a.on("details")
	a.click(deviceWide[0], deviceWide[1])
	a.settle()
	a.picture(c.out, "06-compare-keys")
	a.click(matchWide[0], matchWide[1])
	a.settle()
	a.picture(c.out, "07-compared")
}
