package e2e

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kith/core/coretest"
)

// TestSignIn goes online with the right password, and is told apart why not otherwise.
func TestSignIn(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		anna := s.AddUser(t, "anna", annaSecret)
		k := Start(t, program(t, headless), t.TempDir(), s.CAFile)
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		dead := silent.Addr().(*net.TCPAddr).Port
		if err := silent.Close(); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, kind string
			change     map[string]any
		}{
			{"wrong password", "password", map[string]any{"password": "wrong"}},
			{"no such person", "password", map[string]any{"jid": "nobody@" + s.Domain}},
			{"not an address", "address", map[string]any{"jid": "an na@" + s.Domain}},
			{"only a server", "address", map[string]any{"jid": s.Domain}},
			{"nobody listens", "unreachable", map[string]any{"port": dead}},
			{"a name that the server does not serve", "unreachable", map[string]any{"jid": "anna@other.test"}},
		} {
			params := Login(s, anna, annaSecret)
			for name, value := range c.change {
				params[name] = value
			}
			var refused *CallError
			if err := k.Call("account.add", params, nil); !errors.As(err, &refused) || refused.Data.Kind != c.kind {
				t.Errorf("%s: %v, want the kind %s", c.name, err, c.kind)
			}
		}
		var left []any
		if k.Must("account.list", nil, &left); len(left) != 0 {
			t.Errorf("%d accounts are kept of those that could not sign in", len(left))
		}
		k.SignIn(s, anna, annaSecret)
		k.Online()
		var refused *CallError
		if err := k.Call("account.add", Login(s, anna, annaSecret), nil); !errors.As(err, &refused) || refused.Data.Kind != "exists" {
			t.Errorf("the same account again: %v", err)
		}
	})
}

// TestForeignCertificate refuses a server whose certificate nobody trusted has signed, and an expired one.
func TestForeignCertificate(t *testing.T) {
	for _, c := range []struct {
		name, detail string
		kind         coretest.Certificate
	}{
		{"foreign", "foreign", coretest.CertForeign},
		{"expired", "expired", coretest.CertExpired},
		{"other name", "other-name", coretest.CertWrongName},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := coretest.StartProsody(t, coretest.Options{Certificate: c.kind})
			anna := s.AddUser(t, "anna", annaSecret)
			k := Start(t, program(t, headless), t.TempDir(), s.CAFile)
			var refused *CallError
			err := k.Call("account.add", Login(s, anna, annaSecret), nil)
			if !errors.As(err, &refused) || refused.Data.Kind != "certificate" || refused.Data.Detail != c.detail {
				t.Errorf("%+v, want certificate %s", refused, c.detail)
			}
		})
	}
}

// TestNoTLS refuses a server without encryption.
func TestNoTLS(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{TLS: coretest.TLSNone})
	anna := s.AddUser(t, "anna", annaSecret)
	k := Start(t, program(t, headless), t.TempDir(), s.CAFile)
	var refused *CallError
	if err := k.Call("account.add", Login(s, anna, annaSecret), nil); !errors.As(err, &refused) || refused.Data.Kind != "no-tls" {
		t.Errorf("%v, want no-tls", err)
	}
}

// TestExitStatus tells scripts why a start did not work.
func TestExitStatus(t *testing.T) {
	k := Start(t, program(t, headless), t.TempDir(), "")
	k.Must("stats", nil, nil)
	wrong := filepath.Join(t.TempDir(), "wrong")
	if err := os.WriteFile(wrong, []byte("not it\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) int {
		cmd := exec.Command(program(t, headless), args...)
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent") // no keychain
		_ = cmd.Run()                                                                     // the exit status is what counts
		return cmd.ProcessState.ExitCode()
	}
	if got := run("-profile", k.Dir, "-passphrase-file", wrong); got != 3 {
		t.Errorf("a profile that is in use: exit %d, want 3", got)
	}
	if got := k.Stop(); got != 0 {
		t.Errorf("end of input: exit %d, want 0", got)
	}
	if got := run("-profile", k.Dir, "-passphrase-file", wrong); got != 4 {
		t.Errorf("a wrong passphrase: exit %d, want 4", got)
	}
	if got := run("-profile", k.Dir); got != 4 {
		t.Errorf("no keychain: exit %d, want 4", got)
	}
	if got := run("-profile", t.TempDir()); got != 4 {
		t.Errorf("a new profile without a keychain: exit %d, want 4", got)
	}
	if got := run("-profile", k.Dir, "-passphrase-file", filepath.Join(t.TempDir(), "absent")); got != 4 {
		t.Errorf("no passphrase file: exit %d, want 4", got)
	}
	if got := run(); got != 2 {
		t.Errorf("no flags: exit %d, want 2", got)
	}
}
