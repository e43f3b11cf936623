package audio

import (
	"math/rand/v2"
	"testing"
)

// TestSkippedPause: what is not coded is the pause of a quiet room, of which the other side knows; whatever becomes louder is coded at once.
func TestSkippedPause(t *testing.T) {
	const room, word = 1e-7, 1e-3
	run := func(p *pause, times int, power float64, bytes int) (coded, sent int) {
		for range times {
			if p.skips(power) {
				continue
			}
			coded++
			if send, _ := p.coded(power, bytes); send {
				sent++
			}
		}
		return coded, sent
	}
	paused := func(power float64) *pause {
		p := &pause{}
		run(p, 10, word, 80)
		if coded, sent := run(p, quietPackets, power, 1); coded != quietPackets || sent != quietPackets {
			t.Errorf("%d of %d packets were coded, %d sent, as a pause began", coded, quietPackets, sent)
		}
		return p
	}
	if coded, sent := run(paused(room), 10*lookEach, room, 1); coded < 9 || coded > 11 || sent > 0 {
		t.Errorf("%d of %d packets of a pause were coded, %d sent", coded, 10*lookEach, sent)
	}
	if coded, _ := run(paused(0), 10*lookEach, 0, 1); coded > 11 {
		t.Errorf("%d of %d packets without any sound were coded", coded, 10*lookEach)
	}
	for name, power := range map[string]float64{"a word": word, "a little more than the room": 1.01 * roomRise * room} {
		if paused(room).skips(power) {
			t.Errorf("%s was not coded", name)
		}
	}
	if coded, _ := run(paused(2*roomMost), lookEach, 2*roomMost, 1); coded != lookEach {
		t.Errorf("%d of %d packets of a loud room were coded", coded, lookEach)
	}
	p := paused(room)
	for p.skips(room) {
	}
	if send, first := p.coded(room, 20); !send || !first {
		t.Error("how the room sounds was not sent, or not marked")
	}
	if coded, sent := run(p, lookEach/2, room, 1); coded != quietPackets || sent != quietPackets {
		t.Errorf("%d packets were coded, %d sent, after the room was", coded, sent)
	}
	if send, _ := p.coded(word, 80); !send || p.skips(room) {
		t.Error("a word did not end the pause")
	}
}

// TestAfterPause: somebody who speaks after a pause is heard as if all of it had been coded.
func TestAfterPause(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{defaultBitrate, richAbove} {
		for _, silence := range []int{70, 400} { // blocks
			afterPause(t, rate, silence)
		}
	}
}

func afterPause(t *testing.T, rate, silence int) {
	t.Helper()
	heard := func(all bool) (pcm []int16, packets int) {
		e, d, speech, random := newEncoder(t), newDecoder(t), NewSpeech(1), rand.New(rand.NewPCG(1, 2))
		if err := e.SetBitrate(rate); err != nil {
			t.Fatal(err)
		}
		out := make([]int16, maxSamples)
		for i := range silence + 60 {
			var b Block
			speech.Next(&b)
			for j := range b {
				if i >= 30 && i < silence {
					b[j] = int16(random.IntN(8) - 4)
				}
			}
			if all {
				e.pause.skipped = lookEach - 1
			}
			p, ok, err := e.Encode(&b)
			if err != nil {
				t.Fatal(err)
			}
			n := packetSamples
			switch {
			case ok:
				packets++
				n, err = d.Decode(p.Payload, out)
			case i%2 == 1:
				err = d.Conceal(out[:n])
			default:
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			pcm = append(pcm, out[:n]...)
		}
		return pcm[silence*blockSamples:], packets
	}
	want, all := heard(true)
	got, packets := heard(false)
	t.Logf("%d b/s, %d0 ms: %.1f dB between the two, %d and %d packets", rate, silence, ratio(want, got), all, packets)
	if snr := ratio(want, got); snr < 10 || packets > all || packets == all && silence > 100 {
		t.Errorf("%d b/s, %d0 ms: %.1f dB between what is heard with and without the pause coded, %d and %d packets", rate, silence, snr, all, packets)
	}
}
