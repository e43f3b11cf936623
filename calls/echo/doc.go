// Package echo cleans what a microphone hears in a call: of what the loudspeaker plays (echo cancellation), of the room's steady noise,
// and of being too quiet or too loud. A [Processor] is told what is played ([Processor.Far]) and improves what is heard
// ([Processor.Near]), 10 ms at a time.
//
// The echo is first subtracted, by a model of the way from loudspeaker to microphone that learns all the time (filter.go), where
// the delay between the two is looked for in what is heard (delay.go). What remains of it, because loudspeakers distort, clocks
// drift and rooms are longer than the model, is pressed down together with the noise, per frequency (suppress.go, noise.go). Then
// everybody is brought to the same loudness (gain.go). Decision 19 says why it is done here and what others reach.
//
// While nothing is played, and while the microphone gives nothing at all, there is no echo and the model idles (processor.go): that takes
// less than half of the time, and what it knows of the room stays.
//
// The result comes [Latency] later than what went in. Nothing here starts goroutines or looks at the clock.
package echo

import (
	"time"

	"kith/calls/audio"
)

// Latency is by how much sound is later than it was, which the suppression of noise needs to look at a block together with the next.
const Latency = 10 * time.Millisecond

const samples = audio.Rate / 100

// sound is a block in which 1 is full scale.
type sound [samples]float32

func (s *sound) from(block *audio.Block) {
	for i, x := range block {
		s[i] = float32(x) / 32768
	}
}

// power is the mean square.
func (s *sound) power() float32 {
	sum := float32(0)
	for _, x := range s {
		sum += x * x
	}
	return sum / float32(samples)
}

func (s *sound) to(block *audio.Block) {
	for i, x := range s {
		block[i] = int16(min(max(x*32768, -32768), 32767))
	}
}
