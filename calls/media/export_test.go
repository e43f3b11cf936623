package media

import (
	"time"

	"kith/calls/video"
)

// Watch has a test see the pictures of the other side as they are shown.
func (c *Config) Watch(f func(*video.Frame, time.Time)) { c.watch = f }

// Reported says whether a sender has told what time it is in its stream.
func (s *Session) Reported(ssrc uint32) bool {
	s.synch.mu.Lock()
	defer s.synch.mu.Unlock()
	_, ok := s.synch.video.reports[ssrc]
	return ok
}
