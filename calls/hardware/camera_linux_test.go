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
	if _, err := openStream("/dev/null", wish{640, 360, 30}, nil); err == nil {
		t.Error("the empty device is a camera")
	}
	if _, err := openStream(filepath.Join(t.TempDir(), "none"), wish{640, 360, 30}, nil); !errors.Is(err, ErrNoDevice) {
		t.Errorf("a device that is not there: %v", err)
	}
	if _, err := OpenCamera("no camera has this name"); !errors.Is(err, ErrNoDevice) {
		t.Errorf("a camera that is not there: %v", err)
	}
}
