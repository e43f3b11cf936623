package audio

import "math"

const (
	windowSamples = 2 * Rate // within which the fastest packet sets the clock: a computer's clock drifts by less than 1 ms in it
	windowPackets = 128
	queuePackets  = 10        // if all of so many are late,
	leastQueue    = Rate / 50 // by this much, they wait in a queue: that says nothing of those that come when it is gone
	maxLate       = 2 * Rate  // a packet that is off by more belongs to another stream, or to none
)

// verdict is what the timeline thinks of a packet.
type verdict uint8

const (
	belongs  verdict = iota // to the stream
	doubled                 // came already
	stray                   // does not fit; dropped, unless the next one fits to it
	restarts                // a new stream begins with it
)

// timeline takes the wrap-around out of RTP timestamps and relates them to the clock of arrival. All times are in samples.
type timeline struct {
	started bool
	last    int64 // the newest timestamp
	base    int64 // arrival minus timestamp of the fastest packet in the window
	window  [windowPackets]struct{ arrived, offset int64 }
	at      int   // where in the window the next one goes
	queued  int64 // by how much even the fastest of the last queuePackets was later than base; 0 if that is little
	strays  bool
	stray   struct { // the last one that did not fit
		sequence  uint16
		timestamp uint32
	}
}

// place finds the time of a packet without wrap-around and by how much it was later than the others around it.
func (t *timeline) place(sequence uint16, timestamp uint32, arrived int64) (at, late int64, v verdict) {
	if !t.started {
		t.start(timestamp, arrived)
		return t.last, 0, restarts
	}
	at = t.last + int64(int32(timestamp-uint32(t.last)))
	late = arrived - at - t.base
	if late > maxLate || late < -maxLate {
		if !t.another(sequence, timestamp) {
			return 0, 0, stray
		}
		t.start(timestamp, arrived)
		return t.last, 0, restarts
	}
	t.strays = false
	if t.came(at) {
		return at, late, doubled
	}
	t.last = max(t.last, at)
	t.note(arrived, arrived-at)
	return at, max(arrived-at-t.base-t.queued, 0), belongs
}

// again finds the time of a packet that came with a later one; ok is false when it is there already, or fits to no stream that is.
func (t *timeline) again(timestamp uint32, arrived int64) (at, late int64, ok bool) {
	if !t.started {
		return 0, 0, false
	}
	at = t.last + int64(int32(timestamp-uint32(t.last)))
	late = arrived - at - t.base
	if late > maxLate || late < -maxLate || t.came(at) {
		return 0, 0, false
	}
	t.note(arrived, arrived-at)
	return at, max(arrived-at-t.base-t.queued, 0), true
}

// start forgets everything and begins with a packet. Its number leaves room for older ones.
func (t *timeline) start(timestamp uint32, arrived int64) {
	*t = timeline{started: true, last: 1<<40 + int64(timestamp)}
	for i := range t.window {
		t.window[i].arrived = math.MinInt64 / 2 // long ago
	}
	t.note(arrived, arrived-t.last)
}

// another says whether a packet that does not fit follows another one that did not: then the sender has started again, and neither
// is damaged. One stray packet changes nothing.
func (t *timeline) another(sequence uint16, timestamp uint32) bool {
	gap := timestamp - t.stray.timestamp
	follows := t.strays && sequence == t.stray.sequence+1 && gap > 0 && gap < Rate
	t.strays = true
	t.stray.sequence, t.stray.timestamp = sequence, timestamp
	return follows
}

// came says whether a packet of that time is in the window.
func (t *timeline) came(at int64) bool {
	for _, w := range t.window {
		if w.arrived-w.offset == at {
			return true
		}
	}
	return false
}

// note puts a packet into the window and finds the fastest of those that are in it.
func (t *timeline) note(arrived, offset int64) {
	t.window[t.at].arrived, t.window[t.at].offset = arrived, offset
	t.at = (t.at + 1) % windowPackets
	t.base, t.queued = offset, offset
	for i := range t.window {
		w := t.window[(t.at-1-i+windowPackets)%windowPackets] // the newest first
		if w.arrived <= arrived-windowSamples {
			continue
		}
		t.base = min(t.base, w.offset)
		if i < queuePackets {
			t.queued = min(t.queued, w.offset)
		}
	}
	if t.queued -= t.base; t.queued < leastQueue {
		t.queued = 0
	}
}
