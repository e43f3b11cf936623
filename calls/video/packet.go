package video

import (
	"errors"
	"time"
)

const (
	clockRate       = 90_000 // of video over RTP (RFC 7741 §4.1)
	descriptorBytes = 4      // as the Packetizer writes it: X, I, a picture id of 15 bits
	// maxPayload lets a packet with RTP's header and 16 bytes of extensions have 1200 bytes: with SRTP's tag, UDP and IP that
	// goes through every network that carries IPv6.
	maxPayload = 1200 - 12 - 16
	// largestPayload is what is taken from others.
	largestPayload = 1500
)

// errDescriptor is a payload that carries no part of a frame.
var errDescriptor = errors.New("read VP8 payload: wrong size")

// A Packet is what one RTP packet says of a frame.
type Packet struct {
	Sequence  uint16
	Timestamp uint32 // 1/90000 s
	Marker    bool   // the last packet of its frame
	Payload   []byte // empty: padding, which only fills a sequence number
	Rotation  Rotation
	Rotated   bool // the packet carries the rotation
}

// A Packetizer cuts frames into packets (RFC 7741). Pion's payloader writes no picture id at all into every 32768th frame and
// ids of 7 bits into others, and allocates per packet, hence this one.
type Packetizer struct {
	sequence, picture uint16
	offset            uint32
	epoch             time.Time
	payloads          []byte
	packets           []Packet
}

// NewPacketizer begins at the given numbers, which should be random (RFC 3550 §5.1).
func NewPacketizer(sequence, picture uint16, timestamp uint32) *Packetizer {
	return &Packetizer{sequence: sequence, picture: picture & 0x7fff, offset: timestamp}
}

// Timestamp is the time in the stream of what was captured then. The first time that is asked for is the beginning.
func (p *Packetizer) Timestamp(captured time.Time) uint32 {
	if p.epoch.IsZero() {
		p.epoch = captured
	}
	return p.offset + uint32(ticks(captured.Sub(p.epoch))) // it wraps, as RTP's do
}

// Packets cuts one encoded frame into packets of about the same size, so that none is tiny. They are valid until the next call.
func (p *Packetizer) Packets(frame []byte, captured time.Time, r Rotation) []Packet {
	p.payloads, p.packets = p.payloads[:0], p.packets[:0]
	const room = maxPayload - descriptorBytes
	count := (len(frame) + room - 1) / room
	if need := len(frame) + count*descriptorBytes; cap(p.payloads) < need {
		p.payloads = make([]byte, 0, need) // at once: packets point into it
	}
	for i := range count {
		part := frame[len(frame)*i/count : len(frame)*(i+1)/count]
		start := len(p.payloads)
		p.payloads = append(p.payloads, 0x80, 0x80, 0x80|byte(p.picture>>8), byte(p.picture))
		if i == 0 {
			p.payloads[start] |= 0x10
		}
		p.payloads = append(p.payloads, part...)
		last := i == count-1
		p.packets = append(p.packets, Packet{
			Sequence: p.sequence, Timestamp: p.Timestamp(captured), Marker: last,
			Payload: p.payloads[start:len(p.payloads):len(p.payloads)], Rotation: r, Rotated: last,
		})
		p.sequence++
	}
	p.picture = (p.picture + 1) & 0x7fff
	return p.packets
}

// descriptor is what stands before the VP8 data in a payload (RFC 7741 §4.2).
type descriptor struct {
	start   bool // the first packet of a frame
	long    bool // the picture id has 15 bits
	picture int  // -1: it has none
}

// parseDescriptor splits a payload that is not empty. Layers and indexes are skipped: every frame is taken as needed by the next.
func parseDescriptor(payload []byte) (d descriptor, data []byte, err error) {
	d.picture = -1
	first, rest := payload[0], payload[1:]
	d.start = first&0x10 != 0 && first&7 == 0
	if first&0x80 != 0 {
		if d, rest, err = d.extended(rest); err != nil {
			return d, nil, err
		}
	}
	if len(rest) == 0 {
		return d, nil, errDescriptor
	}
	return d, rest, nil
}

func (d descriptor) extended(rest []byte) (descriptor, []byte, error) {
	if len(rest) == 0 {
		return d, nil, errDescriptor
	}
	has := rest[0]
	need := 1 + int(has>>7&1) + int(has>>6&1) // the octet itself, picture id, TL0PICIDX
	if has&0x30 != 0 {
		need++ // TID, Y and KEYIDX share one
	}
	if has&0x80 != 0 && len(rest) > 1 && rest[1]&0x80 != 0 {
		need++
		d.long = true
	}
	if len(rest) < need {
		return d, nil, errDescriptor
	}
	switch {
	case d.long:
		d.picture = int(rest[1]&0x7f)<<8 | int(rest[2])
	case has&0x80 != 0:
		d.picture = int(rest[1])
	}
	return d, rest[need:], nil
}

// ticks is a time in units of RTP's clock for video, rounded.
func ticks(d time.Duration) int64 {
	const unit = time.Second / 10_000
	return int64((d*(clockRate/10_000) + unit/2) / unit)
}

// untick is the reverse.
func untick(t int64) time.Duration {
	return time.Duration(t * int64(time.Second/10_000) / (clockRate / 10_000))
}
