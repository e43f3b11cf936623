//go:build !linux

package hardware

import "kith/calls/video"

// Camera sees; not yet on this system.
type Camera struct{}

// Cameras lists none.
func Cameras() ([]string, error) { return nil, ErrUnsupported }

// OpenCamera fails with ErrUnsupported.
func OpenCamera(string) (*Camera, error) { return nil, ErrUnsupported }

// Frames gives nothing.
func (*Camera) Frames() <-chan *video.Frame { return nil }

// Set fails.
func (*Camera) Set(int, int, int) error { return ErrUnsupported }

// Close does nothing.
func (*Camera) Close() error { return nil }
