package e2e

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kith/core/coretest"
)

// Keychain is a real keychain as desktops have it (the Secret Service of gnome-keyring) on a message bus of its own. It ends
// with the test.
type Keychain struct {
	Env []string // what a program needs to find it

	tb   coretest.TB
	bus  *exec.Cmd
	ring *exec.Cmd
}

// busConfig is a message bus like a desktop's, but one that starts no programs by itself: a second keychain, say, for whoever asks
// before ours is up.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// StartKeychain starts the keychain of the person whose home this is; a new home has none yet. Without its password it
// stays locked.
func StartKeychain(tb coretest.TB, home, password string) *Keychain {
	tb.Helper()
	k := &Keychain{tb: tb}
	k.bus, k.Env = startBus(tb, home)
	tb.Cleanup(k.Stop)
	args := []string{"--foreground", "--components=secrets"}
	if password != "" {
		args = append(args, "--unlock")
	}
	k.ring = exec.Command("gnome-keyring-daemon", args...)
	k.ring.Env = append(os.Environ(), k.Env...)
	k.ring.Stdin = strings.NewReader(password)
	if err := k.ring.Start(); err != nil {
		tb.Fatalf("start keychain: %v. run: make deps", err)
	}
	k.await(password != "")
	return k
}

// await waits until the keychain answers, and has a place for keys if it was unlocked.
func (k *Keychain) await(unlocked bool) {
	k.tb.Helper()
	want := "org.freedesktop.secrets"
	ask := []string{"--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames"}
	if unlocked {
		want = "collection/login"
		ask = []string{
			"--dest=org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.DBus.Properties.Get",
			"string:org.freedesktop.Secret.Service", "string:Collections",
		}
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		cmd := exec.Command("dbus-send", append([]string{"--session", "--print-reply"}, ask...)...)
		cmd.Env = append(os.Environ(), k.Env...)
		if out, err := cmd.Output(); err == nil && bytes.Contains(out, []byte(want)) { // fails until it is there
			return
		}
	}
	k.tb.Fatalf("the keychain does not come up")
}

// Stop ends it, as at the end of a session at the desktop. It may be stopped twice.
func (k *Keychain) Stop() {
	for _, cmd := range []*exec.Cmd{k.ring, k.bus} {
		if cmd != nil && cmd.ProcessState == nil {
			_ = cmd.Process.Kill() // it may have ended by itself
			_ = cmd.Wait()         // it was killed
		}
	}
}

// startBus starts a message bus for programs of the person whose home this is, and returns what they need to find it. Who starts it
// ends it.
func startBus(tb coretest.TB, home string) (bus *exec.Cmd, env []string) {
	tb.Helper()
	run := tb.TempDir()
	if err := os.Chmod(run, 0o700); err != nil {
		tb.Fatalf("%v", err)
	}
	config := filepath.Join(run, "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		tb.Fatalf("%v", err)
	}
	bus = exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nosyslog", "--print-address")
	env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + run, "XDG_DATA_HOME=" + filepath.Join(home, "data")}
	bus.Env = append(os.Environ(), env...)
	out, err := bus.StdoutPipe()
	if err != nil {
		tb.Fatalf("%v", err)
	}
	if err := bus.Start(); err != nil {
		tb.Fatalf("start message bus: %v. run: make deps", err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_, _ = bus.Process.Kill(), bus.Wait()
		tb.Fatalf("the message bus says no address: %v", err)
	}
	return bus, append(env, "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(address))
}
