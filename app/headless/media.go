package main

import (
	"errors"
	"image"
	"strconv"
	"strings"

	"kith/calls"
	"kith/calls/hardware"
)

// mediaFlag is what calls are made with: nothing, or synthetic sound of that frequency and a synthetic picture.
type mediaFlag struct{ hz float64 }

// The synthetic devices. The frequencies are those that survive Opus and are looked for in what comes.
const (
	usualHz           = 440
	leastHz, mostHz   = 200, 3400
	pictureW          = 640
	pictureH          = 360
	picturesPerSecond = 30
)

// String is the flag's value.
func (m *mediaFlag) String() string {
	if m == nil || m.hz == 0 {
		return ""
	}
	return "synthetic:" + strconv.FormatFloat(m.hz, 'f', -1, 64)
}

// Set reads "synthetic" or "synthetic:HZ".
func (m *mediaFlag) Set(s string) error {
	kind, hz, given := strings.Cut(s, ":")
	m.hz = usualHz
	var err error
	if given {
		m.hz, err = strconv.ParseFloat(hz, 64)
	}
	if kind != "synthetic" || err != nil || m.hz < leastHz || m.hz > mostHz {
		return errors.New("must be synthetic, or synthetic:HZ with 200 to 3400 Hz")
	}
	return nil
}

// hardware is nil when no calls are made.
func (m *mediaFlag) hardware() *calls.Hardware {
	if m.hz == 0 {
		return nil
	}
	h := calls.Synthetic(hardware.Synthetic{Hz: m.hz, Size: image.Pt(pictureW, pictureH), FPS: picturesPerSecond})
	return &h
}
