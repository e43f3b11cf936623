package rate

import (
	"testing"
	"time"
)

// TestReportsTakeLonger: a way back that gets longer raises doubt for a moment, is allowed for then, and gets usual; one that gets as short
// again is allowed for no longer.
func TestReportsTakeLonger(t *testing.T) {
	const usual, longer = 60 * time.Millisecond, 460 * time.Millisecond
	var w window
	now := time.Unix(1e9, 0)
	report := func(took, until time.Duration) {
		for end := now.Add(until); now.Before(end); now = now.Add(50 * time.Millisecond) {
			w.sent(now, fullPacket)
			left := now.Add(-took)
			w.report(now, []Packet{{Sent: left, Bytes: fullPacket}}, func(Packet) time.Duration { return 0 })
		}
	}
	near := func(when string, want time.Duration) {
		t.Helper()
		if off := w.long() - want; off < -5*time.Millisecond || off > 5*time.Millisecond || w.doubt {
			t.Errorf("%s %v are allowed for a report, want %v; doubt %v", when, w.long(), want, w.doubt)
		}
	}
	report(usual, 5*time.Second)
	near("at first", usual+slack)
	report(longer, 300*time.Millisecond)
	if !w.doubt || !w.full(4e6) {
		t.Error("what is on its way is not bounded when reports come late")
	}
	report(longer, 700*time.Millisecond)
	near("soon", longer+slack)
	report(usual, 100*time.Millisecond)
	near("as before", usual+slack)
	report(longer, 15*time.Second)
	near("in the end", longer+slack)
}
