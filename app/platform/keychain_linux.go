//go:build !android

package platform

import (
	"context"
	"slices"

	"github.com/godbus/dbus/v5"
)

// keychainName is the Secret Service's (Secret Storage Specification 0.2).
const keychainName = "org.freedesktop.secrets"

// HasKeychain says whether a keychain runs in the person's session, or starts there when it is asked for something. The bus is
// another program: the answer may take as long as ctx lets it.
func HasKeychain(ctx context.Context) bool {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }() // nothing was changed on it
	ask := func(what string, answer any) bool {
		return conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+what, 0).Store(answer) == nil
	}
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return false
	}
	var run, start []string
	return ask("ListNames", &run) && slices.Contains(run, keychainName) ||
		ask("ListActivatableNames", &start) && slices.Contains(start, keychainName)
}
