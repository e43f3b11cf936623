package media

import (
	"time"

	"kith/calls/rate"
)

// Renewed says that sound and picture go another way from now on, or that the way is back. What was learned of the one before is forgotten,
// most of all that nothing came through it; what still waits to be sent is old; and each side begins with a whole picture, without being
// asked for it.
func (s *Session) Renewed() {
	l := s.line
	l.mu.Lock()
	l.control = rate.New(rate.Limits{})
	l.clear()
	l.lost, l.missing = 0, 0
	l.key, l.keyed = true, time.Time{}
	for _, t := range []*track{s.audio, s.video} {
		for _, b := range t.bindings {
			b.path.history = rate.History{}
		}
	}
	l.mu.Unlock()
	l.hurry()
	s.seeing.renew()
}

// renew gives up what builds on pictures that were sent another way.
func (v *seeing) renew() {
	v.mu.Lock()
	v.buffer.Broken()
	v.mu.Unlock()
	select {
	case v.wake <- struct{}{}:
	default:
	}
}
