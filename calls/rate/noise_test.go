package rate

import (
	"math"
	"slices"
	"testing"
	"time"
)

// crowd is what a machine does on which others want the processor all the time: everything on the way of a packet has to wait for its turn.
type crowd struct {
	most  time.Duration // between two turns; 0: it is never waited for
	turns [stages]time.Duration
}

// What a packet passes.
const (
	sending = iota
	carrying
	receiving
	reporting
	stages
)

// turn says whether a stage has its turn at a time.
func (p *path) turn(stage int, at time.Duration) bool {
	c := &p.crowd
	if c.most == 0 {
		return true
	}
	if at < c.turns[stage] {
		return false
	}
	c.turns[stage] = at + time.Duration(p.random.Int64N(int64(c.most)))
	return true
}

// TestCrowd: others who want the processors all the time cost a path little.
func TestCrowd(t *testing.T) {
	for _, rate := range []float64{300e3, 2e6} {
		for _, most := range []time.Duration{20 * time.Millisecond, 40 * time.Millisecond, 80 * time.Millisecond} {
			worst, sum, silence := math.Inf(1), 0.0, time.Duration(0)
			const seeds = 3
			for seed := range uint64(seeds) {
				p := newPath(seed, constant(rate))
				p.crowd.most, p.skew = most, 1e-4
				p.run(60 * time.Second)
				worst = min(worst, p.least(8*time.Second, 60*time.Second)/rate)
				sum += p.mean(8*time.Second, 60*time.Second) / rate
				silence = max(silence, p.freeze(8*time.Second, 60*time.Second))
			}
			t.Logf("%4.0f kb/s, turns within %v: least %.2f, mean %.2f, longest silence %v", rate/1e3, most, worst, sum/seeds, silence)
			if least := map[bool]float64{true: 0.8, false: 0.6}[most < 80*time.Millisecond]; worst < least {
				t.Errorf("%.0f kb/s, turns within %v: fell to %.2f", rate/1e3, most, worst)
			}
		}
	}
}

// TestStops: a line or a machine that stops for a while, once or again and again, carries as much as before soon after.
func TestStops(t *testing.T) {
	for _, length := range []time.Duration{400 * time.Millisecond, 700 * time.Millisecond, time.Second, 1500 * time.Millisecond, 3 * time.Second} {
		for seed := range uint64(6) {
			line := map[bool]float64{true: 2e6, false: 2 * usual.Most}[seed%2 == 0]
			p := newPath(seed, constant(line))
			p.holds = 2 * time.Second
			const begin, end = 8 * time.Second, 20 * time.Second
			p.run(begin)
			for at := begin; at < end; at += 4 * time.Second {
				*p.free = at + length
				p.from(at, at+4*time.Second)
			}
			p.from(end, end+15*time.Second)
			if least := p.least(end+8*time.Second, end+15*time.Second) / min(line, usual.Most); least < 0.8 {
				t.Errorf("seed %d, stops of %v: %.2f of %.0f kb/s eight seconds later", seed, length, least, line/1e3)
			}
		}
	}
}

// TestTwo: two calls over one line share it, and leave no long queue.
func TestTwo(t *testing.T) {
	for _, line := range []float64{1e6, 4e6} {
		for seed := range uint64(3) {
			one, two := newPath(seed, constant(line)), newPath(seed+100, constant(line))
			one.holds, one.busy, two.holds, two.busy = time.Second, 0.05, time.Second, 0.05
			two.free = one.free
			const begin, settled, end = 10 * time.Second, 40 * time.Second, 100 * time.Second
			one.run(begin)
			two.targets = make([]float64, len(one.targets)) // it begins later
			for at := begin; at < end; at += time.Millisecond {
				one.from(at, at+time.Millisecond)
				two.from(at, at+time.Millisecond)
			}
			a, b := one.mean(settled, end)/line, two.mean(settled, end)/line
			queues := slices.Sorted(slices.Values(one.queueAt[len(one.queueAt)*4/10:]))
			long := queues[len(queues)*95/100]
			t.Logf("%.0f kb/s, seed %d: %.2f and %.2f of the line, a queue of %v", line/1e3, seed, a, b, long)
			if a+b < 0.8 || a+b > 1.15 || min(a, b) < 0.2 || long > 250*time.Millisecond {
				t.Errorf("%.0f kb/s, seed %d: shared badly", line/1e3, seed)
			}
		}
	}
}

// TestDrainEnds: a queue that is to run empty while more is sent than the path carries, because what it carries was measured wrong, does so all
// the same.
func TestDrainEnds(t *testing.T) {
	const fell = 20 * time.Second
	for seed := range uint64(8) {
		line := []float64{150e3, 300e3, 450e3, 480e3}[seed%4]
		p := newPath(seed, func(at time.Duration) float64 {
			if at < fell {
				return 2e6
			}
			return line
		})
		p.holds = 900 * time.Millisecond
		const filled = fell + 500*time.Millisecond
		p.from(0, filled)
		c := p.control
		c.carries, c.target, c.draining, c.dropped = 2e6, backOff*2e6, true, p.start.Add(filled) // a wrong look
		p.from(filled, 2*fell)
		n := len(p.queueAt)
		if queue := slices.Max(p.queueAt[n-1000:]); queue > 300*time.Millisecond {
			t.Errorf("%.0f kb/s: a queue of %v stands", line/1e3, queue)
		}
		if mean := p.mean(fell+10*time.Second, 2*fell); mean < 0.6*line {
			t.Errorf("%.0f kb/s on a line of %.0f", mean/1e3, line/1e3)
		}
	}
}
