package video

import "time"

const (
	maxMissing  = 512                   // more at once is no loss but an outage
	maxTries    = 10                    // per packet
	maxPatience = 20 * time.Millisecond // for packets that are not lost but overtaken
	retrySlack  = 10 * time.Millisecond // a repair may be late itself
)

// missing is a packet that was not received though later ones were.
type missing struct {
	seq           int64
	noticed, sent time.Time
	tries         int
}

// nacks decides which packets to ask for again, and when (RFC 4585 §6.2.1).
type nacks struct {
	list     []missing // by sequence number, so that the first one was noticed first, or nearly
	rtt      time.Duration
	patience time.Duration // how late a packet may be that comes by itself; learnt
	asked    []uint16
}

// gap notes numbers from first up to, not including, end. It is false when there are too many, and then forgets all.
func (n *nacks) gap(first, end int64, now time.Time) bool {
	if int64(len(n.list))+end-first > maxMissing {
		n.list = n.list[:0]
		return false
	}
	for seq := first; seq < end; seq++ {
		n.list = append(n.list, missing{seq: seq, noticed: now})
	}
	return true
}

// arrived takes a number off the list. From what comes before it can have been repaired it learns how patient to be.
func (n *nacks) arrived(seq int64, now time.Time) {
	for i, m := range n.list {
		if m.seq != seq {
			continue
		}
		n.list = append(n.list[:i], n.list[i+1:]...)
		if m.tries == 0 || m.tries == 1 && now.Sub(m.sent) < n.rtt/2 {
			n.patience = min(max(n.patience, now.Sub(m.noticed)*5/4), maxPatience)
		} else {
			n.patience -= n.patience / 8
		}
		return
	}
}

// forget drops what is before a number.
func (n *nacks) forget(before int64) {
	i := 0
	for i < len(n.list) && n.list[i].seq < before {
		i++
	}
	n.list = append(n.list[:0], n.list[i:]...)
}

// blockedSince is when the oldest missing packet was noticed; the zero time when none is missing.
func (n *nacks) blockedSince() time.Time {
	if len(n.list) == 0 {
		return time.Time{}
	}
	return n.list[0].noticed
}

// due lists the numbers to ask for now, valid until the next call, and says when to look again.
func (n *nacks) due(now time.Time) (seqs []uint16, wake time.Time) {
	n.asked = n.asked[:0]
	for i := range n.list {
		m := &n.list[i]
		if m.tries >= maxTries {
			continue
		}
		at := n.when(m)
		if !at.After(now) {
			m.sent, m.tries = now, m.tries+1
			n.asked = append(n.asked, uint16(m.seq))
			at = n.when(m)
		}
		wake = sooner(wake, at)
	}
	return n.asked, wake
}

// when a packet is asked for next.
func (n *nacks) when(m *missing) time.Time {
	if m.tries == 0 {
		return m.noticed.Add(n.patience)
	}
	return m.sent.Add(n.rtt + max(retrySlack, n.rtt/4))
}

// sooner is the earlier of two times, of which the zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
