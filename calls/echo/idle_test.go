package echo

import (
	"math"
	"math/rand/v2"
	"testing"

	"kith/calls/audio"
)

// faint is what is left of a quiet room at the other end: nobody hears an echo of that.
func faint() func(*audio.Block) {
	random := rand.New(rand.NewPCG(1, 2))
	return func(block *audio.Block) {
		for i := range block {
			block[i] = int16(random.IntN(5) - 2) // -87 dBFS
		}
	}
}

// pair is a processor that may idle and one that may not, in the same room.
type pair struct {
	t            *testing.T
	idles, works *rig
}

func (p *pair) each(do func(*rig)) {
	do(p.idles)
	do(p.works)
}

// run lets time pass, and holds what comes out of one against what comes out of the other.
func (p *pair) run(what string, blocks int) {
	p.each(func(r *rig) { r.clear(); r.run(blocks) })
	sum := 1e-15
	for i, x := range p.idles.out {
		sum += (x - p.works.out[i]) * (x - p.works.out[i])
	}
	less := decibels((energy(p.idles.echo) + energy(p.idles.speech)) / sum)
	p.t.Logf("%s: they differ by %.1f dB less than is heard; the echo is weakened by %.1f and %.1f dB", what, less, p.idles.loss(), p.works.loss())
	if less < 35 {
		p.t.Errorf("%s: what comes out differs by only %.1f dB less than is heard from what one gives that never idles", what, less)
	}
}

// TestIdle lets the other end be silent for eleven seconds and speak again: the filter idles, which cannot be heard, and cancels from
// the first block on.
func TestIdle(t *testing.T) {
	for i, path := range paths() {
		if path.name != "near" && path.name != "hall" && path.name != "drift back" {
			continue // nothing is different there, and with the race detector it takes long
		}
		t.Run(path.name, func(t *testing.T) {
			t.Parallel()
			p := pair{t, path.rig(uint64(i)), path.rig(uint64(i))}
			p.works.busy = true
			p.each(func(r *rig) { r.run(800) })
			speech := []func(*audio.Block){p.idles.far, p.works.far}
			p.each(func(r *rig) { r.far = faint() })
			p.run("the last of the echo", 100)
			p.each(func(r *rig) { r.near = audio.NewSpeech(40).Next })
			p.run("this end speaks", 500)
			p.each(func(r *rig) { r.near = silent })
			p.run("nobody speaks", 500)
			if idle, busy := p.idles.processor.filter.idle, p.works.processor.filter.idle; idle < 1000 || busy > 0 {
				t.Errorf("the filters have idled for %d and %d blocks", idle, busy)
			}
			p.idles.far, p.works.far = speech[0], speech[1]
			p.run("the echo is back", 100)
			if loss := p.idles.loss(); loss < path.early {
				t.Errorf("an echo that comes back is weakened by %.1f dB", loss)
			}
		})
	}
}

// TestPause holds the doubt after a pause against what improve makes of it block by block, also when the delay became another meanwhile.
func TestPause(t *testing.T) {
	random, pauses, works := rand.New(rand.NewPCG(5, 6)), newFilter(newTransform()), newFilter(newTransform())
	for p := range pauses.way {
		for k := range pauses.way[p] {
			pauses.way[p][k] = point{random.Float32(), random.Float32()}
		}
	}
	works.way = pauses.way
	for range 300 {
		pauses.pause()
		for p := range partitions {
			works.improve(p, &farBlock{})
		}
	}
	pauses.shift(3)
	works.shift(3)
	pauses.resume()
	for p := range works.doubt {
		for g, want := range works.doubt[p] {
			if got := pauses.doubt[p][g]; math.Abs(float64(got/want-1)) > 1e-3 {
				t.Fatalf("in partition %d, group %d the doubt is %g, not %g", p, g, got, want)
			}
		}
	}
}

// TestDeaf takes the microphone's sound away for a while, as a switch on a headset does: nothing is learned from that, and the room still
// known when it comes back.
func TestDeaf(t *testing.T) {
	r := newRig(newRoom(4, 120*48, 200*48, 6))
	r.run(800)
	r.deaf = true
	r.run(2)
	r.clear()
	r.run(500)
	if loud := energy(r.out) / float64(len(r.out)); loud > unheard {
		t.Errorf("of no sound the power becomes %g", loud)
	}
	r.deaf = false
	r.clear()
	r.run(100)
	if loss := r.loss(); loss < 25 {
		t.Errorf("the echo is weakened by %.1f dB", loss)
	}
}
