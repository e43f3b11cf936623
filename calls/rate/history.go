package rate

import (
	"time"

	"github.com/pion/rtcp"
)

// Packet is what the other side reports of a packet that we sent.
type Packet struct {
	Sent     time.Time
	Received time.Duration // on a clock of the other side; nothing if it is lost
	Bytes    int
	Probe    int // number of the probe that it belongs to; 0: none
	Lost     bool
}

// historySize is how many packets are remembered, a power of two: 8 s at the most that a call sends.
const historySize = 1 << 12

// History remembers what was sent until it is reported. The zero value is empty.
type History struct {
	newest int64 // the last number that was sent, without its wrapping round
	begun  bool
	sent   [historySize]sentPacket

	reference int64 // of the last report, in units of 64 ms, without its wrapping round
	heard     bool
}

type sentPacket struct {
	number int64
	at     time.Time
	bytes  int
	probe  int
	state  uint8
}

// What is known of a packet that was sent.
const (
	unsent uint8 = iota
	waiting
	missing // reported lost; it may still arrive
	arrived
)

// Sent notes a packet that leaves now under its transport-wide number.
func (h *History) Sent(number uint16, bytes, probe int, now time.Time) {
	n := int64(number)
	if h.begun {
		n = unwrap(h.newest, number)
	}
	if !h.begun || n > h.newest {
		h.newest, h.begun = n, true
	}
	h.sent[n&(historySize-1)] = sentPacket{number: n, at: now, bytes: bytes, probe: probe, state: waiting}
}

// unwrap is the number nearest to last whose lower 16 bits are low.
func unwrap(last int64, low uint16) int64 { return last + int64(int16(low-uint16(last))) }

// Report tells what a report says of packets that nobody has told of yet, in the order in which they were sent. What it says of
// packets that were never sent is left out.
func (h *History) Report(r *rtcp.TransportLayerCC) []Packet {
	if !h.begun {
		return nil
	}
	at := h.referenceTime(r.ReferenceTime)
	first := unwrap(h.newest, r.BaseSequenceNumber)
	var out []Packet
	deltas := r.RecvDeltas
	for i, symbol := range symbols(r) {
		p := Packet{Lost: symbol == rtcp.TypeTCCPacketNotReceived}
		if !p.Lost {
			if len(deltas) == 0 || deltas[0] == nil {
				break
			}
			at += time.Duration(deltas[0].Delta) * time.Microsecond
			deltas = deltas[1:]
			p.Received = at
		}
		if h.learn(first+int64(i), &p) {
			out = append(out, p)
		}
	}
	return out
}

// referenceTime is the time that a report begins with. It wraps round every 12 days.
func (h *History) referenceTime(low uint32) time.Duration {
	const bits = 24
	if !h.heard {
		h.reference, h.heard = int64(low&(1<<bits-1)), true
	} else {
		ahead := (int64(low) - h.reference) & (1<<bits - 1)
		if ahead >= 1<<(bits-1) {
			ahead -= 1 << bits
		}
		h.reference += ahead
	}
	return time.Duration(h.reference) * 64 * time.Millisecond
}

// learn completes what is reported of a packet, and says whether it is news.
func (h *History) learn(number int64, p *Packet) bool {
	if number < 0 {
		return false
	}
	s := &h.sent[number&(historySize-1)]
	if s.number != number || s.state == unsent || s.state == arrived || (p.Lost && s.state == missing) {
		return false
	}
	late := s.state == missing
	s.state = arrived
	if p.Lost {
		s.state = missing
	}
	p.Sent, p.Bytes, p.Probe = s.at, s.bytes, s.probe
	return !late // it counts as lost already
}

// symbols are the states of the packets that a report is about, at most as many as it says, and as there can be.
func symbols(r *rtcp.TransportLayerCC) []uint16 {
	limit := min(int(r.PacketStatusCount), historySize)
	out := make([]uint16, 0, limit)
	for _, chunk := range r.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range min(int(c.RunLength), limit-len(out)) {
				out = append(out, c.PacketStatusSymbol)
			}
		case *rtcp.StatusVectorChunk:
			out = append(out, c.SymbolList[:min(len(c.SymbolList), limit-len(out))]...)
		}
	}
	return out
}
