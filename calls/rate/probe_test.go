package rate

import (
	"testing"
	"time"
)

// TestUnproven: after a bad time, what a probe showed is used before the next one: a line that lets a few packets pass at once would let that one pass too.
func TestUnproven(t *testing.T) {
	for _, used := range []bool{false, true} {
		c := New(Limits{})
		now := time.Unix(1e9, 0)
		c.dropped, c.raised = now.Add(-3*time.Second), now
		c.target = 600e3
		bytes := map[bool]int{false: 300, true: 1500}[used] // each 20 ms
		var probed time.Duration
		for at := time.Duration(0); probed == 0 && at < 5*time.Second; at += 20 * time.Millisecond {
			c.Sent(now.Add(at), bytes)
			c.target = 600e3
			c.Report(now.Add(at), []Packet{{Sent: now.Add(at), Received: time.Hour + at, Bytes: bytes}})
			if at < meterWindow {
				continue
			}
			if _, ok := c.Next(now.Add(at), false); ok {
				probed = at
			}
		}
		if used != (probed < time.Second) || probed == 0 || probed > longestWait+time.Second {
			t.Errorf("what was shown is used: %v, and the next probe comes after %v", used, probed)
		}
	}
}
