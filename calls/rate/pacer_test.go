package rate

import (
	"testing"
	"time"
)

// drain takes what the pacer gives within a time, and returns the packets with when each came.
func drain(p *Pacer[string], now time.Time, length time.Duration) (out []Out[string], at []time.Duration) {
	for passed := time.Duration(0); passed < length; passed += time.Millisecond {
		for o, ok := p.Pop(now.Add(passed)); ok; o, ok = p.Pop(now.Add(passed)) {
			out, at = append(out, o), append(at, passed)
		}
	}
	return out, at
}

func TestPacer(t *testing.T) {
	var p Pacer[string]
	p.SetRate(1440e3) // 1200 bytes are 6.7 ms
	now := time.Unix(1e9, 0)
	for range 10 {
		p.Push(now, Video, "video", 1200)
	}
	p.Push(now, Repair, "repair", 1200)
	p.Push(now, Audio, "audio", 100)
	if d := p.Delay(); d.Round(time.Millisecond) != 73*time.Millisecond {
		t.Errorf("delay is %v", d)
	}
	out, at := drain(&p, now, 60*time.Millisecond)
	if len(out) != 10 || out[0].Kind != Audio || out[1].Kind != Repair || out[2].Item != "video" || at[2] != 7*time.Millisecond || at[9] != 54*time.Millisecond {
		t.Errorf("sent %v at %v", out, at)
	}
	p.Push(now.Add(60*time.Millisecond), Audio, "audio", 100)
	if o, ok := p.Pop(now.Add(60 * time.Millisecond)); !ok || o.Kind != Audio {
		t.Errorf("audio waits: %v", o)
	}
	p.Clear()
	if d, ok := p.Wait(now.Add(60 * time.Millisecond)); ok || p.Delay() != 0 {
		t.Errorf("after clearing it waits for %v", d)
	}
	for range maxQueued {
		p.Push(now, Video, "", 1)
	}
	if p.Push(now, Video, "", 1) {
		t.Error("the queue has no bound")
	}
}

// TestPacerPauses: neither an idle time nor one in which nobody looked lets a heap of packets out.
func TestPacerPauses(t *testing.T) {
	var p Pacer[string]
	p.SetRate(1440e3)
	now := time.Unix(1e9, 0)
	for _, idle := range []bool{true, false} {
		if idle {
			now = now.Add(time.Minute)
		}
		for range 50 {
			p.Push(now, Video, "video", 1200)
		}
		if !idle {
			now = now.Add(time.Second)
		}
		n := 0
		for _, ok := p.Pop(now); ok; _, ok = p.Pop(now) {
			n++
		}
		if most := 1; idle && n > most || n > 5 {
			t.Errorf("idle %v: %d packets at once", idle, n)
		}
		p.Clear()
		p.Pop(now.Add(time.Second))
		now = now.Add(2 * time.Second)
	}
}

// TestPacerProbe: a probe goes at its own rate, with padding behind what waits.
func TestPacerProbe(t *testing.T) {
	var p Pacer[string]
	p.SetRate(240e3)
	now := time.Unix(1e9, 0)
	p.Push(now, Video, "video", 1200)
	p.Push(now, Audio, "audio", 100)
	p.Probe(Probe{ID: 7, Rate: 2.4e6, Packets: 6, Padding: 600}) // 600 bytes are 2 ms
	out, at := drain(&p, now, 100*time.Millisecond)
	if len(out) != 7 || out[0].Probe != 0 || out[1].Item != "video" || out[1].Probe != 7 || out[6].Kind != Padding || out[6].Bytes != 600 {
		t.Fatalf("sent %v", out)
	}
	if at[6] != 12*time.Millisecond {
		t.Errorf("at %v", at)
	}
	if d, ok := p.Wait(now.Add(100 * time.Millisecond)); ok {
		t.Errorf("waits %v for nothing", d)
	}
}

// TestHold: while too much is on its way, sound leaves, and nothing else.
func TestHold(t *testing.T) {
	var p Pacer[int]
	now := time.Unix(1e9, 0)
	p.SetRate(1e6)
	p.Push(now, Video, 1, 1000)
	p.Push(now, Repair, 2, 1000)
	p.Push(now, Audio, 3, 100)
	p.Hold(true)
	if out, ok := p.Pop(now); !ok || out.Kind != Audio {
		t.Errorf("%+v, %v left first", out, ok)
	}
	now = now.Add(time.Second)
	if out, ok := p.Pop(now); ok {
		t.Errorf("%+v left", out)
	}
	if wait, ok := p.Wait(now); ok {
		t.Errorf("worth a look in %v", wait)
	}
	p.Hold(false)
	if out, ok := p.Pop(now); !ok || out.Kind != Repair {
		t.Errorf("%+v, %v left when there was room", out, ok)
	}
}
