package audio

import "time"

// Sound may be sent again along with the packets after it (RFC 2198, "red" in SDP): what is lost is then there with the next packet, whole,
// where in-band FEC has a rough copy of it, and of nothing but the last packet.
const (
	mostOlder      = 8         // pieces in a packet that are taken; usual are one or two
	mostBack       = 1<<14 - 1 // samples; 341 ms
	mostOlderBytes = 1<<10 - 1
	olderHeader    = 4 // bytes; the newest has one
	lastHeader     = 1
)

// Older is the sound of an earlier packet.
type Older struct {
	Back    uint32 // how many samples before the newest it began
	Payload []byte
}

// Pack is the payload for the newest packet with older ones, the oldest first, all of one payload type. What the format cannot say, because
// it is too long or too long ago, is left out, and all that is older than that: receivers count back from the newest.
func Pack(payloadType uint8, older []Older, newest []byte) []byte {
	size := lastHeader + len(newest)
	for i := len(older) - 1; i >= 0; i-- {
		o := older[i]
		if o.Back == 0 || o.Back > mostBack || len(o.Payload) > mostOlderBytes {
			older = older[i+1:]
			break
		}
		size += olderHeader + len(o.Payload)
	}
	out := make([]byte, 0, size)
	for _, o := range older {
		out = append(out, 0x80|payloadType, byte(o.Back>>6), byte(o.Back<<2)|byte(len(o.Payload)>>8), byte(len(o.Payload)))
	}
	out = append(out, payloadType&0x7f)
	for _, o := range older {
		out = append(out, o.Payload...)
	}
	return append(out, newest...)
}

// Unpack takes a payload apart; the older pieces, the oldest first, are appended to room, and all are parts of it. What is of another payload
// type than the newest is not Opus and is left out as an empty piece. ok is false for what is malformed.
func Unpack(payload []byte, room []Older) (older []Older, newest []byte, ok bool) {
	var sizes, types [mostOlder]int
	older = room
	n, at := 0, 0
	for at < len(payload) && payload[at]&0x80 != 0 {
		if n == mostOlder || at+olderHeader > len(payload) {
			return room, nil, false
		}
		h := payload[at : at+olderHeader]
		types[n], sizes[n] = int(h[0]&0x7f), int(h[2]&3)<<8|int(h[3])
		older = append(older, Older{Back: uint32(h[1])<<6 | uint32(h[2])>>2})
		n, at = n+1, at+olderHeader
	}
	if at == len(payload) {
		return room, nil, false
	}
	own := int(payload[at])
	at += lastHeader
	for i := range n {
		if at+sizes[i] > len(payload) {
			return room, nil, false
		}
		if types[i] == own {
			older[len(room)+i].Payload = payload[at : at+sizes[i]]
		}
		at += sizes[i]
	}
	return older, payload[at:], true
}

// PutOlder takes pieces that came with a packet, as Put took that packet itself. Most are there already; what is not was lost, or is late.
func (b *Buffer) PutOlder(sequence uint16, timestamp uint32, older []Older, arrived time.Time) {
	for i, o := range older {
		if _, err := duration(o.Payload); err != nil || o.Back == 0 {
			continue
		}
		at, late, ok := b.timeline.again(timestamp-o.Back, b.clock(arrived))
		if !ok {
			continue
		}
		b.histogram.add(late)
		if !b.playing || at >= b.next {
			b.queue.put(packet{sequence: sequence - uint16(len(older)-i), timestamp: at, payload: o.Payload, older: true})
		}
	}
}
