// Package coretest gives tests real servers on loopback: Prosody and ejabberd as ordinary processes with an own
// certificate authority, accounts and data in the test's temporary folder, and the faults that real networks have.
//
//   - StartProsody, StartEjabberd: servers that are up in seconds, can be killed and restarted on the same ports and data,
//     have their archives filled by script, and tell what they saw and stored.
//   - StartCoturn: a STUN and TURN server, for the paths of calls.
//   - StartProxy: a TCP proxy that cuts, stalls, delays and slows what passes.
//   - StartScript: a listener that plays a written conversation, for answers that no real server gives.
//   - StartDNS: a name server for SRV and address records, with the resolver that asks it.
//   - NewCanary, CheckGoroutines, ScanPlaintext: nothing secret in logs, no goroutine left over, nothing readable on disk.
//
// Everything listens on 127.0.0.1 only, but for what coturn relays, and ends with the test that started it. A program that is missing fails the test;
// only -short skips. The goroutines started here are waited for in the test's Cleanup.
//
// It does not speak XMPP: that is what the tests are for. Only tests, e2e and the demo import it.
package coretest

import "testing"

// TB is what the servers need of a *testing.T. A program that is not a test brings its own: its Fatalf must not return.
type TB interface {
	Helper()
	Name() string
	TempDir() string
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// skipIfShort ends a test of a short run: those use no processes.
func skipIfShort(tb TB) {
	tb.Helper()
	if t, ok := tb.(testing.TB); ok && testing.Short() {
		t.Skip("starts a server: not in -short")
	}
}

// failed says whether the test has failed; a TB that is not a test never has.
func failed(tb TB) bool {
	t, ok := tb.(interface{ Failed() bool })
	return ok && t.Failed()
}
