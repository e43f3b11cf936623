package media

import (
	"testing"
	"time"

	"kith/calls/rate"
)

// TestFirstPackets: of the first picture a few packets leave, and the rest when something is heard of them, or after a second; all at once where the
// other side reports no single packets.
func TestFirstPackets(t *testing.T) {
	const all = 40
	for _, agreed := range []bool{true, false} {
		b := newBench(t)
		b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
		if !agreed {
			b.line.session.video.bindings[0].extensions.transport = 0
		}
		b.line.control = rate.New(rate.Limits{})
		for i := range all {
			b.line.push(rate.Video, packet{track: b.video, timestamp: 1000, marker: i == all-1, payload: make([]byte, 1100)})
		}
		if n := len(b.pass(900 * time.Millisecond)); agreed != (n < all/4) {
			t.Errorf("reports of single packets agreed: %v; %d packets left", agreed, n)
		}
		if !agreed {
			continue
		}
		if n := len(b.pass(2 * time.Second)); n < all/2 {
			t.Errorf("%d more packets left when nothing was heard of the first", n)
		}
	}
}
