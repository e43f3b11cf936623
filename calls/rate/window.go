package rate

import (
	"math"
	"time"
)

// window bounds what is on its way and not reported: where reports stand in a queue themselves, or are lost in one, what the path carries now is only
// known when it is too late.
type window struct {
	flying   []parcel // the oldest first
	bytes    int      // of all of them
	forgiven int      // of these: nothing is heard any more, and what was on its way is held against nobody
	reports  ages
	took     time.Duration // how long after its oldest packet the newest report came
	away     time.Duration // by which reports take longer on their way back, and not what they tell of
	doubt    bool          // reports come so late that what is on its way may stand in a queue, of which they tell nothing yet
	doubted  time.Time     // when that began
}

// parcel is what left at a time.
type parcel struct {
	at    time.Time
	bytes int
}

const (
	slack       = 100 * time.Millisecond // beyond what a report usually takes: on a busy machine it varies by more, and may
	leastWindow = 4 * fullPacket
	mostFlying  = historySize
)

// sent takes a packet that leaves.
func (w *window) sent(now time.Time, bytes int) {
	if n := len(w.flying); n > 0 && w.flying[n-1].at.Equal(now) || n == mostFlying {
		w.flying[n-1].bytes += bytes
	} else {
		w.flying = append(w.flying, parcel{now, bytes})
	}
	w.bytes += bytes
}

// report takes what a report tells of: all that was sent before its newest packet has come, or never will. over says how long a packet stood in queues.
func (w *window) report(now time.Time, packets []Packet, over func(Packet) time.Duration) {
	var oldest, newest Packet
	for _, p := range packets {
		if p.Lost {
			continue
		}
		if oldest.Sent.IsZero() {
			oldest = p
		}
		newest = p
	}
	if newest.Sent.IsZero() {
		return
	}
	w.forgiven = 0
	w.forget(newest.Sent)
	w.learn(now, min(max(now.Sub(oldest.Sent), 0), mostAge), newest.Sent, over(oldest))
}

// forget drops what left until a time.
func (w *window) forget(until time.Time) {
	gone := 0
	for gone < len(w.flying) && !w.flying[gone].at.After(until) {
		w.bytes -= w.flying[gone].bytes
		gone++
	}
	if gone == 0 {
		return
	}
	w.flying = append(w.flying[:0], w.flying[gone:]...)
	w.forgiven = min(w.forgiven, w.bytes)
}

// learn takes how long after a packet left its report came. One that is late raises doubt, until something is reported that left after it.
func (w *window) learn(now time.Time, took time.Duration, newest time.Time, queue time.Duration) {
	away := max(took-w.reports.usual-queue, 0)
	w.took = took
	switch {
	case w.reports.empty():
	case !w.doubt && took > w.long()+emergency:
		w.doubt = true
		if w.away == 0 {
			w.doubted = now
		}
	case w.doubt && newest.After(w.doubted):
		w.doubt, w.away = false, away
	default:
		w.away = min(w.away, away)
	}
	w.reports.add(now, took)
}

// rebase forgets what is usual.
func (w *window) rebase() { w.reports, w.took, w.away, w.doubt = ages{}, 0, 0, false }

// silence is for when nothing is heard: a little more is sent, of which something may be heard.
func (w *window) silence() { w.forgiven = w.bytes }

// full says whether as much is on its way as may be.
func (w *window) full(target float64) bool {
	most := int(target * w.long().Seconds() / 8)
	switch {
	case w.reports.empty():
		return false
	case w.forgiven > 0:
		most = w.forgiven + leastWindow
	case w.doubt:
		most = leastWindow
	}
	return w.bytes > max(most, leastWindow)
}

// queued is how long what is on its way stands in queues, at most, where so much is carried.
func (w *window) queued(carries float64) time.Duration {
	return time.Duration(float64(8*w.bytes)/carries*float64(time.Second)) - w.reports.usual
}

// long is the longest that a report takes for ordinary reasons.
func (w *window) long() time.Duration {
	return w.reports.usual + max(slack, 3*w.reports.varies) + w.away
}

// ages are how old the oldest packet of each report was, of the last ten seconds. What is usual is that of the calmest of them: a queue
// comes and goes, and is not usual, however many reports tell of it.
type ages struct {
	past          [10]spell
	next          int // where the one goes that is not over
	now           spell
	usual, varies time.Duration
}

// spell is a second of reports.
type spell struct {
	from        time.Time
	count       float64
	sum, square float64 // seconds
}

const (
	spellTime  = time.Second
	spellCount = 8 // reports at least: fewer say little
	mostAge    = 3 * time.Second
)

func (a *ages) empty() bool { return a.usual == 0 }

func (a *ages) add(now time.Time, took time.Duration) {
	if a.now.count == 0 {
		a.now.from = now
	}
	a.now.count++
	a.now.sum, a.now.square = a.now.sum+took.Seconds(), a.now.square+took.Seconds()*took.Seconds()
	if a.now.count >= spellCount && now.Sub(a.now.from) >= spellTime {
		a.past[a.next] = a.now
		a.next, a.now = (a.next+1)%len(a.past), spell{}
	} else if a.past[0].count > 0 {
		return // before the first is over, it is all that is known
	}
	calm := a.now
	for _, s := range a.past {
		if s.count > 0 && (calm.count == 0 || s.mean() < calm.mean()) {
			calm = s
		}
	}
	a.usual, a.varies = seconds(calm.mean()), seconds(calm.deviation())
}

func (s spell) mean() float64 { return s.sum / s.count }

func (s spell) deviation() float64 { return math.Sqrt(max(s.square/s.count-s.mean()*s.mean(), 0)) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
