package calls

import (
	"kith/calls/hardware"
	"kith/calls/media"
)

// Synthetic is hardware that needs none, and measures what comes from others that use it: see hardware.Synthetic.
func Synthetic(s hardware.Synthetic) Hardware {
	return Hardware{
		Microphone: func() (media.Microphone, error) { return s.Microphone(), nil },
		Speaker:    func() (media.Speaker, error) { return s.Speaker(), nil },
		Camera:     func() (media.Camera, error) { return s.Camera(), nil },
		Share:      func() func() (media.Camera, error) { return func() (media.Camera, error) { return s.Camera(), nil } },
		Measure:    s.Size,
	}
}
