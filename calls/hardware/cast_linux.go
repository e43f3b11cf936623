package hardware

/*
#cgo LDFLAGS: -ldl
#include "pipewire_linux.h"
#include <stdlib.h>

static struct kith_cast *open_cast(int fd, uint32_t node, void *first, void *second, void *buffers, void *meta, int *why) {
	const uint8_t *formats[2] = {first, second}, *settled[2] = {buffers, meta};
	return kith_cast_open(fd, node, formats, settled, why);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"kith/calls/video"
)

// cast is a stream of pictures from PipeWire. It belongs to one goroutine, and that to one thread.
type cast struct {
	c    *C.struct_kith_cast
	pool *video.Pool
	form castForm
	last *video.Frame // the newest picture, held; nil: none yet
}

// openCast connects to a node of the PipeWire behind fd, which is its own from now on.
func openCast(fd int, node uint32, pool *video.Pool) (*cast, error) {
	runtime.LockOSThread()
	formats, buffers := castFormats(), castBuffers()
	var why C.int
	c := C.open_cast(C.int(fd), C.uint32_t(node), unsafe.Pointer(&formats[0][0]), unsafe.Pointer(&formats[1][0]),
		unsafe.Pointer(&buffers[0][0]), unsafe.Pointer(&buffers[1][0]), &why)
	if c != nil {
		return &cast{c: c, pool: pool}, nil
	}
	runtime.UnlockOSThread()
	if why == 1 {
		return nil, fmt.Errorf("%w: there is no libpipewire-0.3", ErrUnsupported)
	}
	return nil, fmt.Errorf("%w: connect to PipeWire", ErrGone)
}

// turn waits for at most so long.
func (c *cast) turn(most time.Duration) error {
	if C.kith_cast_turn(c.c, C.int(max(most.Milliseconds(), 0))) != 0 {
		return ErrGone
	}
	var size C.uint32_t
	b := C.kith_cast_format(c.c, &size)
	if b == nil {
		return nil
	}
	form, err := readForm(unsafe.Slice((*byte)(b), int(size)))
	c.form = form
	return err
}

// fresh says whether there is a new picture.
func (c *cast) fresh() bool { return C.kith_cast_has(c.c) != 0 }

// look gives the newest picture, or the one before again when there is no new one; nil: there was none yet. A program that paints sends only what
// changed, but whoever watches a call wants to see something soon.
func (c *cast) look(want wish) (*video.Frame, error) {
	var p C.struct_kith_picture
	if C.kith_cast_take(c.c, &p) == 0 {
		return c.again()
	}
	defer C.kith_cast_give(c.c)
	f, err := c.picture(unsafe.Slice((*byte)(p.data), int(p.size)), int(p.stride), [4]int{int(p.crop[0]), int(p.crop[1]), int(p.crop[2]), int(p.crop[3])}, want)
	if errors.Is(err, errPicture) {
		return c.again()
	}
	if err != nil {
		return nil, err
	}
	c.forget()
	c.last = f.Retain()
	return f, nil
}

// picture makes a frame of what came. crop is x, y, width and height of what of it is the window.
func (c *cast) picture(data []byte, stride int, crop [4]int, want wish) (*video.Frame, error) {
	width, height := c.form.width, c.form.height
	if stride <= 0 {
		stride = 4 * width
	}
	x, y, w, h := crop[0], crop[1], crop[2], crop[3]
	if w > 0 && h > 0 && x >= 0 && y >= 0 && w <= width && h <= height && x <= width-w && y <= height-h && stride*y+4*x <= len(data) {
		data, width, height = data[stride*y+4*x:], w, h
	}
	step := stepOf(width, height, want)
	f, err := c.pool.Get(max(width/step, 1), max(height/step, 1))
	if err != nil {
		return nil, errPicture
	}
	if err := fillRGB(f, data, stride, step, c.form.red); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

func (c *cast) again() (*video.Frame, error) {
	if c.last == nil {
		return nil, nil //nolint:nilnil // nothing came yet, which is no error
	}
	f, err := c.pool.Get(c.last.Width, c.last.Height)
	if err != nil {
		return nil, err
	}
	copy(f.Y, c.last.Y)
	copy(f.U, c.last.U)
	copy(f.V, c.last.V)
	return f, nil
}

func (c *cast) forget() {
	if c.last != nil {
		c.last.Release()
		c.last = nil
	}
}

func (c *cast) close() {
	C.kith_cast_close(c.c)
	c.forget()
	runtime.UnlockOSThread()
}
