package media

import (
	"image"
	"math"
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/video"
)

const (
	earSamples  = audio.Rate / 10 // frequencies are then told apart to 10 Hz
	leastTone   = 200             // Hz
	mostTone    = 2000
	toneStep    = 20
	heardFrom   = -50.0 // dBFS; what is fainter is a pause
	leastShare  = 0.02
	shareSmooth = 1.0 / 8
	mostUnasked = 24 // a tenth of a second each; what is older is hardly seen in the shares any more
	compareEach = time.Second
)

// ear finds tones in what is played (Goertzel's algorithm). It does so when somebody asks: it would be an eighth of what a call without a picture takes.
type ear struct {
	mu     sync.Mutex
	sound  []int16   // that is not full yet
	sounds [][]int16 // that nobody asked for yet, the newest

	asked sync.Mutex
	tones [(mostTone-leastTone)/toneStep + 1]float64 // smoothed shares
}

func (e *ear) hear(block *audio.Block) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sound = append(e.sound, block[:]...)
	if len(e.sound) < earSamples {
		return
	}
	if len(e.sounds) == mostUnasked {
		e.sounds = append(e.sounds[:0], e.sounds[1:]...)
	}
	e.sounds, e.sound = append(e.sounds, e.sound), make([]int16, 0, earSamples)
}

// shares are the tones that there are, by Hz.
func (e *ear) shares() map[int]float64 {
	e.asked.Lock()
	defer e.asked.Unlock()
	e.mu.Lock()
	sounds := e.sounds
	e.sounds = nil
	e.mu.Unlock()
	for _, sound := range sounds {
		e.find(sound)
	}
	out := map[int]float64{}
	for i, share := range e.tones {
		if share > leastShare {
			out[leastTone+i*toneStep] = share
		}
	}
	return out
}

func (e *ear) find(sound []int16) {
	var samples [earSamples]float64
	energy := 0.0
	for i, x := range sound {
		samples[i] = float64(x) / 32768
		energy += samples[i] * samples[i]
	}
	if 10*math.Log10(energy/earSamples+1e-12) < heardFrom {
		return
	}
	for i := range e.tones {
		share := min(tone(samples[:], float64(leastTone+i*toneStep))/energy, 1)
		e.tones[i] += (share - e.tones[i]) * shareSmooth
	}
}

// tone is the energy of one frequency in samples.
func tone(samples []float64, hz float64) float64 {
	c := 2 * math.Cos(2*math.Pi*hz/audio.Rate)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = x+c*s1-s2, s1
	}
	return 2 * (s1*s1 + s2*s2 - c*s1*s2) / float64(len(samples))
}

// eye recognises the pictures of a synthetic camera, and compares some of them with what it showed.
type eye struct {
	seen     int
	psnr     float64
	compared time.Time
	size     image.Point
	pattern  *video.Synthetic
	pool     video.Pool
}

func (e *eye) see(f *video.Frame, camera image.Point, now time.Time) {
	id, ok := video.ReadID(f)
	if !ok {
		return
	}
	e.seen++
	if now.Sub(e.compared) < compareEach {
		return
	}
	e.compared = now
	if e.size != camera {
		e.size, e.pattern = camera, video.NewSynthetic(camera.X, camera.Y)
	}
	full, err := e.pool.Get(camera.X, camera.Y)
	if err != nil {
		return
	}
	defer full.Release()
	e.pattern.Paint(full, id)
	small, err := e.pool.Get(f.Width, f.Height)
	if err != nil {
		return
	}
	defer small.Release()
	if video.Scale(small, full) == nil {
		e.psnr = psnr(small, f)
	}
}

// psnr compares the brightness of two pictures of the same size, in dB; 100 when they are the same.
func psnr(a, b *video.Frame) float64 {
	sum := 0
	for y := range a.Height {
		rowA, rowB := a.Y[y*a.YStride:][:a.Width], b.Y[y*b.YStride:][:a.Width]
		for x := range rowA {
			d := int(rowA[x]) - int(rowB[x])
			sum += d * d
		}
	}
	if sum == 0 {
		return 100
	}
	return 10 * math.Log10(255*255*float64(a.Width*a.Height)/float64(sum))
}
