package video

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestBounds throws a hundred thousand wild packets at a buffer: its memory and its lists stay small, its requests seldom, and
// a stream that follows is seen.
func TestBounds(t *testing.T) {
	s := newScript(t)
	r := rand.New(rand.NewPCG(3, 4))
	begin := s.now
	sequence := uint16(0)
	for range 100_000 {
		sequence += uint16(r.IntN(700) * r.IntN(2) * r.IntN(2))
		if r.IntN(50) == 0 {
			sequence = uint16(r.Uint32())
		}
		payload := make([]byte, r.IntN(40))
		for i := range payload {
			payload[i] = byte(r.Uint32())
		}
		s.now = s.now.Add(time.Duration(r.IntN(2000)) * time.Microsecond)
		s.put(Packet{Sequence: sequence, Timestamp: r.Uint32() >> (4 * r.IntN(8)), Marker: r.IntN(3) == 0, Payload: payload})
		sequence++
		if n := len(s.b.nacks.list); n > maxMissing {
			t.Fatalf("%d packets are missed", n)
		}
		s.nack = s.nack[:0]
	}
	if most := int(s.now.Sub(begin)/pliInterval) + 1; s.plis > most {
		t.Errorf("%d key frame requests, more than one each half second (%d)", s.plis, most)
	}
	if s.b.playout.delay > maxDelay {
		t.Errorf("a delay of %v", s.b.playout.delay)
	}
	s.out = nil
	s.put(s.frame(true, 2)...)
	s.put(s.frame(true, 2)...)
	s.play(40)
	s.put(s.frame(true, 2)...)
	s.play(10)
	s.pass(2 * time.Second)
	if len(s.out) < 11 {
		t.Errorf("only %d frames of the stream afterwards came out", len(s.out))
	}
}

// TestSteady allocates nothing once it runs, from the encoder to the decoder.
func TestSteady(t *testing.T) {
	st := newStudio(t, Settings{Width: 64, Height: 64, BitsPerSecond: 100_000})
	st.pool.Guard = false
	b, p := NewBuffer(), NewPacketizer(1, 1, 1)
	frame := get(t, &st.pool, 64, 64)
	defer frame.Release()
	shown := 0
	turn := func() {
		st.camera.Paint(frame, st.next)
		st.next++
		st.now = st.now.Add(time.Second / 30)
		frame.Captured = st.now
		e, err := st.encoder.Encode(frame, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, packet := range p.Packets(e.Data, st.now, Rotate0) {
			b.Put(packet, st.now)
		}
		for step := b.Next(st.now); step.Frame != nil; step = b.Next(st.now) {
			f, err := st.decoder.Decode(step.Frame.Data)
			if err != nil {
				t.Fatal(err)
			}
			f.Release()
			shown++
		}
	}
	for range windowPackets { // until every slot was used
		turn()
	}
	if n := testing.AllocsPerRun(100, turn); n >= 1 || shown < windowPackets {
		t.Errorf("a frame costs %v allocations, %d were decoded", n, shown)
	}
}

// BenchmarkBuffer takes packets of 720p in and gives frames out: what the buffer costs for each frame of seven packets.
func BenchmarkBuffer(b *testing.B) {
	buffer, p := NewBuffer(), NewPacketizer(1, 1, 1)
	now := time.Unix(1_800_000_000, 0)
	data := make([]byte, 7*1100)
	for b.Loop() {
		for _, packet := range p.Packets(data, now, Rotate0) {
			buffer.Put(packet, now)
			for buffer.Next(now).Frame != nil {
			}
		}
		data[0] = 1 // the first was a key frame
		now = now.Add(time.Second / 30)
	}
	perCore(b)
}

// FuzzBuffer lets packets come in any order, with anything in them.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte("\x01\x00\x90\x01\x80\x10\x00\x01"))
	f.Add([]byte("\x01\x80\x10\x00\xff\x80\x11\x01\x02\x80\x10\x00"))
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newScript(t)
		sequence, timestamp := uint16(0), uint32(0)
		for ; len(script) >= 4; script = script[4:] {
			sequence += uint16(int8(script[0])) * uint16(script[1]&15+1)
			timestamp += uint32(int8(script[1])) << (script[0] & 24)
			s.put(Packet{Sequence: sequence, Timestamp: timestamp, Marker: script[1]&128 != 0, Payload: script[2:4]})
			s.now = s.now.Add(time.Duration(script[3]) * time.Millisecond)
		}
		s.pass(time.Second)
		if d := s.b.playout.delay; d < 0 || d > maxDelay {
			t.Errorf("a delay of %v", d)
		}
	})
}
