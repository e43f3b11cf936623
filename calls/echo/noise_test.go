package echo

import (
	"math"
	"testing"

	"kith/calls/audio"
)

// TestNoise puts a steady noise behind somebody who speaks.
func TestNoise(t *testing.T) {
	r := newRig(nil)
	r.far, r.noise = silent, 0.005 // -46 dBFS
	r.run(200)
	r.clear()
	r.run(200)
	down := decibels(r.noise * r.noise * float64(len(r.out)) / energy(r.out))
	r.near = audio.NewSpeech(5).Next
	r.run(100)
	r.clear()
	r.run(1000)
	attenuation, over := r.kept()
	before := decibels(energy(r.speech) / (r.noise * r.noise * float64(len(r.speech))))
	t.Logf("noise down by %.1f dB; speech attenuated by %.2f dB, %.1f dB above all else, before %.1f", down, attenuation, over, before)
	if down < 12 {
		t.Errorf("noise is down by %.1f dB only", down)
	}
	if attenuation > 1 || over < 20 {
		t.Errorf("speech is attenuated by %.2f dB, and %.1f dB above all else where it was %.1f", attenuation, over, before)
	}
}

// TestLouderNoise makes the room louder: a new noise is known as one within seconds, and forgotten when it ends.
func TestLouderNoise(t *testing.T) {
	r := newRig(nil)
	r.far, r.noise = silent, 0.001
	r.run(300)
	for _, rms := range []float64{0.03, 0.0005} {
		r.noise = rms
		r.run(600)
		r.clear()
		r.run(200)
		if down := decibels(rms * rms * float64(len(r.out)) / energy(r.out)); down < 12 || math.IsInf(down, 0) {
			t.Errorf("a noise of %g is down by %.1f dB", rms, down)
		}
	}
}
