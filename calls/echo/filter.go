package echo

import "math"

const (
	partitions = 16 // blocks that the modelled echo lasts: 160 ms
	group      = 4  // neighbouring bins of which the uncertainty is kept as one
	groups     = low / group
)

// filter models the way from loudspeaker to microphone as a linear one, in blocks and frequencies (a partitioned frequency-domain
// Kalman filter: Enzner and Vary 2006, Kuech et al. 2014). It knows how uncertain it is of each part of the way, and how loud all
// is that it cannot explain: somebody speaking at this end makes it learn less by itself, without a detector of double talk.
type filter struct {
	way       [partitions][low]point
	doubt     [partitions][groups]float32 // mean square of what way is probably off by
	unknown   [low]float32                // smoothed power of what the far end does not explain
	next      int                         // partition that is shortened next
	idle      int                         // blocks from which nothing was to be learned, up to the last
	transform *transform

	time    [span]float32
	work    spectrum
	step    [low]point
	explain [low]float32
	left    [low]float32 // power of the echo that is probably left, in a look of the suppressor
}

func newFilter(t *transform) *filter {
	f := &filter{transform: t}
	f.distrust()
	return f
}

// distrust begins anew: anything is possible, though what was known is the first guess.
func (f *filter) distrust() {
	f.idle = 0
	for p := range f.doubt {
		for g := range f.doubt[p] {
			f.doubt[p][g] = firstDoubt
		}
	}
}

const (
	firstDoubt = 0.1   // per partition: an echo as loud as what is played
	stay       = 0.999 // how much of the way is the same in the next block, as an amplitude
	calm       = 0.5
	restless   = 3 // how much faster than by that the way may change
)

// echo estimates what the microphone hears of what was played.
func (f *filter) echo(out *sound, far *history, lag int) {
	f.work = spectrum{}
	sum := (*[low]point)(f.work[:])
	for p := 0; p < partitions; p += 2 {
		x, y := &far.back(lag+p).bins, &far.back(lag+p+1).bins
		v, w := &f.way[p], &f.way[p+1]
		for k := range sum {
			s, a, b, c, d := sum[k], x[k], v[k], y[k], w[k]
			sum[k] = point{s.re + (a.re*b.re - a.im*b.im) + (c.re*d.re - c.im*d.im), s.im + (a.re*b.im + a.im*b.re) + (c.re*d.im + c.im*d.re)}
		}
	}
	f.transform.reverse(&f.time, &f.work)
	copy(out[:], f.time[span-samples:])
}

// pause takes the place of echo and learn for a block in which there is no echo.
func (f *filter) pause() {
	f.idle++
	f.left = [low]float32{}
}

// resume makes up for the pause: in each of its blocks the way may have changed a little, as improve says.
func (f *filter) resume() {
	if f.idle == 0 {
		return
	}
	kept := float32(math.Pow(stay*stay, float64(f.idle)))
	f.idle = 0
	for p := range f.doubt {
		for g, d := range f.doubt[p] {
			size := float32(0)
			for _, w := range f.way[p][g*group:][:group] {
				size += w.power()
			}
			f.doubt[p][g] = kept*d + restless*(1-kept)*size/group
		}
	}
}

// learn improves the model by what the microphone heard beyond the estimate.
func (f *filter) learn(rest *sound, far *history, lag int) {
	f.resume()
	clear(f.time[:span-samples])
	copy(f.time[span-samples:], rest[:])
	f.transform.forward(&f.work, &f.time)
	f.weigh(far, lag)
	for p := range partitions {
		f.improve(p, far.back(lag+p))
	}
	f.shorten()
}

// weigh finds how much of what is left the echo can be to blame for.
func (f *filter) weigh(far *history, lag int) {
	f.explain = [low]float32{}
	for p := range partitions {
		x := &far.back(lag + p).power
		for g, d := range f.doubt[p] {
			sum, x := (*[group]float32)(f.explain[g*group:]), (*[group]float32)(x[g*group:])
			sum[0] += d * x[0]
			sum[1] += d * x[1]
			sum[2] += d * x[2]
			sum[3] += d * x[3]
		}
	}
	for k := range f.step {
		e := f.work[k]
		now := e.power()
		f.unknown[k] = calm*f.unknown[k] + (1-calm)*now
		f.left[k] = f.explain[k] * (1.0 * samples / span)
		f.explain[k] = 1 / (f.explain[k] + 1.0*span/samples*max(f.unknown[k], now) + 1e-9)
		f.step[k] = point{e.re * f.explain[k], e.im * f.explain[k]}
	}
}

// improve is one partition's part of it.
func (f *filter) improve(p int, far *farBlock) {
	way, doubt := &f.way[p], &f.doubt[p]
	for g := range doubt {
		d, k := doubt[g], g*group
		w, x, s := (*[group]point)(way[k:]), (*[group]point)(far.bins[k:]), (*[group]point)(f.step[k:])
		power, explain := (*[group]float32)(far.power[k:]), (*[group]float32)(f.explain[k:])
		known := power[0]*explain[0] + power[1]*explain[1] + power[2]*explain[2] + power[3]*explain[3]
		size := w[0].learn(x[0], s[0], d) + w[1].learn(x[1], s[1], d) + w[2].learn(x[2], s[2], d) + w[3].learn(x[3], s[3], d)
		doubt[g] = stay*stay*d*(1-d*known*(1.0*samples/span/group)) + restless*(1-stay*stay)*size/group
	}
}

// learn moves a part of the way by so much of a step, and says how strong it is then.
func (p *point) learn(x, step point, by float32) float32 {
	re := p.re + by*(x.re*step.re+x.im*step.im)
	im := p.im + by*(x.re*step.im-x.im*step.re)
	p.re, p.im = re, im
	return re*re + im*im
}

// shift moves the model when the blocks that it begins with are others: by so many later ones. What it learned stays where it was.
func (f *filter) shift(by int) {
	if by == 0 {
		return
	}
	f.resume()
	old, doubt := f.way, f.doubt
	f.way = [partitions][low]point{}
	f.distrust()
	for p := range partitions {
		if from := p + by; from >= 0 && from < partitions {
			f.way[p], f.doubt[p] = old[from], doubt[from]
		}
	}
}

// shorten takes from one partition what would reach into the next block: it is the next partition's to say.
func (f *filter) shorten() {
	way := f.way[f.next][:]
	f.work = spectrum{}
	copy(f.work[:low], way)
	f.transform.reverse(&f.time, &f.work)
	clear(f.time[samples:])
	f.transform.forward(&f.work, &f.time)
	copy(way, f.work[:low])
	f.next = (f.next + 1) % partitions
}
