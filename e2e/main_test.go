package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// programs is where the built programs lie; TestMain removes them.
var programs, programsErr = os.MkdirTemp("", "kith-e2e")

// headless is the program under test, built once, with the race detector where the tests have it.
var headless = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "kith-headless")
	return program, Build("..", "./app/headless", program, raceFlags()...)
})

// plain is the same without the race detector, for figures.
var plain = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "kith-headless-plain")
	return program, Build("..", "./app/headless", program)
})

func TestMain(m *testing.M) {
	if programsErr != nil {
		fmt.Fprintln(os.Stderr, programsErr)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(programs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// program returns a built program.
func program(t testing.TB, build func() (string, error)) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs whole programs: not in -short")
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The words that nobody but the two who talk may see.
const (
	annaSecret = "anna-password-6021"
	benSecret  = "ben-password-7714"
)

// onEach runs a test against each kind of server.
func onEach(t *testing.T, test func(*testing.T, *coretest.Server)) {
	t.Run("prosody", func(t *testing.T) { test(t, coretest.StartProsody(t, coretest.Options{})) })
	t.Run("ejabberd", func(t *testing.T) { test(t, coretest.StartEjabberd(t, coretest.Options{})) })
}

// pair is two people who are online and know each other.
type pair struct {
	server      *coretest.Server
	program     string
	anna, ben   *Kith
	annaJ, benJ model.JID
}

// newPair signs two people in and makes them contacts.
func newPair(t *testing.T, s *coretest.Server) *pair {
	t.Helper()
	p := &pair{server: s, program: program(t, headless)}
	p.annaJ, p.benJ = s.AddUser(t, "anna", annaSecret), s.AddUser(t, "ben", benSecret)
	p.anna, p.ben = Start(t, p.program, t.TempDir(), s.CAFile), Start(t, p.program, t.TempDir(), s.CAFile)
	p.anna.SignIn(s, p.annaJ, annaSecret)
	p.ben.SignIn(s, p.benJ, benSecret)
	p.anna.Online()
	p.ben.Online()
	p.befriend()
	return p
}

// befriend makes each see the other's presence.
func (p *pair) befriend() {
	p.anna.Must("contact.add", map[string]any{"account": 1, "jid": p.benJ, "name": "Ben"}, nil)
	p.ben.Wait("Anna's request", func() bool { return p.contact(p.ben, p.annaJ).Asking })
	p.ben.Must("contact.accept", map[string]any{"account": 1, "jid": p.annaJ}, nil)
	p.anna.Wait("Ben's answer", func() bool { s := p.contact(p.anna, p.benJ).Subscription; return s == "to" || s == "both" })
}

type contact struct {
	JID, Name, Subscription, Presence string
	Asking                            bool
}

// contact finds a contact; the zero value when there is none.
func (p *pair) contact(k *Kith, jid model.JID) contact {
	var all []contact
	k.Must("contact.list", map[string]any{"account": 1}, &all)
	for _, c := range all {
		if c.JID == string(jid) {
			return c
		}
	}
	return contact{}
}

// bodies are the texts of messages, in order, without what Kith notes itself.
func bodies(all []Message) []string {
	var list []string
	for _, m := range all {
		if m.Kind != "notice" {
			list = append(list, m.Body)
		}
	}
	return list
}
