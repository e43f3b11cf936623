package e2e

import (
	"strings"
	"testing"

	"kith/core/coretest"
)

// The history is locked by the desktop's keychain: it opens by itself as long as that does, and never without it.
func TestKeychain(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	home, dir := t.TempDir(), t.TempDir()
	open := func(ring *Keychain) *Kith {
		return start(t, program(t, headless), dir, append(ring.Env, "SSL_CERT_FILE="+s.CAFile))
	}
	refused := func(what string, ring *Keychain) {
		t.Helper()
		k := open(ring)
		if code := k.wait(); code == 0 || !strings.Contains(k.Log(), "keychain") {
			t.Errorf("%s: it ended with %d and said %q", what, code, k.Log())
		}
		ring.Stop()
	}
	ring := StartKeychain(t, home, "the desktop's password")
	k := open(ring)
	k.SignIn(s, s.AddUser(t, "anna", annaSecret), annaSecret)
	k.Online()
	if code := k.Stop(); code != 0 {
		t.Fatalf("it ended with %d", code)
	}
	ring.Stop()
	refused("the desktop's session has ended", ring)
	refused("a locked keychain", StartKeychain(t, home, ""))
	refused("a keychain without the key", StartKeychain(t, t.TempDir(), "another password"))
	k = open(StartKeychain(t, home, "the desktop's password"))
	k.Online()
	if code := k.Stop(); code != 0 {
		t.Errorf("at last it ended with %d", code)
	}
}
