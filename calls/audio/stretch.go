package audio

import (
	"math"
	"slices"
)

// Sound is made shorter or longer by whole pitch periods (WSOLA: Verhelst and Roelands 1993): a piece that resembles the one before
// it is laid over that one, crossfading, so that neither pitch nor voice changes.
const (
	minLag     = 120 // 2.5 ms, 400 Hz
	maxLag     = 720 // 15 ms, 67 Hz
	coarse     = 4   // the search goes over every fourth sample first
	alike      = 0.9 // the correlation at which nobody hears the seam
	alikeHurry = 0.6 // enough when half a second has to go
	faint      = 1e-5
)

// shorten takes at most so many samples out of what is ready, and says how many; 0 when there is no good place. It needs 30 ms.
func (l *line) shorten(most int, enough float64) int {
	x := l.ahead()
	most = min(most, maxLag, len(x)/2)
	if most < minLag {
		return 0
	}
	window := len(x) - most
	lag, match := bestLag(most, func(lag int) float64 {
		return likeness(x[:min(window, maxLag)], x[lag:])
	})
	if match < enough && power(x[:2*most]) > faint {
		return 0
	}
	crossfade(x[:lag], x[lag:2*lag])
	l.samples = slices.Delete(l.samples, l.head+lag, l.head+2*lag)
	return lag
}

// lengthen plays up to 10 ms twice, at least a block being ready, and says how much longer the sound is; 0 when there is no good place.
func (l *line) lengthen(most int, enough float64) int {
	x, past := l.ahead(), l.past()
	most = min(most, blockSamples, len(x))
	if most < minLag {
		return 0
	}
	lag, match := bestLag(most, func(lag int) float64 {
		return likeness(x[:blockSamples], l.samples[len(past)-lag:])
	})
	if match < enough && power(x[:blockSamples]) > faint {
		return 0
	}
	var again [blockSamples]int16
	copy(again[:], x[:lag])
	crossfade(again[:lag], past[len(past)-lag:])
	l.samples = slices.Insert(l.samples, l.head, again[:lag]...)
	return lag
}

// bestLag searches between minLag and most for what is most alike, roughly and then around the best.
func bestLag(most int, alike func(lag int) float64) (lag int, match float64) {
	lag, match = minLag, math.Inf(-1)
	for i := minLag; i <= most; i += coarse {
		if m := alike(i); m > match {
			lag, match = i, m
		}
	}
	for i := max(lag-coarse+1, minLag); i <= min(lag+coarse-1, most); i++ {
		if m := alike(i); m > match {
			lag, match = i, m
		}
	}
	return lag, match
}

// likeness is the normalised correlation of a with the beginning of b, over every fourth sample.
func likeness(a, b []int16) float64 {
	var ab, aa, bb float64
	for i := 0; i < len(a); i += coarse {
		x, y := float64(a[i]), float64(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	return ab / math.Sqrt(aa*bb+1)
}

// crossfade goes from the first to the second, in the first.
func crossfade(from, to []int16) {
	step := 1 / float32(len(from)+1)
	for i := range from {
		w := step * float32(i+1)
		from[i] = clamp16(float32(from[i])*(1-w) + float32(to[i])*w)
	}
}
