// Package hardware is where the sound and the pictures of calls come from and go to: microphones, speakers, cameras and screens, and
// synthetic ones for programs without any and for tests. Its types fit the interfaces of calls/media.
//
// Sound goes through miniaudio (PulseAudio and what speaks its protocol, ALSA and JACK; WASAPI; CoreAudio), at 48 kHz mono in blocks
// of 10 ms. On Linux cameras are V4L2; screens are X11's, and under Wayland what the desktop's portal gives over PipeWire. On Windows they are
// Media Foundation's and GDI's, on macOS AVFoundation's and CoreGraphics' (the latter were never run). Elsewhere opening one says ErrUnsupported.
//
// Each device is open only while somebody holds it. One goroutine per camera and screen, which Close waits for; sound comes on
// miniaudio's own threads, which only copy. A device is chosen by the name that its list gives; "" is what the system prefers.
package hardware

import "errors"

// What opening a device, and using it, may answer.
var (
	ErrNoDevice    = errors.New("there is no such device")
	ErrGone        = errors.New("the device is gone")
	ErrDenied      = errors.New("the system does not allow it")
	ErrUnsupported = errors.New("not supported on this system")
)
