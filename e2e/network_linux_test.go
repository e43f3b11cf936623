//go:build interop

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
)

// home is a network of its own for one program: two lines lead out of it, of which one is up.
type home struct{ name string }

// The server's address, as both lines reach it, and the lines: ours and theirs.
const serverAddress = "10.77.9.1"

var lines = [2][2]string{{"10.77.1.1", "10.77.1.2"}, {"10.77.2.1", "10.77.2.2"}}

func run(t *testing.T, command string) {
	t.Helper()
	words := strings.Fields(command)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s (networks of one's own need root)", command, err, out)
	}
}

func newHome(t *testing.T) *home {
	h := &home{name: fmt.Sprintf("kith%d", os.Getpid())}
	run(t, "ip netns add "+h.name)
	t.Cleanup(func() { run(t, "ip netns del "+h.name) })
	run(t, "ip addr add "+serverAddress+"/32 dev lo")
	t.Cleanup(func() { run(t, "ip addr del "+serverAddress+"/32 dev lo") })
	h.in(t, "ip link set lo up")
	for i, l := range lines {
		run(t, fmt.Sprintf("ip link add %s type veth peer name line%d netns %s", h.port(i), i, h.name))
		t.Cleanup(func() { run(t, "ip link del "+h.port(i)) }) // at once: with the network it would go some time later
		run(t, fmt.Sprintf("ip addr add %s/24 dev %s", l[0], h.port(i)))
		run(t, "ip link set "+h.port(i)+" up")
	}
	h.use(t, 0)
	return h
}

func (h *home) port(i int) string { return fmt.Sprintf("%s-%d", h.name, i) }

func (h *home) in(t *testing.T, command string) { run(t, "ip netns exec "+h.name+" "+command) }

// use takes the other line down and that one up, as when somebody leaves the house.
func (h *home) use(t *testing.T, i int) {
	h.in(t, fmt.Sprintf("ip addr flush dev line%d", 1-i))
	h.in(t, fmt.Sprintf("ip link set line%d down", 1-i))
	h.in(t, fmt.Sprintf("ip link set line%d up", i))
	h.in(t, fmt.Sprintf("ip addr add %s/24 dev line%d", lines[i][1], i))
	h.in(t, fmt.Sprintf("ip route replace default via %s", lines[i][0]))
}

// program wraps a program so that it runs in there.
func (h *home) program(t *testing.T, program string) string {
	path := filepath.Join(t.TempDir(), "inside")
	text := "#!/bin/sh\nexec ip netns exec " + h.name + " " + program + " \"$@\"\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// forward lets the server be reached at its address.
func forward(t *testing.T, port int) {
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", serverAddress, port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
}

// cut takes everything that the line in use carries, and leaves it up: nobody is told.
func (h *home) cut(t *testing.T) {
	const nothing = " root tbf rate 8bit burst 1b limit 1b"
	h.in(t, "tc qdisc replace dev line0"+nothing)
	run(t, "tc qdisc replace dev "+h.port(0)+nothing)
}

func (h *home) mend(t *testing.T) {
	h.in(t, "tc qdisc del dev line0 root")
	run(t, "tc qdisc del dev "+h.port(0)+" root")
}

// atHome is a call with pictures between Anna, who is where the server is, and Ben, who is at home.
func atHome(t *testing.T) (h *home, p *pair, id string) {
	h = newHome(t)
	s := coretest.StartProsody(t, coretest.Options{})
	forward(t, s.Port)
	p = &pair{server: s, program: program(t, plain)}
	p.annaJ, p.benJ = s.AddUser(t, "anna", annaSecret), s.AddUser(t, "ben", benSecret)
	p.anna = Start(t, p.program, t.TempDir(), s.CAFile, "-media", "synthetic:440")
	p.ben = Start(t, h.program(t, p.program), t.TempDir(), s.CAFile, "-media", "synthetic:660")
	p.anna.SignIn(s, p.annaJ, annaSecret)
	login := Login(s, p.benJ, benSecret)
	login["host"] = serverAddress
	p.ben.Must("account.add", login, nil)
	p.anna.Online()
	p.ben.Online()
	p.befriend()
	id = p.talk(t, true)
	p.anna.hears(id, benHz)
	p.anna.sees(id, 20)
	p.ben.sees(id, 20)
	return h, p, id
}

// TestNetworkSwitch: somebody leaves the house in a call; how long until sound and picture are back.
func TestNetworkSwitch(t *testing.T) {
	h, p, id := atHome(t)
	var took []time.Duration
	for round := range 5 {
		began := time.Now()
		h.use(t, 1-round%2)
		moved := time.Now()
		seen := p.anna.figures(id).VideoFrames
		p.anna.Wait("pictures again", func() bool { return p.anna.figures(id).VideoFrames >= seen+8 })
		p.ben.sees(id, 5)
		took = append(took, time.Since(began))
		t.Logf("switch %d: pictures both ways after %v (%v of it for the switch itself)", round, time.Since(began).Round(time.Millisecond), moved.Sub(began).Round(time.Millisecond))
		p.anna.hears(id, benHz)
		p.ben.hears(id, annaHz)
	}
	soon(t, took)
}

// TestCut: the line carries nothing for a while, the way to the server included; how long until sound and picture are back once it does. What
// the server has for us comes late then: TCP tries again less and less often.
func TestCut(t *testing.T) {
	h, p, id := atHome(t)
	var took []time.Duration
	for round, long := range []time.Duration{2 * time.Second, 6 * time.Second, 13 * time.Second} {
		h.cut(t)
		time.Sleep(long)
		h.mend(t)
		back := time.Now()
		seen := p.anna.figures(id).VideoFrames
		p.anna.Wait("pictures again", func() bool { return p.anna.figures(id).VideoFrames >= seen+8 })
		p.ben.sees(id, 5)
		took = append(took, time.Since(back))
		t.Logf("cut %d, of %v: pictures both ways %v after it", round, long, time.Since(back).Round(time.Millisecond))
		p.anna.hears(id, benHz)
		p.ben.hears(id, annaHz)
	}
	soon(t, took)
}

func soon(t *testing.T, took []time.Duration) {
	slices.Sort(took)
	middle := took[len(took)/2]
	t.Logf("median %v", middle.Round(time.Millisecond))
	if middle > 3*time.Second {
		t.Errorf("sound and picture are back after %v, later than the bar of 3 s", middle)
	}
}
