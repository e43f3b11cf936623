package audio

import (
	"testing"
	"time"
)

// Benchmarks are of one second of sound; "%core" is the share of a core that it takes.

func share(b *testing.B) {
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N), "%core")
}

// BenchmarkDecode is the baseline: the bare decoder.
func BenchmarkDecode(b *testing.B) {
	packets, _ := encode(b, newEncoder(b), NewSpeech(5), 2000)
	d, out := newDecoder(b), make([]int16, maxSamples)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		for range 50 {
			if _, err := d.Decode(packets[i%len(packets)].Payload, out); err != nil {
				b.Fatal(err)
			}
			i++
		}
	}
	share(b)
}

// BenchmarkEncode speaks, with pauses, at 32 kb/s and 10 % loss.
func BenchmarkEncode(b *testing.B) {
	e, speech := newEncoder(b), NewSpeech(5)
	if err := e.SetLoss(0.1); err != nil {
		b.Fatal(err)
	}
	blocks := make([]Block, 2000)
	for i := range blocks {
		speech.Next(&blocks[i])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		for range 100 {
			if _, _, err := e.Encode(&blocks[i%len(blocks)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	}
	share(b)
}

// BenchmarkPlay receives and plays, without and with loss and jitter.
func BenchmarkPlay(b *testing.B) {
	packets, pcm := encode(b, newEncoder(b), NewSpeech(5), 6000)
	for name, n := range map[string]network{
		"clean": {}, "lossy": {loss: 0.1, jitter: 20 * ms}, "bursts": {lost: func(at time.Duration) bool { return at%time.Second < 200*ms }},
	} {
		b.Run(name, func(b *testing.B) {
			arrivals := n.carry(packets)
			buffer := newBuffer(b)
			start := time.Unix(1700000000, 0)
			seconds := len(pcm) / Rate
			b.ReportAllocs()
			i, left := 0, arrivals
			for b.Loop() {
				if i%(seconds*100) == 0 { // again from the beginning, as another call
					start, left, buffer = start.Add(time.Hour), arrivals, newBuffer(b)
				}
				for range 100 {
					now := time.Duration(i%(seconds*100)) * 10 * time.Millisecond
					for len(left) > 0 && left[0].at <= now {
						buffer.Put(left[0].sequence, left[0].Timestamp, left[0].Payload, start.Add(left[0].at))
						left = left[1:]
					}
					var out Block
					buffer.Play(start.Add(now), &out)
					i++
				}
			}
			share(b)
		})
	}
}
