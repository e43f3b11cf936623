package video

import "time"

const (
	lookBack    = 64 // packets that may have overtaken the first one
	firstRTT    = 100 * time.Millisecond
	maxRTT      = 2 * time.Second
	pliInterval = 500 * time.Millisecond
	leastHold   = 200 * time.Millisecond
	mostHold    = time.Second
	outageGap   = 16 // so many packets at once, over a third of a second, cost far more than a key frame, which has the room of three frames
	outageSpan  = clockRate / 3
	repairSpan  = 10 * clockRate // what came too late, and is no other stream, is not older
)

// A Buffer makes frames of packets, in order and in time, and says what to ask the sender for: packets again (NACK), or, when
// they cannot come in time, a key frame (PLI). Whoever drives it calls Next after each Put and when it says so.
type Buffer struct {
	sequence sequencer
	packets  assembler
	nacks    nacks
	playout  playout
	stats    Stats
	freezes  freezes

	began    time.Time // the stream, with the first packet that came
	lost     bool      // what the next frame builds on is gone: only a key frame helps
	chosen   bool      // the frame that comes next is known, and waits for its time
	frame    span
	render   time.Time
	ready    time.Time // when the frame before could be decoded: none can be earlier
	newest   uint32    // the timestamp of the newest packet
	askedKey time.Time
	keyStamp uint32    // of the newest key frame that began
	keyCame  time.Time // when its last packet came; zero when none is under way
	rotation Rotation
	picture  int // id of the last frame; -1: it had none of 15 bits
	skipped  int // frames that began since then and were forgotten
	coded    Coded
}

// NewBuffer makes an empty one; its memory grows to three megabytes at most.
func NewBuffer() *Buffer {
	b := &Buffer{picture: -1}
	b.nacks.rtt = firstRTT
	return b
}

// SetRTT tells the time to the sender and back, as RTCP's reports have it.
func (b *Buffer) SetRTT(rtt time.Duration) { b.nacks.rtt = min(max(rtt, time.Millisecond), maxRTT) }

// SetLeastDelay keeps frames at least so long, so that they do not come before the sound; 500 ms at most.
func (b *Buffer) SetLeastDelay(d time.Duration) { b.playout.floor = min(max(d, 0), maxDelay) }

// Put takes a packet, in any order. The packet's bytes are copied.
func (b *Buffer) Put(p Packet, arrived time.Time) {
	piece, err := open(p, arrived)
	if err != nil {
		b.stats.Refused++
		return
	}
	since := int32(p.Timestamp - b.newest)
	late := since <= 0 && since > -repairSpan
	seq, verdict := b.sequence.admit(p.Sequence, b.packets.next, late)
	switch verdict {
	case refused:
		b.stats.Refused++
		return
	case restarted:
		b.restart(seq, arrived)
	case admitted:
	}
	if seq-b.packets.next >= windowPackets {
		b.lose()
		b.skipped += b.packets.advance(seq - reach)
	}
	if !b.packets.put(seq, piece) {
		b.stats.Refused++
		return
	}
	b.nacks.arrived(seq, arrived)
	if from := b.sequence.newest + 1; seq >= from {
		b.sequence.newest, b.newest = seq, p.Timestamp
		outage := verdict == admitted && seq-from >= outageGap && (since < 0 || since > outageSpan)
		if outage || !b.nacks.gap(from, seq, arrived) {
			b.lose()
		}
	}
	b.noteKey(b.packets.at(seq))
}

// noteKey watches key frames come.
func (b *Buffer) noteKey(s *slot) {
	switch {
	case s.key:
		b.keyStamp, b.keyCame = s.timestamp, s.arrived
		if b.lost {
			b.nacks.forget(s.seq) // what is before it is of no use
		}
	case s.timestamp == b.keyStamp && !b.keyCame.IsZero():
		b.keyCame = s.arrived
	}
}

// restart begins with another stream.
func (b *Buffer) restart(seq int64, arrived time.Time) {
	if b.packets.slots == nil {
		b.packets.slots = make([]slot, windowPackets)
	}
	for i := range b.packets.slots {
		b.packets.slots[i].filled = false
	}
	b.packets.next = seq - lookBack
	b.lose()
	b.playout.origin = time.Time{}
	b.began, b.ready, b.picture = arrived, time.Time{}, -1
}

// lose gives up the frames that build on what is missing.
func (b *Buffer) lose() {
	b.lost, b.chosen, b.keyCame = true, false, time.Time{}
	b.nacks.forget(b.sequence.newest + 1)
}

// Broken tells that the last frame could not be decoded.
func (b *Buffer) Broken() { b.lose() }

// Decoded tells how long decoding the last frame took, so that the next ones are given that much earlier.
func (b *Buffer) Decoded(took time.Duration) { b.playout.decoded(took) }

// Coded is a whole frame for the Decoder.
type Coded struct {
	Data      []byte // valid until the next call of Next
	Timestamp uint32
	Key       bool
	Rotation  Rotation
	Ready     time.Time // when it could have been decoded
	Render    time.Time // when to show it; of those whose time has come, only the newest is worth showing
}

// A Step is what to do now.
type Step struct {
	Frame *Coded    // decode it, and ask for the next step at once; nil: none is due
	NACK  []uint16  // ask the sender for these packets again; valid until the next call of Next
	PLI   bool      // ask the sender for a key frame
	Wake  time.Time // ask again then, if no packet comes before; zero: only when one comes
}

// Next says what to do at a time, which must not go back.
func (b *Buffer) Next(now time.Time) Step {
	var s Step
	if !b.sequence.started {
		return s
	}
	if !b.chosen {
		s.Wake = b.choose(now)
	}
	if b.chosen {
		if at := b.render.Add(-b.playout.lead); at.After(now) {
			s.Wake = at
		} else {
			s.Frame, s.Wake = b.take(), now
		}
	}
	asked, wake := b.nacks.due(now)
	s.NACK, s.Wake = asked, sooner(s.Wake, wake)
	b.stats.NACKs += len(asked)
	s.PLI, wake = b.wantKey(now)
	s.Wake = sooner(s.Wake, wake)
	return s
}

// choose finds the frame that comes next. While a repair can still make the present one whole, a key frame further on is only
// jumped to when it is time to show it. It says when to look again.
func (b *Buffer) choose(now time.Time) (wake time.Time) {
	if !b.lost {
		b.packets.skipPadding()
		f, state := b.packets.frame(b.packets.next)
		switch state {
		case whole:
			b.commit(f)
			return time.Time{}
		case broken:
			b.lose()
		case partly:
		}
	}
	f, ok := b.packets.keyFrame(b.sequence.newest)
	if !ok {
		return time.Time{}
	}
	if !b.lost {
		if at := b.playout.whole(b.packets.at(f.first).timestamp, f.ready).Add(-b.playout.lead); at.After(now) {
			return at
		}
	}
	b.commit(f)
	return time.Time{}
}

// commit decides for a frame: what is before it will not be shown any more.
func (b *Buffer) commit(f span) {
	first := b.packets.at(f.first)
	skipped := b.skipped + b.packets.advance(f.first)
	if b.picture >= 0 && first.long {
		if gap := (first.picture - b.picture - 1) & 0x7fff; gap < windowPackets {
			skipped = gap // it counts also those of which no packet came
		}
	}
	b.stats.Dropped += skipped
	b.skipped = 0
	b.picture = -1
	if first.long {
		b.picture = first.picture
	}
	if f.ready.After(b.ready) {
		b.ready = f.ready
	}
	b.nacks.forget(f.last + 1)
	b.render = b.playout.frame(first.timestamp, b.ready)
	b.lost, b.chosen, b.frame = false, true, f
}

// take hands the chosen frame out.
func (b *Buffer) take() *Coded {
	first := b.packets.at(b.frame.first)
	for seq := b.frame.first; seq <= b.frame.last; seq++ {
		if p := b.packets.at(seq); p.rotated {
			b.rotation = p.rotation
		}
	}
	b.coded = Coded{
		Data: b.packets.collect(b.coded.Data[:0], b.frame), Timestamp: first.timestamp, Key: first.key,
		Rotation: b.rotation, Ready: b.ready, Render: b.render,
	}
	if first.key {
		b.keyCame = time.Time{}
	}
	b.packets.advance(b.frame.last + 1)
	b.chosen = false
	b.stats.Received++
	return &b.coded
}

// hold is how long a missing packet may stop the picture before a key frame is asked for: long enough for two tries, because a
// key frame is no quicker and far larger. Where even one takes longer than anybody watches a still picture, both are asked for.
func (b *Buffer) hold() time.Duration {
	if b.nacks.rtt > mostHold {
		return 0
	}
	return min(max(2*b.nacks.rtt+120*time.Millisecond, leastHold), mostHold)
}

// wantKey says whether to ask for a key frame now, and when to look again.
func (b *Buffer) wantKey(now time.Time) (ask bool, wake time.Time) {
	if since := b.nacks.blockedSince(); !b.lost {
		if since.IsZero() {
			return false, time.Time{}
		}
		if until := since.Add(b.hold()); now.Before(until) {
			return false, until
		}
	}
	if until := b.keyCame.Add(max(b.hold(), leastHold)); !b.keyCame.IsZero() && now.Before(until) {
		return false, until
	}
	if until := b.began.Add(maxPatience); now.Before(until) {
		return false, until // the first packet of all may only have been overtaken
	}
	if until := b.askedKey.Add(pliInterval); !b.askedKey.IsZero() && now.Before(until) {
		return false, until
	}
	b.askedKey = now
	b.stats.PLIs++
	return true, now.Add(pliInterval)
}
