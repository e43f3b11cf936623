package audio

import "slices"

const (
	quietBytes   = 2    // a packet that says no more than "silence" (RFC 6716 §2.1.9) is not longer
	quietPackets = 3    // how many of them are sent when a pause begins: some may be lost
	lookEach     = 20   // packets, 400 ms: then Opus hears the room again
	roomRise     = 4    // 6 dB above the room may be somebody who begins to speak
	roomMost     = 1e-5 // -50 dBFS: what is louder is no room
	roomLeast    = 3e-8 // -75 dBFS: what is fainter is not heard
	roomSeconds  = 3    // somebody who speaks takes breath within them
	silentAfter  = 10   // packets, 200 ms, as Opus does it
	second       = 50   // packets

	nothing = 31 << 3 // the table of contents of a packet without a frame: CELT, 20 kHz, 20 ms, mono (RFC 6716 §3.1)
)

// pause is the time in which nobody says anything. Opus works as hard on it as on speech, only to say again with each packet that there is
// nothing to say; who talks with somebody listens for more than half of the time. It takes 200 ms until Opus says so, and nobody takes breath for
// so short a time: what follows is heard the same whether the rest of the pause was coded or not.
type pause struct {
	quiet   int     // packets in a row in which Opus had nothing to say
	skipped int     // packets since the newest one that was coded
	room    float64 // the power of that one
}

// skips says whether a packet need not be coded: the other side knows of the pause, and nothing has become louder in it.
func (p *pause) skips(power float64) bool {
	if p.quiet < quietPackets || p.looks() || !p.still(power) {
		return false
	}
	p.skipped++
	return true
}

// looks says whether the next packet is to tell how the room sounds now.
func (p *pause) looks() bool { return p.skipped == lookEach-1 }

func (p *pause) still(power float64) bool { return power <= min(roomRise*p.room, roomMost) }

// coded takes a packet that was coded, and says whether it is sent, and whether it is the first after silence.
func (p *pause) coded(power float64, bytes int) (send, first bool) {
	p.room, p.skipped = power, 0
	if bytes > quietBytes {
		first = p.quiet > 0
		p.quiet = 0
		return true, first
	}
	p.quiet++
	return bytes > 0 && p.quiet <= quietPackets, false
}

// room is how loud it is where nobody says anything: the least of the last seconds.
type room struct {
	least   [roomSeconds]float64 // of a second each
	packets int
	quiet   int // of them in a row
}

// silent takes the power of a packet, and says whether nothing but the room was heard for a while.
func (r *room) silent(power float64) bool {
	if at := r.packets / second % roomSeconds; r.packets%second == 0 {
		r.least[at] = power
	} else {
		r.least[at] = min(r.least[at], power)
	}
	r.packets++
	least := slices.Min(r.least[:min((r.packets+second-1)/second, roomSeconds)])
	if power > min(max(roomRise*least, roomLeast), roomMost) {
		r.quiet = 0
		return false
	}
	r.quiet++
	return r.quiet > silentAfter
}
