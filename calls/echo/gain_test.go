package echo

import (
	"math"
	"slices"
	"testing"

	"kith/calls/audio"
)

// scaled makes somebody louder.
func scaled(speech *audio.Speech, by float64) func(*audio.Block) {
	return func(block *audio.Block) {
		speech.Next(block)
		for i, x := range block {
			block[i] = int16(math.Round(min(max(float64(x)*by, -32768), 32767)))
		}
	}
}

// spoken is the loudness of the blocks in which somebody speaks.
func spoken(x []float64) float64 {
	sum, count := 0.0, 0
	for i := 0; i+samples <= len(x); i += samples {
		if e := energy(x[i : i+samples]); e > samples*1e-4 {
			sum += e
			count++
		}
	}
	return decibels(sum / float64(max(count, 1)*samples))
}

// TestGain lets the same person whisper, speak and shout: all are as loud in the end, and the gain is as good as constant by then.
func TestGain(t *testing.T) {
	for _, by := range []float64{0.06, 0.25, 0.7} {
		r := newRig(nil)
		r.far = silent
		r.near = scaled(audio.NewSpeech(5), by)
		r.run(1200)
		r.clear()
		r.run(800)
		loud := spoken(r.given)
		sway := 20 * math.Log10(slices.Max(r.gains)/slices.Min(r.gains))
		t.Logf("by %g: %.1f dBFS; the gain moves by %.1f dB", by, loud, sway)
		if math.Abs(loud+20) > 3 {
			t.Errorf("times %g: speech comes out at %.1f dBFS", by, loud)
		}
		if sway > 6 {
			t.Errorf("times %g: the gain moves by %.1f dB in eight seconds", by, sway)
		}
	}
}

// TestGainRests says nothing here, with noise and an echo, for ten seconds: the gain stays where it was.
func TestGainRests(t *testing.T) {
	r := newRig(newRoom(1, 960, 7200, 6))
	r.noise = 0.003
	r.near = scaled(audio.NewSpeech(5), 0.25)
	r.far = silent
	r.run(1200)
	r.near = silent
	r.run(50)
	before := r.processor.gain.now
	r.run(300)
	r.far = audio.NewSpeech(3).Next
	r.run(700)
	if after := r.processor.gain.now; math.Abs(20*math.Log10(float64(after/before))) > 0.5 {
		t.Errorf("the gain went from %.2f to %.2f while nobody spoke", before, after)
	}
}

// TestLimit goes through all loudnesses: order is kept, and nothing is beyond full scale.
func TestLimit(t *testing.T) {
	last := limit(-20)
	for i := -2000; i <= 2000; i++ {
		x := float32(i) / 100
		y := limit(x)
		if y < last || y > 1 || y < -1 || x > -ceiling && x < ceiling && y != x {
			t.Fatalf("%g becomes %g after %g", x, y, last)
		}
		last = y
	}
}

// TestGainQuiet hears somebody speak in another room: that is not made louder.
func TestGainQuiet(t *testing.T) {
	r := newRig(nil)
	r.far, r.noise = silent, 1e-5
	r.near = scaled(audio.NewSpeech(5), 0.003)
	r.run(1000)
	if now := r.processor.gain.now; now > 1.5 {
		t.Errorf("the gain is %.2f", now)
	}
}
