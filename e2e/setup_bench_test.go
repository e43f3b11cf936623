package e2e

import (
	"slices"
	"testing"
	"time"

	"kith/core/coretest"
)

// BenchmarkSetup is how long it takes from taking a call to the first sound and the first picture, at both ends, on one machine over a real
// server (bars: 400 ms in the middle and 800 ms at the 95th of a hundred for sound, 600 ms for a picture).
func BenchmarkSetup(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	p := newCallers(b, s, program(b, plain))
	var sound, picture []int64
	for b.Loop() {
		id := p.talk(b, true)
		for _, k := range []*Kith{p.anna, p.ben} {
			k.Wait("sound and picture", func() bool { f := k.figures(id); return f.SetupMS > 0 && f.PictureMS > 0 })
			f := k.figures(id)
			sound, picture = append(sound, f.SetupMS), append(picture, f.PictureMS)
		}
		p.anna.call("call.end", id)
		for _, k := range []*Kith{p.anna, p.ben} {
			k.waitCall("the end", id, func(c callNote) bool { return c.Phase == "ended" })
		}
	}
	slices.Sort(sound)
	slices.Sort(picture)
	b.ReportMetric(float64(sound[len(sound)/2]), "ms-sound")
	b.ReportMetric(float64(sound[len(sound)*95/100]), "ms-sound-p95")
	b.ReportMetric(float64(picture[len(picture)/2]), "ms-picture")
	b.ReportMetric(float64(picture[len(picture)*95/100]), "ms-picture-p95")
}

// BenchmarkSilence is how long another device of who takes a call goes on ringing (bar: 500 ms).
func BenchmarkSilence(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	p := newCallers(b, s, program(b, plain))
	tablet := Start(b, p.program, b.TempDir(), s.CAFile, "-media", "synthetic:880")
	tablet.SignIn(s, p.benJ, benSecret)
	tablet.Online()
	var took []time.Duration
	for b.Loop() {
		var started struct{ Call string }
		p.anna.Must("call.start", map[string]any{"account": 1, "to": p.benJ}, &started)
		for _, k := range []*Kith{p.ben, tablet} {
			k.waitCall("the ringing", started.Call, func(c callNote) bool { return c.Phase == "ringing" })
		}
		began := time.Now()
		p.ben.call("call.accept", started.Call)
		tablet.waitCall("silence", started.Call, func(c callNote) bool { return c.Reason == "elsewhere" })
		took = append(took, time.Since(began))
		p.anna.waitCall("talking", started.Call, func(c callNote) bool { return c.Phase == "talking" })
		p.anna.call("call.end", started.Call)
		p.ben.waitCall("the end", started.Call, func(c callNote) bool { return c.Phase == "ended" })
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms-silent")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "ms-silent-worst")
}
