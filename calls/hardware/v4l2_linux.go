package hardware

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What is asked of a camera, as in linux/videodev2.h of a 64-bit system.
const (
	vidQueryCap      = 0x80685600
	vidEnumFormat    = 0xc0405602
	vidSetFormat     = 0xc0d05605
	vidRequest       = 0xc0145608
	vidQueryBuffer   = 0xc0585609
	vidQueue         = 0xc058560f
	vidDequeue       = 0xc0585611
	vidStreamOn      = 0x40045612
	vidStreamOff     = 0x40045613
	vidSetPace       = 0xc0cc5616
	vidEnumSizes     = 0xc02c564a
	vidCapture       = 1          // of buffers: V4L2_BUF_TYPE_VIDEO_CAPTURE
	vidMemoryMap     = 1          // V4L2_MEMORY_MMAP
	vidCanCapture    = 0x00000001 // V4L2_CAP_VIDEO_CAPTURE
	vidCanStream     = 0x04000000
	vidHasDeviceCaps = 0x80000000
	vidBroken        = 0x40 // V4L2_BUF_FLAG_ERROR
	vidDiscrete      = 1    // a frame size that is one
)

type vidCapability struct {
	_            [16]byte // the driver
	card         [32]byte
	_            [32]byte // the bus
	_            uint32   // the version
	capabilities uint32
	deviceCaps   uint32
	_            [3]uint32
}

type vidFormatName struct {
	index, kind uint32
	_           uint32   // flags
	_           [32]byte // a description
	format      uint32
	_           [4]uint32
}

type vidSize struct {
	index, format, kind uint32
	width, height       uint32
	_                   [4 + 2]uint32
}

type vidFormat struct {
	kind          uint32
	_             uint32 // what follows is aligned to 8 bytes
	width, height uint32
	format        uint32
	_             uint32 // the order of fields
	bytesPerLine  uint32
	_             uint32 // the size
	_             [200 - 24]byte
}

type vidPace struct {
	kind                   uint32
	_                      [2]uint32 // what can be done, and what is
	numerator, denominator uint32    // seconds per picture
	_                      [200 - 16]byte
}

type vidBuffers struct {
	count, kind, memory uint32
	_                   [2]uint32 // what can be done
}

type vidBuffer struct {
	index, kind, used, flags uint32
	_                        uint32   // the order of fields
	_                        [2]int64 // when it was taken, by a clock that differs
	_                        [16]byte // timecode
	_, memory                uint32
	offset                   uint64 // in the lower half
	length                   uint32
	_                        [2]uint32
}

// ask is an ioctl that is begun again when a signal comes in between.
func ask[T any](fd int, what uint, about *T) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(what), uintptr(unsafe.Pointer(about)))
		if errno == 0 {
			return nil
		}
		if !errors.Is(errno, unix.EINTR) {
			return errno
		}
	}
}

// canCapture says whether pictures come from a device, as streams.
func (c *vidCapability) canCapture() bool {
	caps := c.capabilities
	if caps&vidHasDeviceCaps != 0 {
		caps = c.deviceCaps
	}
	return caps&vidCanCapture != 0 && caps&vidCanStream != 0
}

// text is a string of C.
func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
