package audio

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

// lookahead is what the encoder itself holds back: 6.5 ms (RFC 6716 §2.1.3 and its resampler).
const lookahead = 6500 * time.Microsecond

// TestLossAndJitter goes over a grid of networks. What is near the clean sound was received or repaired well; corners would be clicks.
func TestLossAndJitter(t *testing.T) {
	speech := spoken(t)
	for _, loss := range []float64{0, 0.02, 0.05, 0.1} {
		for _, jitter := range []time.Duration{0, 20 * ms, 50 * ms} {
			t.Run(fmt.Sprintf("%v%%/%v", loss*100, jitter), func(t *testing.T) {
				t.Parallel()
				n := network{loss: loss, jitter: jitter, seed: 1}
				l, q := speech.through(t, n)
				s, lost := l.last(), hopeless(n, speech.packets)
				mean, _ := l.delays(4*time.Second, 9*time.Second)
				t.Logf("concealed %v (%v could not be repaired), recovered %v, near %.3f, gap %v, corner %.2f, late %d, delay %v",
					s.Concealed, lost, s.Recovered, q.near, q.gap, q.sharpest/q.allowed, s.Late, mean.Round(ms))
				if s.Concealed > lost+time.Duration(float64(jitter)*1.5) {
					t.Errorf("%v were concealed, %v could not be repaired", s.Concealed, lost)
				}
				if q.active < 500 || q.near < 0.985-loss*0.6-jitter.Seconds()/2 {
					t.Errorf("%.3f of %d blocks are near the clean sound", q.near, q.active)
				}
				if q.gap > 60*ms || q.sharpest > q.allowed*1.1 {
					t.Errorf("a gap of %v, corners of %.0f where %.0f is natural", q.gap, q.sharpest, q.allowed)
				}
				if mean > 2*jitter+70*ms || s.Restarts+s.Refused+s.Duplicates > 0 {
					t.Errorf("delay %v, %+v", mean, s)
				}
			})
		}
	}
}

// hopeless is how much sound is lost that the packets after it do not repeat.
func hopeless(n network, packets []sent) (lost time.Duration) {
	came := n.carry(packets)
	slices.SortFunc(came, func(a, b arrival) int { return int(a.sequence) - int(b.sequence) })
	for i, next := range came[1:] {
		last := came[i]
		if next.sequence != last.sequence+1 && len(last.Payload) > quietBytes {
			lost += inTime(int64(next.Timestamp-last.Timestamp) - packetSamples - int64(recoverable(next.Payload)))
		}
	}
	return lost
}

// TestRepair holds the bar: at 10 % loss and 20 ms of jitter, at most 3 % of what was sent is made up. What one repetition cannot
// repair, two losses in a row, is 1 % of all; the rest are packets in which the speaker did not speak.
func TestRepair(t *testing.T) {
	t.Parallel()
	speech := record(t, NewSpeech(6), 2000)
	var made, all time.Duration
	for seed := range uint64(3) {
		l, _ := speech.through(t, network{loss: 0.1, jitter: 20 * ms, seed: seed})
		s := l.last()
		made += s.Concealed
		all += s.Concealed + s.Recovered + s.Played
		if lost := s.concealed() + float64(s.Recovered)/float64(s.Concealed+s.Recovered+s.Played); lost < 0.08 {
			t.Errorf("only %.3f were lost: nothing is tested", lost)
		}
	}
	t.Logf("%.2f %% of %v were concealed", 100*float64(made)/float64(all), all)
	if float64(made) > 0.03*float64(all) {
		t.Errorf("%.2f %% were concealed", 100*float64(made)/float64(all))
	}
}

// TestAddedDelay measures from the mouth to the ear on a clean link, for speakers that take 10 and 20 ms at a time.
func TestAddedDelay(t *testing.T) {
	speech := spoken(t)
	for _, atOnce := range []int{1, 2} {
		l := listenIn(t, network{}.carry(speech.packets), 590, atOnce)
		var worst time.Duration
		for i, at := range l.positions[100:] {
			worst = max(worst, time.Duration(i+100)*10*ms-inTime(at)+lookahead)
		}
		t.Logf("%d blocks at a time: %v", atOnce, worst.Round(ms))
		if s := l.last(); worst > 80*ms || s.Concealed > 0 {
			t.Errorf("%d blocks at a time: sound is heard up to %v after it was spoken, %v concealed", atOnce, worst, s.Concealed)
		}
	}
}

// TestBursts loses everything for a while, again and again, or holds it back and gives it all at once, as Wi-Fi does.
func TestBursts(t *testing.T) {
	speech := spoken(t)
	for _, length := range []time.Duration{100 * ms, 200 * ms} {
		for _, jitter := range []time.Duration{0, 20 * ms} {
			bad := func(at time.Duration) time.Duration { // how long it will still be bad
				if at = at % (1700 * ms); at < length {
					return length - at
				}
				return 0
			}
			t.Run(fmt.Sprintf("lost/%v/%v", length, jitter), func(t *testing.T) {
				t.Parallel()
				l, q := speech.through(t, network{jitter: jitter, lost: func(at time.Duration) bool { return bad(at) > 0 }})
				checkBurst(t, l, q, length)
			})
			t.Run(fmt.Sprintf("held/%v/%v", length, jitter), func(t *testing.T) {
				t.Parallel()
				l, q := speech.through(t, network{jitter: jitter, delay: bad})
				checkBurst(t, l, q, length)
			})
		}
	}
}

func checkBurst(t *testing.T, l listening, q quality, length time.Duration) {
	t.Helper()
	s := l.last()
	mean, most := l.delays(4*time.Second, 9*time.Second)
	t.Logf("gap %v, corner %.2f, near %.3f, concealed %v, delay %v, at most %v",
		q.gap, q.sharpest/q.allowed, q.near, s.Concealed, mean.Round(ms), most.Round(ms))
	if q.gap > min(length, 150*ms) || q.sharpest > 2*q.allowed { // the decoder's first pulse after so much guessing may be too strong
		t.Errorf("a gap of %v, corners of %.0f where %.0f is natural", q.gap, q.sharpest, q.allowed)
	}
	if q.near < 1-1.1*float64(length)/float64(1700*ms)-0.02 { // the rest of the time is as if nothing had been
		t.Errorf("%.3f of the blocks are near the clean sound", q.near)
	}
	if most > length+80*ms {
		t.Errorf("delay up to %v", most)
	}
}

// TestDelaySteps changes the way that packets take; a buffer of fixed length loses most of the sound by then ("its base shifted").
func TestDelaySteps(t *testing.T) {
	speech := spoken(t)
	after := func(from, to time.Duration) func(at time.Duration) time.Duration {
		return func(at time.Duration) time.Duration {
			if at < 4*time.Second {
				return from
			}
			return to
		}
	}
	for _, c := range []struct {
		name  string
		delay func(at time.Duration) time.Duration
		made  time.Duration // how much may be concealed
	}{
		{"longer", after(20*ms, 120*ms), 150 * ms},
		{"much longer", after(20*ms, 520*ms), 600 * ms},
		{"shorter", after(120*ms, 20*ms), 0},
		{"held for a second", func(at time.Duration) time.Duration {
			if at < 2*time.Second {
				return 0
			}
			return max(3*time.Second-at, 0)
		}, 1100 * ms},
		{"first packet late", func(at time.Duration) time.Duration { return max(110*ms-at, 0) }, 0},
		{"first packet early", func(at time.Duration) time.Duration {
			if at < 30*ms {
				return 0
			}
			return 90 * ms
		}, 150 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := network{delay: c.delay}
			l, q := speech.through(t, n)
			s := l.last()
			mean, _ := l.delays(8*time.Second, 9*time.Second)
			t.Logf("concealed %v (a fixed buffer misses %d of %d packets), gap %v, near %.3f, delay %v at the end",
				s.Concealed, missedByFixed(n.carry(speech.packets)), len(speech.packets), q.gap, q.near, mean.Round(ms))
			if s.Concealed > c.made || s.Late > 1 {
				t.Errorf("%v concealed, %d packets late", s.Concealed, s.Late)
			}
			if mean > 45*ms || q.sharpest > 1.1*q.allowed {
				t.Errorf("delay %v at the end, corners of %.0f where %.0f is natural", mean, q.sharpest, q.allowed)
			}
		})
	}
	if missed := missedByFixed(network{delay: after(20*ms, 120*ms)}.carry(speech.packets)); missed < len(speech.packets)/2 {
		t.Errorf("a fixed buffer misses %d packets only: the test is too easy", missed)
	}
}

// TestQueueGone: a queue on the way makes all sound late. When it is gone, nobody waits on: it was no jitter.
func TestQueueGone(t *testing.T) {
	l, q := spoken(t).through(t, network{jitter: 5 * ms, delay: func(at time.Duration) time.Duration {
		switch since := at - 2*time.Second; {
		case since < 0:
			return 0
		case since < 200*ms:
			return 5 * since // up to a second
		default:
			return max(time.Second-(since-200*ms)*5/9, 0) // down in 1.8 s
		}
	}})
	for _, c := range []struct {
		what string
		got  time.Duration
		most time.Duration
	}{
		{"the target, half a second later", l.stats[450].Target, 150 * ms},
		{"the delay, three seconds later", l.stats[700].Delay, 80 * ms},
	} {
		if t.Logf("%s: %v", c.what, c.got); c.got > c.most {
			t.Errorf("%s is %v", c.what, c.got)
		}
	}
	if s := l.last(); s.Concealed > 1100*ms || q.sharpest > 1.25*q.allowed {
		t.Errorf("%v concealed, corners of %.0f where %.0f is natural", s.Concealed, q.sharpest, q.allowed)
	}
}

// missedByFixed is how many packets come too late for a buffer that plays each 60 ms after the first one's way.
func missedByFixed(arrivals []arrival) int {
	missed := 0
	first := arrivals[0].at - inTime(int64(arrivals[0].Timestamp))
	for _, a := range arrivals {
		if a.at > inTime(int64(a.Timestamp))+first+60*ms {
			missed++
		}
	}
	return missed
}

// TestDrift has clocks that differ, while somebody speaks without a pause: speech itself must be stretched.
func TestDrift(t *testing.T) {
	e := newEncoder(t)
	if err := e.SetBitrate(minBitrate); err != nil { // cheap to decode
		t.Fatal(err)
	}
	e.opus.SetDTX(false)
	once, pcm := encode(t, e, NewSpeech(9), 1000)
	var packets []sent
	for range 6 {
		for _, p := range once {
			p.Timestamp = uint32(len(packets) * packetSamples)
			p.sequence = uint16(len(packets))
			packets = append(packets, p)
		}
	}
	for drift, seconds := range map[float64]int{200e-6: 39, -200e-6: 39, 2e-3: 14, -2e-3: 14} {
		t.Run(fmt.Sprintf("%+.0f ppm", drift*1e6), func(t *testing.T) {
			t.Parallel()
			l := listen(t, network{drift: drift, jitter: 5 * ms}.carry(packets), seconds*100)
			s, early := l.last(), l.stats[300]
			mean, most := l.delays(3*time.Second, time.Duration(seconds)*time.Second)
			shorter := s.Accelerated - early.Accelerated - s.Expanded + early.Expanded
			t.Logf("delay %v, at most %v; %v shorter, concealed %v", mean.Round(ms), most.Round(ms), shorter.Round(ms), s.Concealed)
			if s.Concealed > 0 || most > 60*ms || corner(l.pcm) > 1.2*corner(pcm) {
				t.Errorf("%v concealed, delay up to %v", s.Concealed, most)
			}
			want := time.Duration(drift * float64(seconds-3) * float64(time.Second))
			if d := shorter - want; d > 20*ms || d < -20*ms { // the band within which nothing is done
				t.Errorf("sound was made shorter by %v, want %v", shorter, want)
			}
		})
	}
}

// TestLeastDelay: sound waits for its picture when it is told to, without a click, and comes back when it need not.
func TestLeastDelay(t *testing.T) {
	speech := spoken(t)
	arrivals := network{}.carry(speech.packets)
	b := newBuffer(t)
	start := time.Unix(1700000000, 0)
	var delays []time.Duration
	for i := range 900 {
		now := time.Duration(i) * 10 * ms
		for len(arrivals) > 0 && arrivals[0].at <= now {
			a := arrivals[0]
			b.Put(a.sequence, a.Timestamp, a.Payload, start.Add(a.at))
			arrivals = arrivals[1:]
		}
		switch i {
		case 200:
			b.SetLeastDelay(150 * ms)
		case 600:
			b.SetLeastDelay(0)
		}
		var out Block
		b.Play(start.Add(now), &out)
		delays = append(delays, b.Stats().Delay)
	}
	before, waiting, after := delays[199], delays[599], delays[899]
	if before > 60*ms || waiting < 140*ms || waiting > 175*ms || after > 60*ms {
		t.Errorf("a delay of %v, then %v, then %v", before, waiting, after)
	}
	if s := b.Stats(); s.Concealed > 0 || s.Late > 0 {
		t.Errorf("%+v", s)
	}
}
