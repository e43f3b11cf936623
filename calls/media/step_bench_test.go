package media_test

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// looks are the targets of a session by the time since the call was connected, ten a second.
type looks struct {
	at     []time.Duration
	target []float64
}

const lookEach = 100 * time.Millisecond

// look follows a session until a time.
func (c *call) look(s *side, end time.Duration) (l looks) {
	ticker := time.NewTicker(lookEach)
	defer ticker.Stop()
	for range ticker.C {
		since := time.Since(*c.begun.Load())
		l.at, l.target = append(l.at, since), append(l.target, s.session.Stats().Target)
		if since > end {
			return l
		}
	}
	return l
}

// least is the lowest mean of a second between two times.
func (l looks) least(from, to time.Duration) float64 {
	const window = int(time.Second / lookEach)
	least := 1e12
	for i := window; i <= len(l.at); i++ {
		if l.at[i-window] < from || l.at[i-1] > to {
			continue
		}
		sum := 0.0
		for _, x := range l.target[i-window : i] {
			sum += x
		}
		least = min(least, sum/float64(window))
	}
	return least
}

// reaches is how long after a time a rate is reached.
func (l looks) reaches(rate float64, from time.Duration) time.Duration {
	for i, at := range l.at {
		if at >= from && l.target[i] >= rate {
			return at - from
		}
	}
	return l.at[len(l.at)-1] - from
}

// lateness is how long after a time pictures were still late by more than a delay, until they were in time for a second; and the longest time
// between two of them until another time.
func (c *call) lateness(from, to, late time.Duration) (calm, freeze time.Duration) {
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	begun := *c.begun.Load()
	last, settled := from, false
	for _, p := range c.b.shown {
		at := p.at.Sub(begun)
		if at < from || at > to {
			continue
		}
		freeze, last = max(freeze, at-last), at
		settled = settled || at-from > calm+time.Second
		if taken, ok := c.a.taken[p.id]; ok && !settled && p.at.Sub(taken) > late {
			calm = at - from
		}
	}
	return calm, max(freeze, to-last)
}

// step is a line that carries less for a while, both ways.
const (
	worse, better, stepEnd = 15 * time.Second, 30 * time.Second, 45 * time.Second
	whole                  = 2e6
)

var step = network{delay: 20 * time.Millisecond, rate: func(since time.Duration) float64 {
	if since >= worse && since < better {
		return 300e3
	}
	return whole
}}

// BenchmarkStep is a line of 2 Mb/s that carries 300 kb/s for fifteen seconds, with a queue of up to a second before it.
func BenchmarkStep(b *testing.B) {
	for b.Loop() {
		c := stepped(b, step)
		l := c.look(c.a, stepEnd)
		b.ReportMetric(l.least(8*time.Second, worse)/whole, "of-line-before")
		c.recovers(b, "", l)
	}
}

// BenchmarkStepBoth has pictures both ways: what each end reports stands in the queue of the other.
func BenchmarkStepBoth(b *testing.B) {
	for b.Loop() {
		camera := options{hz: 440, width: 1280, height: 720, fps: 30}
		c := begin(b, sending(b, camera), sending(b, camera), step, true)
		c.a.session.Camera(true)
		c.b.session.Camera(true)
		back := &call{a: c.b, b: c.a}
		back.begun.Store(c.begun.Load())
		var there looks
		var wait sync.WaitGroup
		wait.Go(func() { there = back.look(c.b, stepEnd) })
		here := c.look(c.a, stepEnd)
		wait.Wait()
		c.recovers(b, "", here)
		back.recovers(b, "-other", there)
	}
}

// recovers reports how the pictures from a to b got over the step.
func (c *call) recovers(b *testing.B, name string, l looks) {
	calm, freeze := c.lateness(worse, better, 300*time.Millisecond)
	b.ReportMetric(float64(calm.Milliseconds()), "ms-calm"+name)
	b.ReportMetric(float64(freeze.Milliseconds()), "ms-freeze"+name)
	b.ReportMetric(float64(l.reaches(0.9*whole, better).Milliseconds()), "ms-back"+name)
	b.ReportMetric(100*c.b.session.Stats().Concealed, "%concealed"+name)
}

// BenchmarkCut is a line of 4 Mb/s that carries nothing three times, for a while: how much longer than that the picture stands still.
func BenchmarkCut(b *testing.B) {
	const first, each = 5 * time.Second, 4 * time.Second
	for _, ms := range []int{200, 300, 500, 1000, 2000} {
		away := time.Duration(ms) * time.Millisecond
		b.Run(away.String(), func(b *testing.B) {
			n := network{delay: 20 * time.Millisecond, rate: func(since time.Duration) float64 {
				if since > first && (since-first)%each < away {
					return -1
				}
				return 4e6
			}}
			for b.Loop() {
				c := stepped(b, n)
				c.look(c.a, first+3*each)
				_, freeze := c.lateness(first, first+3*each, time.Second)
				b.ReportMetric(float64((freeze - away).Milliseconds()), "ms-longer")
			}
		})
	}
}

// BenchmarkBusy is a clean line of 2 Mb/s while other work wants the processors.
func BenchmarkBusy(b *testing.B) {
	for _, others := range []int{0, 4} {
		b.Run(map[int]string{0: "quiet", 4: "others=4"}[others], func(b *testing.B) {
			for b.Loop() {
				stop, done := make(chan struct{}), &sync.WaitGroup{}
				for range others {
					done.Go(func() { work(stop) })
				}
				c := stepped(b, network{delay: 20 * time.Millisecond, rate: func(time.Duration) float64 { return whole }})
				l := c.look(c.a, 25*time.Second)
				close(stop)
				done.Wait()
				_, freeze := c.lateness(8*time.Second, 25*time.Second, time.Second)
				b.ReportMetric(l.least(8*time.Second, 25*time.Second)/whole, "of-line-least")
				b.ReportMetric(slices.Max(l.target)/whole, "of-line-most")
				b.ReportMetric(float64(freeze.Milliseconds()), "ms-freeze")
			}
		})
	}
}

// work keeps a processor busy.
func work(stop <-chan struct{}) {
	for x := uint64(1); ; x = x*6364136223846793005 + 1 {
		if x&0xffff == 1 {
			select {
			case <-stop:
				return
			default:
			}
		}
	}
}

// stepped is a call with a picture of 720p one way.
func stepped(b *testing.B, n network) *call {
	c := begin(b, sending(b, options{hz: 440, width: 1280, height: 720, fps: 30}), sending(b, defaults(1000)), n, true)
	c.a.session.Camera(true)
	return c
}

// sending is a side that may send.
func sending(b *testing.B, o options) *side {
	s := newSide(b, o)
	s.session.Allow(true, true)
	return s
}
