package media

import (
	"sync"
	"time"

	"kith/calls/audio"
)

// How far sound and picture may be from each other, and what is done about it. Nobody notices a picture that is up to 40 ms later than its
// sound or 60 ms earlier (EBU R 37), but everybody a long way to the other side: one waits for the other only as long as it must.
const (
	mostLate   = 25 * time.Millisecond
	mostEarly  = -45 * time.Millisecond
	mostSkew   = 2 * time.Second        // more is a clock that tells nonsense
	mostWait   = 400 * time.Millisecond // that one of the two is made to wait
	waitStep   = 20 * time.Millisecond  // by which the picture waits longer at each look: while a queue fills, sound aims at far too much for a second
	catchesUp  = 100 * time.Millisecond // sound that is so far from what it aims at is on its way there
	slack      = 10 * time.Millisecond  // a least delay that is so far below the delay does nothing
	windowTime = 4 * time.Second
	mostJump   = 10 * time.Second
	synchEach  = 100 * time.Millisecond // repairs that come late make the picture wait half as fast as time for more
)

// synch brings sound and picture of the other side together: by its sender reports both are on one clock of its own.
type synch struct {
	mu           sync.Mutex
	epoch        time.Time // it never changes
	audio, video stream
	audioWaits   time.Duration // least delays that are asked for
	videoWaits   time.Duration
	skew         time.Duration // by how much the picture is later than the sound
	known        bool
}

func newSynch(epoch time.Time) *synch {
	return &synch{epoch: epoch, audio: stream{clock: audio.Rate}, video: stream{clock: videoRate}}
}

// stream relates the timestamps of one stream to when its packets arrive, and to the clock of the other side.
type stream struct {
	clock    int64
	ssrc     uint32
	begun    bool
	stamp    uint32 // the first timestamp
	position int64  // of the newest packet, counted from there
	least    window // arrival minus position

	reports map[uint32]senderReport
}

// senderReport is the newest one of a sender.
type senderReport struct {
	ntp   uint64
	stamp uint32 // at that time
}

// mostSenders bounds whose reports are remembered.
const mostSenders = 16

// heard takes a packet of the sound.
func (s *synch) heard(ssrc, timestamp uint32, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audio.arrived(ssrc, timestamp, s.epoch, now)
}

// seen takes a picture, and when it was whole: the delay of pictures is counted from the fastest of these, which takes longer than the fastest packet.
func (s *synch) seen(ssrc, timestamp uint32, ready time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.video.arrived(ssrc, timestamp, s.epoch, ready)
}

// arrived says by how much something was later than the fastest of the last seconds.
func (t *stream) arrived(ssrc, timestamp uint32, epoch, now time.Time) (late time.Duration) {
	delta := int64(int32(timestamp - t.stamp - uint32(t.position)))
	if most := t.clock * int64(mostJump/time.Second); !t.begun || ssrc != t.ssrc || delta > most || delta < -most {
		*t = stream{clock: t.clock, ssrc: ssrc, begun: true, stamp: timestamp, reports: t.reports}
		delta = 0
	}
	at := t.position + delta
	t.position = max(t.position, at)
	took := now.Sub(epoch) - t.time(at)
	t.least.add(took, now)
	return took - t.least.least()
}

// time is how long after the first packet something is.
func (t *stream) time(position int64) time.Duration {
	return time.Duration(float64(position) / float64(t.clock) * float64(time.Second))
}

// report takes a sender report (RFC 3550 §6.4.1).
func (s *synch) report(ssrc uint32, ntp uint64, stamp uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range []*stream{&s.audio, &s.video} {
		if t.reports == nil || len(t.reports) >= mostSenders {
			t.reports = map[uint32]senderReport{}
		}
		t.reports[ssrc] = senderReport{ntp, stamp}
	}
}

// behind is how long the fastest packets took from the other side's clock to ours.
func (t *stream) behind(epoch time.Time) (time.Duration, bool) {
	r, ok := t.reports[t.ssrc]
	if !ok || !t.begun {
		return 0, false
	}
	after := int64(int32(t.stamp + uint32(t.position) - r.stamp)) // of the newest packet, after the report
	sent := fromNTP(r.ntp).Add(t.time(after))
	return epoch.Add(t.least.least() + t.time(t.position)).Sub(sent), true
}

// waits is how long a stream waits here now, and how long it aims at.
type waits struct{ now, aims time.Duration }

// adjust compares how long sound and picture take, which includes what they wait here, and says how long each has to wait. Both go with what the other aims
// at: what sound waits too long is gone sooner than a picture that waited for it would be in time again, and a picture that has to wait longer does so
// sooner than sound can follow. One that waits too long is slow to come down from that, so that counts until it is gone.
func (s *synch) adjust(sound, picture waits) (audioWaits, videoWaits time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, aok := s.audio.behind(s.epoch)
	v, vok := s.video.behind(s.epoch)
	s.skew = v + picture.now - a - sound.now
	s.known = aok && vok && s.skew.Abs() < mostSkew
	heard, aims, seen := sound.now, sound.aims, max(picture.now, picture.aims)
	later := v + seen - a - aims
	switch late, early := later-mostLate, mostEarly-later; {
	case !s.known:
	case s.videoWaits > 0 && early < -slack:
		s.videoWaits = relax(s.videoWaits, seen, -early)
	case s.audioWaits > 0 && late < -slack:
		s.audioWaits = relax(s.audioWaits, aims, -late)
	case late > 0:
		s.audioWaits = min(aims+late, mostWait)
	case early > 0 && heard-aims < catchesUp:
		s.videoWaits = min(seen+min(early, waitStep), mostWait)
	}
	return s.audioWaits, s.videoWaits
}

// relax takes back from a least delay what is too much; all of it, when it is something else that holds the stream.
func relax(least, delay, excess time.Duration) time.Duration {
	if least < delay-slack {
		return 0
	}
	return max(delay-excess, 0)
}

// state is by how much the picture is later than the sound, once that is known.
func (s *synch) state() (skew time.Duration, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew, s.known
}

// window is the least of what was added in the last four to eight seconds.
type window struct {
	now, before time.Duration
	since       time.Time
	filled, two bool
}

func (w *window) add(d time.Duration, now time.Time) {
	switch {
	case !w.filled:
		*w = window{now: d, since: now, filled: true}
	case now.Sub(w.since) >= windowTime:
		*w = window{now: d, before: w.now, since: now, filled: true, two: true}
	default:
		w.now = min(w.now, d)
	}
}

func (w *window) least() time.Duration {
	if w.two {
		return min(w.now, w.before)
	}
	return w.now
}
