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

// TestForgets: what waits in a long queue is remembered for as long as it waits; what was lost with all that came after it is not.
func TestForgets(t *testing.T) {
	const queue = 900 * time.Millisecond
	c := New(Limits{})
	now := time.Unix(1e9, 0)
	for range 60 { // three seconds
		c.Sent(now, fullPacket)
		c.Report(now, []Packet{{Sent: now.Add(-queue), Received: time.Duration(now.UnixNano()), Bytes: fullPacket}})
		now = now.Add(50 * time.Millisecond)
		c.Tick(now)
	}
	if least := int(queue / (50 * time.Millisecond) * fullPacket); c.window.bytes < least {
		t.Errorf("%d bytes are on their way, and %d are known of", least, c.window.bytes)
	}
	for range 100 {
		now = now.Add(50 * time.Millisecond)
		c.Tick(now)
	}
	if c.window.bytes != 0 {
		t.Errorf("%d bytes are waited for that were lost", c.window.bytes)
	}
}
