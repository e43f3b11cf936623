package link

import (
	"context"
	"math/rand/v2"
	"time"
)

// pauses finds the time between attempts to connect: it doubles, with jitter, so that a server that comes back is not met by all
// its people at once.
type pauses struct {
	timing timing
	pause  time.Duration // zero: the first
}

// next is how long to wait after a connection that was online so long; zero: it never was. After one that was steady the
// pauses begin anew. Who loses the line again and again, as on a train, waits, but not longer each time.
func (p *pauses) next(online time.Duration) time.Duration {
	switch {
	case p.pause == 0, online > p.timing.steady:
		p.pause = p.timing.retry
	case online > 0:
		p.pause = min(p.pause, p.timing.patchy)
	}
	wait := p.pause/2 + rand.N(p.pause)
	p.pause = min(2*p.pause, p.timing.maxRetry)
	return wait
}

// reset makes the pauses begin anew: there is reason to believe that the network is another now.
func (p *pauses) reset() { p.pause = 0 }

// doubted says, once, whether the connection that has ended was tested because of a hint that the network changed.
func (l *Link) doubted() bool {
	at := l.doubt.Swap(0)
	return at != 0 && time.Since(time.Unix(0, at)) < 2*l.shared.timing.hurry
}

// rest tells why there is no connection and waits until it is time for the next attempt, or until a hint came. It is not ok
// when the Link closes.
func (l *Link) rest(ctx context.Context, off Offline) (hinted, ok bool) {
	l.receiver.inbox.put(off, 0)
	var after <-chan time.Time
	if !off.Final {
		timer := time.NewTimer(off.RetryIn)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
		return false, true
	case <-l.hint:
		return true, true
	case <-ctx.Done():
		return false, false
	}
}
