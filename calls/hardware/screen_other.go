//go:build !linux

package hardware

import "kith/calls/video"

// Screen sees what is shown; not yet on this system.
type Screen struct{}

// Open fails with ErrUnsupported.
func (*Sharing) Open() (*Screen, error) { return nil, ErrUnsupported }

// Frames gives nothing.
func (*Screen) Frames() <-chan *video.Frame { return nil }

// Set fails.
func (*Screen) Set(int, int, int) error { return ErrUnsupported }

// Close does nothing.
func (*Screen) Close() error { return nil }
