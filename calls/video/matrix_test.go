package video

import (
	"fmt"
	"testing"
	"time"
)

var (
	small = Settings{Width: 640, Height: 360, BitsPerSecond: 600_000}
	large = Settings{Width: 1280, Height: 720, BitsPerSecond: 1_500_000}
)

// TestMatrix holds what is seen against what a call promises.
func TestMatrix(t *testing.T) {
	for _, c := range []struct {
		settings Settings
		frames   int
		loss     float64
		jitter   int // ms
		overtake bool
		share    float64
	}{
		{small, 250, 0, 0, false, 99},
		{small, 250, 0, 20, false, 99},
		{small, 250, 2, 20, false, 97},
		{small, 250, 5, 20, false, 95},
		{small, 250, 10, 20, false, 90},
		{small, 250, 5, 20, true, 95},
		{large, 100, 0, 20, false, 99},
		{large, 100, 2, 20, false, 97},
		{large, 100, 5, 20, false, 95},
		{large, 100, 10, 20, false, 90},
	} {
		t.Run(fmt.Sprintf("%dp,loss=%v,jitter=%d,overtake=%v", c.settings.Height, c.loss, c.jitter, c.overtake), func(t *testing.T) {
			n := network{20 * time.Millisecond, time.Duration(c.jitter) * time.Millisecond, c.loss / 100, c.overtake}
			s := newSimulation(t, c.settings, n, 7)
			s.run(c.frames)
			t.Logf("%.1f %% shown, longest freeze %v, delay %v; %+v", s.share(), s.longestFreeze(), s.delay(), s.buffer.Stats())
			if s.share() < c.share {
				t.Errorf("only %.1f %% of %d frames were shown", s.share(), len(s.sent))
			}
			if f := s.longestFreeze(); f > 400*time.Millisecond {
				t.Errorf("the picture froze for %v", f)
			}
			if d := s.delay(); c.loss == 0 && d > 100*time.Millisecond {
				t.Errorf("pictures come %v late", d)
			}
			s.settled()
		})
	}
}

// settled checks what must be true after every call: frames were shown in order, once, and all memory came back.
func (s *simulation) settled() {
	s.t.Helper()
	for i := 1; i < len(s.shown); i++ {
		if s.shown[i].id <= s.shown[i-1].id {
			s.t.Errorf("picture %d was shown after %d", s.shown[i].id, s.shown[i-1].id)
		}
	}
	if n := s.pool.Out(); n != 0 {
		s.t.Errorf("%d frames were never released", n)
	}
	st := s.buffer.Stats()
	if st.Shown != len(s.shown) || st.Received < st.Shown || st.Received+st.Dropped > len(s.sent) {
		s.t.Errorf("%d sent, %d shown: %+v", len(s.sent), len(s.shown), st)
	}
}

// TestOutage cuts the line for two seconds: the picture is back as soon as a key frame can be, and the delay does not stay.
func TestOutage(t *testing.T) {
	s := newSimulation(t, small, network{20 * time.Millisecond, 10 * time.Millisecond, 0, false}, 3)
	start := s.now
	s.at(start.Add(2*time.Second), func() { s.outage = true })
	s.at(start.Add(4*time.Second), func() { s.outage = false })
	s.run(300)
	if f := s.longestFreeze(); f > 2*time.Second+400*time.Millisecond {
		t.Errorf("two seconds without a line became %v without a picture", f)
	}
	st := s.buffer.Stats()
	if st.PLIs == 0 || st.Freezes != 1 || st.LongestFreeze != s.longestFreeze() || st.TotalFreezes != st.LongestFreeze {
		t.Errorf("%+v", st)
	}
	if st.Dropped < 55 || st.Delay > 60*time.Millisecond {
		t.Errorf("%d of about 60 frames dropped, a delay of %v", st.Dropped, st.Delay)
	}
	s.settled()
}

// TestCuts: what was lost in up to a third of a second is sent again, and what was lost in more makes room for a key frame.
func TestCuts(t *testing.T) {
	for _, c := range []struct {
		away  time.Duration
		again bool
	}{{200 * time.Millisecond, true}, {300 * time.Millisecond, true}, {400 * time.Millisecond, false}, {900 * time.Millisecond, false}} {
		s := newSimulation(t, small, network{20 * time.Millisecond, 10 * time.Millisecond, 0, false}, 5)
		start := s.now
		s.at(start.Add(2*time.Second), func() { s.outage = true })
		s.at(start.Add(2*time.Second+c.away), func() { s.outage = false })
		s.run(150)
		st := s.buffer.Stats()
		if again := st.NACKs >= outageGap; again != c.again || again == (st.PLIs > 0) {
			t.Errorf("away for %v: %d packets were asked for again, %d key frames", c.away, st.NACKs, st.PLIs)
		}
		if f := s.longestFreeze(); f > c.away+300*time.Millisecond {
			t.Errorf("away for %v, the picture for %v", c.away, f)
		}
		s.settled()
	}
}

// TestBursts loses everything for 100 to 200 ms, again and again, as a radio does.
func TestBursts(t *testing.T) {
	s := newSimulation(t, small, network{20 * time.Millisecond, 20 * time.Millisecond, 0, false}, 1)
	end := s.now.Add(10 * time.Second)
	for at := s.now.Add(time.Second); at.Before(end); at = at.Add(time.Duration(1500+s.random.IntN(2000)) * time.Millisecond) {
		s.at(at, func() { s.outage = true })
		s.at(at.Add(time.Duration(100+s.random.IntN(100))*time.Millisecond), func() { s.outage = false })
	}
	s.run(300)
	if s.share() < 97 || s.longestFreeze() > 400*time.Millisecond {
		t.Errorf("%.1f %% shown, longest freeze %v: %+v", s.share(), s.longestFreeze(), s.buffer.Stats())
	}
	s.settled()
}

// TestFar repairs also where a packet needs a tenth of a second each way, without a shower of key frames.
func TestFar(t *testing.T) {
	s := newSimulation(t, small, network{100 * time.Millisecond, 30 * time.Millisecond, 0.02, false}, 1)
	s.run(300)
	if st := s.buffer.Stats(); s.share() < 97 || st.PLIs > 1 {
		t.Errorf("%.1f %% shown: %+v", s.share(), st)
	}
	s.settled()
}

// TestNoNACK is what the rest of this file would look like without asking again: the measure that the tests can fail.
func TestNoNACK(t *testing.T) {
	s := newSimulation(t, small, network{20 * time.Millisecond, 20 * time.Millisecond, 0.05, false}, 7)
	s.mute = true
	s.run(300)
	if s.share() > 80 || s.buffer.Stats().PLIs < 5 {
		t.Errorf("%.1f %% shown without repairs: %+v", s.share(), s.buffer.Stats())
	}
	s.settled()
}

// TestHostileLine doubles packets, swaps them, cuts them and fills others with noise. It shall not shake anything.
func TestHostileLine(t *testing.T) {
	s := newSimulation(t, small, network{20 * time.Millisecond, 20 * time.Millisecond, 0.02, true}, 11)
	s.tampered = func(p Packet) []Packet {
		all := []Packet{p}
		switch s.random.IntN(40) {
		case 0, 1, 2:
			return []Packet{p, p}
		case 3:
			p.Payload = p.Payload[:s.random.IntN(6)]
			all = append(all, p)
		case 4:
			p.Sequence += uint16(s.random.IntN(65536))
			all = append(all, p)
		}
		return all
	}
	s.run(300)
	if s.share() < 60 {
		t.Errorf("only %.1f %% of the frames were shown: %+v", s.share(), s.buffer.Stats())
	}
}

// TestDelay follows the line: up when it gets worse, and down again.
func TestDelay(t *testing.T) {
	s := newSimulation(t, Settings{Width: 160, Height: 90, BitsPerSecond: 100_000}, network{delay: 20 * time.Millisecond}, 5)
	s.run(150)
	calm := s.buffer.Stats().Delay
	s.network.jitter = 120 * time.Millisecond
	s.run(150)
	rough := s.buffer.Stats().Delay
	s.network.jitter = 0
	s.run(600)
	after := s.buffer.Stats().Delay
	if calm > 30*time.Millisecond || rough < 80*time.Millisecond || rough > 200*time.Millisecond || after > calm+10*time.Millisecond {
		t.Errorf("the delay was %v, then %v, then %v", calm, rough, after)
	}
	s.settled()
}

// TestFreezes counts as W3C's statistics do: what is much longer than usual, but no pauses.
func TestFreezes(t *testing.T) {
	var f freezes
	now := time.Unix(1_800_000_000, 0)
	for _, gap := range []int{0, 33, 33, 33, 100, 33, 250, 33, 400, 33, 6000, 33} {
		now = now.Add(time.Duration(gap) * time.Millisecond)
		f.add(now)
	}
	slow := freezes{last: now, usual: 100 * time.Millisecond}
	if slow.add(now.Add(280 * time.Millisecond)); slow.count != 0 {
		t.Errorf("a pause of 280 ms is no freeze at ten frames a second: %+v", slow)
	}
	if f.shown != 12 || f.count != 2 || f.longest != 400*time.Millisecond || f.total != 650*time.Millisecond {
		t.Errorf("%+v", f)
	}
}
