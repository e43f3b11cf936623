package rate

import "time"

// losses bounds the rate where a path drops packets instead of queueing them. Wireless lines lose up to a tenth for reasons that have
// nothing to do with how much is sent; to send less would help nobody there.
type losses struct {
	lost, total int
	since       time.Time
	share       float64 // of the last window
	bound       float64 // 0: none
}

const (
	lossWindow  = 100 // packets: one in ten is then seen as 4 to 16
	lossTime    = time.Second
	bearable    = 0.15
	heavy       = 0.30 // is acted on before the window is full
	heavyWindow = 20
	little      = 0.02
	recovery    = 0.5 // per second
)

// report takes what became of packets, while target was what was sent.
func (l *losses) report(now time.Time, lost, total int, target float64) {
	if l.total == 0 {
		l.since = now
	}
	l.lost, l.total = l.lost+lost, l.total+total
	if l.total == 0 {
		return
	}
	share := float64(l.lost) / float64(l.total)
	full := l.total >= lossWindow || (now.Sub(l.since) >= lossTime && l.total >= heavyWindow)
	if !full && (l.total < heavyWindow || share < heavy) {
		return
	}
	passed := now.Sub(l.since)
	*l = losses{share: share, bound: l.bound}
	switch {
	case share > bearable:
		if l.bound == 0 || l.bound > target {
			l.bound = target
		}
		l.bound *= 1 - share/2
	case l.bound > 0:
		speed := growth
		if share < little {
			speed = recovery
		}
		l.bound *= 1 + speed*min(passed.Seconds(), 1)
		if l.bound > 2*target {
			l.bound = 0
		}
	}
}
