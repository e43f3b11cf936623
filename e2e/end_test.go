package e2e

import (
	"syscall"
	"testing"
	"time"

	"kith/core/coretest"
)

// TestEndsWhenAsked: the system may ask Kith to end at any time, the moment in which its window appears not the least. Neither
// may it stay, nor break.
func TestEndsWhenAsked(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna := ready(t, s, "anna", withChats(s))
	display := Invisible(t)
	for _, wait := range []time.Duration{0, 0, 0, 20 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond, 1200 * time.Millisecond} {
		w := display.Open("anna", program(t, windowed), anna.dir, Place{20, 40, 1000, 740}, "-ca-file", s.CAFile)
		time.Sleep(wait)
		if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		select {
		case <-w.Ended:
		case <-time.After(patience):
			t.Fatalf("asked to end after %s, it stays", wait)
		}
		if code := w.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("asked to end after %s, it ended with %d: %s", wait, code, w.complaints.String())
		}
	}
}
