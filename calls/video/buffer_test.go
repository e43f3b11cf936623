package video

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// script drives a Buffer by hand, with frames that are not VP8.
type script struct {
	t    *testing.T
	b    *Buffer
	p    *Packetizer
	now  time.Time
	out  []Coded // what was given out
	plis int
	nack []uint16
}

func newScript(t *testing.T) *script {
	return &script{t: t, b: NewBuffer(), p: NewPacketizer(65_534, 0x7ffe, 1<<32-9000), now: time.Unix(1_800_000_000, 0)}
}

// frame makes the packets of a frame of that many packets; it is captured now.
func (s *script) frame(key bool, packets int) []Packet {
	data := make([]byte, packets*1000)
	if !key {
		data[0] = 1
	}
	all := slices.Clone(s.p.Packets(data, s.now, Rotate0))
	for i := range all {
		all[i].Payload = slices.Clone(all[i].Payload)
	}
	return all
}

func (s *script) put(packets ...Packet) {
	for _, p := range packets {
		s.b.Put(p, s.now)
		s.step()
	}
}

// step does what the buffer says now.
func (s *script) step() Step {
	for {
		step := s.b.Next(s.now)
		s.nack = append(s.nack, step.NACK...)
		if step.PLI {
			s.plis++
		}
		if step.Frame == nil {
			return step
		}
		c := *step.Frame
		c.Data = slices.Clone(c.Data)
		s.out = append(s.out, c)
	}
}

// pass lets time go by, waking the buffer when it wants.
func (s *script) pass(d time.Duration) {
	end := s.now.Add(d)
	for step := s.step(); !step.Wake.IsZero() && !step.Wake.After(end); step = s.step() {
		if !step.Wake.After(s.now) {
			s.t.Fatal("the buffer wants to be asked again at once, for ever")
		}
		s.now = step.Wake
	}
	s.now = end
	s.step()
}

// play sends frames of two packets, one after another, all of which arrive.
func (s *script) play(frames int) {
	for range frames {
		s.put(s.frame(false, 2)...)
		s.pass(time.Second / 30)
	}
}

func (s *script) want(frames, plis int) {
	s.t.Helper()
	if len(s.out) != frames || s.plis != plis {
		s.t.Errorf("%d frames and %d key frame requests instead of %d and %d; %+v", len(s.out), s.plis, frames, plis, s.b.Stats())
	}
}

// TestStart waits for a key frame that is under way, and asks for one that is not.
func TestStart(t *testing.T) {
	s := newScript(t)
	if step := s.b.Next(s.now); step.Frame != nil || step.PLI || len(step.NACK) > 0 || !step.Wake.IsZero() {
		t.Errorf("an empty buffer says %+v", step)
	}
	key := s.frame(true, 3)
	s.put(key[1], key[0])
	s.want(0, 0)
	s.put(key[2])
	s.pass(100 * time.Millisecond)
	s.want(1, 0)

	s = newScript(t)
	for _, p := range s.frame(true, 5) { // a large one on a thin line
		s.put(p)
		s.pass(150 * time.Millisecond)
	}
	s.want(1, 0)

	s = newScript(t)
	s.put(s.frame(false, 2)...)
	s.pass(519 * time.Millisecond)
	s.want(0, 1)
	s.pass(1002 * time.Millisecond)
	s.want(0, 4) // at 20, 520, 1020 and 1520 ms
	s.put(s.frame(true, 2)...)
	s.pass(time.Second)
	s.want(1, 4)
}

// TestOrder puts packets in the wrong order and twice: frames come out once, in order, whole.
func TestOrder(t *testing.T) {
	s := newScript(t)
	r := rand.New(rand.NewPCG(1, 2))
	start := s.now
	for i := range 40 {
		f := s.frame(i == 0, 5)
		f = append(f, f...)
		r.Shuffle(len(f), func(i, j int) { f[i], f[j] = f[j], f[i] })
		s.put(f...)
		s.pass(time.Second / 30)
	}
	s.pass(time.Second)
	s.want(40, 0)
	for i, c := range s.out {
		if len(c.Data) != 5000 || c.Timestamp != uint32(1<<32-9000+i*3000) || c.Key != (i == 0) {
			t.Errorf("frame %d: %d bytes, timestamp %d, key %v", i, len(c.Data), c.Timestamp, c.Key)
		}
		if i > 0 && !c.Render.After(s.out[i-1].Render) || c.Render.Before(start) {
			t.Errorf("frame %d is shown at %v, the one before at %v", i, c.Render, s.out[max(i-1, 0)].Render)
		}
	}
	if st := s.b.Stats(); st.Refused != 200 || st.Dropped != 0 {
		t.Errorf("%+v", st)
	}
}

// TestRepair holds the picture for a missing packet, asks for it once per round trip, and goes on when it comes.
func TestRepair(t *testing.T) {
	s := newScript(t)
	s.b.SetRTT(40 * time.Millisecond)
	s.put(s.frame(true, 2)...)
	s.play(30)
	f := s.frame(false, 3)
	s.put(f[0], f[2])
	if len(s.nack) != 1 || s.nack[0] != f[1].Sequence {
		t.Fatalf("asked for %v instead of %d", s.nack, f[1].Sequence)
	}
	s.pass(49 * time.Millisecond)
	if len(s.nack) != 1 {
		t.Errorf("asked again after %d ms", 49)
	}
	s.pass(2 * time.Millisecond)
	if len(s.nack) != 2 {
		t.Error("did not ask again")
	}
	before := len(s.out)
	s.play(3)
	s.want(before, 0)
	s.put(f[1])
	s.pass(time.Second)
	s.want(before+4, 0)

	s = newScript(t) // as long as nobody has measured the way
	s.put(everyOther(s.frame(true, 3))...)
	s.pass(100 * time.Millisecond)
	if len(s.nack) != 1 {
		t.Errorf("asked %d times within 100 ms", len(s.nack))
	}
}

func everyOther(all []Packet) (some []Packet) {
	for i := 0; i < len(all); i += 2 {
		some = append(some, all[i])
	}
	return some
}

// TestLateRepairs lets packets come that were given up, in a row: they are neither shown nor taken for a new stream.
func TestLateRepairs(t *testing.T) {
	s := newScript(t)
	s.put(s.frame(true, 2)...)
	s.play(30)
	var gone []Packet
	for range 10 {
		gone = append(gone, s.frame(false, 3)...)
		s.pass(time.Second / 30)
	}
	s.put(s.frame(true, 2)...)
	s.pass(200 * time.Millisecond)
	before := len(s.out)
	s.put(gone...)
	s.play(10)
	s.pass(time.Second)
	s.want(before+10, 0)
	if st := s.b.Stats(); st.Refused != 30 || st.Dropped != 10 {
		t.Errorf("%+v", st)
	}
}

// TestKeyLater does not jump to a key frame while there is time to repair what is before it, and then does.
func TestKeyLater(t *testing.T) {
	for _, repaired := range []bool{true, false} {
		s := newScript(t)
		s.b.SetLeastDelay(200 * time.Millisecond)
		s.put(s.frame(true, 2)...)
		s.play(30)
		f := s.frame(false, 3)
		s.put(f[0], f[2])
		s.pass(time.Second / 30)
		s.put(s.frame(true, 2)...)
		s.pass(150 * time.Millisecond)
		want := 32
		if repaired {
			s.put(f[1])
			want++
		}
		s.pass(100 * time.Millisecond) // the key frame is shown 200 ms after it came, whatever is before it
		s.want(want, 0)
	}
}

// TestKeyAfterOutage: the first picture after an outage may have been on its way all the time. What is missing behind it does not keep newer key frames
// waiting for as long as that.
func TestKeyAfterOutage(t *testing.T) {
	s := newScript(t)
	s.put(s.frame(true, 2)...)
	s.play(30)
	s.pass(100 * time.Millisecond)
	before := len(s.out)
	old := s.frame(true, 2)
	_, _ = s.frame(false, 2), s.frame(false, 2) // these are lost
	s.pass(5 * time.Second)
	s.put(old...)
	s.pass(30 * time.Millisecond)
	s.put(s.frame(false, 2)...)
	s.pass(time.Second)
	key := s.frame(true, 2)
	s.put(key...)
	s.pass(200 * time.Millisecond)
	if len(s.out) != before+2 || s.plis == 0 {
		t.Errorf("%d pictures after the outage, %d key frame requests; %+v", len(s.out)-before, s.plis, s.b.Stats())
	}
}

// TestHopeless asks for a key frame when a packet does not come, jumps to it, and counts what was lost.
func TestHopeless(t *testing.T) {
	s := newScript(t)
	s.b.SetRTT(40 * time.Millisecond)
	s.put(s.frame(true, 2)...)
	s.play(30)
	s.pass(200 * time.Millisecond)
	before := len(s.out)
	s.put(s.frame(false, 3)[2]) // the first two never come
	s.play(5)
	s.want(before, 0) // 167 ms: a repair may still come
	s.play(2)
	s.want(before, 1)
	s.play(10)
	s.want(before, 1)
	s.put(s.frame(true, 2)...)
	s.pass(time.Second)
	s.want(before+1, 1)
	if st := s.b.Stats(); st.Dropped != 18 {
		t.Errorf("%d frames dropped instead of 18", st.Dropped)
	}
	if tries := len(s.nack); tries != 2*maxTries {
		t.Errorf("two packets were asked for %d times", tries)
	}
	// Far away, a repair cannot come in time at all.
	s.b.SetRTT(1100 * time.Millisecond)
	s.put(s.frame(false, 3)[2])
	s.want(before+1, 2)
}

// TestPatience learns that packets overtake each other, and then does not ask for what comes by itself.
func TestPatience(t *testing.T) {
	s := newScript(t)
	s.b.SetRTT(60 * time.Millisecond)
	s.put(s.frame(true, 2)...)
	asked := 0
	for range 10 {
		f := s.frame(false, 2)
		asked = len(s.nack)
		s.put(f[1])
		s.pass(12 * time.Millisecond)
		s.put(f[0])
		s.pass(21 * time.Millisecond)
	}
	if len(s.nack) != asked || asked == 0 {
		t.Errorf("asked for %d packets, at the end still", len(s.nack))
	}
	s.pass(time.Second)
	s.want(11, 0)
	learnt := s.b.nacks.patience
	for range 10 {
		f := s.frame(false, 2)
		s.put(f[1])
		s.pass(80 * time.Millisecond)
		s.put(f[0])
	}
	if p := s.b.nacks.patience; learnt < 12*time.Millisecond || p > learnt/2 {
		t.Errorf("a patience of %v, after ten real losses still of %v", learnt, p)
	}
}

// TestBroken wants a key frame after one that could not be decoded, and nothing before it.
func TestBroken(t *testing.T) {
	s := newScript(t)
	s.put(s.frame(true, 2)...)
	s.play(10)
	s.b.Broken()
	before := len(s.out)
	s.put(everyOther(s.frame(false, 3))...)
	s.play(10)
	s.want(before, 1)
	s.nack = nil
	key := s.frame(true, 3)
	s.put(key[0], key[2])
	s.pass(150 * time.Millisecond)
	for _, seq := range s.nack {
		if seq != key[1].Sequence {
			t.Errorf("asked for %d, which is of no use; the key frame needs %d", seq, key[1].Sequence)
		}
	}
	s.put(key[1])
	s.play(10)
	s.pass(time.Second)
	s.want(before+11, 1)
}

// TestRestart follows a sender that begins anew, far away or right behind.
func TestRestart(t *testing.T) {
	for _, jump := range []uint16{30_000, 1<<16 - 500, 5_000} {
		s := newScript(t)
		s.put(s.frame(true, 2)...)
		s.play(40)
		s.pass(time.Second)
		before := len(s.out)
		s.p = NewPacketizer(s.p.sequence+jump, 5, 77)
		s.put(s.frame(true, 2)...)
		s.play(100)
		s.put(s.frame(true, 2)...)
		s.play(10)
		s.pass(time.Second)
		if got := len(s.out) - before; got < 11 {
			t.Errorf("%d numbers further, only %d frames came out; %+v", jump, got, s.b.Stats())
		}
	}
}

// TestPause goes on after an hour in which the camera was off, with the old delay.
func TestPause(t *testing.T) {
	s := newScript(t)
	s.put(s.frame(true, 2)...)
	s.play(60)
	s.pass(time.Second)
	delay, before := s.b.Stats().Delay, len(s.out)
	s.pass(time.Hour)
	s.play(30)
	s.pass(time.Second)
	s.want(before+30, 0)
	if d := s.b.Stats().Delay; d > delay+10*time.Millisecond {
		t.Errorf("the delay went from %v to %v", delay, d)
	}
}

// TestPadding goes over numbers that carry nothing, and over senders that set no marker and number no pictures.
func TestPadding(t *testing.T) {
	s := newScript(t)
	sequence, timestamp := uint16(9), uint32(0)
	send := func(payload string) {
		s.put(Packet{Sequence: sequence, Timestamp: timestamp, Payload: []byte(payload)})
		sequence++
	}
	for i := range 20 {
		send("\x10" + string(rune(min(i, 1))) + "first part")
		send("\x00second part")
		if i%3 == 0 {
			send("")
		}
		timestamp += 3000
		s.pass(time.Second / 30)
	}
	s.pass(time.Second)
	s.want(19, 0) // the end of the last one cannot be known
	if got := string(s.out[3].Data); got != "\x01first partsecond part" {
		t.Errorf("%q", got)
	}
}

// TestGarbage asks for a key frame when all packets are there and make no frame.
func TestGarbage(t *testing.T) {
	for name, spoil := range map[string]func([]Packet){
		"no start":       func(f []Packet) { f[0].Payload[0] &^= 0x10 },
		"two starts":     func(f []Packet) { f[1].Payload[0], f[1].Payload[4] = 0x90, 1 },
		"two timestamps": func(f []Packet) { f[1].Timestamp++ },
	} {
		s := newScript(t)
		s.put(s.frame(true, 2)...)
		s.play(5)
		before := len(s.out)
		f := s.frame(false, 3)
		spoil(f)
		s.put(f...)
		s.pass(200 * time.Millisecond)
		if s.plis != 1 {
			t.Errorf("%s: %d key frame requests", name, s.plis)
		}
		s.put(s.frame(true, 2)...)
		s.pass(time.Second)
		if len(s.out) < before+1 || !s.out[len(s.out)-1].Key {
			t.Errorf("%s: the key frame did not come out", name)
		}
	}
}
