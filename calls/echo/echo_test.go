package echo

import (
	"testing"

	"kith/calls/audio"
)

// path is one way from loudspeaker to microphone.
type path struct {
	name                 string
	delay, reverberation int // milliseconds
	clip                 float32
	drift                float64
	early, late          float64 // dB by which the echo is at least weakened: in the third second, and from then on
}

func paths() []path {
	return []path{
		{name: "near", delay: 20, reverberation: 150, early: 25, late: 35},
		{name: "room", delay: 120, reverberation: 200, early: 25, late: 35},
		{name: "hall", delay: 300, reverberation: 300, early: 25, late: 35},
		{name: "drift", delay: 120, reverberation: 200, drift: 1e-4, early: 25, late: 30},
		{name: "drift back", delay: 200, reverberation: 150, drift: -1e-4, early: 25, late: 30},
		{name: "clipped", delay: 60, reverberation: 200, clip: 0.5, early: 25, late: 25},
	}
}

func (p path) rig(seed uint64) *rig {
	r := newRig(newRoom(seed, p.delay*48, p.reverberation*48, 6))
	r.clip, r.drift = p.clip, p.drift
	return r
}

// TestEcho lets only the other end speak: of that, nothing goes back. Then both speak: this end is heard.
func TestEcho(t *testing.T) {
	for i, p := range paths() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := p.rig(uint64(i))
			r.run(200)
			r.clear()
			r.run(100)
			early := r.loss()
			r.clear()
			r.run(500)
			late := r.loss()
			t.Logf("%.1f dB in the third second, %.1f dB afterwards; delay %d0 ms", early, late, r.processor.delay.best)
			if early < p.early || late < p.late {
				t.Errorf("the echo is weakened by %.1f and %.1f dB, less than %.0f and %.0f", early, late, p.early, p.late)
			}
			r.near = scaled(audio.NewSpeech(uint32(40+i)), 0.5)
			r.clear()
			r.run(600)
			doubleTalk(t, r)
		})
	}
}

func doubleTalk(t *testing.T, r *rig) {
	t.Helper()
	attenuation, over := r.kept()
	before := decibels(energy(r.speech) / energy(r.echo))
	t.Logf("speech is attenuated by %.1f dB and %.1f dB above all else, where it was %.1f dB above the echo", attenuation, over, before)
	if attenuation > 3 || attenuation < -1 {
		t.Errorf("speech is attenuated by %.1f dB", attenuation)
	}
	if over < before+3 {
		t.Errorf("speech is %.1f dB above all else, and was %.1f above the echo before", over, before)
	}
}

// TestSteadyDelay lets both speak for long: the delay, once found, is not taken for another.
func TestSteadyDelay(t *testing.T) {
	r := newRig(newRoom(4, 120*48, 100*48, 6))
	r.near = audio.NewSpeech(9).Next
	r.run(600)
	for range 1500 {
		r.run(1)
		if best := r.processor.delay.best; best < 9 || best > 15 {
			t.Fatalf("the delay is taken for %d0 ms", best)
		}
	}
}

// TestHiss plays what is above the frequencies that are modelled: it is only pressed down.
func TestHiss(t *testing.T) {
	r := newRig(newRoom(4, 60*48, 100*48, 6))
	tone := &audio.Tone{From: 9000, To: 15000, Sweep: 24000, Gate: 24000, Loud: 4000}
	r.far = tone.Next
	r.run(300)
	r.clear()
	r.run(300)
	if loss := r.loss(); loss < 20 {
		t.Errorf("an echo of high tones is weakened by %.1f dB", loss)
	}
}

// TestNoEcho lets both speak where nothing is heard of the other: nobody is to be cut off for it for long.
func TestNoEcho(t *testing.T) {
	r := newRig(newRoom(1, 960, 7200, 120))
	r.near = audio.NewSpeech(8).Next
	r.run(800)
	r.clear()
	r.run(600)
	if attenuation, over := r.kept(); attenuation > 1 || over < 15 {
		t.Errorf("speech is attenuated by %.1f dB and %.1f dB above all else", attenuation, over)
	}
}

// TestJump moves the echo by more than the model is long, there and back: the delay is found again, and the echo goes.
func TestJump(t *testing.T) {
	for seed := range uint64(2) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			r := newRig(newRoom(seed, 20*48, 200*48, 6))
			r.run(600)
			for _, ms := range []int{320, 50} {
				r.room = newRoom(seed+10, ms*48, 200*48, 6)
				r.run(800)
				r.clear()
				r.run(300)
				if loss := r.loss(); loss < 25 {
					t.Errorf("after a jump to %d ms the echo is weakened by %.1f dB", ms, loss)
				}
				if best := r.processor.delay.best; best*10 < ms-40 || best*10 > ms+40 {
					t.Errorf("after a jump to %d ms the delay is taken for %d0", ms, best)
				}
			}
		})
	}
}

// TestLateLoudspeaker calls Far in bursts, and before the microphone is there: no more of it is kept than can be of use.
func TestLateLoudspeaker(t *testing.T) {
	p := New()
	var block audio.Block
	for i := range 3 * mostAhead {
		block[0] = int16(i)
		p.Far(&block)
	}
	if len(p.played) != mostAhead || p.played[0][0] != 2*mostAhead {
		t.Errorf("%d blocks are kept, from number %d on", len(p.played), p.played[0][0])
	}
}

// TestStall lets the microphone stand still for a while, more than the echo is late: the echo goes as before.
func TestStall(t *testing.T) {
	r := newRig(newRoom(4, 30*48, 100*48, 6))
	r.run(400)
	for range 20 {
		r.play()
	}
	r.queue = r.queue[20*samples:]
	r.run(300)
	r.clear()
	r.run(400)
	if loss := r.loss(); loss < 25 {
		t.Errorf("the echo is weakened by %.1f dB", loss)
	}
}

// BenchmarkNear cleans a second of sound, when both speak, one end does, or the microphone gives nothing; "%core" is the share of a core
// that it takes.
func BenchmarkNear(b *testing.B) {
	far, near := audio.NewSpeech(1).Next, audio.NewSpeech(2).Next
	b.Run("both", func(b *testing.B) { measureNear(b, far, near) })
	b.Run("near", func(b *testing.B) { measureNear(b, silent, near) })
	b.Run("far", func(b *testing.B) { measureNear(b, far, faint()) })
	b.Run("deaf", func(b *testing.B) { measureNear(b, far, silent) })
}

func measureNear(b *testing.B, far, near func(*audio.Block)) {
	p := New()
	blocks := make([]audio.Block, 4000)
	for i := range 2000 {
		far(&blocks[2*i])
		near(&blocks[2*i+1])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		for range 100 {
			p.Far(&blocks[i])
			block := blocks[i+1]
			p.Near(&block)
			i = (i + 2) % len(blocks)
		}
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N), "%core")
}
