// Package audio is the sound of a call between the sockets and the hardware: Opus (RFC 6716, in RTP by RFC 7587), the adaptive
// jitter buffer that turns late, lost and reordered packets into steady sound, levels and the mixing of several people.
//
// Sound is 48 kHz mono in blocks of 10 ms; packets are 20 ms, those of others 2.5 to 120 ms. An [Encoder] turns blocks into packets
// and leaves out the pauses. A [Buffer], one for each stream that comes in, takes packets as they arrive ([Buffer.Put]) and gives a
// block whenever the speaker wants one ([Buffer.Play]), whatever the network did in between.
//
// How long a packet waits is decided by one clock: a packet that took the fastest way seen in the last two seconds is played
// target after its arrival, where target is the 97th percentile of how much longer the others took, and what all of the last ones are late
// by. Sound is stretched and shortened by whole pitch periods to follow it, and freely in pauses; what differs between the two computers'
// clocks disappears in the same way.
// A missing packet is taken out of the next one, where that repeats it whole ([Buffer.PutOlder], RFC 2198) or roughly (in-band FEC), else
// concealed by the decoder, fading into the background noise.
//
// Nothing here starts goroutines, looks at the clock or locks: time is an argument, and each value belongs to one goroutine. Echo,
// noise suppression and devices are elsewhere, RTP and RTCP too.
package audio

import "time"

const (
	// Rate is in samples per second, of all sound here and of the RTP timestamps of Opus (RFC 7587 §4.1).
	Rate = 48000

	blockSamples  = 480  // 10 ms
	packetSamples = 960  // 20 ms, what the encoder makes
	maxSamples    = 5760 // 120 ms, the longest packet there is (RFC 6716 §2.1.4)
	maxPayload    = 1500 // bytes; more does not come through the internet in one piece
)

// Block is 10 ms of sound, the unit in which microphones give and speakers take it.
type Block = [blockSamples]int16

// inSamples is a time as a number of samples.
func inSamples(d time.Duration) int64 { return d.Microseconds() * (Rate / 1000) / 1000 }

// inTime is the reverse.
func inTime(samples int64) time.Duration {
	return time.Duration(samples) * time.Second / Rate
}

// clamp16 rounds to a sample and keeps it within its range.
func clamp16(x float32) int16 {
	switch {
	case x >= 32767:
		return 32767
	case x <= -32768:
		return -32768
	case x < 0:
		return int16(x - 0.5)
	default:
		return int16(x + 0.5)
	}
}
