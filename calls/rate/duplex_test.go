package rate

import (
	"slices"
	"testing"
	"time"
)

// talk is what a path is beside its packets in a call both ways: sound, pictures that build on each other, and reports that stand in the queue of the
// other direction, or are lost there.
type talk struct {
	back    *path // whose line carries the reports
	told    []told
	lose    float64 // of the reports
	shots   map[int64]*shot
	newest  int64         // the picture that was made last
	shown   int64         // the newest that was shown
	asked   bool          // a key frame is wanted
	keyed   time.Duration // when the last one was made
	broken  bool
	paced   float64
	voiced  time.Duration
	voices  int
	mute    int             // sound that was lost, or late by more than 400 ms
	late    []time.Duration // when a picture was shown that was late
	views   []time.Duration // when pictures were shown
	between [2]time.Duration
}

// told is a report on its way.
type told struct {
	at      time.Duration
	packets []Packet
	key     bool
}

// shot is a picture.
type shot struct {
	made        time.Duration
	left, since int64 // packets that have not come, and the picture on which it builds
	key         bool
}

const (
	reportSize = 110
	soundSize  = 190
)

// both makes a call over two lines, whose directions change at once.
func both(seed uint64, carries func(time.Duration) float64, holds time.Duration) (sides [2]*path) {
	for i := range sides {
		sides[i] = newPath(seed+uint64(100*i), carries)
		sides[i].holds, sides[i].talk = holds, &talk{shots: map[int64]*shot{}, asked: true}
	}
	sides[0].talk.back, sides[1].talk.back = sides[1], sides[0]
	return sides
}

// speak sends sound.
func (p *path) speak(at time.Duration) {
	t := p.talk
	if t == nil {
		return
	}
	target := p.control.Target()
	if target < t.paced/2 && p.pacer.Delay() > 400*time.Millisecond {
		p.pacer.Clear()
		t.asked = true
	}
	t.paced = target
	if at < t.voiced {
		return
	}
	t.voiced = at - at%(20*time.Millisecond) + 20*time.Millisecond
	p.pacer.Push(p.start.Add(at), Audio, 0, soundSize)
}

// shoot takes a picture; it says how large it is.
func (p *path) shoot(at time.Duration, number int64, size int) int {
	t := p.talk
	if t == nil {
		return size
	}
	size = max(size-(soundSize+20)*50/30, 0)
	if p.control.Target() < 130e3 {
		return 0 // it is off
	}
	s := &shot{made: at, since: t.newest}
	if t.asked && at-t.keyed > 300*time.Millisecond {
		p.pacer.Clear()
		s.key, t.asked, t.keyed = true, false, at
		size *= 4
	}
	s.left = int64((size + fullPacket - 1) / fullPacket)
	if s.left > 0 {
		t.shots[number], t.newest = s, number
	}
	return size
}

// arrive takes a packet.
func (p *path) arrive(at time.Duration, f flight) {
	t := p.talk
	counts := t != nil && at >= t.between[0] && at < t.between[1]
	switch {
	case t == nil:
		return
	case f.frame == 0:
		if counts {
			t.voices++
		}
		if counts && (f.lost || at-p.sent[f.number].Sent.Sub(p.start) > 400*time.Millisecond) {
			t.mute++
		}
		return
	case f.lost || t.shots[f.frame] == nil:
		return
	}
	s := t.shots[f.frame]
	if !s.key && s.since != t.shown {
		t.broken = true
		return
	}
	if s.left--; s.left > 0 {
		return
	}
	t.shown, t.broken = f.frame, false
	t.views = append(t.views, at)
	if at-s.made > 300*time.Millisecond {
		t.late = append(t.late, at)
	}
}

// tell sends a report over the other direction.
func (p *path) tell(at time.Duration, report []Packet) {
	line := p.talk.back
	queue := max(*line.free-at, 0)
	if queue > line.holds || p.random.Float64() < p.talk.lose {
		return // it is lost
	}
	p.talk.told = append(p.talk.told, told{line.pass(at, reportSize) + line.oneWay, report, p.talk.broken})
}

// hear takes the reports that have come.
func (p *path) hear(at time.Duration) {
	if p.talk == nil || at < p.stopped[0] {
		return
	}
	t := p.talk
	for len(t.told) > 0 && t.told[0].at <= at {
		r := t.told[0]
		t.told = t.told[1:]
		t.asked = t.asked || r.key
		p.control.Report(p.start.Add(at), r.packets)
	}
}

// seen says how long pictures were late after a time, and the longest time between two of them until another.
func (t *talk) seen(from, to time.Duration) (calm, freeze time.Duration) {
	last := from
	for _, at := range t.views {
		if at < from || at > to {
			continue
		}
		freeze, last = max(freeze, at-last), at
		if at-from > calm+time.Second {
			continue
		}
		if slices.Contains(t.late, at) {
			calm = at - from
		}
	}
	return calm, max(freeze, to-last)
}

// TestStepBoth: a line that gets worse and better again in both directions at once: what is reported stands in the other direction's queue, or overflows
// there. Nothing is sent again here, so that pictures stand still for longer than in a call.
func TestStepBoth(t *testing.T) {
	const worse, better, end = 20 * time.Second, 40 * time.Second, 60 * time.Second
	for _, c := range []struct {
		whole, bad, excess float64
		freeze             time.Duration
		missed, most       float64
	}{
		{1e6, 300e3, 0, time.Second, 0.06, 1.1},
		{1e6, 300e3, 0.3, time.Second, 0.06, 1.1},
		{2e6, 600e3, 0.3, time.Second, 0.06, 1.1},
		{2e6, 300e3, 0, 2 * time.Second, 0.09, 1.1},
		{2e6, 300e3, 0.3, 2 * time.Second, 0.09, 1.1},
		{2e6, 150e3, 0.3, end, 0.4, 1.3}, // the picture is off now and then
	} {
		for seed := range uint64(6) {
			sides := both(seed, func(at time.Duration) float64 {
				if at >= worse && at < better {
					return c.bad
				}
				return c.whole
			}, 800*time.Millisecond)
			for _, p := range sides {
				p.busy, p.excess, p.talk.between = 0.05, c.excess, [2]time.Duration{worse, better}
			}
			talkOver(sides, end)
			for i, p := range sides {
				calm, freeze := p.talk.seen(worse, better)
				missed, mean := float64(p.talk.mute)/float64(p.talk.voices), p.mean(worse+3*time.Second, better)/c.bad
				then := p.least(better+10*time.Second, end) / c.whole
				t.Logf("%4.0f to %3.0f kb/s, %.1f too much, seed %d, side %d: calm after %v, longest freeze %v, %.1f%% of the sound late or lost, mean of the bad time %.2f, %.2f ten seconds after it",
					c.whole/1e3, c.bad/1e3, c.excess, seed, i, calm, freeze, 100*missed, mean, then)
				if calm > 3*time.Second || freeze > c.freeze || missed > c.missed || mean < 0.75 || mean > c.most || then < 0.8 {
					t.Errorf("%.0f to %.0f kb/s, %.1f too much, seed %d, side %d: recovers badly", c.whole/1e3, c.bad/1e3, c.excess, seed, i)
				}
			}
		}
	}
}

// TestReportsLost: what is lost of the reports keeps no pictures back.
func TestReportsLost(t *testing.T) {
	for seed := range uint64(4) {
		sides := both(seed, constant(2e6), 800*time.Millisecond)
		for _, p := range sides {
			p.talk.lose = 0.5
		}
		talkOver(sides, 40*time.Second)
		for i, p := range sides {
			if _, freeze := p.talk.seen(10*time.Second, 40*time.Second); freeze > time.Second {
				t.Errorf("seed %d, side %d: pictures stand still for %v", seed, i, freeze)
			}
			if mean := p.mean(10*time.Second, 40*time.Second) / 2e6; mean < 0.7 {
				t.Errorf("seed %d, side %d: %.2f of the line", seed, i, mean)
			}
		}
	}
}

func talkOver(sides [2]*path, end time.Duration) {
	for at := time.Duration(0); at < end; at += time.Millisecond {
		for _, p := range sides {
			p.from(at, at+time.Millisecond)
		}
	}
}
