package media

import (
	"testing"
	"time"
)

// TestSync: whatever sound and picture take by themselves, one waits for the other until they are together, and no longer than it has to.
func TestSync(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct{ audioWay, videoWay, audioDelay, videoDelay time.Duration }{
		{20 * ms, 20 * ms, 40 * ms, 45 * ms},
		{20 * ms, 20 * ms, 40 * ms, 240 * ms}, // a picture that waits for repairs
		{20 * ms, 60 * ms, 40 * ms, 100 * ms}, // and one that takes long to encode
		{120 * ms, 20 * ms, 150 * ms, 40 * ms},
	} {
		line := newLips(c.audioWay, c.videoWay)
		skew := line.run(20, c.audioDelay, c.videoDelay)
		if skew > 40*ms || skew < -60*ms {
			t.Errorf("%+v: the picture is %v late", c, skew)
		}
		if a, v := line.audioWaits, line.videoWaits; a > 0 && v > 0 {
			t.Errorf("%+v: both wait, %v and %v", c, a, v)
		}
		skew = line.run(40, 40*ms, 40*ms) // with both quick, what is left is the way
		if want := c.videoWay - c.audioWay; want.Abs() < 15*ms && (line.audioWaits > 60*ms || line.videoWaits > 60*ms) {
			t.Errorf("%+v: %v and %v are still waited for, skew %v", c, line.audioWaits, line.videoWaits, skew)
		}
	}
}

// lips are two streams of somebody whose clock is another one.
type lips struct {
	*synch
	now                  time.Time
	audioWay, videoWay   time.Duration
	audioStamp, vidStamp uint32
	passed               time.Duration
}

func newLips(audioWay, videoWay time.Duration) *lips {
	now := time.Unix(1_800_000_000, 0)
	return &lips{synch: newSynch(now), now: now, audioWay: audioWay, videoWay: videoWay, audioStamp: 1<<32 - 10000, vidStamp: 1<<32 - 5}
}

// run lets half seconds pass in which the buffers need so long, and gives the skew at the end.
func (l *lips) run(times int, audioNeeds, videoNeeds time.Duration) time.Duration {
	for range times {
		for range 25 {
			l.passed += 20 * time.Millisecond
			at := l.now.Add(l.passed)
			l.heard(1, l.audioStamp+uint32(l.passed.Milliseconds()*48), at.Add(l.audioWay))
			l.seen(2, l.vidStamp+uint32(l.passed.Milliseconds()*90), at.Add(l.videoWay))
		}
		theirs := ntp(l.now.Add(l.passed).Add(-1234 * time.Hour))
		l.report(1, theirs, l.audioStamp+uint32(l.passed.Milliseconds()*48))
		l.report(2, theirs, l.vidStamp+uint32(l.passed.Milliseconds()*90))
		heard := max(audioNeeds, l.audioWaits)
		seen := max(videoNeeds, l.videoWaits)
		l.adjust(waits{heard, heard}, waits{seen, seen})
	}
	skew, known := l.state()
	if !known {
		return time.Hour
	}
	return skew
}

// TestSyncTransient: the picture does not wait for sound that makes up for a delay by itself.
func TestSyncTransient(t *testing.T) {
	const ms = time.Millisecond
	l := newLips(20*ms, 20*ms)
	l.run(10, 40*ms, 45*ms)
	for _, aims := range []time.Duration{50 * ms, 400 * ms} {
		if a, v := l.adjust(waits{900 * ms, aims}, waits{45 * ms, 45 * ms}); a != 0 || v != 0 {
			t.Errorf("%v and %v are waited for, of sound that aims at %v", a, v, aims)
		}
	}
	if skew, _ := l.state(); skew > -800*ms {
		t.Errorf("the skew is %v", skew)
	}
	wait := 45 * ms
	for look := range int(2 * time.Second / synchEach) {
		_, v := l.adjust(waits{900 * ms, 900 * ms}, waits{wait, wait})
		if v > wait+waitStep {
			t.Errorf("at look %d, %v are waited for after %v", look, v, wait)
		}
		wait = v
	}
	if wait != mostWait {
		t.Errorf("%v are waited for sound that stays late", wait)
	}
}

// TestSyncAims: sound goes to where a picture that has to wait longer will be, and not sooner than it to where one will be that may wait less.
func TestSyncAims(t *testing.T) {
	const ms = time.Millisecond
	l, sound := newLips(20*ms, 20*ms), waits{60 * ms, 60 * ms}
	l.run(10, 60*ms, 60*ms)
	late, _ := l.adjust(sound, waits{60 * ms, 200 * ms})
	if skew, _ := l.state(); late < 160*ms || skew.Abs() > 10*ms {
		t.Errorf("sound waits for %v, and the picture is said to be late by %v now", late, skew)
	}
	if a, _ := l.adjust(waits{late, late}, waits{200 * ms, 60 * ms}); a < late-slack {
		t.Errorf("sound waits for %v of %v while the picture is still late", a, late)
	}
}

// TestSyncNonsense: timestamps that jump and reports that lie change nothing for long.
func TestSyncNonsense(t *testing.T) {
	l, calm := newLips(20*time.Millisecond, 20*time.Millisecond), waits{40 * time.Millisecond, 40 * time.Millisecond}
	l.run(4, 40*time.Millisecond, 40*time.Millisecond)
	l.report(2, 0, 77)
	if a, v := l.adjust(calm, calm); a != 0 || v != 0 {
		t.Errorf("%v and %v are waited for because of a lie", a, v)
	}
	if _, known := l.state(); known {
		t.Error("a lie is believed")
	}
	l.seen(2, 1<<31, l.now.Add(l.passed))
	for ssrc := range uint32(100) {
		l.report(1000+ssrc, 1, 1)
	}
	if skew := l.run(10, 40*time.Millisecond, 40*time.Millisecond); skew.Abs() > 40*time.Millisecond {
		t.Errorf("the picture is %v late afterwards", skew)
	}
}

// TestTimestamps: they follow the time when the encoder was given nothing for a while, and otherwise the encoder.
func TestTimestamps(t *testing.T) {
	a := &speaking{offset: 7}
	now := time.Unix(1_800_000_000, 0)
	stamp := uint32(0)
	last := stamp
	for i := range 10000 { // a device that is slow by 1 in 1000 makes no jumps
		at, jumped := a.at(stamp, now)
		if jumped || i > 0 && at-last != 960 {
			t.Fatalf("a jump after %d packets, %d after %d", i, at, last)
		}
		last, stamp, now = at, stamp+960, now.Add(20*time.Millisecond+20*time.Microsecond)
	}
	now = now.Add(5 * time.Second)
	at, jumped := a.at(stamp, now)
	if gap := time.Duration(at-last) * time.Second / 48000; !jumped || (gap-5020*time.Millisecond).Abs() > 20*time.Millisecond {
		t.Errorf("a pause of five seconds is %v in timestamps", gap)
	}
}
