package rate

import (
	"testing"
	"time"
)

// TestStepIsSeen: how far a line falls is known before what waits in its queue has come, and before it has overflowed for long: what is on its way
// and what comes of it say so.
func TestStepIsSeen(t *testing.T) {
	const worse = 20 * time.Second
	for _, bad := range []float64{300e3, 600e3} {
		mean := time.Duration(0)
		for seed := range uint64(20) {
			p := newPath(seed, func(at time.Duration) float64 {
				if at >= worse {
					return bad
				}
				return 2e6
			})
			p.holds, p.busy = time.Second, 0.05
			p.run(worse + time.Second)
			seen := time.Second
			for at := worse; at < worse+time.Second; at += 10 * time.Millisecond {
				if p.targets[at/(10*time.Millisecond)] < bad {
					seen = at - worse
					break
				}
			}
			t.Logf("%.0f kb/s, seed %d: seen after %v, then carries %.0f", bad/1e3, seed, seen, p.control.carries/1e3)
			mean += seen / 20
			if seen > 600*time.Millisecond { // a process may stand still meanwhile
				t.Errorf("%.0f kb/s, seed %d: seen after %v", bad/1e3, seed, seen)
			}
			if is := p.control.carries / bad; is < 0.7 || is > 1.3 {
				t.Errorf("%.0f kb/s, seed %d: taken for %.2f of what it is", bad/1e3, seed, is)
			}
		}
		if mean > 420*time.Millisecond {
			t.Errorf("%.0f kb/s: seen after %v in the mean", bad/1e3, mean)
		}
	}
}
