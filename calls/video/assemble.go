package video

import "time"

// windowPackets is how many sequence numbers are looked at, a power of two: seven seconds of 720p, three megabytes at most.
const windowPackets = 2048

// slot is one sequence number.
type slot struct {
	seq    int64
	filled bool
	piece
}

// piece is a packet that was taken apart.
type piece struct {
	descriptor
	key       bool // of a key frame; known of the first packet only
	marker    bool
	rotated   bool
	rotation  Rotation
	timestamp uint32
	arrived   time.Time
	data      []byte // empty for padding
}

// open takes a packet apart. The data is still the packet's.
func open(p Packet, arrived time.Time) (piece, error) {
	o := piece{
		descriptor: descriptor{picture: -1}, marker: p.Marker, rotated: p.Rotated, rotation: p.Rotation & 3,
		timestamp: p.Timestamp, arrived: arrived,
	}
	if len(p.Payload) == 0 {
		return o, nil
	}
	if len(p.Payload) > largestPayload {
		return o, errDescriptor
	}
	var err error
	o.descriptor, o.data, err = parseDescriptor(p.Payload)
	o.key = err == nil && o.start && o.data[0]&1 == 0
	return o, err
}

// assembler holds packets by sequence number until they are whole frames.
type assembler struct {
	slots []slot
	next  int64 // the first that was not handed out; nothing before it is held
}

// at is the packet with a number; nil when it is not there.
func (a *assembler) at(seq int64) *slot {
	s := &a.slots[seq&(windowPackets-1)]
	if !s.filled || s.seq != seq {
		return nil
	}
	return s
}

// put keeps a copy of a packet; false when it is there already. The number is within the window.
func (a *assembler) put(seq int64, p piece) bool {
	if a.at(seq) != nil {
		return false
	}
	s := &a.slots[seq&(windowPackets-1)]
	p.data = append(s.data[:0], p.data...) // the memory of the packet that was here before
	*s = slot{seq: seq, filled: true, piece: p}
	return true
}

// advance forgets everything before a number, and says how many beginnings of frames were among it.
func (a *assembler) advance(to int64) (frames int) {
	for seq := max(a.next, to-windowPackets); seq < to; seq++ {
		if s := a.at(seq); s != nil {
			if s.start {
				frames++
			}
			s.filled = false
		}
	}
	a.next = to
	return frames
}

// skipPadding steps over numbers that carry nothing.
func (a *assembler) skipPadding() {
	for s := a.at(a.next); s != nil && len(s.data) == 0; s = a.at(a.next) {
		a.advance(a.next + 1)
	}
}

// span is a whole frame: its packets from first to last.
type span struct {
	first, last int64
	ready       time.Time // when the last of its packets came
}

// wholeness is how much of a frame is there.
type wholeness uint8

const (
	partly wholeness = iota // packets are missing, or yet to come
	whole
	broken // what is there is no frame, and no packet can make it one
)

// frame looks at the frame that begins at a number. It ends with the marker, or, for senders that set none, before the
// beginning of another.
func (a *assembler) frame(first int64) (span, wholeness) {
	begin := a.at(first)
	if begin == nil {
		return span{}, partly
	}
	if !begin.start {
		return span{}, broken
	}
	f := span{first: first, ready: begin.arrived}
	for seq := first; seq < first+windowPackets; seq++ {
		p := a.at(seq)
		switch {
		case p == nil:
			return span{}, partly
		case p.start && p.timestamp != begin.timestamp:
			return f, whole
		case len(p.data) > 0 && p.timestamp != begin.timestamp, p.start && seq > first:
			return span{}, broken
		}
		f.last = seq
		if p.arrived.After(f.ready) {
			f.ready = p.arrived
		}
		if p.marker {
			return f, whole
		}
	}
	return span{}, broken
}

// keyFrame is the first whole key frame up to a number.
func (a *assembler) keyFrame(newest int64) (span, bool) {
	for seq := a.next; seq <= newest; seq++ {
		if s := a.at(seq); s != nil && s.key {
			if f, state := a.frame(seq); state == whole {
				return f, true
			}
		}
	}
	return span{}, false
}

// collect appends the frame's data to dst.
func (a *assembler) collect(dst []byte, f span) []byte {
	for seq := f.first; seq <= f.last; seq++ {
		dst = append(dst, a.at(seq).data...)
	}
	return dst
}
