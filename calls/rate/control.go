package rate

import "time"

// Limits are what a call may send in all.
type Limits struct{ Least, Start, Most float64 }

// usual are the limits of a call with a picture.
var usual = Limits{Least: 30e3, Start: 500e3, Most: 4e6}

// Controller estimates what the path carries.
type Controller struct {
	limits Limits
	target float64
	delays delays
	came   meter
	loaded loaded
	losses losses
	probes prober
	window window

	remb     float64       // what the other side says it takes; 0: it has not said
	wanted   float64       // what there is to send at most
	rtt      time.Duration // smoothed; 0: not known
	carries  float64       // what the path carried when it was last full; 0: it never was
	hint     float64       // what the last probe that was too much says of it: one alone may be wrong
	hinted   time.Time
	dropped  time.Time // when the target last fell
	before   float64   // the target before that
	grown    time.Time
	heard    time.Time // of the last report
	newest   time.Time // when the newest packet left that was reported
	sent     time.Time // of the last packet
	single   bool      // the other side reports single packets
	stood    stood
	draining bool
	opening  opening
	doubted  bool      // the last probe showed more than the path is known to carry
	raised   time.Time // when a probe last raised the target
}

const (
	growth        = 0.08  // per second, while nothing is known of the limit
	quickGrowth   = 0.4   // where what is too much is seen by its queue, while that is still short
	assumed       = 300e3 // that nearly every path carries: below it the picture is off, which must not keep us from learning that it could be on
	backOff       = 0.85
	headroom      = 1.5
	leastHeadroom = 1.05
	noise         = 40 * time.Millisecond // a shorter queue is what timers and wireless lines do by themselves
	doubt         = 0.8                   // of the target is carried for sure where a queue is short
	emergency     = 200 * time.Millisecond
	another       = 1.3
	knownFor      = 30 * time.Second
	hintFor       = 3 * time.Second // longer than from one probe to the next
	silence       = 600 * time.Millisecond
	sparse        = 12 * time.Second
	calmBefore    = 1500 * time.Millisecond // without a fall, before it probes
)

// New makes a controller; zero limits are the usual ones.
func New(l Limits) *Controller {
	if l == (Limits{}) {
		l = usual
	}
	return &Controller{limits: l, target: l.Start, wanted: l.Most, rtt: 100 * time.Millisecond}
}

// Target is how much to send now, padding and repair included.
func (c *Controller) Target() float64 {
	target := c.target
	if c.draining {
		target *= c.drain()
	}
	if c.losses.bound > 0 {
		target = min(target, c.losses.bound)
	}
	if c.remb > 0 {
		target = min(target, max(c.remb, c.losses.least()))
	}
	return max(min(target, c.limits.Most), c.limits.Least)
}

// Pace is how fast packets may leave: faster than the target, as a large picture has to be there whole before it can be shown, but no faster than the
// path is known to carry, where they would only wait in its queue, and sound behind them.
func (c *Controller) Pace() float64 {
	target, known := c.Target(), c.carries
	if known == 0 {
		known = c.hint
	}
	if known == 0 {
		return headroom * target
	}
	return min(headroom*target, max(known, leastHeadroom*target))
}

// Wanted says how much there is to send at most: the picture is small, or off. Nothing is probed beyond it.
func (c *Controller) Wanted(rate float64) { c.wanted = min(rate, c.limits.Most) }

// RTT takes a round-trip time.
func (c *Controller) RTT(rtt time.Duration) {
	rtt = min(max(rtt, 0), 3*time.Second)
	c.rtt += (rtt - c.rtt) / 8
}

// Sent says that bytes leave. Only what is sent can be heard of.
func (c *Controller) Sent(now time.Time, bytes int) {
	if now.Sub(c.sent) > silence && (c.window.bytes == 0 || !c.single) {
		c.heard = now // there was nothing to hear of
	}
	c.sent = now
	c.window.sent(now, bytes)
}

// Full says whether pictures have to wait, because of too much that was sent nothing was heard yet.
func (c *Controller) Full() bool {
	return c.opening.lasts && c.window.bytes > leastWindow || c.single && c.window.full(c.target)
}

// Knows says whether anything that left after a time was reported. Where single packets are not, and some seconds later, that is not to be waited for, and
// it says so as well.
func (c *Controller) Knows(at time.Time) bool {
	return !c.single || c.newest.After(at) || c.sent.Sub(at) > mostAge
}

// REMB takes what the other side says that it can receive.
func (c *Controller) REMB(now time.Time, rate float64) {
	c.remb, c.heard = max(rate, c.limits.Least), now
}

// Losses takes the loss of a receiver report, from a peer that reports no single packets: then it is all that is known, with REMB.
func (c *Controller) Losses(now time.Time, lost, total int) {
	c.heard = now
	c.losses.report(now, max(lost, 0), max(total, lost, 0), c.target)
	if c.losses.bearable() {
		c.grow(now, 0)
	}
}

// Report takes a transport-wide report.
func (c *Controller) Report(now time.Time, packets []Packet) {
	if len(packets) == 0 {
		return
	}
	c.heard, c.single = now, true
	probed, held := false, c.Full()
	c.delays.report(packets)
	c.window.report(now, packets, c.delays.over)
	for _, p := range packets {
		probed = c.probes.report(now, p, c.delays.over(p)) || probed
		if !p.Lost {
			c.came.add(p)
			c.newest = p.Sent
		}
	}
	if !c.draining { // what overflowed before is known by its delay
		c.losses.packets(now, packets, c.target)
	}
	if slow := c.opening.slow(packets, &c.delays, &c.came); slow > 0 {
		c.begins(now, slow)
	}
	carried := c.came.rate(meterWindow)
	queue := c.delays.queue
	if queue > noise/2 {
		c.loaded.add(now, c.came.rate(200*time.Millisecond))
	}
	switch {
	case c.full(queue, held):
		c.fall(now, held)
	case c.draining && queue < c.beyond(noise):
		c.draining = false
	case c.longer(now, packets): // and is known as that now
	case c.draining:
		c.relearn(now)
	case queue < c.beyond(noise) && c.losses.bearable():
		c.grow(now, carried)
	}
	if probed {
		c.probed(now)
	}
}

// full says whether the path is given more than it carries: a queue that is there and still grows, or would if we had not held back, or one that is so
// long that there is no time to see.
func (c *Controller) full(queue time.Duration, held bool) bool {
	switch {
	case c.draining:
		return false
	case queue > c.beyond(emergency):
		return true
	}
	return (held || c.delays.trend.usage == over) && queue > c.beyond(noise)
}

// beyond is a queue that counts: what is usual, and two packets, which take their time on a slow line. That less is sent to see whether a queue gets shorter
// makes it none.
func (c *Controller) beyond(usual time.Duration) time.Duration {
	return usual + time.Duration(2*8*fullPacket/max(c.target, c.stood.tried)*float64(time.Second))
}

// fall goes below what arrived, and lets a long queue run empty first. A short queue does not prove that the path has changed: what it
// carried before still counts.
func (c *Controller) fall(now time.Time, held bool) {
	carried := c.loaded.rate(now)
	urgent := c.delays.queue > c.beyond(emergency) || held && carried > 0 && c.window.queued(carried) > c.beyond(emergency)
	if !urgent && now.Sub(c.dropped) < c.rtt+100*time.Millisecond {
		return
	}
	switch {
	case carried == 0:
		carried = c.target
	case urgent:
	case c.carries > 0 && now.Sub(c.dropped) < knownFor:
		carried = max(carried, 0.9*c.carries+0.1*carried)
	default:
		carried = max(carried, doubt*c.target)
	}
	c.drops(now)
	most := c.before // no more was sent
	if !urgent {
		most = max(most, c.carries)
	}
	c.carries = min(max(carried, c.target/8), most) // one look is never worth more than an eighth
	c.target = max(min(c.target, backOff*c.carries), c.limits.Least)
	c.draining = urgent
	c.probes.delay(now, calmBefore)
}

// drops notes that the target falls, and what it was before.
func (c *Controller) drops(now time.Time) {
	if now.Sub(c.dropped) > lookAge {
		c.before = c.target
	}
	c.dropped = now
}

// grow sends a little more: by a share while the limit is not known, by a packet per round trip near it.
func (c *Controller) grow(now time.Time, carried float64) {
	passed := min(now.Sub(c.grown), c.unheard()/3)
	c.grown = now
	if passed <= 0 {
		return
	}
	near := c.carries > 0 && now.Sub(c.dropped) < knownFor && c.target > 0.9*backOff*c.carries
	hints := c.hint > 0 && c.target >= backOff*c.hint // that the path carries little more
	speed := growth
	if c.single && (!hints || now.Sub(c.hinted) > hintFor) {
		speed = quickGrowth
	}
	step := speed * c.target * passed.Seconds()
	if near {
		step = min(growth*c.target/2, 8*fullPacket/(c.rtt+100*time.Millisecond).Seconds()) * passed.Seconds()
	}
	if opened := hints && now.Sub(c.opening.began) < hintFor; c.target < assumed && !near && !opened {
		step = c.target * passed.Seconds() // doubles within a second
	} else if carried > 0 && c.target > 1.5*carried {
		return // so much is not sent, and nothing is known of more
	}
	c.target = min(c.target+step, c.limits.Most)
}

// Next is the probe that is to be sent now, if one is. The pacer sends it. waits says whether a picture waits whose packets the other side has agreed
// to report.
func (c *Controller) Next(now time.Time, waits bool) (Probe, bool) {
	if c.probes.stale(now) {
		c.probes.failed(now)
	}
	if c.opening.first(now, waits) && waits && c.probes.due(now) {
		return c.probes.begin(now, headroom*c.target, openingPackets), true
	}
	rate := min(2*c.target, 1.05*c.wanted)
	if c.carries+c.hint == 0 && c.probes.last <= 1 {
		rate = min(3*c.target, 1.05*c.wanted) // at the start
	}
	calm := len(c.came.seen) > 0 && !c.draining && now.Sub(c.dropped) > calmBefore && c.delays.queue < c.beyond(noise) && c.losses.bearable()
	if !calm || !c.probes.due(now) || c.unproven(now) || rate < 1.1*c.target || c.remb > 0 && c.remb < 1.1*c.target {
		return Probe{}, false
	}
	return c.probes.begin(now, rate, probePackets), true
}

// unproven says whether what the last probe showed is still to be seen: a line may let a few packets pass faster than it carries many, and then
// the next probe would pass as well.
func (c *Controller) unproven(now time.Time) bool {
	known := !c.dropped.IsZero() && now.Sub(c.dropped) < knownFor
	return known && now.Sub(c.raised) < longestWait && c.came.rate(meterWindow) < doubt*c.target
}

// probed takes the result of a probe.
func (c *Controller) probed(now time.Time) {
	rate, full, unclear := c.probes.result()
	news := c.carries > 0 && rate > another*c.carries
	if news && !c.doubted {
		rate = 0 // has to be seen twice
	}
	c.doubted = news
	if rate > c.target {
		c.target, c.losses.bound, c.raised = min(rate, c.limits.Most), 0, now
		if news {
			c.carries = 0 // the path is another one now
		}
	}
	if full && rate > 0 {
		c.hint, c.hinted = rate/ofFull, now
	}
	opens := c.opening.lasts
	c.opening.lasts = opens && unclear
	switch {
	case opens && unclear:
		c.probes.delay(now, openingWait)
	case opens && full && rate > 0:
		c.begins(now, rate/ofFull)
	case unclear:
		c.probes.delay(now, 200*time.Millisecond)
	case full && c.doubted:
		c.probes.delay(now, 500*time.Millisecond)
	case full:
		c.probes.failed(now)
	default:
		c.probes.open, c.probes.wait, c.probes.next = Probe{}, 0, now // and on at once
	}
}

// unheard is how long nothing is heard of a path that may still be well: transport-wide reports come many times a second, the others every
// five seconds or so (RFC 3550 §6.2).
func (c *Controller) unheard() time.Duration {
	if c.single {
		return silence
	}
	return sparse
}

// Tick is for when time passes without a report: of what is sent, nothing is heard. A path that stands still must not be filled
// for when it moves again.
func (c *Controller) Tick(now time.Time) {
	patience := c.unheard() + c.rtt
	c.window.forget(now.Add(-patience - c.window.took)) // what was lost with all that came after it, nothing tells of
	if c.heard.IsZero() || c.sent.Before(c.heard) || now.Sub(c.heard) < patience {
		return
	}
	c.heard = now
	if c.opening.lasts {
		return // next to nothing was sent of which to hear
	}
	c.window.silence()
	c.drops(now)
	c.carries = max(c.carries, c.target)
	c.target = max(c.target/2, c.limits.Least)
}
