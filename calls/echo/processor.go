package echo

import "kith/calls/audio"

const (
	ahead      = 4   // blocks of the model before the one in which the echo is looked for: delays are found to ±3
	mostAhead  = 25  // blocks that may be played before the microphone gives one
	alignEvery = 100 // blocks
)

// Processor cleans the sound of one microphone. It belongs to one goroutine at a time.
type Processor struct {
	played   []audio.Block // and not yet compared with anything
	idle     int           // of them, the fewest that were left since the last count
	count    int
	far      *history
	delay    delay
	filter   *filter
	check    check
	suppress *suppressor
	gain     gain

	heard, model, rest sound
	work               spectrum
	phases             phases
}

// New is a processor that knows nothing yet of its room. It has it learned after a second of sound from the loudspeaker.
func New() *Processor {
	t := newTransform()
	return &Processor{
		far: newHistory(t), filter: newFilter(t), suppress: newSuppressor(t), check: check{search: searchFirst},
		played: make([]audio.Block, 0, mostAhead),
	}
}

// Far says what is being played: each block, once, when it is given to the loudspeaker; also silence.
func (p *Processor) Far(block *audio.Block) {
	if len(p.played) == mostAhead {
		p.played = append(p.played[:0], p.played[1:]...)
	}
	p.played = append(p.played, *block)
}

// take goes on to the next block that was played; to silence when there is none.
func (p *Processor) take() {
	var far sound
	if len(p.played) > 0 {
		far.from(&p.played[0])
		p.played = append(p.played[:0], p.played[1:]...)
	}
	p.far.add(&far)
}

// align keeps what was played from waiting: once a microphone has stood still, the echo would come before the sound that it is of.
// All that is known then counts from a later block.
func (p *Processor) align() {
	p.idle = min(p.idle, len(p.played))
	if p.count++; p.count < alignEvery {
		return
	}
	before := p.lag()
	for range p.idle {
		p.take()
		p.delay.later()
	}
	p.filter.shift(p.lag() - before - p.idle)
	p.idle, p.count = len(p.played), 0
}

// Near cleans what the microphone heard, in place.
func (p *Processor) Near(block *audio.Block) {
	p.heard.from(block)
	p.clean()
	p.gain.apply(&p.rest, p.suppress.near)
	p.rest.to(block)
}

// clean takes echo and noise out of what was heard.
func (p *Processor) clean() {
	p.take()
	p.align()
	p.cancel()
	p.suppress.look(&p.rest, &p.model)
	p.watch()
	p.suppress.expect(&p.filter.left, p.far.back(p.delay.best))
	if p.check.search > 0 || p.delay.doubted() {
		if p.far.playing() {
			p.check.search--
		}
		p.suppress.fear(p.far.back(0))
	}
	p.suppress.press(&p.rest)
}

// cancel takes out of what was heard what the model says is echo, and improves the model. Where nothing was played for as long as a room
// remembers it, or the microphone gives nothing at all, there is none. The filter goes on as soon as something is played, which is
// before it is heard.
func (p *Processor) cancel() {
	lag := p.lag()
	if p.far.silent(lag+partitions) || empty(p.heard[:]) {
		p.model, p.rest = sound{}, p.heard
		p.filter.pause()
		return
	}
	p.filter.echo(&p.model, p.far, lag)
	for i := range p.rest {
		p.rest[i] = p.heard[i] - p.model[i]
	}
	p.filter.learn(&p.rest, p.far, lag)
}

// lag is after how many blocks the modelled echo begins.
func (p *Processor) lag() int { return max(p.delay.best-ahead, 0) }

// watch looks for a delay or a way that became another.
func (p *Processor) watch() {
	for k := range p.work {
		r, m := p.suppress.restBins[k], p.suppress.modelBins[k]
		p.work[k] = point{r.re + m.re, r.im + m.im}
	}
	heard, model := tonal(&p.work), tonal(&p.suppress.modelBins)
	if !p.suppress.noise.loud(heard) {
		return
	}
	wrong := p.suppress.noise.loud(model) && p.check.wrong(&p.work, &p.suppress.modelBins)
	if wrong {
		p.filter.distrust()
		p.suppress.forget()
	}
	p.delay.sure = p.delay.sure && !wrong || p.check.sure()
	before := p.lag()
	p.phases.of(p.work[:], p.suppress.noise.power[:], loudOver)
	if p.delay.look(&p.phases, p.far) {
		p.filter.shift(p.lag() - before)
	}
}

// tonal is the power in the bins that are compared.
func tonal(s *spectrum) float32 {
	sum := float32(0)
	for _, b := range s[firstTone : firstTone+tones] {
		sum += b.power()
	}
	return sum
}
