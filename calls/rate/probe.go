package rate

import "time"

// Probe is a few packets at a higher rate, to see whether the path carries it. Growing by itself would take half a minute from a bad
// line's rate back to a good one's.
type Probe struct {
	ID      int
	Rate    float64
	Packets int
	Padding int // size of a packet where there is nothing to send
}

// prober decides when to probe, and reads the results.
type prober struct {
	last     int
	open     Probe
	began    time.Time
	came     []Packet
	over     time.Duration // of its last packet
	reported int
	next     time.Time
	wait     time.Duration
}

const (
	probePackets  = 6
	maxProbe      = 40
	leastPadding  = 200
	ofFull        = 0.9 // of what came out of a full path, not to fill it again at once
	probeTime     = 30 * time.Millisecond
	probePatience = time.Second
	firstWait     = 2 * time.Second
	longestWait   = 2500 * time.Millisecond
	fullPacket    = 1200
	clearQueue    = 25 * time.Millisecond
)

// begin opens a probe, of so many packets at least.
func (p *prober) begin(now time.Time, rate float64, least int) Probe {
	p.last++
	bytes := int(rate * probeTime.Seconds() / 8)
	n := min(max(bytes/fullPacket, least), maxProbe)
	p.open = Probe{ID: p.last, Rate: rate, Packets: n, Padding: min(max(bytes/n, leastPadding), fullPacket)}
	p.began, p.came, p.reported = now, p.came[:0], 0
	return p.open
}

func (p *prober) active() bool { return p.open.ID != 0 }

// due says whether it is time for another.
func (p *prober) due(now time.Time) bool { return !p.active() && !now.Before(p.next) }

// failed waits longer each time: every probe is a small queue.
func (p *prober) failed(now time.Time) {
	p.open = Probe{}
	p.wait = min(max(firstWait, p.wait*3/2), longestWait)
	p.next = now.Add(p.wait)
}

// delay puts the next one off.
func (p *prober) delay(now time.Time, by time.Duration) {
	p.open = Probe{}
	if at := now.Add(by); at.After(p.next) {
		p.next = at
	}
}

// report takes a packet and how long it stood in queues, and says whether the open probe has come whole, as far as it will.
func (p *prober) report(now time.Time, packet Packet, over time.Duration) (done bool) {
	if !p.active() || packet.Probe != p.open.ID {
		return false
	}
	p.reported++
	if !packet.Lost && len(p.came) < maxProbe {
		p.came, p.over = append(p.came, packet), over
	}
	return p.reported >= p.open.Packets || now.Sub(p.began) > probePatience
}

func (p *prober) stale(now time.Time) bool { return p.active() && now.Sub(p.began) > probePatience }

// result is what the path has shown that it carries, 0 if nothing. full says that it carries no more, unclear that the packets came in a heap
// because the other side did not look.
func (p *prober) result() (rate float64, full, unclear bool) {
	n := len(p.came)
	if n < openingPackets || n < p.open.Packets*4/5 {
		return 0, true, false
	}
	first, last := p.came[0], p.came[n-1]
	bytes := 0
	for _, c := range p.came[1:] {
		bytes += c.Bytes
	}
	sending, coming := last.Sent.Sub(first.Sent), last.Received-first.Received
	if sending <= 0 || coming < sending/2 || p.heaped(sending, coming) {
		return 0, true, true
	}
	sent := float64(8*(bytes-last.Bytes+first.Bytes)) / sending.Seconds()
	carried := float64(8*bytes) / coming.Seconds()
	switch {
	case carried < 0.85*sent:
		return ofFull * min(carried, p.open.Rate), true, false
	case p.over > clearQueue:
		return 0, true, true // it waited somewhere, and not in the path's queue
	}
	return min(sent, carried, p.open.Rate), false, false
}

// heaped says whether packets left or came in heaps, which says more about the processes on the way than about the path.
func (p *prober) heaped(sending, coming time.Duration) bool {
	for i, c := range p.came[1:] {
		if c.Sent.Sub(p.came[i].Sent) > sending/2 || c.Received-p.came[i].Received > coming/2 {
			return true
		}
	}
	return false
}
