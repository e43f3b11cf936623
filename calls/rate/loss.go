package rate

import "time"

// losses bounds the rate where a path drops packets instead of queueing them. Wireless lines lose packets for reasons that have nothing to do
// with how much is sent, and to send less would help nobody there: up to a seventh is borne anyhow, and of more it is tried out what less helps.
type losses struct {
	window lossCount
	share  float64 // of the last window
	bound  float64 // 0: none

	own     float64 // the share that the path loses however little is sent; 0: not known
	learned time.Time
	tried   bool  // it is tried out again, and not borne meanwhile
	before  lossy // before less was sent
	tells   int   // how many windows since then say that less helps nothing
	calm    int   // how many windows in a row lost little
}

// lossCount counts until it says something.
type lossCount struct {
	lost, total int
	since       time.Time
	bytes       int
	first, last time.Time // when its packets left; zero where single packets are not known
}

// lossy is what was lost of how much.
type lossy struct{ rate, share float64 }

const (
	lossWindow  = 100 // packets: one in ten is then seen as 4 to 16
	lossTime    = time.Second
	bearable    = 0.15
	heavy       = 0.30 // is acted on before the window is full
	heavyWindow = 20
	little      = 0.02
	recovery    = 0.5 // per second
	telling     = 0.1 // between what a full path loses when less is sent and what another one does: enough to tell one from the other,
	tellTwice   = 2   // twice
	mostOwn     = 0.4 // of a path that is worth a picture
	ownFor      = 30 * time.Second
)

// packets takes what became of single packets, while target was what was sent.
func (l *losses) packets(now time.Time, packets []Packet, target float64) {
	lost := 0
	for _, p := range packets {
		if p.Lost {
			lost++
		}
		l.window.bytes += p.Bytes
		if l.window.first.IsZero() || p.Sent.Before(l.window.first) {
			l.window.first = p.Sent
		}
		if p.Sent.After(l.window.last) {
			l.window.last = p.Sent
		}
	}
	l.report(now, lost, len(packets), target)
}

// report takes how many of how many packets were lost, while target was what was sent.
func (l *losses) report(now time.Time, lost, total int, target float64) {
	w := &l.window
	if w.total == 0 {
		w.since = now
	}
	w.lost, w.total = w.lost+lost, w.total+total
	if w.total == 0 {
		return
	}
	share := float64(w.lost) / float64(w.total)
	full := w.total >= lossWindow || (now.Sub(w.since) >= lossTime && w.total >= heavyWindow)
	if !full && (w.total < heavyWindow || share-l.own < heavy) {
		return
	}
	passed, rate := now.Sub(w.since), 0.0
	if took := w.last.Sub(w.first); took > 0 {
		rate = 8 * float64(w.bytes) / took.Seconds()
	}
	l.share, l.window = share, lossCount{}
	if rate > 0 {
		l.judge(now, rate)
	}
	l.limit(target, passed)
}

// limit sends less where too much is lost, and more again where it is not.
func (l *losses) limit(target float64, passed time.Duration) {
	switch excess := max(l.share-l.borne(), 0); {
	case excess > bearable:
		if l.bound == 0 || l.bound > target {
			l.bound = target
		}
		l.bound *= 1 - excess/2
	case l.bound > 0:
		speed := growth
		if excess < little {
			speed = recovery
		}
		l.bound *= 1 + speed*min(passed.Seconds(), 1)
		if l.bound > 2*target {
			l.bound = 0
		}
	}
}

// judge finds out what the path loses by itself, of what was sent at a rate. One that is full carries the same when less is sent, and loses less;
// another one loses the same share. What was learned is tried out again after a while, so that no mistake lasts.
func (l *losses) judge(now time.Time, rate float64) {
	l.tried = l.own > 0 && now.Sub(l.learned) > ownFor
	if l.bearable() {
		if l.before, l.calm = (lossy{}), l.calm+1; l.tried && l.calm >= tellTwice { // one may be luck
			l.own = 0
		}
		l.own += min(l.share-l.own, 0) / 8
		return
	}
	l.calm = 0
	switch {
	case l.before == lossy{} || rate > l.before.rate:
		l.before, l.tells = lossy{rate, l.share}, 0
		return
	}
	full := max(1-l.before.rate/rate*(1-l.before.share), 0)
	switch {
	case l.before.share-full < telling: // too little less was sent
	case l.share < (l.before.share+full)/2 || l.share > mostOwn:
		l.before, l.tells = lossy{rate, l.share}, 0
	case l.tells+1 < tellTwice:
		l.tells++
	default:
		l.own, l.learned, l.tried, l.bound, l.before = l.share, now, false, 0, lossy{}
	}
}

// borne is what of the losses is nobody's fault.
func (l *losses) borne() float64 {
	if l.tried {
		return 0
	}
	return l.own
}

// bearable says whether no more is lost than a path loses by itself, or nearly so.
func (l *losses) bearable() bool { return l.share-l.borne() <= bearable }

// least is what is sent whatever the other side says that it can receive, unless it loses some of it: it guesses by what comes, and while
// no picture does it learns of nothing more.
func (l *losses) least() float64 {
	if !l.bearable() {
		return 0
	}
	return assumed / 2
}
