package audio

import "math"

// Speech is somebody who talks without saying anything: voiced sounds with a moving pitch and formants, hisses, syllables and pauses
// with a quiet room behind. The same seed says the same. It stands in for a microphone in tests: codecs and noise suppression
// treat it as speech, which they do not with a steady tone.
type Speech struct {
	random   uint32
	left     int // samples of this sound
	length   int
	voiced   bool
	loud     float64
	pitch    float64 // Hz, now
	drift    float64 // Hz per sample
	phase    float64
	formants [3]resonator
}

// NewSpeech begins with a syllable.
func NewSpeech(seed uint32) *Speech { return &Speech{random: seed*2654435761 + 1} }

// Next gives the following 10 ms.
func (s *Speech) Next(out *Block) {
	for i := range out {
		if s.left == 0 {
			s.sound()
		}
		out[i] = clamp16(float32(s.sample()))
	}
}

// sound chooses what comes next: four of seven are vowels, two hisses, one a pause of up to a second.
func (s *Speech) sound() {
	kind := int(s.uniform() * 7)
	s.voiced = kind < 4
	switch {
	case s.voiced:
		s.length = int((0.12 + 0.2*s.uniform()) * Rate)
		s.loud = 2500 + 2000*s.uniform()
		s.pitch = 100 + 90*s.uniform()
		s.drift = (s.uniform() - 0.5) * 60 / float64(s.length)
		s.formants = [3]resonator{
			newResonator(300+500*s.uniform(), 80), newResonator(900+1300*s.uniform(), 120), newResonator(2400+800*s.uniform(), 200),
		}
	case kind < 6:
		s.length = int((0.05 + 0.08*s.uniform()) * Rate)
		s.loud = 1500
		s.formants = [3]resonator{newResonator(3500+2500*s.uniform(), 1500)}
	default:
		s.length = int((0.3 + 0.7*s.uniform()) * Rate)
		s.loud = 0
	}
	s.left = s.length
}

// sample is one of the sound, which rises and falls smoothly, with the room behind it.
func (s *Speech) sample() float64 {
	at := 1 - float64(s.left)/float64(s.length)
	s.left--
	room := 12 * (s.uniform() - 0.5) // about -80 dBFS
	if s.loud == 0 {
		return room
	}
	x := s.uniform() - 0.5
	if s.voiced {
		x = s.glottis()
	}
	y := 0.0
	for i := range s.formants {
		y += s.formants[i].filter(x) / float64(i+1)
	}
	return room + y*s.loud*math.Sin(math.Pi*at)
}

// glottis is a train of soft pulses with a little breath.
func (s *Speech) glottis() float64 {
	s.pitch += s.drift
	s.phase += s.pitch / Rate
	s.phase -= math.Floor(s.phase)
	pulse := 0.0
	if s.phase < 0.4 {
		pulse = math.Sin(math.Pi*s.phase/0.4) * 0.6
	}
	return pulse - 0.15 + 0.02*(s.uniform()-0.5)
}

// uniform is a number from 0 to 1.
func (s *Speech) uniform() float64 {
	s.random ^= s.random << 13
	s.random ^= s.random >> 17
	s.random ^= s.random << 5
	return float64(s.random) / (1 << 32)
}

// resonator lets one frequency through, as a mouth does.
type resonator struct{ a1, a2, gain, y1, y2 float64 }

func newResonator(frequency, width float64) resonator {
	r := math.Exp(-math.Pi * width / Rate)
	return resonator{
		a1: 2 * r * math.Cos(2*math.Pi*frequency/Rate), a2: -r * r,
		gain: (1 - r) * 4,
	}
}

func (r *resonator) filter(x float64) float64 {
	y := r.gain*x + r.a1*r.y1 + r.a2*r.y2
	r.y2, r.y1 = r.y1, y
	return y
}

// Tone is a sine that may sweep and be gated, softly: what comes out at the other end can be found by its frequency, and what is no
// part of it is heard as a click.
type Tone struct {
	From, To float64 // Hz; the same for a steady tone
	Sweep    int     // samples from one to the other and, at once, back to the first
	Gate     int     // samples on and then off; 0 for always on
	Loud     float64 // peak, up to 32767

	at    int
	phase float64
}

// Next gives the following 10 ms.
func (t *Tone) Next(out *Block) {
	for i := range out {
		frequency := t.From
		if t.Sweep > 0 {
			frequency += (t.To - t.From) * float64(t.at%t.Sweep) / float64(t.Sweep)
		}
		t.phase += frequency / Rate
		t.phase -= math.Floor(t.phase)
		out[i] = 0
		if loud := t.Loud * t.gate(); loud > 0 {
			out[i] = clamp16(float32(loud * math.Sin(2*math.Pi*t.phase)))
		}
		t.at++
	}
}

// gate goes from 0 to 1 and back within 10 ms each.
func (t *Tone) gate() float64 {
	if t.Gate == 0 {
		return 1
	}
	at := t.at % t.Gate
	if t.at/t.Gate%2 == 1 {
		return 0
	}
	edge := min(float64(min(at, t.Gate-at))/blockSamples, 1)
	return (1 - math.Cos(math.Pi*edge)) / 2
}
