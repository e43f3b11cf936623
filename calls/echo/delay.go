package echo

import "math"

const (
	lags      = 52   // blocks after which an echo may begin: half a second and a little
	firstTone = 8    // the bins that are compared: 370 Hz to 3.4 kHz, which every loudspeaker gives
	tones     = 64   // of them
	turns     = 4    // each bin is looked at in every fourth block, which is enough
	forgetful = 0.04 // of the way, per look: 0.8 s
	certain   = 1.6  // how much more coherent than the mean of all a delay must be that is believed
	beside    = 3
	rivalry   = 0.75
	surer     = 1.3
	each      = tones / turns
	patience  = 6 // looks, 40 ms each, for which it must stay so
)

// phases are directions without lengths: loud sounds, of which each repeats itself at its pitch, count no more than others. The bins that are
// looked at in the same block are side by side.
type phases [tones]point

// of takes them from a spectrum, where it is loud enough.
func (p *phases) of(s []point, loud []float32, factor float32) {
	for k := range p {
		x := s[firstTone+k]
		power := x.power()
		to := &p[k%turns*each+k/turns]
		*to = point{}
		if power > factor*loud[firstTone+k] {
			length := 1 / float32(math.Sqrt(float64(power)))
			*to = point{x.re * length, x.im * length}
		}
	}
}

// delay finds after how many blocks the microphone hears what was played: the delay at which their phases stay in the same
// relation for a second (a cross-correlation in the frequency domain, with phase transform).
type delay struct {
	cross [lags]phases
	match [turns][lags]float32 // mean square of cross, by the bins that are looked at together
	turn  int
	best  int // blocks
	rival int
	since int
	sure  bool // a model with this delay has worked
}

// look takes what the microphone heard and what was played, and says whether the delay became another.
func (d *delay) look(heard *phases, far *history) bool {
	first := d.turn * each
	now := (*[each]point)(heard[first:])
	for lag := range lags {
		played, cross := (*[each]point)(far.back(lag).phases[first:]), (*[each]point)(d.cross[lag][first:])
		sum := float32(0)
		for k := range now {
			x, y, c := played[k], now[k], cross[k]
			if y != (point{}) {
				c.re += forgetful * (x.re*y.re + x.im*y.im - c.re)
				c.im += forgetful * (x.re*y.im - x.im*y.re - c.im)
				cross[k] = c
			}
			sum += c.power()
		}
		d.match[d.turn][lag] = sum / tones
	}
	d.turn = (d.turn + 1) % turns
	return d.turn == 0 && d.judge()
}

// judge believes in another delay when it stays the best by far.
func (d *delay) judge() bool {
	var match [lags]float32
	best, mean := 0, float32(0)
	for lag := range match {
		for _, m := range d.match {
			match[lag] += m[lag]
		}
		mean += match[lag] / lags
		if match[lag] > match[best] {
			best = lag
		}
	}
	for lag, m := range match {
		if lag < best-beside || lag > best+beside {
			mean = max(mean, m*rivalry)
		}
	}
	if d.sure {
		mean *= surer
	}
	if match[best] < certain*mean || abs(best-d.best) <= 1 || best != d.rival {
		d.rival, d.since = best, 0
		return false
	}
	d.since++
	if d.since < patience {
		return false
	}
	d.best, d.sure = best, false
	return true
}

// later counts all delays from a block that was played later.
func (d *delay) later() {
	copy(d.cross[1:], d.cross[:lags-1])
	d.cross[0] = phases{}
	for turn := range d.match {
		copy(d.match[turn][1:], d.match[turn][:lags-1])
		d.match[turn][0] = 0
	}
	d.best = min(d.best+1, lags-1)
}

// doubted says whether another delay looks likely.
func (d *delay) doubted() bool { return d.since > 0 }

func abs(x int) int { return max(x, -x) }
