package rate

import (
	"testing"
	"time"
)

// TestFar: what is on its way on a long line, or is reported seldom, does not keep pictures back.
func TestFar(t *testing.T) {
	for _, line := range []float64{300e3, 2e6} {
		for _, oneWay := range []time.Duration{20 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond} {
			for _, each := range []time.Duration{50 * time.Millisecond, 250 * time.Millisecond} {
				p := newPath(1, constant(line))
				p.oneWay, p.reportEach, p.busy = oneWay, each, 0.1
				p.run(8 * time.Second)
				p.carried = 0
				p.from(8*time.Second, 40*time.Second)
				if share, freeze := p.carried/32/line, p.freeze(8*time.Second, 40*time.Second); share < 0.75 || freeze > 500*time.Millisecond {
					t.Errorf("%.0f kb/s, %v far, reported each %v: %.2f of it is used, and nothing came for %v", line/1e3, oneWay, each, share, freeze)
				}
			}
		}
	}
}

// TestFarther: a way that gets longer in mid-call, in both directions and to the same address, is no queue that has to run empty.
func TestFarther(t *testing.T) {
	const longer, found, end = 20 * time.Second, 30 * time.Second, 45 * time.Second
	for _, line := range []float64{300e3, 1e6, 2e6} {
		for seed := range uint64(6) {
			p := newPath(seed, constant(line))
			p.busy, p.holds = 0.05, 800*time.Millisecond
			p.run(longer)
			p.oneWay += 280 * time.Millisecond
			p.from(longer, end)
			if least := p.least(found, end) / line; least < 0.8 {
				t.Errorf("%.0f kb/s, seed %d: %.2f of it is used ten seconds later", line/1e3, seed, least)
			}
			if freeze := p.freeze(longer, end); freeze > time.Second {
				t.Errorf("%.0f kb/s, seed %d: nothing came for %v", line/1e3, seed, freeze)
			}
		}
	}
}
