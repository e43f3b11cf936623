package media

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"kith/calls/audio"
	"kith/calls/video"
)

const (
	tick       = time.Millisecond
	oneWay     = 20 * time.Millisecond
	mostJitter = 20 * time.Millisecond
	roundTrip  = 2*oneWay + mostJitter
)

// couple is somebody who speaks and is seen over a line that loses and delays, and who hears and sees them, in virtual time. Its pictures are
// sizes only, and are asked for again as real ones are.
type couple struct {
	*bench
	loss   float64
	random *rand.Rand
	began  time.Time
	passed time.Duration
	coming []coming

	speech  []said
	frames  *video.Packetizer
	sent    map[uint16]video.Packet
	taken   map[uint32]time.Duration // by timestamp
	key     bool                     // the next picture builds on nothing
	decoded []decoded

	heard  time.Duration   // from mouth to ear, now
	skews  []time.Duration // by how much each picture that was shown was later than what was heard then
	states []time.Duration // and by how much pictures are said to be, each time that this is looked at
}

// coming is what happens at a time.
type coming struct {
	at time.Duration
	do func()
}

// said is a packet of sound.
type said struct {
	timestamp uint32
	payload   []byte
}

// decoded is a picture that was taken, and is to be shown.
type decoded struct{ taken, render time.Duration }

// minute of speech, for all calls.
var minute struct {
	once sync.Once
	said []said
}

func speech(t *testing.T) []said {
	t.Helper()
	minute.once.Do(func() {
		e, err := audio.NewEncoder()
		if err != nil {
			t.Fatal(err)
		}
		says := audio.NewSpeech(5)
		for range 6000 {
			var block audio.Block
			says.Next(&block)
			p, ok, err := e.Encode(&block)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				minute.said = append(minute.said, said{p.Timestamp, bytes.Clone(p.Payload)})
			}
		}
	})
	return minute.said
}

func newCouple(t *testing.T, loss float64, seed uint64) *couple {
	t.Helper()
	c := &couple{
		bench: newBench(t), loss: loss, random: rand.New(rand.NewPCG(seed, 3)), speech: speech(t), key: true,
		frames: video.NewPacketizer(65000, 32000, 1<<32-90_000), sent: map[uint16]video.Packet{}, taken: map[uint32]time.Duration{},
	}
	c.began, c.line.rtt = c.now, roundTrip
	return c
}

// run lets time pass.
func (c *couple) run(d time.Duration) {
	each := func(every time.Duration) bool { return c.passed/every != (c.passed-tick)/every }
	for end := c.passed + d; c.passed < end; {
		c.passed += tick
		c.now = c.began.Add(c.passed)
		c.speak()
		if each(time.Second / 30) {
			c.film()
		}
		for len(c.coming) > 0 && c.coming[0].at <= c.passed {
			next := c.coming[0]
			c.coming = c.coming[1:]
			next.do()
		}
		c.watch()
		if each(10 * time.Millisecond) {
			c.listen()
		}
		if each(reportInterval) {
			c.synch.report(1, ntp(c.now), stamp(c.passed))
			c.synch.report(2, ntp(c.now), c.frames.Timestamp(c.now))
		}
		if each(synchEach) {
			c.figures.synchronise()
			skew, _ := c.synch.state()
			c.states = append(c.states, skew)
		}
	}
}

// stamp is the timestamp of sound that begins then.
func stamp(at time.Duration) uint32 { return uint32(at * audio.Rate / time.Second) }

// in does something later.
func (c *couple) in(d time.Duration, do func()) {
	at := c.passed + d
	i, _ := slices.BinarySearchFunc(c.coming, at, func(e coming, at time.Duration) int { return int(e.at - at) })
	c.coming = slices.Insert(c.coming, i, coming{at, do})
}

// carry brings something to the other end, or not.
func (c *couple) carry(do func()) {
	late := time.Duration(c.random.Int64N(int64(mostJitter)))
	if c.random.Float64() >= c.loss {
		c.in(oneWay+late, do)
	}
}

// speak sends the packet of sound that is complete now, and the two before it with it.
func (c *couple) speak() {
	i, ok := slices.BinarySearchFunc(c.speech, c.passed-packetTime, func(s said, at time.Duration) int {
		return int(samples(s.timestamp) - at)
	})
	if !ok {
		return
	}
	p := c.speech[i]
	var older []audio.Older
	for _, o := range c.speech[max(i-2, 0):i] {
		older = append(older, audio.Older{Back: p.timestamp - o.timestamp, Payload: o.payload})
	}
	c.carry(func() {
		h := rtp.Header{SSRC: 1, SequenceNumber: uint16(i), Timestamp: p.timestamp}
		c.hearing.put(&rtp.Packet{Header: h, Payload: p.payload}, older, c.now)
	})
}

// listen plays what comes next.
func (c *couple) listen() {
	var block audio.Block
	c.hearing.next(&block, 0, c.now)
	f, _ := c.hearing.figures()
	c.heard = packetTime + oneWay + f.Delay
}

// film sends a picture of six packets, or of twenty when it is a key frame.
func (c *couple) film() {
	data := make([]byte, 6000)
	data[0] = 1
	if c.key {
		data = make([]byte, 20000)
	}
	c.key = false
	for i, p := range c.frames.Packets(data, c.now, 0) {
		p.Payload = bytes.Clone(p.Payload)
		c.sent[p.Sequence], c.taken[p.Timestamp] = p, c.passed
		c.in(time.Duration(i)*tick/2, func() { c.send(p) })
	}
}

func (c *couple) send(p video.Packet) {
	h := rtp.Header{SSRC: 2, SequenceNumber: p.Sequence, Timestamp: p.Timestamp, Marker: p.Marker}
	c.carry(func() { c.seeing.put(c.path, &rtp.Packet{Header: h, Payload: p.Payload}, 0, c.now) })
}

// watch does what the picture's buffer says.
func (c *couple) watch() {
	for {
		step, _ := c.seeing.next(c.now)
		if asked := slices.Clone(step.NACK); len(asked) > 0 {
			c.carry(func() {
				for _, s := range asked {
					c.send(c.sent[s])
				}
			})
		}
		if step.PLI {
			c.carry(func() { c.key = true })
		}
		if step.Frame == nil {
			break
		}
		c.seeing.buffer.Decoded(2 * tick)
		c.decoded = append(c.decoded, decoded{c.taken[step.Frame.Timestamp], step.Frame.Render.Sub(c.began)})
	}
	due := 0
	for due < len(c.decoded) && c.decoded[due].render <= c.passed {
		due++
	}
	if due > 0 {
		c.seeing.buffer.Shown(c.now)
		c.skews = append(c.skews, c.passed-c.decoded[due-1].taken-c.heard)
		c.decoded = c.decoded[due:]
	}
}

// TestTogether: where a tenth is lost, sound and picture stay together although repairs make the picture wait now more and now less; it is known how
// far they are from each other; and neither waits long for that.
func TestTogether(t *testing.T) {
	var shown, said, sound []time.Duration
	for seed := range uint64(12) {
		c := newCouple(t, 0.1, seed)
		c.run(3 * time.Second)
		c.skews, c.states = nil, nil
		for range 27 * 10 {
			c.run(100 * time.Millisecond)
			sound = append(sound, c.heard-packetTime-oneWay)
		}
		shown, said = append(shown, c.skews...), append(said, c.states...)
		a, _ := c.hearing.figures()
		v := c.seeing.figures()
		if made := a.Concealed.Seconds() / c.passed.Seconds(); made > 0.03 {
			t.Errorf("seed %d: %.1f %% of the sound is made up", seed, 100*made)
		}
		if frames := len(c.taken); v.Shown < frames*9/10 || v.LongestFreeze > 400*time.Millisecond {
			t.Errorf("seed %d: %d pictures of %d are shown, the longest freeze is %v", seed, v.Shown, frames, v.LongestFreeze)
		}
	}
	t.Logf("pictures are later than sound by %v, of which %.1f %% is little; they are said to be by %v, %.1f %%; sound waits for %v",
		part(shown), 100*together(shown), part(said), 100*together(said), part(sound))
	if together(shown) < 0.92 || together(said) < 0.96 {
		t.Errorf("%.1f %% of the pictures are together with their sound, and %.1f %% are said to be", 100*together(shown), 100*together(said))
	}
	if off := part(shown)[1] - part(said)[1]; off.Abs() > 5*time.Millisecond {
		t.Errorf("pictures are later by %v than it is said", off)
	}
	if middle := part(sound)[1]; middle > 200*time.Millisecond {
		t.Errorf("sound waits for %v", middle)
	}
}

// together is the share of times at which nobody notices anything (EBU R 37).
func together(skews []time.Duration) float64 {
	n := 0
	for _, d := range skews {
		if d >= -60*time.Millisecond && d <= 40*time.Millisecond {
			n++
		}
	}
	return float64(n) / float64(max(len(skews), 1))
}

// part gives what 5, 50, 95 and 99 of a hundred do not exceed.
func part(all []time.Duration) (out [4]time.Duration) {
	slices.Sort(all)
	for i, share := range []int{5, 50, 95, 99} {
		out[i] = all[len(all)*share/100].Round(time.Millisecond)
	}
	return out
}
