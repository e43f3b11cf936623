package calls

import (
	"errors"
	"image"
	"strconv"
	"strings"

	"kith/calls/hardware"
)

// Flag is what calls are made with, as the flag -media of both programs says it: "system" is this machine's devices, "none" makes and takes no
// calls, "synthetic" or "synthetic:HZ" is a tone of that frequency and a moving pattern, and measures what comes.
type Flag struct {
	Hardware *Hardware // nil: none
	text     string
}

// The synthetic devices. The tones are those that are looked for in what comes.
const (
	usualHz           = 440
	leastHz, mostHz   = 200, 3400
	pictureW          = 640
	pictureH          = 360
	picturesPerSecond = 30
)

// String is the flag's value.
func (f *Flag) String() string { return f.text }

// Set reads it.
func (f *Flag) Set(s string) error {
	kind, hz, given := strings.Cut(s, ":")
	var h Hardware
	switch {
	case s == "none":
		*f = Flag{text: s}
		return nil
	case s == "system":
		h = System()
	case kind == "synthetic":
		tone := float64(usualHz)
		if given {
			var err error
			if tone, err = strconv.ParseFloat(hz, 64); err != nil || tone < leastHz || tone > mostHz {
				return errors.New("synthetic:HZ wants 200 to 3400 Hz")
			}
		}
		h = Synthetic(hardware.Synthetic{Hz: tone, Size: image.Pt(pictureW, pictureH), FPS: picturesPerSecond})
	default:
		return errors.New("wants system, none, synthetic or synthetic:HZ")
	}
	*f = Flag{Hardware: &h, text: s}
	return nil
}
