package audio

import (
	"math"
	"time"
)

const audible = -50.0 // dBFS; what is fainter is not missed

// quality compares what was heard with what a decoder makes of everything, at the timestamps that were played.
type quality struct {
	active            int           // blocks in which somebody talks
	same              float64       // share of them that are the same to the last bit
	near              float64       // share of them with more than 10 dB between sound and error
	gap               time.Duration // the longest time in which somebody talks and (next to) nothing is heard
	sharpest, allowed float64       // greatest change of slope in it, and in the clean sound: a click is a corner
}

func (l listening) compare(clean []int16) quality {
	var q quality
	var same, near, gap int
	for i, at := range l.positions {
		if at < 0 || at+blockSamples > int64(len(clean)) {
			continue
		}
		want, got := clean[at:at+blockSamples], l.pcm[i*blockSamples:(i+1)*blockSamples]
		if decibels(power(want)) < audible {
			gap = 0
			continue
		}
		q.active++
		snr := ratio(want, got)
		if math.IsInf(snr, 1) {
			same++
		}
		if snr > 10 {
			near++
		}
		gap++
		if decibels(power(got)) > decibels(power(want))-20 {
			gap = 0
		}
		q.gap = max(q.gap, time.Duration(gap)*10*time.Millisecond)
	}
	q.same, q.near = float64(same)/float64(q.active), float64(near)/float64(q.active)
	q.sharpest, q.allowed = corner(l.pcm), corner(clean)
	return q
}

// ratio is the signal to noise ratio in dB.
func ratio(want, got []int16) float64 {
	var signal, noise float64
	for i, x := range want {
		d := float64(x) - float64(got[i])
		signal += float64(x) * float64(x)
		noise += d * d
	}
	return 10 * math.Log10(signal/noise)
}

// corner is the greatest change of slope between two samples.
func corner(pcm []int16) float64 {
	worst := 0
	for i := 2; i < len(pcm); i++ {
		c := int(pcm[i]) - 2*int(pcm[i-1]) + int(pcm[i-2])
		worst = max(worst, c, -c)
	}
	return float64(worst)
}
