package audio

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"
)

// FuzzBuffer reads operations from its input: packets of any number, time and content, and blocks that are played.
func FuzzBuffer(f *testing.F) {
	good := pieces(f, "libopus_hybrid.bin")
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 255, 1, 0, 1, 0, 0, 3, 192, 20, 0, 255, 255})
	f.Add([]byte{0, 255, 255, 255, 255, 255, 255, 9, 0, 128, 0, 127, 255, 255, 255, 1, 1, 255})
	f.Fuzz(func(t *testing.T, script []byte) {
		b := newBuffer(t)
		now := time.Unix(1700000000, 0)
		for len(script) >= 9 {
			op := script[0]
			sequence, timestamp := binary.BigEndian.Uint16(script[1:]), binary.BigEndian.Uint32(script[3:])
			arrived := now.Add(time.Duration(int8(script[7])) * 20 * time.Millisecond)
			payload := good[int(script[8])%len(good)]
			if op&1 == 1 {
				payload = script[9:min(len(script), 9+int(op))]
			}
			b.Put(sequence, timestamp, payload, arrived)
			if op&2 == 2 { // one that follows it, so that streams begin
				b.Put(sequence+1, timestamp+960, good[0], arrived)
			}
			for range op >> 5 {
				play(t, b, now)
				now = now.Add(10 * time.Millisecond)
			}
			script = script[9:]
		}
		for range 30 {
			play(t, b, now)
		}
	})
}

// play plays a block and checks that nothing grows.
func play(t testing.TB, b *Buffer, now time.Time) {
	t.Helper()
	var out Block
	b.Play(now, &out)
	if n := len(b.queue.packets); n > maxQueued || len(b.queue.spare)+n > maxQueued+1 {
		t.Fatalf("%d packets wait, %d are spare", n, len(b.queue.spare))
	}
	if n := cap(b.line.samples); n > 8*maxSamples {
		t.Fatalf("room for %d samples", n)
	}
}

// TestFlood sends a hundred thousand packets of all kinds as fast as it goes, with real ones among them that are still heard.
func TestFlood(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	junk := make([]byte, 200)
	for i := range 100000 {
		for j := range junk {
			junk[j] = byte(random.Uint32())
		}
		b.Put(uint16(random.Uint32()), random.Uint32(), junk[:random.IntN(200)], now)
		if i%100 == 0 {
			play(t, b, now)
			now = now.Add(10 * time.Millisecond)
		}
	}
	if s := b.Stats(); s.Received != 100000 || s.Refused < 90000 {
		t.Errorf("%+v", s)
	}
	before := b.Stats().Played
	packets := pieces(t, "libopus_hybrid.bin")
	for i := range 200 {
		b.Put(uint16(i), uint32(i*packetSamples), packets[i%50], now)
		for range 2 {
			play(t, b, now)
			now = now.Add(10 * time.Millisecond)
		}
	}
	if s := b.Stats(); s.Played-before < 3*time.Second { // one is the delay that the flood suggests
		t.Errorf("%v of four seconds played after the flood: %+v", s.Played-before, s)
	}
}

// TestQueue fills it in no order, twice over: what is left is in order, complete, and not more than there is room for.
func TestQueue(t *testing.T) {
	var q queue
	payload := make([]byte, 2)
	for i, at := range rand.New(rand.NewPCG(1, 1)).Perm(3 * maxQueued) {
		binary.BigEndian.PutUint16(payload, uint16(at))
		if !q.put(packet{timestamp: int64(at), payload: payload}) || len(q.packets) != min(i+1, maxQueued) {
			t.Fatalf("%d packets of %d", len(q.packets), i+1)
		}
		if q.put(packet{timestamp: int64(at), payload: payload}) && i < maxQueued {
			t.Fatal("the same packet twice")
		}
	}
	for before := int64(-1); q.first() != nil; q.drop() {
		p := q.first()
		if p.timestamp <= before || int64(binary.BigEndian.Uint16(p.payload)) != p.timestamp {
			t.Fatalf("packet %d with the payload %x after %d", p.timestamp, p.payload, before)
		}
		before = p.timestamp
	}
}

// TestFarAhead sends a stream much faster than it is played: what waits is bounded, and so is the delay.
func TestFarAhead(t *testing.T) {
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	packets := pieces(t, "libopus_hybrid.bin")
	for i := range 5000 {
		b.Put(uint16(i), uint32(i*packetSamples), packets[i%50], now)
		if i%10 == 0 {
			play(t, b, now)
			now = now.Add(10 * time.Millisecond)
		}
	}
	if s := b.Stats(); s.Delay > 2*time.Second {
		t.Errorf("%+v", s)
	}
}

// TestBadFirst begins with a packet that only the decoder finds to be broken; the second one is played as if it were the first.
func TestBadFirst(t *testing.T) {
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	for i, p := range pieces(t, "libopus_hybrid.bin")[1:31] {
		if i == 0 {
			p = []byte{1, 0, 0, 0}
		}
		b.Put(uint16(i+500), uint32(i*packetSamples), p, now)
		for range 2 {
			play(t, b, now)
			now = now.Add(10 * time.Millisecond)
		}
	}
	s := b.Stats()
	if s.Refused != 1 || s.Concealed > 0 || s.Played+s.Recovered < 500*time.Millisecond {
		t.Errorf("%+v", s)
	}
}

// TestOverlap sends packets that say they are 20 ms apart and hold 60: sound is played once, and time goes on.
func TestOverlap(t *testing.T) {
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	for i, p := range pieces(t, "libopus_stereo60.bin") {
		b.Put(uint16(i), uint32(i*packetSamples), p, now)
	}
	before := int64(0)
	for range 30 {
		play(t, b, now)
		now = now.Add(10 * time.Millisecond)
		if b.playing && b.position() < before {
			t.Fatalf("from %d back to %d", before, b.position())
		} else if b.playing {
			before = b.position()
		}
	}
	if s := b.Stats(); s.Late != 10 || s.Played != 6*60*time.Millisecond {
		t.Errorf("%+v", s)
	}
}

// TestBackwards has a clock that jumps in both directions, as system clocks do.
func TestBackwards(t *testing.T) {
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	for i, p := range pieces(t, "libopus_hybrid.bin") {
		now = now.Add([]time.Duration{20 * time.Millisecond, -time.Hour, 1000 * time.Hour, 20 * time.Millisecond}[i%4])
		b.Put(uint16(i), uint32(i*packetSamples), p, now)
		play(t, b, now)
		play(t, b, time.Time{})
		play(t, b, now.Add(200*365*24*time.Hour))
	}
}

// TestAllocations plays and receives without garbage, which would be collected while sound is due.
func TestAllocations(t *testing.T) {
	b, now := newBuffer(t), time.Unix(1700000000, 0)
	packets := pieces(t, "libopus_hybrid.bin")
	i := 0
	step := func() {
		if i%10 != 5 {
			b.Put(uint16(i), uint32(i*packetSamples), packets[i%50], now)
		}
		for range 2 {
			play(t, b, now)
			now = now.Add(10 * time.Millisecond)
		}
		i++
	}
	for range 300 {
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > 1 {
		t.Errorf("%v allocations in 20 ms", n)
	}
}
