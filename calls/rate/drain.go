package rate

import "time"

// stood is a queue that is drained and gets neither longer nor shorter.
type stood struct {
	since       time.Time
	queue       time.Duration
	lost, total int
	tried       float64 // the target before it was halved to see whether that matters; 0: it was not
	carried     float64 // what came then
}

const (
	less   = 0.95        // of what is sent comes, so that a queue stands
	stands = time.Second // a queue of ours does not do so for so long: either it is filled, or it runs empty
)

// drain is the share of what the path carries that is sent while a queue stands: at half of it, a queue of one second is gone
// after two. What is reported of a queue is older than it is: more than what is on its way is not in it.
func (c *Controller) drain() float64 {
	switch queue := min(c.delays.queue, c.window.queued(c.carries)); {
	case queue > 2*emergency:
		return 0.3
	case queue > c.beyond(noise):
		return 0.5
	}
	return 1
}

// longer says whether what is drained is no queue but a longer way: it gets neither longer nor shorter, and nothing overflows, not even while half as much is
// sent for a second. The delay that there is is taken for that of a path without a queue then.
func (c *Controller) longer(now time.Time, packets []Packet) bool {
	s, queue := &c.stood, c.delays.queue
	s.total += len(packets)
	for _, p := range packets {
		if p.Lost {
			s.lost++
		}
	}
	off := max(queue-s.queue, s.queue-queue)
	if !c.draining || off > noise || s.overflows(c.losses.share) {
		*s = stood{since: now, queue: queue}
	}
	if now.Sub(s.since) < stands {
		return false
	}
	carried := c.came.rate(meterWindow)
	if s.tried == 0 || carried > backOff*s.carried { // or no less was sent, because the window is what bounds it
		*s = stood{since: now, queue: queue, tried: c.target, carried: carried}
		c.target = max(c.target/2, c.limits.Least)
		return false
	}
	c.delays.rebase()
	c.window.rebase()
	c.target, c.carries, c.draining, c.stood = s.tried, 0, false, stood{}
	return true
}

// overflows says whether more is lost than was before, by more than a packet or two.
func (s *stood) overflows(before float64) bool {
	return float64(s.lost) > 2+(before+little)*float64(s.total)
}

// relearn looks again at what comes while a queue is drained: at what was sent before it was seen, of which the first look was a short one, and later where
// the queue does not get shorter, because more is sent than comes, little as it is.
func (c *Controller) relearn(now time.Time) {
	carried, most := c.loaded.rate(now), c.before
	switch stays := now.Sub(c.dropped) > 2*lookAge; {
	case carried == 0:
		return
	case stays && carried < less*c.Target():
		c.dropped, most = now, c.carries
	case stays || c.newest.After(c.dropped):
		return
	default:
		carried = min(carried, c.came.rate(meterWindow)) // what came in one heap counts for more in a short look
	}
	c.carries = min(max(carried, most/8), most)
	c.target = max(min(most, backOff*c.carries), c.limits.Least)
}
