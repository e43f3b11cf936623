package echo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestMatch holds what is kept of how well each delay fits against what it is kept of, also after a block that was played later.
func TestMatch(t *testing.T) {
	random, d, far := rand.New(rand.NewPCG(7, 8)), &delay{}, newHistory(newTransform())
	for i := range 200 {
		var block sound
		var heard phases
		for k := range block {
			block[k] = random.Float32() - 0.5
		}
		for k := range heard {
			if random.IntN(3) > 0 {
				heard[k] = turn(random.Float64())
			}
		}
		far.add(&block)
		d.look(&heard, far)
		if i%7 == 0 {
			d.later()
		}
	}
	for lag := range d.cross {
		want, got := float32(0), float32(0)
		for _, c := range d.cross[lag] {
			want += c.power() / tones
		}
		for turn := range d.match {
			got += d.match[turn][lag]
		}
		if math.Abs(float64(got-want)) > 1e-6 {
			t.Fatalf("after %d blocks the match is kept as %g, and is %g", lag, got, want)
		}
	}
}
