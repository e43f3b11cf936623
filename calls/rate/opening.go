package rate

import "time"

// opening is how a picture begins on a line of which nothing is known: a few packets leave, and what comes next waits for what is heard of them. A line that carries less
// than a call begins with would otherwise have a second of them in its queue by then, and the first words behind them.
type opening struct {
	lasts  bool
	began  time.Time
	stood  time.Duration // that the newest packet did so in a queue
	longer int           // packets in a row that did so for longer than the one before
}

const (
	openingPackets = 4 // as few as can tell anything
	openingTime    = time.Second
	openingWait    = 50 * time.Millisecond
	openingLook    = 200 * time.Millisecond
	openingAgain   = 500 * time.Millisecond // what was learned so early may be wrong, and the picture small for nothing
)

// first says whether what leaves now is of the first packets. waits says whether a picture does.
func (o *opening) first(now time.Time, waits bool) bool {
	if o.began.IsZero() && waits {
		o.lasts, o.began = true, now
	}
	o.lasts = o.lasts && now.Sub(o.began) < openingTime // nothing is heard of them, or nothing clear
	return o.lasts
}

// slow is what comes per second where packets stand in a queue, each for longer than the one before, or all of them; 0 where they do not. Where it is a
// process that did not run, the oldest is the latest, or one alone is late.
func (o *opening) slow(packets []Packet, d *delays, came *meter) float64 {
	for _, p := range packets {
		if p.Lost {
			continue
		}
		if o.longer++; d.over(p) <= o.stood {
			o.longer = 0
		}
		o.stood = d.over(p)
	}
	grows := o.stood > noise && o.longer >= openingPackets-1
	if !o.lasts || !grows && d.queue < noise {
		return 0
	}
	return came.rate(openingLook)
}

// begins goes down to what the first packets showed, until the next probe.
func (c *Controller) begins(now time.Time, rate float64) {
	c.opening.lasts, c.hint, c.hinted = false, rate, now.Add(openingAgain+probeTime-hintFor)
	c.target = max(min(c.target, ofFull*rate), c.limits.Least)
	c.probes.delay(now, openingAgain)
}
