package echo

import "math"

const (
	frame      = 2 * samples // of a look at the sound
	bandCount  = 30
	inaudible  = 1e-7  // power of a bin
	noiseFloor = 0.17  // what is left of the noise: -15 dB
	leastNear  = 0.003 // of what is unwanted: what speech is taken for when there seems to be none
	smooth     = 0.96  // of what was found in the block before (decision-directed: Ephraim and Malah 1984)
	distortion = 0.1   // of the whole echo: what a loudspeaker adds in other frequencies
	echoTail   = 0.75  // per block: how fast a room forgets what the model does not reach
	leakUp     = 1.01  // per block: with leakDown, the lower third of what remains of the echo
	leakDown   = 0.98
	careful    = 4 // by how much more echo is expected than was found,
	unsureBy   = 2 // and than the filter is unsure of
)

// suppressor presses down what is no speech of this end: the room's noise and what the filter left of the echo. It looks at two
// blocks at once and gives the first.
type suppressor struct {
	transform *transform
	window    [frame]float32
	edges     [bandCount + 1]int
	noise     *noise
	rest      [span]float32 // of the last two blocks: what the filter left,
	model     [span]float32 // and what it took away
	tail      [samples]float32

	heard, echo [bins]float32 // power of what was left, and how much of it is expected to be echo
	reference   [bins]float32 // power of the modelled echo, dying away
	before      [bins]float32 // power of the speech in the block before
	leak        [bandCount]float32
	feared      [low]float32 // power of what was played, dying away
	near        float32      // share of what is kept in what was heard

	restBins, modelBins spectrum
	time                [span]float32
}

func newSuppressor(t *transform) *suppressor {
	s := &suppressor{transform: t, noise: newNoise()}
	for i := range s.window {
		s.window[i] = float32(math.Sin(math.Pi * (float64(i) + 0.5) / frame))
	}
	edge := 0
	for b := range s.edges {
		s.edges[b] = min(edge, bins)
		edge += max(4, edge/5)
	}
	s.edges[bandCount] = bins
	s.forget()
	return s
}

// forget expects any echo.
func (s *suppressor) forget() {
	for b := range s.leak {
		s.leak[b] = 1
	}
}

// look takes the next block, after the filter, and what the filter took away.
func (s *suppressor) look(rest, model *sound) {
	s.analyse(&s.restBins, &s.rest, rest)
	s.analyse(&s.modelBins, &s.model, model)
}

func (s *suppressor) analyse(out *spectrum, last *[span]float32, block *sound) {
	copy(last[:samples], last[samples:frame])
	copy(last[samples:frame], block[:])
	for i, w := range s.window {
		s.time[i] = last[i] * w
	}
	clear(s.time[frame:])
	s.transform.forward(out, &s.time)
}

// fear expects an echo of what is played now at any time from now on, for as long as it is not known when.
func (s *suppressor) fear(now *farBlock) {
	for k, p := range now.power {
		s.feared[k] = max(anywhere*p, fading*s.feared[k])
		s.echo[k] += s.feared[k]
	}
}

// press makes the block before the last one out of what was looked at.
func (s *suppressor) press(out *sound) {
	s.noise.listen(&s.heard, &s.echo)
	s.weigh()
	s.transform.reverse(&s.time, &s.restBins)
	for i := range out {
		out[i] = s.tail[i] + s.time[i]*s.window[i]
		s.tail[i] = s.time[samples+i] * s.window[samples+i]
	}
}

// expect says how much echo is left in each frequency: what remains, as a rule, of an echo that strong, and what the filter is
// unsure of. high is what was played when the echo began: above the model's frequencies there is nothing better to go by.
func (s *suppressor) expect(unsure *[low]float32, high *farBlock) {
	for k := range s.heard {
		s.heard[k] = s.restBins[k].power()
		now := float32(0)
		if k < low {
			now = s.modelBins[k].power()
		} else {
			now = high.above[(k-low)/aboveWidth]
		}
		s.reference[k] = max(now, echoTail*s.reference[k])
	}
	all := float32(0)
	for _, r := range s.reference[:low] {
		all += r
	}
	for b := range s.leak {
		s.remains(b, distortion*all/low)
	}
	for k, u := range unsure {
		s.echo[k] += unsureBy * u
	}
}

// remains follows which share of the echo is left in a band, as a lower quantile: speech of this end can only make it look larger.
func (s *suppressor) remains(band int, distorted float32) {
	from, to := s.edges[band], s.edges[band+1]
	heard, noise, reference := float32(0), float32(0), float32(0)
	for k := from; k < to; k++ {
		heard += s.heard[k]
		noise += s.noise.power[k]
		reference += s.reference[k]
	}
	mean := reference/float32(to-from) + distorted
	reference += distorted * float32(to-from)
	if leak := &s.leak[band]; reference > noise && reference > inaudible {
		if heard-noise > *leak*reference {
			*leak = min(*leak*leakUp, 1)
		} else {
			*leak *= leakDown
		}
	}
	for k := from; k < to; k++ {
		s.echo[k] = careful * s.leak[band] * max(s.reference[k], mean)
	}
}

// weigh finds what is speech in each frequency, and keeps that.
func (s *suppressor) weigh() {
	all, kept := float32(1e-12), float32(0)
	for k := range s.heard {
		heard, room, echo := s.heard[k], s.noise.power[k]+1e-12, s.echo[k]
		part := 1 / (room + echo) // of what is unwanted
		now := max(heard*part-1, 0)
		ratio := max(smooth*s.before[k]*part+(1-smooth)*now, leastNear)
		gain := ratio / (1 + ratio)
		s.before[k] = gain * gain * heard
		all += point{s.restBins[k].re + s.modelBins[k].re, s.restBins[k].im + s.modelBins[k].im}.power()
		kept += s.before[k]
		if gain < noiseFloor {
			gain = max(gain, noiseFloor*float32(math.Sqrt(float64(room*part))))
		}
		s.restBins[k].re *= gain
		s.restBins[k].im *= gain
	}
	s.near = kept / all
}
