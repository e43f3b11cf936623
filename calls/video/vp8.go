package video

/*
#cgo CFLAGS: -std=c11 -O2 -Wall
#cgo linux,!android,!shared_vpx LDFLAGS: -l:libvpx.a -lm -lpthread
#cgo linux,!android,shared_vpx LDFLAGS: -lvpx
#cgo windows LDFLAGS: -l:libvpx.a -lm -lpthread
#cgo android LDFLAGS: -l:libvpx.a -lm
#cgo ios LDFLAGS: -lvpx -lm
#cgo darwin,!ios,arm64 CFLAGS: -I/opt/homebrew/include
#cgo darwin,!ios,arm64 LDFLAGS: /opt/homebrew/lib/libvpx.a
#cgo darwin,!ios,amd64 CFLAGS: -I/usr/local/include
#cgo darwin,!ios,amd64 LDFLAGS: /usr/local/lib/libvpx.a
#include "vp8.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"time"
	"unsafe"
)

// ErrKeyNeeded is a frame that builds on others which were never decoded: only a key frame helps.
var ErrKeyNeeded = errors.New("decode: a key frame is needed first")

// The bounds of a bitrate: below, libvpx shows mud; above, no call goes.
const (
	minBitrate = 30_000
	maxBitrate = 20_000_000
)

// paceSmooth is over how many frames the pace is smoothed: a third of a second.
const paceSmooth = 10

// Settings is what an Encoder aims at.
type Settings struct {
	Width, Height int
	BitsPerSecond int // held between 30 kb/s and 20 Mb/s
}

func (s Settings) kilobits() C.uint {
	return C.uint(min(max(s.BitsPerSecond, minBitrate), maxBitrate) / 1000)
}

// An Encoder makes VP8 of frames. Close it: its memory is not Go's.
type Encoder struct {
	c        *C.kith_encoder
	now      Settings
	captured time.Time
	pace     time.Duration // from frame to frame, smoothed
	ticks    int64         // 1/90000 s since the first frame, as libvpx is told
	data     []byte
}

// NewEncoder opens an encoder. It fails with ErrSize, or when there is no memory.
func NewEncoder(s Settings) (*Encoder, error) {
	e := &Encoder{}
	if err := e.open(s); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Encoder) open(s Settings) error {
	if !sized(s.Width, s.Height) {
		return ErrSize
	}
	var c *C.kith_encoder
	if rc := C.kith_encoder_open(&c, C.uint(s.Width), C.uint(s.Height), s.kilobits()); rc != 0 {
		return vpxError("open encoder", rc)
	}
	e.Close()
	e.c, e.now = c, s
	return nil
}

// Configure changes bitrate and size from the next frame on; a new size begins with a key frame. After an error the settings are those from before.
func (e *Encoder) Configure(s Settings) error {
	if !sized(s.Width, s.Height) {
		return ErrSize
	}
	if s.Width != e.now.Width || s.Height != e.now.Height {
		return e.open(s) // libvpx cannot grow; where it shrinks, what it learnt of large frames has the second small one take ten times its share
	}
	if rc := C.kith_encoder_configure(e.c, C.uint(s.Width), C.uint(s.Height), s.kilobits()); rc != 0 {
		return vpxError("configure encoder", rc)
	}
	e.now = s
	return nil
}

// Encoded is a frame as it is sent.
type Encoded struct {
	Data []byte // valid until the next call of the encoder; empty when the frame was dropped to hold the bitrate
	Key  bool
}

// Encode takes a frame of the size in the settings. When key is set it becomes a key frame, which depends on no other and is
// never dropped.
func (e *Encoder) Encode(f *Frame, key bool) (Encoded, error) {
	if f.Width != e.now.Width || f.Height != e.now.Height || !f.valid() {
		return Encoded{}, ErrSize
	}
	forced := C.int(0)
	if key {
		forced = 1
	}
	rc := C.kith_encoder_encode(e.c, bytesOf(f.Y), bytesOf(f.U), bytesOf(f.V), C.int(f.YStride), C.int(f.UVStride),
		C.int64_t(e.tick(f.Captured)), forced)
	if rc != 0 {
		return Encoded{}, vpxError("encode", rc)
	}
	e.data = append(e.data[:0], unsafe.Slice((*byte)(e.c.data), int(e.c.bytes))...)
	return Encoded{Data: e.data, Key: e.c.key != 0}, nil
}

// tick is the frame's time for the rate control. It must rise; a jump of the camera's clock shall not look like an hour in
// which nothing was sent. It is told an even pace: after a gap, libvpx spends on one frame what the gap would have saved, stays at that quality,
// and sends twice of what it should where frames are left out again and again.
func (e *Encoder) tick(captured time.Time) int64 {
	if !e.captured.IsZero() {
		step := min(max(captured.Sub(e.captured), time.Second/120), time.Second)
		if e.pace == 0 {
			e.pace = step
		}
		e.pace += (step - e.pace) / paceSmooth
		e.ticks += ticks(e.pace)
	}
	e.captured = captured
	return e.ticks
}

// Close frees the encoder. It may be called twice.
func (e *Encoder) Close() {
	if e.c != nil {
		C.kith_encoder_close(e.c)
		e.c = nil
	}
}

// A Decoder makes frames of VP8. Close it: its memory is not Go's.
type Decoder struct {
	c     *C.kith_decoder
	pool  *Pool
	whole bool // the frames that the next one builds on are right
}

// NewDecoder opens a decoder whose frames come from the pool. It fails when there is no memory.
func NewDecoder(p *Pool) (*Decoder, error) {
	d := &Decoder{pool: p}
	if rc := C.kith_decoder_open(&d.c); rc != 0 {
		return nil, vpxError("open decoder", rc)
	}
	return d, nil
}

// Decode gives the picture of a whole frame, with one holder; nil when the frame is one that is not to be shown. After an
// error everything but a key frame is refused with ErrKeyNeeded, because it would build on a picture that is not there.
func (d *Decoder) Decode(data []byte) (*Frame, error) {
	h, err := parseHeader(data)
	if err != nil {
		d.whole = false
		return nil, err
	}
	if !h.key && !d.whole {
		return nil, ErrKeyNeeded
	}
	d.whole = false
	if rc := C.kith_decoder_decode(d.c, bytesOf(data), C.uint(len(data))); rc != 0 {
		return nil, vpxError("decode", rc)
	}
	d.whole = true
	if d.c.image == nil || !h.shown {
		return nil, nil
	}
	return d.picture()
}

// picture copies what libvpx decoded, which is its own only until the next call.
func (d *Decoder) picture() (*Frame, error) {
	image := d.c.image
	f, err := d.pool.Get(int(image.d_w), int(image.d_h))
	if err != nil {
		return nil, err
	}
	copyPlane(f.Y, f.YStride, image, 0, f.Height)
	copyPlane(f.U, f.UVStride, image, 1, chroma(f.Height))
	copyPlane(f.V, f.UVStride, image, 2, chroma(f.Height))
	return f, nil
}

// copyPlane copies rows of one plane; a frame from a pool has no room between its rows.
func copyPlane(dst []byte, width int, image *C.vpx_image_t, plane, rows int) {
	stride := int(image.stride[plane])
	src := unsafe.Slice((*byte)(image.planes[plane]), stride*(rows-1)+width)
	for row := range rows {
		copy(dst[row*width:(row+1)*width], src[row*stride:])
	}
}

// Close frees the decoder. It may be called twice.
func (d *Decoder) Close() {
	if d.c != nil {
		C.kith_decoder_close(d.c)
		d.c = nil
	}
}

// bytesOf is where a slice that is not empty begins, for C.
func bytesOf(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(b)) }

func vpxError(what string, rc C.int) error {
	return fmt.Errorf("%s: %s", what, C.GoString(C.vpx_codec_err_to_string(C.vpx_codec_err_t(rc))))
}
