package rate

import (
	"testing"
	"time"
)

// TestSparse: who reports no single packets reports every few seconds, and says what it can receive by what comes. That nothing is heard
// meanwhile is no outage, and a guess that is too low does not turn the picture off for good.
func TestSparse(t *testing.T) {
	c := New(Limits{})
	c.Wanted(2e6)
	start := c.Target()
	now := time.Unix(1000, 0)
	c.Losses(now, 0, 50)
	for range 60 { // a minute
		for range 50 {
			now = now.Add(20 * time.Millisecond)
			c.Sent(now, fullPacket)
			c.Tick(now)
		}
		if now.Unix()%5 == 0 {
			c.Losses(now, 0, 250)
		}
		if c.Full() {
			t.Fatalf("pictures are kept back after %v", now.Sub(time.Unix(1000, 0)))
		}
		if got := c.Target(); got < start {
			t.Fatalf("fell to %.0f after %v", got, now.Sub(time.Unix(1000, 0)))
		}
	}
	if got := c.Target(); got < 1.5*start {
		t.Errorf("a minute without a loss: %.0f, and began with %.0f", got, start)
	}
	c.REMB(now, 30e3)
	if got := c.Target(); got < 140e3 {
		t.Errorf("a guess of 30 kb/s leaves %.0f: too little for a picture, of which nothing more is learned", got)
	}
	for range 20 {
		now = now.Add(time.Second)
		c.Sent(now, fullPacket)
		c.Losses(now, 30, 100)
	}
	if got := c.Target(); got > 60e3 {
		t.Errorf("a guess of 30 kb/s from who loses a third: %.0f", got)
	}
	for range 60 { // silence for a minute is an outage for these, too
		now = now.Add(time.Second)
		c.Sent(now, fullPacket)
		c.Tick(now)
	}
	if got := c.Target(); got > 31e3 {
		t.Errorf("after a minute of silence %.0f", got)
	}
}
