package platform

import "math"

// SampleRate is that of the sounds of a Bell, which have one channel.
const SampleRate = 48000

// Sound is what a Bell is heard with.
type Sound uint8

// The sounds.
const (
	Silence Sound = iota
	Rings         // somebody calls
	Waits         // it rings at the other side
	Ends          // the call is over; heard once
	Test          // whether the speaker is heard; heard once
)

// Bell is what calls are heard with. It may be used on one goroutine only.
type Bell struct {
	// Play plays a sound, again and again or once, until stop is called; stop may also be called after the end. It does not wait.
	// Nil: nothing is heard.
	Play func(s Sound, again bool) (stop func())

	sound Sound
	stop  func()
}

// Ring starts or ends the sound of a call that waits to be taken.
func (b *Bell) Ring(on bool) {
	if on {
		b.Set(Rings)
	} else if b.sound == Rings {
		b.Set(Silence)
	}
}

// Set ends one sound and begins another. The same again goes on, unless it is one that is heard once.
func (b *Bell) Set(s Sound) {
	once := s == Ends || s == Test
	if s == b.sound && !once {
		return
	}
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
	if b.sound = s; s != Silence && b.Play != nil {
		b.stop = b.Play(s, !once)
	}
}

// Sound is what was begun last.
func (b *Bell) Sound() Sound { return b.sound }

// note is one tone of a sound.
type note struct {
	at, long float64 // seconds
	hertz    float64
	loud     float64 // of 1
}

// score is a sound: its notes, and how long it is with the silence behind them.
type score struct {
	notes []note
	long  float64
}

// scores are the sounds: thirds and fifths, which are heard without frightening anybody.
var scores = map[Sound]score{
	Rings: {[]note{
		{0, 0.9, 659.25, 0.4},
		{0.18, 0.9, 783.99, 0.4},
		{0.36, 1.1, 987.77, 0.4},
		{0.9, 0.9, 783.99, 0.35},
		{1.08, 1.2, 987.77, 0.35},
	}, 3},
	Waits: {[]note{{0, 1, 425, 0.22}}, 5}, // ITU-T E.180 §4: ringing tone, one second of five
	Ends:  {[]note{{0, 0.25, 659.25, 0.25}, {0.16, 0.4, 523.25, 0.25}}, 0.6},
	Test:  {[]note{{0, 0.5, 523.25, 0.35}, {0.25, 0.5, 659.25, 0.35}, {0.5, 0.9, 783.99, 0.35}}, 1.5},
}

// Samples are a sound, which can be repeated without a click.
func Samples(s Sound) []int16 {
	sc := scores[s]
	mixed := make([]float64, int(sc.long*SampleRate))
	for _, n := range sc.notes {
		n.add(mixed, s == Waits)
	}
	out := make([]int16, len(mixed))
	for i, v := range mixed {
		out[i] = int16(math.Tanh(v) * math.MaxInt16) // never beyond what fits
	}
	return out
}

// edge is how long a tone takes to come and go, in seconds: a sudden one clicks.
const edge = 0.012

// add mixes a tone in: a steady one, or one that fades like a bell.
func (n note) add(to []float64, steady bool) {
	from := int(n.at * SampleRate)
	count := min(int(n.long*SampleRate), len(to)-from)
	for i := range count {
		t := float64(i) / SampleRate
		left := float64(count-i) / SampleRate
		loud := n.loud * min(t/edge, left/edge, 1)
		wave := math.Sin(2 * math.Pi * n.hertz * t)
		if !steady {
			loud *= math.Exp(-3.5 * t)
			wave += 0.3 * math.Sin(4*math.Pi*n.hertz*t)
		}
		to[from+i] += loud * wave
	}
}
