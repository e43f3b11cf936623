package media

import "kith/calls/audio"

// When sound is repeated, in the packets after its own (RFC 2198): while much of it is missed, and there is room.
const (
	repeatFrom   = 0.03 // of the sound is missed: each packet once
	repeatTwice  = 0.08 // twice
	repeatUntil  = 0.7  // of that, it goes on
	repeatSmooth = 8    // reports
	repeatCost   = 32e3 // bits per second, for once
	repeatRoom   = 1. / 3
	mostRepeats  = 2
)

// repeats is the sound that goes along with the next packet.
type repeats struct {
	missed  float64 // smoothed
	reports int
	times   int
	sent    [mostRepeats]packet // the newest, the oldest first
	older   []audio.Older
}

// heard takes the share of our sound that was missed.
func (r *repeats) heard(share float64) {
	r.reports = min(r.reports+1, repeatSmooth)
	r.missed += (share - r.missed) / float64(r.reports+1)
}

// choose says how often sound is repeated from now on, and what that takes of the target.
func (r *repeats) choose(target float64) (cost float64) {
	times := 0
	for i, from := range [mostRepeats]float64{repeatFrom, repeatTwice} {
		if r.times > i {
			from *= repeatUntil
		}
		if r.missed > from && repeatCost*float64(i+1) <= repeatRoom*target {
			times = i + 1
		}
	}
	r.times = times
	return repeatCost * float64(times)
}

// with is what goes along with a packet, the oldest first; it is valid until the next one.
func (r *repeats) with(p packet) []audio.Older {
	r.older = r.older[:0]
	for _, o := range r.sent[mostRepeats-r.times:] {
		if o.payload != nil {
			r.older = append(r.older, audio.Older{Back: p.timestamp - o.timestamp, Payload: o.payload})
		}
	}
	copy(r.sent[:], r.sent[1:])
	r.sent[mostRepeats-1] = p
	return r.older
}

// repeating makes the departure of a packet of sound with older ones, where that was agreed.
func (b *binding) repeating(p packet, sequence uint16, older []audio.Older) departure {
	d := b.first(p, sequence)
	if b.red != 0 && len(older) > 0 {
		d.header.PayloadType, d.payload = b.red, audio.Pack(b.payload, older, p.payload)
	}
	return d
}

// alone says whether packets of sound need not repeat each other, because each goes along with the next one wherever it is sent.
func (l *line) alone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.session.audio.bindings {
		if b.path.open.Load() && b.red == 0 {
			return false
		}
	}
	return l.repeats.times > 0
}
