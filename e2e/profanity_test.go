package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// profanity is a running profanity in a terminal of its own. It ends with the test.
type profanity struct {
	t      *testing.T
	socket string
}

// startProfanity signs an account in with another people's client, an independent implementation of OMEMO over
// libsignal-protocol-c.
func startProfanity(t *testing.T, s *coretest.Server, jid model.JID, password string) *profanity {
	t.Helper()
	for _, name := range []string{"profanity", "tmux"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is missing. run: make deps", name)
		}
	}
	home := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("data/profanity/accounts", fmt.Sprintf("[%s]\nenabled=true\njid=%s\nserver=%s\nport=%d\npassword=%s\n"+
		"tls.policy=trust\nresource=profanity\nomemo.policy=automatic\n", jid, jid, s.Host, s.Port, password))
	write("config/profanity/profrc", "[omemo]\nlog=on\npolicy=automatic\ntrustmode=blind\n[ui]\nwrap=false\nsplash=false\n")
	p := &profanity{t: t, socket: filepath.Join(home, "tmux")}
	p.tmux("-f", "/dev/null", "new-session", "-d", "-x", "180", "-y", "60", "env", "HOME="+home, "XDG_CONFIG_HOME="+home+"/config",
		"XDG_DATA_HOME="+home+"/data", "LC_ALL=C.UTF-8", "profanity", "-l", "DEBUG", "-f", filepath.Join(home, "log"), "-a", string(jid))
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(home, "log")) // only shown
			t.Logf("profanity shows:\n%s\nIts log ends:\n%s", p.screen(), tail(string(log)))
		}
		_ = exec.Command("tmux", "-S", p.socket, "kill-server").Run() // it may have ended by itself
	})
	p.wait("logged in successfully")
	return p
}

func (p *profanity) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux: %v: %s", err, out)
	}
	return string(out)
}

// screen is what it shows, without colours.
func (p *profanity) screen() string {
	out, err := exec.Command("tmux", "-S", p.socket, "capture-pane", "-p").CombinedOutput()
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// enter types a line.
func (p *profanity) enter(line string) {
	p.t.Helper()
	p.tmux("send-keys", "-l", line)
	p.tmux("send-keys", "Enter")
}

// wait looks at the screen until it matches.
func (p *profanity) wait(pattern string) { p.t.Helper(); p.repeat(pattern) }

// repeat enters lines again and again until the screen matches.
func (p *profanity) repeat(pattern string, lines ...string) {
	p.t.Helper()
	want := regexp.MustCompile(pattern)
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-look.C {
		if want.MatchString(p.screen()) {
			return
		}
		for _, l := range lines {
			p.enter(l)
		}
	}
	p.t.Fatalf("profanity never shows %q, but:\n%s", pattern, p.screen())
}

// encryptFor waits until it knows a device of jid and begins an encrypted chat. Sent earlier, a message is lost.
func (p *profanity) encryptFor(jid model.JID) {
	p.t.Helper()
	p.enter("/msg " + string(jid))
	p.repeat(regexp.QuoteMeta(string(jid))+"'s OMEMO fingerprint", "/omemo end", "/omemo start", "/omemo fingerprint")
	p.wait(`\[OMEMO\]`)
}

// publishNoDevices leaves an empty device list behind, as an earlier client would: this profanity announces its device only
// by adding to a list that is there.
func publishNoDevices(t *testing.T, s *coretest.Server, jid model.JID, password model.Secret) {
	t.Helper()
	l := link.Open(link.Config{
		JID: jid, Password: password, Host: s.Host, Port: uint16(s.Port), Resource: "earlier", RootCAs: s.CA, Log: coretest.NewCanary(t),
	})
	if _, ok := (<-l.Events()).(link.Online); !ok {
		t.Fatal("the earlier client cannot sign in")
	}
	item := wire.Item{ID: "current", Payload: wire.DeviceList(nil)}
	publish := wire.Publish(wire.NodeDevices, item, wire.PEPOptions(wire.AccessOpen)...)
	if _, err := l.Query(t.Context(), wire.IQ{Type: wire.TypeSet, Payload: publish}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestProfanity converses with another client, encrypted both ways, also after a restart of ours.
func TestProfanity(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := s.AddUser(t, "anna", annaSecret), s.AddUser(t, "ben", benSecret)
	k := Start(t, program(t, headless), t.TempDir(), s.CAFile)
	k.SignIn(s, anna, annaSecret)
	k.Online()

	publishNoDevices(t, s, ben, benSecret)
	peer := startProfanity(t, s, ben, benSecret)
	peer.enter("/omemo gen")
	peer.wait("materials generated")
	peer.enter("/roster add " + string(anna))
	peer.enter("/sub request " + string(anna))
	k.Wait("the request", func() bool { return len(k.Notes("contact.request")) > 0 })
	k.Must("contact.accept", map[string]any{"account": 1, "jid": ben}, nil)
	k.Must("contact.add", map[string]any{"account": 1, "jid": ben, "name": "Ben"}, nil)
	peer.wait("authorization request")
	peer.enter("/sub allow " + string(anna))
	k.Wait("the device of profanity", func() bool {
		k.Must("device.refresh", map[string]any{"account": 1, "jid": ben}, nil)
		var devices []any
		k.Must("device.list", map[string]any{"account": 1, "jid": ben}, &devices)
		return len(devices) > 0
	})

	peer.encryptFor(anna)
	peer.enter("sarabande from profanity")
	if got := k.WaitBody(ben, "sarabande from profanity"); !got.Encrypted {
		t.Errorf("it came as %+v", got)
	}
	sent := k.Send(ben, "passacaglia from kith")
	peer.wait("passacaglia from kith")
	k.WaitState(ben, sent, "sent")

	k.Stop()
	k = Start(t, program(t, headless), k.Dir, s.CAFile)
	k.Online()
	for i := range 5 {
		k.Send(ben, fmt.Sprintf("second movement %d", i))
		peer.wait(fmt.Sprintf("second movement %d", i))
		peer.enter(fmt.Sprintf("answer %d", i))
		if got := k.WaitBody(ben, fmt.Sprintf("answer %d", i)); !got.Encrypted {
			t.Errorf("it came as %+v", got)
		}
	}
	for _, word := range []string{"sarabande", "passacaglia", "movement", "answer 1"} {
		if strings.Contains(s.Stanzas(), word) {
			t.Errorf("the server saw %q", word)
		}
	}
}
