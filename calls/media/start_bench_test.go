package media_test

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkStart is how a call with pictures both ways begins, on lines that carry less and more than it begins with: how much of the sound of the first two and the
// next three seconds is made up, when the first picture is seen, and what of the line is used after five seconds.
func BenchmarkStart(b *testing.B) {
	for _, line := range []float64{150e3, 200e3, 300e3, 500e3, 1e6, 2e6} {
		b.Run(fmt.Sprintf("%.0fkbps", line/1e3), func(b *testing.B) {
			for b.Loop() {
				starts(b, network{delay: 20 * time.Millisecond, rate: func(time.Duration) float64 { return line }}, line)
			}
		})
	}
}

func starts(b *testing.B, n network, line float64) {
	camera := options{hz: 440, width: 1280, height: 720, fps: 30}
	c := begin(b, sending(b, camera), sending(b, camera), n, true)
	c.a.session.Camera(true)
	c.b.session.Camera(true)
	begun := *c.begun.Load()
	time.Sleep(time.Until(begun.Add(2 * time.Second)))
	madeUp, all := c.madeUp()
	b.ReportMetric(100*madeUp/all, "%concealed-2s")
	time.Sleep(time.Until(begun.Add(5 * time.Second)))
	madeUp5, all5 := c.madeUp()
	b.ReportMetric(100*(madeUp5-madeUp)/(all5-all), "%concealed-5s")
	var used float64
	var seen time.Duration
	for _, s := range []*side{c.a, c.b} {
		stats := s.session.Stats()
		used += stats.Target / line / 2
		if stats.FirstVideo.IsZero() {
			seen += 5 * time.Second / 2
		} else {
			seen += stats.FirstVideo.Sub(begun) / 2
		}
	}
	b.ReportMetric(used, "of-line")
	b.ReportMetric(float64(seen.Milliseconds()), "ms-picture")
}

// madeUp is how much of the sound was made up at both ends, and how much there was, in seconds.
func (c *call) madeUp() (madeUp, all float64) {
	for _, s := range []*side{c.a, c.b} {
		a := s.session.Stats().Audio
		madeUp += a.Concealed.Seconds()
		all += (a.Played + a.Recovered + a.Concealed).Seconds()
	}
	return madeUp, all
}
