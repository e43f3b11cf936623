package audio

import "math"

const (
	// Silent is the lowest level, in dBFS; it is also what RFC 6464 calls silence.
	Silent = -127.0

	levelRise = 0.5  // of the way per block: a word shows within 30 ms
	levelFall = 0.08 // and its end within 200 ms, so that the picture does not flicker between syllables
)

// Level follows how loud somebody talks. The zero value is silent.
type Level struct {
	power float64 // smoothed mean square, of full scale
}

// Add takes the next block.
func (l *Level) Add(block *Block) {
	now := power(block[:])
	rate := levelFall
	if now > l.power {
		rate = levelRise
	}
	l.power += (now - l.power) * rate
}

// DBFS is the level in decibels below the loudest square wave: speech is about -35 to -15, a quiet room below -60.
func (l *Level) DBFS() float64 { return decibels(l.power) }

// power is the mean square of samples, of full scale.
func power(pcm []int16) float64 {
	var sum int64
	for _, x := range pcm {
		sum += int64(x) * int64(x)
	}
	return float64(sum) / (32768 * 32768) / float64(max(len(pcm), 1))
}

func decibels(power float64) float64 {
	if power < 1e-12 {
		return Silent
	}
	return max(10*math.Log10(power), Silent)
}
