package video

import (
	"testing"
	"time"
)

// metronome feeds a playout with frames of 30 a second.
type metronome struct {
	p     playout
	now   time.Time
	stamp uint32
	step  uint32 // 1/90000 s between frames
}

func newMetronome() *metronome {
	return &metronome{now: time.Unix(1_800_000_000, 0), stamp: 1<<32 - 30_000, step: 3000}
}

// beat gives the next frame, which comes late by so much, and says how long after that it is shown.
func (m *metronome) beat(late time.Duration) time.Duration {
	m.now = m.now.Add(time.Second / 30)
	m.stamp += m.step
	ready := m.now.Add(late)
	return m.p.frame(m.stamp, ready).Sub(ready)
}

func (m *metronome) beats(frames int) (last time.Duration) {
	for range frames {
		last = m.beat(0)
	}
	return last
}

func (m *metronome) want(t *testing.T, what string, from, to time.Duration) {
	t.Helper()
	if got := m.beat(0); got < from || got > to {
		t.Errorf("%s: shown after %v, not after %v to %v", what, got, from, to)
	}
}

const ms = time.Millisecond

// TestPlayout shows frames on a calm line soon, waits for the sound and for slow decoders, and forgets them again.
func TestPlayout(t *testing.T) {
	m := newMetronome()
	m.want(t, "first", firstDelay, firstDelay)
	m.beats(60)
	m.want(t, "calm", 0, 15*ms)
	m.p.floor = 120 * ms
	m.beats(60)
	m.want(t, "with sound that comes later", 115*ms, 125*ms)
	m.p.floor = 0
	m.beats(150)
	m.want(t, "with sound in time", 0, 15*ms)
	m.p.decoded(30 * ms)
	m.beats(30)
	m.want(t, "with a slow decoder", 30*ms, 45*ms)
	for range 100 {
		m.p.decoded(ms)
		m.beat(0)
	}
	m.want(t, "with a quick decoder", 0, 15*ms)
	m.p.decoded(time.Hour)
	m.beats(60)
	m.want(t, "with a decoder that stood still", 50*ms, 65*ms)
}

// TestSpread waits as long as nearly all frames need, but not for single ones, nor for what was held up by an outage.
func TestSpread(t *testing.T) {
	m := newMetronome()
	for i := range 300 {
		m.beat(time.Duration(i%10) * 10 * ms) // up to 90 ms
	}
	m.want(t, "rough", 85*ms, 105*ms)
	m = newMetronome()
	for i := range 330 {
		m.beat(time.Duration(i%75/74) * 200 * ms) // one of 75
	}
	m.want(t, "one late frame of 75", 0, 15*ms)
	for i := range 60 { // all that waited for two seconds comes at once
		m.beat(time.Duration(60-i) * time.Second / 30)
	}
	m.beats(30)
	m.want(t, "after an outage", 0, 2*maxCatchUp)
	if m.p.delay > 400*ms {
		t.Errorf("an outage left a delay of %v", m.p.delay)
	}
	m.beats(400)
	m.want(t, "long after an outage", 0, 15*ms)
}

// TestEpoch follows the sender's clock when it jumps.
func TestEpoch(t *testing.T) {
	for _, jump := range []time.Duration{10 * time.Second, -10 * time.Second, 1500 * ms, -4 * time.Second, 13000 * time.Second} {
		m := newMetronome()
		m.beats(60)
		m.stamp += uint32(ticks(jump))
		m.beats(3)
		m.want(t, "jump of "+jump.String(), 2*ms, firstDelay+margin)
		m.beats(60)
		m.want(t, "long after a jump of "+jump.String(), 2*ms, 15*ms)
	}
	m := newMetronome()
	for range 100_000 { // more than a time.Duration holds, together
		m.stamp += 1<<31 - 1
		m.beat(0)
	}
	m.want(t, "after many jumps", 2*ms, firstDelay+margin)
}

// TestDrift follows a sender whose clock is slow or fast by a thousandth, ten times what is usual.
func TestDrift(t *testing.T) {
	for _, step := range []uint32{2997, 3003} {
		m := newMetronome()
		m.step = step
		m.beats(20 * 60 * 30)
		m.want(t, "drift", 2*ms, 30*ms)
	}
}

// TestCatchUp shows late frames one after another at twice the pace, not all at once.
func TestCatchUp(t *testing.T) {
	m := newMetronome()
	m.beats(60)
	var last time.Time
	held := m.now.Add(200 * ms)
	for i := range 6 {
		m.now = m.now.Add(time.Second / 30)
		m.stamp += m.step
		at := m.p.frame(m.stamp, held)
		if gap := at.Sub(last); i > 0 && (gap < 16*ms || gap > 34*ms) {
			t.Errorf("frame %d is shown %v after the one before", i, gap)
		}
		last = at
	}
}

// TestFarTooLong: a delay that nobody needs any more is gone soon, the last of it slowly.
func TestFarTooLong(t *testing.T) {
	p := &playout{delay: 400 * time.Millisecond, moved: time.Unix(1e9, 0)}
	for range fewFrames {
		p.spread.add(0)
	}
	for _, step := range []struct{ passed, least, most time.Duration }{
		{time.Second, 290 * time.Millisecond, 310 * time.Millisecond},
		{2 * time.Second, 90 * time.Millisecond, 110 * time.Millisecond},
		{time.Second, 40 * time.Millisecond, 60 * time.Millisecond},
	} {
		for range int(step.passed / (20 * time.Millisecond)) {
			p.adapt(p.moved.Add(20 * time.Millisecond))
		}
		if p.delay < step.least || p.delay > step.most {
			t.Errorf("%v after another %v, want %v to %v", p.delay, step.passed, step.least, step.most)
		}
	}
}
