package audio

const (
	quietBytes   = 2    // a packet that says no more than "silence" (RFC 6716 §2.1.9) is not longer
	quietPackets = 3    // how many of them are sent when a pause begins: some may be lost
	longPause    = 50   // packets, a second: nobody takes breath for so long, it is the other one who speaks
	lookEach     = 20   // packets, 400 ms: then Opus hears the room again
	roomRise     = 4    // 6 dB above the room may be somebody who begins to speak
	roomMost     = 1e-5 // -50 dBFS: what is louder is no room
)

// pause is the time in which nobody says anything. Opus works as hard on it as on speech, only to say again with each packet that there is
// nothing to say; who talks with somebody listens for more than half of the time.
type pause struct {
	quiet int     // packets in a row in which Opus had nothing to say
	long  int     // and with those in between that only tell how the room sounds
	room  float64 // the power of the newest packet that was coded
}

// skips says whether a packet need not be coded: the pause is long, the other side knows of it, and nothing has become louder in it.
func (p *pause) skips(power float64) bool {
	if p.long < longPause || p.quiet < quietPackets || p.long%lookEach == 0 || !p.still(power) {
		return false
	}
	p.long++
	return true
}

func (p *pause) still(power float64) bool { return power <= min(roomRise*p.room, roomMost) }

// coded takes a packet that was coded, and says whether it is sent, and whether it is the first after silence.
func (p *pause) coded(power float64, bytes int) (send, first bool) {
	p.long++
	if bytes > quietBytes && !p.still(power) {
		p.long = 0
	}
	p.room = power
	if bytes > quietBytes {
		first = p.quiet > 0
		p.quiet = 0
		return true, first
	}
	p.quiet++
	return bytes > 0 && p.quiet <= quietPackets, false
}
