//go:build peers

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
)

// footprint is what a program takes of a person's machine.
type footprint struct {
	window, firstCPU time.Duration // until its window is there; CPU time of its first three seconds
	rssMiB, idle     float64       // after them; share of a core over the ten seconds that follow
	present          time.Duration // until the server has its presence: it is signed in, and others see it
}

// BenchmarkPeers starts Kith, signed in with 50 contacts, its history locked by the desktop's keychain, and Dino from Debian
// side by side on an invisible screen. Dino has no account there and so nothing to unlock, sign in to or show: the comparison
// is in its favour. What a program's first start ever costs more, as looking through the fonts, is not counted.
func BenchmarkPeers(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	anna := s.AddUser(b, "anna", annaSecret)
	home, dir := b.TempDir(), b.TempDir()
	ring := StartKeychain(b, home, "the desktop's password")
	k := start(b, program(b, plain), dir, append(ring.Env, "SSL_CERT_FILE="+s.CAFile))
	k.SignIn(s, anna, annaSecret)
	k.Online()
	for i := range 50 {
		k.Must("contact.add", map[string]any{"account": 1, "jid": model.JID(fmt.Sprintf("friend%02d@%s", i, s.Domain)), "name": fmt.Sprint("Friend ", i)}, nil)
	}
	k.Stop()
	window := filepath.Join(programs, "kith")
	if err := Build("..", ".", window); err != nil {
		b.Fatal(err)
	}
	install(b, window)
	env := append(Invisible(b).Env(), ring.Env...)
	startKith := func() footprint {
		present := make(chan time.Duration)
		go untilPresent(s, present)
		f := measure(b, env, "Kith", window, "-profile", dir, "-ca-file", s.CAFile)
		f.present = <-present
		return f
	}
	startDino := func() footprint { return measure(b, env, "Dino", "dbus-run-session", "--", "dino-im") }
	startKith()
	startDino()
	for range b.N {
		kith, dino := startKith(), startDino()
		b.ReportMetric(kith.window.Seconds()*1000, "kith-window-ms")
		b.ReportMetric(dino.window.Seconds()*1000, "dino-window-ms")
		b.ReportMetric(kith.present.Seconds()*1000, "kith-present-ms")
		b.ReportMetric(kith.firstCPU.Seconds(), "kith-cpu-s")
		b.ReportMetric(dino.firstCPU.Seconds(), "dino-cpu-s")
		b.ReportMetric(kith.rssMiB, "kith-rss-MiB")
		b.ReportMetric(dino.rssMiB, "dino-rss-MiB")
		b.ReportMetric(kith.idle*100, "kith-idle-%")
		b.ReportMetric(dino.idle*100, "dino-idle-%")
	}
	b.ReportMetric(0, "ns/op")
}

// install has the system forget a program that was just built, so that it is read from the disk as an installed one is: what is fresh from
// the linker lies in its memory in pieces of 2 MB, and whoever touches a byte of one is charged with all of it.
func install(b *testing.B, program string) {
	forget := exec.Command("dd", "of="+program, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
	if out, err := forget.CombinedOutput(); err != nil {
		b.Fatalf("forget the program: %v: %s", err, out)
	}
}

// untilPresent tells how long it takes from now until the server gets a presence.
func untilPresent(s *coretest.Server, took chan<- time.Duration) {
	begin := time.Now()
	count := func() int { return strings.Count(s.Stanzas(), "<presence") }
	for before := count(); count() == before && time.Since(begin) < time.Minute; {
		time.Sleep(5 * time.Millisecond)
	}
	took <- time.Since(begin)
}

// measure starts a program and watches it until it idles. The figures are those of the process that has the window.
func measure(b *testing.B, env []string, title, command string, args ...string) (f footprint) {
	b.Helper()
	cmd := exec.Command(command, args...)
	cmd.Env = env
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	id := ""
	for id == "" {
		find := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^"+title)
		find.Env = cmd.Env
		out, _ := find.Output() // fails as long as there is none
		id, _, _ = strings.Cut(string(out), "\n")
		if time.Since(begin) > time.Minute {
			b.Fatal(title + " shows no window")
		}
	}
	f.window = time.Since(begin)
	pid := owner(b, cmd.Env, id)
	time.Sleep(3*time.Second - f.window)
	f.firstCPU, f.rssMiB = used(b, pid)
	time.Sleep(10 * time.Second)
	later, _ := used(b, pid)
	f.idle = (later - f.firstCPU).Seconds() / 10
	end, err := os.FindProcess(pid)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = end.Signal(os.Interrupt), cmd.Wait()
	return f
}

// owner is the process that shows a window.
func owner(b *testing.B, env []string, window string) int {
	cmd := exec.Command("xdotool", "getwindowpid", window)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		b.Fatal(err)
	}
	return pid
}
