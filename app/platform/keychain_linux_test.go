//go:build !android

package platform

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// What the bus lets programs do: everything, or send but get no answer.
const (
	openPolicy = `<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>`
	mutePolicy = `<allow send_destination="*"/>`
)

// bareBus is a session bus that starts what stands in a folder, and nothing else: this machine may have a keychain.
func bareBus(t *testing.T, services, policy string) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "bus.conf")
	text := fmt.Sprintf(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <servicedir>%s</servicedir>
  <policy context="default">%s</policy>
</busconfig>
`, services, policy)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	startBus(t, "--config-file="+config)
}

func TestHasKeychain(t *testing.T) {
	tests := []struct {
		name  string
		setup func(*testing.T)
		want  bool
	}{
		{"no bus", func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:") }, false},
		{"nobody there", func(t *testing.T) { bareBus(t, t.TempDir(), openPolicy) }, false},
		{"it runs", func(t *testing.T) { bareBus(t, t.TempDir(), openPolicy); keepKeys(t) }, true},
		{"it would start", func(t *testing.T) {
			dir := t.TempDir()
			service := "[D-BUS Service]\nName=" + keychainName + "\nExec=/bin/false\n"
			if err := os.WriteFile(filepath.Join(dir, "keys.service"), []byte(service), 0o600); err != nil {
				t.Fatal(err)
			}
			bareBus(t, dir, openPolicy)
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.setup(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if got := HasKeychain(ctx); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// A bus that does not answer is waited for no longer than asked.
func TestMuteBus(t *testing.T) {
	tests := map[string]func(*testing.T){
		"to the greeting": func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bus")
			l, err := net.Listen("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() }) // nobody is waited for
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
		},
		"to questions": func(t *testing.T) { bareBus(t, t.TempDir(), mutePolicy) },
	}
	for name, setup := range tests {
		t.Run(name, func(t *testing.T) {
			setup(t)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if HasKeychain(ctx) {
				t.Error("a keychain on a bus that says nothing")
			}
			ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if Open(ctx).Available() {
				t.Error("notifications on a bus that says nothing")
			}
		})
	}
}

// keepKeys takes the keychain's name on the bus.
func keepKeys(t *testing.T) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // nothing is left to be said on it
	if r, err := conn.RequestName(keychainName, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("request name: %v %v", r, err)
	}
}
