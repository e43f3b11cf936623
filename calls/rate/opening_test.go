package rate

import (
	"slices"
	"testing"
	"time"
)

// TestOpening: a call that begins with more than its line carries leaves no long queue there, and one on a good line loses no time.
func TestOpening(t *testing.T) {
	for _, line := range []float64{150e3, 200e3, 300e3, 2e6} {
		for seed := range uint64(20) {
			p := newPath(seed, constant(line))
			p.holds, p.busy = time.Second, 0.05
			p.run(5 * time.Second)
			longest := slices.Max(p.queueAt[:200])
			t.Logf("%.0f kb/s, seed %d: the longest queue of the first two seconds is %v; after one %.2f of the line is used, after five %.2f",
				line/1e3, seed, longest, p.targets[100]/line, p.targets[499]/line)
			if longest > 400*time.Millisecond {
				t.Errorf("%.0f kb/s, seed %d: a queue of %v", line/1e3, seed, longest)
			}
			if p.targets[499] < 0.7*line {
				t.Errorf("%.0f kb/s, seed %d: %.2f of the line is used after five seconds", line/1e3, seed, p.targets[499]/line)
			}
		}
	}
}
