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
	missed    []missedPacket // in the order in which they were reported
	latest    time.Duration  // when the newest packet was received
}

// missedPacket is one that had not come when a later one had.
type missedPacket struct {
	number int64
	since  time.Duration
}

// overtaken is how long a packet may come after those that were sent later, before it is lost: where each stream is read by itself, that is usual.
const overtaken = 100 * time.Millisecond

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
	missing // not received up to now; it may still arrive
	lost    // it came too late, or never
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
	var came []Packet
	deltas := r.RecvDeltas
	for i, symbol := range symbols(r) {
		if symbol == rtcp.TypeTCCPacketNotReceived {
			h.miss(first+int64(i), at)
			continue
		}
		if len(deltas) == 0 || deltas[0] == nil {
			break
		}
		at += time.Duration(deltas[0].Delta) * time.Microsecond
		deltas = deltas[1:]
		if p, news := h.learn(first+int64(i), at); news {
			came = append(came, p)
			h.latest = max(h.latest, at)
		}
	}
	return append(h.lose(), came...)
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

// find is a packet that was sent; nil when it is forgotten or never was.
func (h *History) find(number int64) *sentPacket {
	s := &h.sent[number&(historySize-1)]
	if number < 0 || s.number != number || s.state == unsent {
		return nil
	}
	return s
}

// learn is a packet that was received, and says whether that is news.
func (h *History) learn(number int64, at time.Duration) (p Packet, news bool) {
	s := h.find(number)
	if s == nil || s.state == arrived {
		return p, false
	}
	late := s.state == lost
	s.state = arrived
	return Packet{Sent: s.at, Received: at, Bytes: s.bytes, Probe: s.probe}, !late // it counts as lost already
}

// miss notes a packet that was not received up to now.
func (h *History) miss(number int64, at time.Duration) {
	if s := h.find(number); s != nil && s.state == waiting && len(h.missed) < historySize {
		s.state = missing
		h.missed = append(h.missed, missedPacket{number, at})
	}
}

// lose gives the packets for which it was waited long enough.
func (h *History) lose() (all []Packet) {
	for len(h.missed) > 0 && h.latest-h.missed[0].since > overtaken {
		if s := h.find(h.missed[0].number); s != nil && s.state == missing {
			s.state = lost
			all = append(all, Packet{Sent: s.at, Bytes: s.bytes, Probe: s.probe, Lost: true})
		}
		h.missed = h.missed[1:]
	}
	return all
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
