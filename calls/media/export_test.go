package media

import (
	"time"

	"kith/calls/video"
)

// Watch has a test see the pictures of the other side as they are shown.
func (c *Config) Watch(f func(*video.Frame, time.Time)) { c.watch = f }
