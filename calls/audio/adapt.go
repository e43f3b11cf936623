package audio

const (
	rhythm      = Rate / 20  // 50 ms between two changes of length
	rhythmHurry = Rate / 50  // 20 ms when
	hurry       = Rate / 10  // this much too much is there
	below       = Rate / 200 // 5 ms: how far under the target the delay may be
	above       = Rate / 67  // 15 ms: and over it
	shortenSees = 2 * maxLag // what shortening needs to look at
)

// adapt brings the delay nearer to its target by stretching speech; in pauses that happens by itself.
func (b *Buffer) adapt(clock int64) {
	if !b.playing || b.quiet || b.made > 0 {
		return
	}
	target, delay := b.target(), b.delay(clock)
	low, high := target-below, target+above
	rest := int64(rhythm)
	if delay > high+hurry {
		rest = rhythmHurry
	}
	switch {
	case clock-b.stretched < rest:
	case delay > high:
		b.accelerate(delay-target, clock)
	case delay < low:
		if n := b.line.lengthen(int(target-delay), alike); n > 0 {
			b.stats.Expanded += inTime(int64(n))
			b.stretched = clock
		}
	}
}

// accelerate takes up to so many samples out, when there is enough to see.
func (b *Buffer) accelerate(excess, clock int64) {
	for b.line.ready() < shortenSees {
		p := b.queue.first()
		if p == nil || b.quiet || p.timestamp != b.next {
			return
		}
		b.decode(p)
	}
	enough := alike
	if excess > hurry {
		enough = alikeHurry
	}
	if n := b.line.shorten(int(excess), enough); n > 0 {
		b.stats.Accelerated += inTime(int64(n))
		b.stretched = clock
	}
}
