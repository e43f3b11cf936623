package rate

import (
	"slices"
	"time"
)

// meter measures how much arrived per second, by the clock of the other side: when its process does not run for a while, what comes
// after that comes fast, and nothing is lost of the sum.
type meter struct{ seen []arrival }

type arrival struct {
	at    time.Duration
	sent  time.Time
	bytes int
}

const (
	meterWindow = 500 * time.Millisecond
	maxArrivals = 4096
	usualGap    = 35 * time.Millisecond // between two frames
)

func (m *meter) add(p Packet) {
	newest := p.Received
	if n := len(m.seen); n > 0 {
		newest = max(newest, m.seen[n-1].at)
		if newest-m.seen[n-1].at > pause {
			m.seen = m.seen[:0]
		}
	}
	m.seen = append(m.seen, arrival{newest, p.Sent, p.Bytes}) // what was overtaken counts with what overtook it
	old := 0
	for old < len(m.seen) && (newest-m.seen[old].at > meterWindow || len(m.seen)-old > maxArrivals) {
		old++
	}
	m.seen = append(m.seen[:0], m.seen[old:]...)
}

// rate is that of the last window, without the times in which nothing was sent; 0 when too little was seen.
func (m *meter) rate(window time.Duration) float64 {
	n := len(m.seen)
	if n < 3 {
		return 0
	}
	var idle time.Duration
	first, sum := n-1, 0
	for first > 0 && m.seen[n-1].at-m.seen[first-1].at <= window {
		sum += m.seen[first].bytes
		idle += max(m.seen[first].sent.Sub(m.seen[first-1].sent)-usualGap, 0)
		first--
	}
	for from := m.seen[first].at; first < n-1 && m.seen[first+1].at-from < burst; first++ {
		sum -= m.seen[first+1].bytes // came in one heap with the first, and had waited before
		idle -= max(m.seen[first+1].sent.Sub(m.seen[first].sent)-usualGap, 0)
	}
	span := m.seen[n-1].at - m.seen[first].at - idle
	if span < window/4 {
		return 0
	}
	return float64(8*sum) / span.Seconds()
}

// loaded is what arrived per second while there was a queue, and so what the path carries: the middle of the last looks, because any one of
// them can be wrong when a process was not scheduled.
type loaded struct {
	looks [5]float64
	at    [5]time.Time
	next  int
}

const lookAge = time.Second

func (l *loaded) add(now time.Time, rate float64) {
	if rate > 0 {
		l.looks[l.next], l.at[l.next] = rate, now
		l.next = (l.next + 1) % len(l.looks)
	}
}

// rate is 0 when little was seen lately.
func (l *loaded) rate(now time.Time) float64 {
	var fresh []float64
	for i, at := range l.at {
		if now.Sub(at) < lookAge {
			fresh = append(fresh, l.looks[i])
		}
	}
	if len(fresh) <= len(l.at)/2 {
		return 0
	}
	slices.Sort(fresh)
	return fresh[(len(fresh)-1)/2]
}
