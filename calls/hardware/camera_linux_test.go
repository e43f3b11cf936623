package hardware

import (
	"errors"
	"path/filepath"
	"testing"
	"unsafe"
)

// TestStructures holds the structures against the sizes that are part of the numbers by which they are asked for (asm-generic/ioctl.h).
func TestStructures(t *testing.T) {
	for name, c := range map[string]struct {
		size   uintptr
		number uint32
	}{
		"capability": {unsafe.Sizeof(vidCapability{}), vidQueryCap}, "format name": {unsafe.Sizeof(vidFormatName{}), vidEnumFormat},
		"format": {unsafe.Sizeof(vidFormat{}), vidSetFormat}, "buffers": {unsafe.Sizeof(vidBuffers{}), vidRequest},
		"buffer": {unsafe.Sizeof(vidBuffer{}), vidQueue}, "pace": {unsafe.Sizeof(vidPace{}), vidSetPace},
		"size": {unsafe.Sizeof(vidSize{}), vidEnumSizes},
	} {
		if want := uintptr(c.number >> 16 & 0x3fff); c.size != want {
			t.Errorf("%s has %d bytes, not %d", name, c.size, want)
		}
	}
	if at := unsafe.Offsetof(vidFormat{}.width); at != 8 {
		t.Errorf("the width of a format is at %d, not 8", at)
	}
	if at := unsafe.Offsetof(vidBuffer{}.offset); at != 64 {
		t.Errorf("the place of a buffer is at %d, not 64", at)
	}
}

// TestPick chooses among what cameras offer.
func TestPick(t *testing.T) {
	size := func(format uint32, width, height int) vidSize {
		return vidSize{format: format, kind: vidDiscrete, width: uint32(width), height: uint32(height)}
	}
	laptop := []vidSize{
		size(mjpeg, 1280, 720), size(mjpeg, 640, 360), size(mjpeg, 1920, 1080), size(mjpeg, 3840, 2160),
		size(yuyv, 640, 360), size(yuyv, 640, 480), size(yuyv, 1280, 720), size('H', 1280, 720), size(yuyv, 160, 120),
	}
	for name, c := range map[string]struct {
		offers []vidSize
		want   wish
		is     vidSize
	}{
		"small and cheap":          {laptop, wish{640, 360, 30}, size(yuyv, 640, 360)},
		"large, as JPEG":           {laptop, wish{1280, 720, 30}, size(mjpeg, 1280, 720)},
		"the next larger":          {laptop, wish{800, 450, 30}, size(mjpeg, 1280, 720)},
		"more than a frame can be": {laptop, wish{3840, 2160, 30}, size(mjpeg, 1920, 1080)},
		"planes before pairs":      {[]vidSize{size(yuyv, 640, 480), size(nv12, 640, 480)}, wish{640, 480, 30}, size(nv12, 640, 480)},
		"only larger than wanted":  {[]vidSize{size(yuyv, 1280, 720)}, wish{320, 180, 30}, size(yuyv, 1280, 720)},
		"only smaller than wanted": {[]vidSize{size(yuyv, 160, 120), size(yuyv, 320, 240)}, wish{640, 360, 30}, size(yuyv, 320, 240)},
		"nothing known":            {[]vidSize{size('H', 640, 480), size(yuyv, 0, 0)}, wish{640, 360, 30}, size(yuyv, 640, 360)},
	} {
		f := pick(c.offers, c.want)
		if f.format != c.is.format || f.width != c.is.width || f.height != c.is.height {
			t.Errorf("%s: %d×%d of format %x", name, f.width, f.height, f.format)
		}
	}
}

// TestCapability tells cameras from what else has such a device: of many cameras a second one gives only their settings.
func TestCapability(t *testing.T) {
	for name, c := range map[string]struct {
		about vidCapability
		can   bool
	}{
		"a camera":            {vidCapability{capabilities: vidCanCapture | vidCanStream}, true},
		"with its settings":   {vidCapability{capabilities: vidCanCapture | vidCanStream | vidHasDeviceCaps, deviceCaps: vidCanStream}, false},
		"as one of two":       {vidCapability{capabilities: vidHasDeviceCaps, deviceCaps: vidCanCapture | vidCanStream}, true},
		"that does not flow":  {vidCapability{capabilities: vidCanCapture}, false},
		"that only gives out": {vidCapability{capabilities: 2 | vidCanStream}, false},
	} {
		if c.about.canCapture() != c.can {
			t.Errorf("%s: %v", name, !c.can)
		}
	}
	if got := text([]byte("Webcam\x00rest")); got != "Webcam" {
		t.Errorf("a name is read as %q", got)
	}
}

// TestNoCamera is a machine without any, and what is none.
func TestNoCamera(t *testing.T) {
	if _, err := openStream("/dev/null", wish{640, 360, 30}); err == nil {
		t.Error("the empty device is a camera")
	}
	if _, err := openStream(filepath.Join(t.TempDir(), "none"), wish{640, 360, 30}); !errors.Is(err, ErrNoDevice) {
		t.Errorf("a device that is not there: %v", err)
	}
	if _, err := OpenCamera("no camera has this name"); !errors.Is(err, ErrNoDevice) {
		t.Errorf("a camera that is not there: %v", err)
	}
}
