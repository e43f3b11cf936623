package echo

import (
	"math"
	"math/rand/v2"

	"kith/calls/audio"
)

// rig is a room with a loudspeaker, a microphone and people, and a processor that hears it.
type rig struct {
	processor *Processor
	far       func(*audio.Block) // who speaks at the other end
	near      func(*audio.Block) // who speaks here
	room      *room              // nil: nothing is heard of the loudspeaker
	noise     float64            // rms of the room, full scale 1
	clip      float32            // of the loudspeaker, 0 for none
	drift     float64            // how much faster the microphone's clock is
	busy      bool               // the model may not idle
	deaf      bool               // the microphone gives nothing

	random *rand.Rand
	queue  []float32 // what arrives at the microphone, for a clock that drifts
	place  float64
	echo   []float64 // samples of everything, of the same time
	speech []float64
	out    []float64 // before the gain
	given  []float64 // after it
	gains  []float64 // of each block
}

func silent(block *audio.Block) { *block = audio.Block{} }

func newRig(r *room) *rig {
	return &rig{processor: New(), far: audio.NewSpeech(3).Next, near: silent, room: r, noise: 1e-4, random: rand.New(rand.NewPCG(3, 4))}
}

// run lets time pass, in blocks.
func (r *rig) run(blocks int) {
	for range blocks {
		for len(r.queue) < samples+8 {
			r.play()
		}
		var echo sound
		for i := range echo {
			at := int(r.place)
			part := float32(r.place - float64(at))
			echo[i] = cubic(r.queue[at:], part)
			r.place += 1 + r.drift
		}
		used := int(r.place)
		r.queue = append(r.queue[:0], r.queue[used:]...)
		r.place -= float64(used)
		r.hear(&echo)
	}
}

// play gives a block to the loudspeaker.
func (r *rig) play() {
	var block audio.Block
	r.far(&block)
	r.processor.Far(&block)
	var x, y sound
	x.from(&block)
	if r.clip > 0 {
		for i := range x {
			x[i] = min(max(x[i], -r.clip), r.clip)
		}
	}
	if r.room != nil {
		r.room.hear((*[samples]float32)(&y), (*[samples]float32)(&x))
	}
	r.queue = append(r.queue, y[:]...)
}

// hear gives a block of the microphone to the processor.
func (r *rig) hear(echo *sound) {
	var block audio.Block
	r.near(&block)
	for i := range block {
		r.speech = append(r.speech, float64(block[i])/32768)
		noise := r.noise * r.random.NormFloat64()
		r.echo = append(r.echo, float64(echo[i]))
		all := float64(echo[i]) + noise + float64(block[i])/32768
		block[i] = int16(math.Round(min(max(all*32768, -32768), 32767)))
	}
	if r.deaf {
		block = audio.Block{}
	}
	p := r.processor
	if r.busy {
		p.far.still = 0
	}
	p.heard.from(&block)
	p.clean()
	for _, x := range p.rest {
		r.out = append(r.out, float64(x))
	}
	p.gain.apply(&p.rest, p.suppress.near)
	r.gains = append(r.gains, float64(p.gain.now))
	for _, x := range p.rest {
		r.given = append(r.given, float64(x))
	}
}

// cubic is a value between x[1] and x[2].
func cubic(x []float32, part float32) float32 {
	a, b, c, d := x[0], x[1], x[2], x[3]
	return b + part*(c-a+part*(2*a-5*b+4*c-d+part*(3*(b-c)+d-a)))/2
}

// clear begins a measurement.
func (r *rig) clear() { r.echo, r.speech, r.out, r.given, r.gains = nil, nil, nil, nil, nil }

func energy(x []float64) float64 {
	sum := 1e-15
	for _, v := range x {
		sum += v * v
	}
	return sum
}

func decibels(ratio float64) float64 { return 10 * math.Log10(ratio) }

// loss is by how much weaker the echo came out than it went in, when nobody spoke here.
func (r *rig) loss() float64 { return decibels(energy(r.echo) / energy(r.out)) }

// kept is by how much this end's speech was attenuated, and how much stronger than all else it is afterwards.
func (r *rig) kept() (attenuation, over float64) {
	in, out := r.speech[:len(r.speech)-samples], r.out[samples:]
	both := 0.0
	for i := range in {
		both += in[i] * out[i]
	}
	part := both / energy(in)
	rest := 0.0
	for i := range in {
		d := out[i] - part*in[i]
		rest += d * d
	}
	return -20 * math.Log10(part), decibels(part * part * energy(in) / rest)
}
