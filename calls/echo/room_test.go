package echo

import (
	"math"
	"math/rand/v2"
)

// room is the way from a loudspeaker to a microphone: a delay and a decay in many small reflections.
type room struct {
	transform *transform
	response  []spectrum
	past      []spectrum
	at        int
	first     int // part of the response that is not silent
	recent    [span]float32
}

// newRoom has a direct sound after delay samples, then a decay by 60 dB in reverberation samples, and in all weakens by loss dB.
func newRoom(seed uint64, delay, reverberation int, loss float64) *room {
	random := rand.New(rand.NewPCG(seed, 7))
	taps := make([]float64, delay+reverberation)
	taps[delay] = 1
	for i := 40; i < reverberation; i++ {
		taps[delay+i] = 0.05 * random.NormFloat64() * math.Pow(10, -3*float64(i)/float64(reverberation))
	}
	energy := 0.0
	for _, x := range taps {
		energy += x * x
	}
	scale := math.Pow(10, -loss/20) / math.Sqrt(energy)
	r := &room{transform: newTransform(), first: delay / samples}
	for from := 0; from < len(taps); from += samples {
		var time [span]float32
		for i := range min(samples, len(taps)-from) {
			time[i] = float32(taps[from+i] * scale)
		}
		var s spectrum
		r.transform.forward(&s, &time)
		r.response = append(r.response, s)
	}
	r.past = make([]spectrum, len(r.response))
	return r
}

// hear is what arrives of a block and those before it.
func (r *room) hear(out, in *[samples]float32) {
	copy(r.recent[:], r.recent[samples:])
	copy(r.recent[span-samples:], in[:])
	r.at = (r.at + 1) % len(r.past)
	r.transform.forward(&r.past[r.at], &r.recent)
	var sum spectrum
	for p := range r.response {
		if p < r.first {
			continue
		}
		x, w := &r.past[(r.at-p+len(r.past))%len(r.past)], &r.response[p]
		for k := range sum {
			sum[k].re += x[k].re*w[k].re - x[k].im*w[k].im
			sum[k].im += x[k].re*w[k].im + x[k].im*w[k].re
		}
	}
	var time [span]float32
	r.transform.reverse(&time, &sum)
	copy(out[:], time[span-samples:])
}
