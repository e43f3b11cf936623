package echo

import "math"

const (
	speechOver = 31.6 // 15 dB: how far speech is above noise where it is one (Gerkmann and Hendriks 2012)
	noisePace  = 0.1  // of the way per block to what is noise now
	noiseStuck = 0.99 // surer than this of speech for long is a noise that became louder
	odds       = 64   // entries of the table
	oddsStep   = 8    // of them per unit
	loudOver   = 4
	firstLooks = 8 // blocks that are all taken for noise
)

// noise follows how loud the room is in each frequency, by how probable it is that nobody speaks there.
type noise struct {
	power  [bins]float32
	speech [bins]float32 // smoothed probability
	table  [odds]float32
	looks  [bins]uint8
}

func newNoise() *noise {
	n := &noise{}
	for i := range n.table {
		over := float64(i) / oddsStep
		n.table[i] = float32(1 / (1 + (1+speechOver)*math.Exp(-over*speechOver/(1+speechOver))))
	}
	return n
}

// listen takes the power of a block, and of the echo in it: where that may be louder than the room nothing is learned.
func (n *noise) listen(heard, echo *[bins]float32) {
	for k, h := range heard {
		now := n.power[k]
		if echo[k] > now && echo[k] > h/4 {
			continue
		}
		if n.looks[k] < firstLooks {
			n.looks[k]++
			n.power[k] += (h - now) / float32(n.looks[k])
			continue
		}
		p := float32(1)
		if i := h / (now + 1e-12) * oddsStep; i < odds {
			p = n.table[int(i)]
		}
		n.speech[k] += 0.1 * (p - n.speech[k])
		if n.speech[k] > noiseStuck {
			p = min(p, noiseStuck)
		}
		n.power[k] = now + noisePace*(1-p)*(h-now)
	}
}

// loud says whether so much power, in the bins that are compared with what is played, is more than that of the room.
func (n *noise) loud(power float32) bool {
	room := float32(0)
	for _, p := range n.power[firstTone : firstTone+tones] {
		room += p
	}
	return power > loudOver*room
}
