package video

import "time"

const (
	maxDelay   = 500 * time.Millisecond // what is later is an outage, and no reason to wait longer from then on
	firstDelay = 40 * time.Millisecond  // as long as little is known
	margin     = 5 * time.Millisecond   // for the timers of whoever drives this
	fewFrames  = 30
	farTooLong = 80 * time.Millisecond
	maxLead    = 50 * time.Millisecond  // decoding that takes longer is not waited for
	epochSpan  = 3 * time.Second        // a frame that is so far off says that the sender's clock jumped
	maxCatchUp = 250 * time.Millisecond // further behind, frames are rather skipped than shown faster
	leastGap   = 25 * time.Millisecond
)

// playout says when a frame is to be shown: as long after its fastest way here as nearly all frames need, repairs included.
type playout struct {
	origin time.Time
	stamp  uint32 // the timestamp at the origin
	clock  int64  // that of the newest frame, counted from there
	base   fastest
	spread spread
	delay  time.Duration // in force; it follows target slowly, so that nobody sees it move
	moved  time.Time
	floor  time.Duration // at least so much, to wait for the sound
	lead   time.Duration // how long decoding takes
	shown  time.Time     // when the last frame is shown
	last   int64         // its timestamp
}

// frame takes a frame that could be decoded from ready on, and gives the time to show it.
func (p *playout) frame(timestamp uint32, ready time.Time) time.Time {
	if p.origin.IsZero() {
		p.begin(timestamp, ready)
	}
	clock := p.unwrap(timestamp)
	late := p.base.add(ready.Sub(p.origin)-untick(clock), ready)
	if late.Abs() > epochSpan {
		p.begin(timestamp, ready)
		clock, late = p.clock, p.base.add(0, ready)
	}
	p.clock = clock
	if late <= maxDelay {
		p.spread.add(max(late, 0))
	}
	p.adapt(ready)
	at := p.smooth(p.due(timestamp), ready)
	p.shown, p.last = at, p.clock
	return at
}

// begin makes a frame the first one. The delay stays: the network is the same.
func (p *playout) begin(timestamp uint32, ready time.Time) {
	*p = playout{origin: ready, stamp: timestamp, delay: max(p.delay, firstDelay, p.floor), moved: ready, floor: p.floor, lead: p.lead}
}

// unwrap counts a timestamp from the first one.
func (p *playout) unwrap(timestamp uint32) int64 {
	return p.clock + int64(int32(timestamp-p.stamp-uint32(p.clock)))
}

// due is when a frame is to be shown, as things are.
func (p *playout) due(timestamp uint32) time.Time {
	return p.origin.Add(untick(p.unwrap(timestamp)) + p.base.least() + p.delay)
}

// whole is when a frame is to be shown that has come already: no later than if it were the fastest. The one before, from which the others count, may
// have been seconds on its way, as the first after an outage.
func (p *playout) whole(timestamp uint32, ready time.Time) time.Time {
	at := p.due(timestamp)
	if most := ready.Add(p.delay); most.Before(at) {
		return most
	}
	return at
}

// smooth shows frames that come late at twice the pace at most, instead of skipping all but the last of them.
func (p *playout) smooth(at, ready time.Time) time.Time {
	gap := min(max(untick(p.clock-p.last)/2, 0), leastGap)
	if after := p.shown.Add(gap); after.After(at) && after.Sub(at) < maxCatchUp {
		at = after
	}
	if at.Before(ready) {
		return ready
	}
	return at
}

// target is the delay that nearly all frames need.
func (p *playout) target() time.Duration {
	d := p.spread.nearlyAll()
	if p.spread.count < fewFrames {
		d = max(d, firstDelay)
	}
	return max(min(d+margin+p.lead, maxDelay), p.floor)
}

// adapt moves the delay: half as fast as time when it grows, which looks like slow motion for a moment, and a twentieth when it shrinks, which
// nobody sees; a tenth while it is far too long.
func (p *playout) adapt(now time.Time) {
	passed := max(now.Sub(p.moved), 0)
	p.moved = now
	want := p.target()
	if p.delay < want {
		p.delay = min(p.delay+passed/2, want)
		return
	}
	share := time.Duration(20)
	if p.delay-want > farTooLong {
		share = 10
	}
	p.delay = max(p.delay-passed/share, want)
}

// decoded learns how long decoding takes: slow frames at once, fast ones slowly.
func (p *playout) decoded(took time.Duration) {
	p.lead = min(max(took, p.lead-p.lead/16), maxLead)
}

// fastest is the least of what was added in the last five to ten seconds, so that it follows clocks that drift apart.
type fastest struct {
	some           bool
	now, before    time.Duration
	since          time.Time
	beforeMeasured bool
}

const fastestSpan = 5 * time.Second

// add says by how much a way was longer than the fastest before it; that is negative for one that is faster.
func (f *fastest) add(took time.Duration, now time.Time) time.Duration {
	if !f.some {
		*f = fastest{some: true, now: took, since: now}
		return 0
	}
	late := took - f.least()
	if now.Sub(f.since) >= fastestSpan {
		*f = fastest{some: true, now: took, before: f.now, beforeMeasured: true, since: now}
	}
	f.now = min(f.now, took)
	return late
}

func (f *fastest) least() time.Duration {
	if f.beforeMeasured {
		return min(f.now, f.before)
	}
	return f.now
}

const (
	spreadFrames = 150 // five seconds
	spreadShare  = 97  // of a hundred frames come in time
	spreadStep   = 4 * time.Millisecond
)

// spread is how late the last frames were, counted in steps.
type spread struct {
	count  int
	recent [spreadFrames]uint8
	at     int
	steps  [maxDelay/spreadStep + 1]uint8
}

func (s *spread) add(late time.Duration) {
	if s.count == spreadFrames {
		s.steps[s.recent[s.at]]--
	} else {
		s.count++
	}
	step := uint8(late / spreadStep)
	s.recent[s.at] = step
	s.steps[step]++
	s.at = (s.at + 1) % spreadFrames
}

// nearlyAll is the lateness that spreadShare of a hundred frames did not exceed.
func (s *spread) nearlyAll() time.Duration {
	left := s.count - s.count*spreadShare/100 // so many may be later
	for step := len(s.steps) - 1; step >= 0; step-- {
		left -= int(s.steps[step])
		if left < 0 {
			return time.Duration(step+1) * spreadStep
		}
	}
	return 0
}
