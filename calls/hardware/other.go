//go:build !linux && !windows && !darwin

package hardware

import "kith/calls/video"

// findCameras knows none on this system.
func findCameras() ([]foundCamera, error) { return nil, ErrUnsupported }

type stream struct{}

func openStream(string, wish, *video.Pool) (*stream, error) { return nil, ErrUnsupported }

func (*stream) next() (*video.Frame, error) { return nil, ErrUnsupported }
func (*stream) close()                      {}

// Open fails with ErrUnsupported.
func (s *Sharing) Open() (*Screen, error) { return s.openHere() }

type display struct{}

func openDisplay(*Sharing) (*display, error) { return nil, ErrUnsupported }

func (*display) look(*video.Pool, wish) (*video.Frame, error) { return nil, ErrUnsupported }
func (*display) close()                                       {}
