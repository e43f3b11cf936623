package audio

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// TestPack: what is packed comes out again, and what the format cannot say is left out with all before it.
func TestPack(t *testing.T) {
	long := bytes.Repeat([]byte{7}, mostOlderBytes+1)
	for name, c := range map[string]struct {
		older []Older
		kept  int
	}{
		"nothing":      {nil, 0},
		"one":          {[]Older{{960, []byte{1, 2}}}, 1},
		"two":          {[]Older{{1920, []byte{1}}, {960, long[1:]}}, 2},
		"long ago":     {[]Older{{mostBack + 1, []byte{1}}, {mostBack, []byte{2}}}, 1},
		"too large":    {[]Older{{1920, []byte{1}}, {960, long}, {480, []byte{3}}}, 1},
		"nothing left": {[]Older{{960, []byte{1}}, {0, []byte{2}}}, 0},
	} {
		older, newest, ok := Unpack(Pack(111, c.older, []byte{9, 8, 7}), nil)
		want := c.older[len(c.older)-c.kept:]
		if same := slices.EqualFunc(older, want, func(a, b Older) bool { return a.Back == b.Back && bytes.Equal(a.Payload, b.Payload) }); !ok || !same || !bytes.Equal(newest, []byte{9, 8, 7}) {
			t.Errorf("%s: %v, %v, %v", name, older, newest, ok)
		}
	}
	if got := Pack(111, []Older{{960, []byte{1, 2}}}, []byte{3}); !bytes.Equal(got, []byte{0x80 | 111, 15, 0, 2, 111, 1, 2, 3}) { // RFC 2198 §3
		t.Errorf("% x", got)
	}
}

// TestUnpack: what is malformed is refused, and what is of another payload type is no sound.
func TestUnpack(t *testing.T) {
	for name, raw := range map[string][]byte{
		"nothing":         {},
		"no newest":       {0xef, 15, 0, 2},
		"half a header":   {0xef, 15},
		"more than there": {0xef, 15, 0, 2, 111, 1},
		"too many":        append(bytes.Repeat([]byte{0xef, 15, 0, 0}, mostOlder+1), 111, 1),
	} {
		if older, newest, ok := Unpack(raw, nil); ok || newest != nil || len(older) != 0 {
			t.Errorf("%s: %v, %v", name, older, newest)
		}
	}
	older, newest, ok := Unpack([]byte{0x80 | 101, 15, 0, 2, 0x80 | 111, 7, 128, 1, 111, 1, 2, 3, 4}, nil)
	if !ok || len(older) != 2 || older[0].Payload != nil || !bytes.Equal(older[1].Payload, []byte{3}) || older[1].Back != 480 || !bytes.Equal(newest, []byte{4}) {
		t.Errorf("%v, %v, %v", older, newest, ok)
	}
}

// TestOlder: with one packet repeated in the next, a tenth of the packets can be lost with a hundredth made up, and with two repeated, next to
// nothing; the sound is that which was sent.
func TestOlder(t *testing.T) {
	t.Parallel()
	const lines = 8
	speech := record(t, NewSpeech(6), 2000)
	for back, most := range map[int]float64{1: 0.01, 2: 0.003} {
		made := 0.0
		for seed := range uint64(lines) {
			l, q := speech.through(t, network{loss: 0.1, jitter: 20 * ms, seed: seed, older: back})
			s := l.last()
			mean, _ := l.delays(4*time.Second, 19*time.Second)
			t.Logf("%d: %.2f %% concealed, %v recovered, near %.3f, delay %v", back, 100*s.concealed(), s.Recovered, q.near, mean)
			if s.Recovered < time.Second || q.near < 0.96 {
				t.Errorf("%d: %v recovered, near %.3f", back, s.Recovered, q.near)
			}
			if s.Restarts+s.Refused > 0 || mean > 130*ms || s.Received > uint64(len(speech.packets)) { // not counted as packets of their own
				t.Errorf("%d: delay %v, %+v", back, mean, s)
			}
			made += s.concealed() / lines
		}
		if made > most {
			t.Errorf("%d: %.2f %% concealed", back, 100*made)
		}
	}
}

// TestOlderRestart: a sender that starts again is noticed with its second packet also when packets repeat others.
func TestOlderRestart(t *testing.T) {
	t.Parallel()
	l, _ := spoken(t).through(t, network{older: 2, stamp: func(p sent) sent {
		if p.Timestamp > 4*Rate {
			p.Timestamp += 1e9
			p.sequence += 30000
		}
		return p
	}})
	if s := l.last(); s.Restarts != 1 || s.Refused != 1 || s.Concealed > 100*ms {
		t.Errorf("%+v", s)
	}
}

// FuzzUnpack takes anything apart and plays it; what comes apart can be put together.
func FuzzUnpack(f *testing.F) {
	good := pieces(f, "libopus_hybrid.bin")
	f.Add(Pack(111, []Older{{1920, good[0]}, {960, good[1]}}, good[2]))
	f.Add(Pack(111, nil, good[0]))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Add(bytes.Repeat([]byte{0x80}, 50))
	f.Fuzz(func(t *testing.T, raw []byte) {
		older, newest, ok := Unpack(raw, nil)
		if !ok {
			return
		}
		if len(older) > mostOlder || len(newest) > len(raw) {
			t.Errorf("%d older pieces", len(older))
		}
		b, now := newBuffer(t), time.Unix(1700000000, 0)
		for i := range uint16(min(10*len(older), 20)) {
			b.Put(i, uint32(i)*packetSamples, good[i], now)
			b.PutOlder(i, uint32(i)*packetSamples, older, now)
			play(t, b, now)
			play(t, b, now)
			now = now.Add(20 * ms)
		}
		if s := b.Stats(); s.Restarts > 0 || len(b.queue.packets) > maxQueued {
			t.Errorf("%+v", s)
		}
		again, last, ok := Unpack(Pack(1, older, newest), nil)
		if !ok || len(again) > len(older) || !bytes.Equal(last, newest) {
			t.Errorf("%v became %v", older, again)
		}
	})
}
