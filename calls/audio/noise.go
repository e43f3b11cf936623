package audio

import "math"

const (
	order       = 12    // of the filter that gives noise the colour of the room
	loudest     = 3e-5  // mean square: louder than -45 dBFS is no background
	noiseRise   = 1.002 // per 10 ms: how fast a room that became louder is believed, 9 dB in ten seconds
	noiseMargin = 2     // what is this much stronger than the background may still be it
)

// noise is the sound of the other side's room (comfort noise), learned from the quietest of what was heard: a filter of linear
// prediction and its strength.
type noise struct {
	floor  float64 // mean square of the background; 0 when nothing is known yet
	filter [order]float64
	gain   float64 // of the excitation, in samples
	state  [order]float64
	seed   uint32
}

// learn looks at sound that was received and takes it for background when it is quiet enough.
func (n *noise) learn(pcm []int16) {
	p := power(pcm)
	if p == 0 || p > loudest {
		return
	}
	if n.floor > 0 {
		n.floor *= math.Pow(noiseRise, float64(len(pcm))/blockSamples)
		if p > n.floor*noiseMargin {
			return
		}
	}
	if n.floor == 0 || p < n.floor {
		n.floor = p
	}
	n.colour(pcm)
}

// colour finds the filter by Levinson's and Durbin's recursion.
func (n *noise) colour(pcm []int16) {
	var r [order + 1]float64
	for lag := range r {
		for i := lag; i < len(pcm); i++ {
			r[lag] += float64(pcm[i]) * float64(pcm[i-lag])
		}
	}
	r[0] = r[0]*1.001 + 1 // keeps the filter stable
	var a, old [order]float64
	rest := r[0]
	for i := range order {
		k := r[i+1]
		for j := range i {
			k -= a[j] * r[i-j]
		}
		k /= rest
		old = a
		a[i] = k
		for j := range i {
			a[j] = old[j] - k*old[i-1-j]
		}
		rest *= 1 - k*k
	}
	n.filter = a
	n.gain = math.Sqrt(max(rest, 0) / float64(len(pcm)))
}

// next is one sample of the room.
func (n *noise) next() float32 {
	if n.floor == 0 {
		return 0
	}
	n.seed = n.seed*1664525 + 1013904223
	white := float64(int32(n.seed)) / (1 << 31) * math.Sqrt(3) // of variance 1
	y := white * n.gain
	for j, a := range n.filter {
		y += a * n.state[j]
	}
	copy(n.state[1:], n.state[:order-1])
	n.state[0] = y
	return float32(y)
}
