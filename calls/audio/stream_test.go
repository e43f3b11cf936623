package audio

import (
	"math"
	"testing"
	"time"
)

// TestNoClicks plays a gliding tone, in which every seam would be a corner, through networks that make the buffer do all it can.
func TestNoClicks(t *testing.T) {
	glide := record(t, &Tone{From: 150, To: 600, Sweep: Rate, Gate: 3 * Rate, Loud: 8000}, 1000)
	for name, n := range map[string]network{
		"loss and jitter": {loss: 0.1, jitter: 50 * ms, seed: 3},
		"bursts":          {jitter: 20 * ms, lost: func(at time.Duration) bool { return at%(1700*ms) < 200*ms }},
		"held back":       {delay: func(at time.Duration) time.Duration { return max(250*ms-at%(1300*ms), 0) }},
		"drift":           {drift: 5e-3, jitter: 10 * ms},
		"restarts": {jitter: 7 * ms, seed: 1, stamp: func(p sent) sent {
			p.Timestamp += p.Timestamp / Rate * 5 * Rate
			return p
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, q := glide.through(t, n)
			s := l.last()
			t.Logf("corners of %.0f, %.0f are natural; concealed %v, expanded %v, accelerated %v",
				q.sharpest, q.allowed, s.Concealed, s.Expanded.Round(ms), s.Accelerated.Round(ms))
			if q.sharpest > 1.25*q.allowed {
				t.Errorf("corners of %.0f where %.0f is natural", q.sharpest, q.allowed)
			}
			if s.Concealed+s.Expanded+s.Accelerated < 10*ms && s.Restarts < 5 {
				t.Errorf("nothing had to be done: %+v", s)
			}
		})
	}
}

// TestRestart gives a stream other numbers in the middle, and now and then a packet of no stream at all.
func TestRestart(t *testing.T) {
	speech := spoken(t)
	for name, stamp := range map[string]func(p sent) sent{
		"other numbers": func(p sent) sent {
			if p.Timestamp > 4*Rate {
				p.Timestamp += 1e9
				p.sequence += 30000
			}
			return p
		},
		"clock stood still": func(p sent) sent { // a sender that counts only what it sends
			if p.Timestamp > 4*Rate {
				p.Timestamp -= 3 * Rate
			}
			return p
		},
		"other clock, same sequence": func(p sent) sent {
			if p.Timestamp > 4*Rate {
				p.Timestamp += 20 * Rate
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := speech.through(t, network{stamp: stamp})
			s := l.last()
			if s.Restarts != 1 || s.Refused != 1 || s.Concealed > 100*ms || s.Late > 0 {
				t.Errorf("%+v", s)
			}
			again, before := false, l.positions[0]
			for i, at := range l.positions { // what the network did to the timestamps is undone
				again = again || i > 100 && (at-before > Rate/2 || before-at > Rate/2)
				if before = at; again {
					l.positions[i] = stampBack(name, at)
				}
			}
			if q := l.compare(speech.clean); q.near < 0.98 || q.gap > 100*ms {
				t.Errorf("%.3f near the clean sound, a gap of %v", q.near, q.gap)
			}
		})
	}
	l, q := speech.through(t, network{stamp: func(p sent) sent {
		if p.sequence%20 == 19 {
			p.Timestamp, p.sequence = p.Timestamp*7919, p.sequence*31
		}
		return p
	}})
	if s := l.last(); s.Restarts > 0 || s.Refused < 15 || q.near < 0.93 {
		t.Errorf("stray packets: %.3f near, %+v", q.near, s)
	}
}

// stampBack is where in the recording a position after a restart is. The buffer numbers a new stream by its first timestamp on the wire.
func stampBack(name string, at int64) int64 {
	wire := uint32(at + origin) // as listen put it in
	source := wire + 4*Rate
	switch name {
	case "other numbers":
		source -= 1e9
	case "clock stood still":
		source += 3 * Rate
	default:
		source -= 20 * Rate
	}
	return int64(source)
}

// hum is a quiet room: noise at about -57 dBFS, and now and then somebody.
type hum struct {
	speech *Speech
	random uint32
	at     int
}

func (h *hum) Next(out *Block) {
	var said Block
	h.speech.Next(&said)
	h.at++
	for i := range out {
		h.random = h.random*1664525 + 1013904223
		out[i] = int16(int32(h.random>>16)%160 - 80)
		if h.at%600 < 200 {
			out[i] += said[i]
		}
	}
}

// TestComfortNoise listens to pauses in which next to nothing is sent: the room stays as loud as it was, without holes.
func TestComfortNoise(t *testing.T) {
	for _, rate := range []int{defaultBitrate, richAbove} {
		comfortNoise(t, rate)
	}
}

func comfortNoise(t *testing.T, rate int) {
	t.Helper()
	room := recordAt(t, rate, &hum{speech: NewSpeech(4), random: 5}, 1200)
	l, _ := room.through(t, network{loss: 0.1, jitter: 20 * ms, seed: 2})
	s := l.last()
	if s.Silence < 5*time.Second {
		t.Fatalf("%v of pauses only", s.Silence)
	}
	var low, high float64 = 0, Silent
	for i := 900; i < 1150; i += 10 { // the second pause begins with block 800, to which the delay comes
		level := decibels(power(l.pcm[i*blockSamples : (i+10)*blockSamples]))
		low, high = min(low, level), max(high, level)
	}
	t.Logf("%d b/s: %v of pauses, %v concealed, room between %.1f and %.1f dBFS", rate, s.Silence, s.Concealed, low, high)
	if low < -66 || high > -50 {
		t.Errorf("%d b/s: the room is heard between %.1f and %.1f dBFS, -57 is right", rate, low, high)
	}
}

// TestDuplicates has packets come twice: nothing is different, and nobody waits for the second.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	n := network{jitter: 20 * ms, copies: 0.3, seed: 1}
	l, q := spoken(t).through(t, n)
	s := l.last()
	mean, _ := l.delays(4*time.Second, 9*time.Second)
	if s.Duplicates < 50 || s.Late+s.Refused > 0 || s.Concealed > 0 || q.near < 0.985 || mean > 60*ms {
		t.Errorf("delay %v, near %.3f, %+v", mean, q.near, s)
	}
}

// TestFirstWord loses the first packet after each pause: the one after it repeats it.
func TestFirstWord(t *testing.T) {
	t.Parallel()
	tone := record(t, &Tone{From: 200, To: 1800, Sweep: Rate / 4, Gate: Rate, Loud: 9000}, 900)
	starts := 0
	l, _ := tone.through(t, network{stamp: func(p sent) sent {
		if p.Marker && p.Timestamp%(2*Rate) < 2*packetSamples {
			starts++
			p.Payload = nil
		}
		return p
	}})
	if s := l.last(); starts < 3 || s.Recovered < time.Duration(starts)*20*ms || s.Concealed > 0 {
		t.Errorf("%d first packets were lost, %v recovered, %v concealed", starts, s.Recovered, s.Concealed)
	}
}

// TestSilentEnd lets a stream end in the middle of a word: it fades, and nothing goes on for ever; when it comes back, it is heard again.
func TestSilentEnd(t *testing.T) {
	t.Parallel()
	tone := record(t, &Tone{From: 300, To: 800, Sweep: Rate, Loud: 8000}, 1100)
	l, q := tone.through(t, network{lost: func(at time.Duration) bool { return at > 3*time.Second && at < 8*time.Second }})
	at := func(from, to int) float64 { return decibels(power(l.pcm[from*blockSamples : to*blockSamples])) }
	if before, fading, after := at(280, 300), at(325, 330), at(650, 790); before < -20 || fading > before-20 || after > -90 {
		t.Errorf("%.0f dBFS before the end, %.0f after 200 ms, %.0f after seconds", before, fading, after)
	}
	if back := at(815, 830); back < -20 || q.sharpest > 1.25*q.allowed {
		t.Errorf("%.0f dBFS when it is back, corners of %.0f where %.0f is natural", back, q.sharpest, q.allowed)
	}
}

// TestOtherPackets plays what others send: stereo in packets of 60 ms, with jitter.
func TestOtherPackets(t *testing.T) {
	var packets []sent
	for range 3 {
		for _, p := range pieces(t, "libopus_stereo60.bin") {
			i := len(packets)
			packets = append(packets, sent{Packet{Payload: p, Timestamp: uint32(i * 2880)}, uint16(i)})
		}
	}
	l := listen(t, network{jitter: 10 * ms, seed: 4}.carry(packets), 280)
	s := l.last()
	if s.Concealed > 60*ms || s.Late > 0 { // the end of the stream
		t.Errorf("%+v", s)
	}
	checkHarmonics(t, l.pcm[Rate*5/4:Rate*7/4], 0.9)
}

// TestStretch makes a voice-like sound shorter and longer: by whole periods, in phase, nothing else.
func TestStretch(t *testing.T) {
	const period = 240 // 200 Hz
	wave := func(n int) []int16 {
		pcm := make([]int16, n)
		for i := range pcm {
			x := 2 * math.Pi * float64(i) / period
			pcm[i] = int16(6000*math.Sin(x) + 3000*math.Sin(2*x+1))
		}
		return pcm
	}
	stretches := map[string]func(l *line) int{
		"shorten":  func(l *line) int { return -l.shorten(700, alike) },
		"lengthen": func(l *line) int { return l.lengthen(400, alike) },
	}
	for name, stretch := range stretches {
		l := newLine()
		copy(l.space(3000), wave(3000))
		var out Block
		l.take(&out) // a period twice, so that what follows begins like the first
		n := stretch(&l)
		if n == 0 || n%period != 0 || l.ready() != 3000-blockSamples+n {
			t.Errorf("%s: by %d samples, %d ready", name, n, l.ready())
		}
		for i, x := range wave(l.ready()) {
			if d := int(x) - int(l.ahead()[i]); d > 2 || d < -2 {
				t.Errorf("%s: sample %d is %d, not %d", name, i, l.ahead()[i], x)
				break
			}
		}
	}
	for name, stretch := range stretches {
		l, noise := newLine(), uint32(1)
		for i := range l.space(3000) {
			noise = noise*1664525 + 1013904223
			l.samples[pastSamples+i] = int16(noise >> 16)
		}
		var out Block
		for range 3 {
			l.take(&out)
		}
		if n := stretch(&l); n != 0 {
			t.Errorf("%s: noise, by %d", name, n)
		}
		l = newLine()
		glide := l.space(3000)
		for i := range glide { // its pitch and strength change: nothing fits exactly
			x := float64(i) / period
			glide[i] = int16((2000 + 2*float64(i)) * math.Sin(2*math.Pi*x*(1+x/100)))
		}
		natural := corner(glide)
		for range 3 {
			l.take(&out)
		}
		if n, c := stretch(&l), corner(l.samples[pastSamples:]); n == 0 || c > 1.5*natural {
			t.Errorf("%s: by %d, a corner of %.0f where %.0f is natural", name, n, c, natural)
		}
	}
}

// TestNoise learns a dull room and plays one that is as loud and as dull, after somebody spoke in it too.
func TestNoise(t *testing.T) {
	room, white, dull := make([]int16, Rate), uint32(1), 0.0
	for i := range room {
		white = white*1664525 + 1013904223
		dull += (float64(int32(white))/(1<<24) - dull) * 0.2
		room[i] = int16(dull)
	}
	smooth := func(pcm []int16) float64 { // correlation of neighbours
		var now, next float64
		for i, x := range pcm[1:] {
			now += float64(x) * float64(x)
			next += float64(x) * float64(pcm[i])
		}
		return next / now
	}
	var n noise
	speech := NewSpeech(1)
	for i := 0; i+packetSamples <= len(room); i += packetSamples {
		n.learn(room[i : i+packetSamples])
		var said Block
		speech.Next(&said)
		for j := range said {
			said[j] = said[j]/40 + room[i+j] // far away: too loud for the room, but not by itself
		}
		n.learn(said[:])
	}
	made := make([]int16, Rate)
	for i := range made {
		made[i] = clamp16(n.next())
	}
	loud, want := decibels(power(made)), decibels(power(room))
	t.Logf("%.1f dBFS for %.1f, %.3f for %.3f", loud, want, smooth(made), smooth(room))
	if math.Abs(loud-want) > 3 || math.Abs(smooth(made)-smooth(room)) > 0.1 {
		t.Errorf("%.1f dBFS for %.1f, %.3f for %.3f", loud, want, smooth(made), smooth(room))
	}
}

// TestHistogram is about what is expected of the next packets.
func TestHistogram(t *testing.T) {
	h := newHistogram()
	if w := h.wait(); w != 4*bucketSamples {
		t.Errorf("%d samples before anything is known", w)
	}
	for i := range int64(1000) {
		h.add(i % 100 * Rate / 1000) // evenly up to 100 ms
	}
	if w := h.wait(); w != 10*bucketSamples {
		t.Errorf("%d samples for packets that are up to 100 ms late", w)
	}
	h.add(-5)
	h.add(math.MaxInt64)
	for range 700 {
		h.add(0)
	}
	sum := 0.0
	for _, s := range h.share {
		sum += s
	}
	if w := h.wait(); w != bucketSamples || math.Abs(sum-1) > 1e-9 {
		t.Errorf("%d samples after a quiet time, shares of %v", w, sum)
	}
}

// TestLevel is a full sine, then silence.
func TestLevel(t *testing.T) {
	var l Level
	if l.DBFS() != Silent {
		t.Errorf("%v dBFS at first", l.DBFS())
	}
	tone := Tone{From: 1000, To: 1000, Loud: 32767}
	var b Block
	for range 50 {
		tone.Next(&b)
		l.Add(&b)
	}
	if got := l.DBFS(); math.Abs(got+3.01) > 0.05 {
		t.Errorf("a full sine has %v dBFS", got)
	}
	for range 20 {
		l.Add(new(Block))
	}
	if got := l.DBFS(); got > -9 || got < -30 {
		t.Errorf("%v dBFS 200 ms later", got)
	}
}

// TestMix adds exactly what is not too loud, and presses the rest without ever wrapping around or turning back.
func TestMix(t *testing.T) {
	a, b, c := Block{1000, 20000, 30000, -32768, -20000}, Block{-300, 2000, 30000, -32768, -4001}, Block{5, 1000}
	out := a
	Mix(&out, &out, &b, &c)
	if out[0] != 705 || out[1] != 23000 || out[2] < 31000 || out[3] > -31000 || out[4] > -24000 {
		t.Errorf("%v", out[:5])
	}
	for x := int32(-200000); x < 200000; x += 7 {
		if soften(x) > soften(x+7) || soften(x) != -soften(-x) {
			t.Fatalf("%d becomes %d, the next %d", x, soften(x), soften(x+7))
		}
	}
}
