package video

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// MaxSide bounds the width and the height of a picture: 1920×1080 lying or standing.
const MaxSide = 1920

// ErrSize is a picture without an area, or larger than MaxSide.
var ErrSize = errors.New("picture of an impossible size")

// Rotation is by how many quarter turns clockwise a picture must be turned to stand upright, as in the extension
// urn:3gpp:video-orientation (3GPP TS 26.114 §7.4.5).
type Rotation uint8

// The four rotations; others count modulo four.
const (
	Rotate0 Rotation = iota
	Rotate90
	Rotate180
	Rotate270
)

// A Frame is one picture in I420: a plane of brightness and two of colour with half the width and height, rounded up. It is
// counted: who keeps it longer than the call that gave it Retains it, and everybody Releases what they hold. After the last
// Release its planes are gone, so that a use too late fails at once.
type Frame struct {
	Width, Height     int
	Y, U, V           []byte
	YStride, UVStride int       // bytes from one row to the next
	Captured          time.Time // when the camera saw it; of a received frame: unset
	Rotation          Rotation

	pool    *Pool
	holders atomic.Int32
	pixels  []byte
}

// Retain adds a holder and returns the frame.
func (f *Frame) Retain() *Frame {
	if f.holders.Add(1) <= 1 {
		f.holders.Add(-1) // it stays released: the next misuse is noticed, too
		panic("video: a frame is retained that was released")
	}
	return f
}

// Release gives the frame back to its pool when this was the last holder.
func (f *Frame) Release() {
	switch left := f.holders.Add(-1); {
	case left < 0:
		panic("video: a frame is released twice")
	case left == 0:
		f.pool.put(f)
	}
}

// valid says whether the planes hold what the sizes promise: C code relies on it.
func (f *Frame) valid() bool {
	w, h := chroma(f.Width), chroma(f.Height)
	return sized(f.Width, f.Height) && f.YStride >= f.Width && f.UVStride >= w &&
		len(f.Y) >= f.YStride*(f.Height-1)+f.Width &&
		min(len(f.U), len(f.V)) >= f.UVStride*(h-1)+w
}

// lay cuts the planes out of the frame's memory, which is made when it is too small.
func (f *Frame) lay(width, height int) {
	f.Width, f.Height, f.Captured, f.Rotation = width, height, time.Time{}, Rotate0
	f.YStride, f.UVStride = width, chroma(width)
	light, colour := f.YStride*height, f.UVStride*chroma(height)
	if cap(f.pixels) < light+2*colour {
		f.pixels = make([]byte, light+2*colour)
	}
	all := f.pixels[:light+2*colour]
	f.Y = all[:light:light]
	f.U = all[light : light+colour : light+colour]
	f.V = all[light+colour:]
}

// chroma is the side of a colour plane.
func chroma(side int) int { return (side + 1) / 2 }

// sized says whether a picture may have these sides.
func sized(width, height int) bool {
	return width > 0 && height > 0 && width <= MaxSide && height <= MaxSide
}

// spareFrames is how many released frames a pool keeps: more are never in flight between two frames of a call.
const spareFrames = 8

// A Pool hands out frames and takes them back, so that a running call allocates none. The zero value is ready.
type Pool struct {
	// Guard is for tests: released frames are painted over and never handed out again, so that whoever uses one too late
	// does not get away with it.
	Guard bool

	mu    sync.Mutex
	spare []*Frame
	out   int
}

// Get gives a frame with one holder. What its planes show is undefined. The only error is ErrSize.
func (p *Pool) Get(width, height int) (*Frame, error) {
	if !sized(width, height) {
		return nil, ErrSize
	}
	f := p.take()
	f.lay(width, height)
	f.holders.Store(1)
	return f, nil
}

// Out is how many frames are held by somebody.
func (p *Pool) Out() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out
}

func (p *Pool) take() *Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out++
	last := len(p.spare) - 1
	if last < 0 {
		return &Frame{pool: p}
	}
	f := p.spare[last]
	p.spare[last] = nil
	p.spare = p.spare[:last]
	return f
}

func (p *Pool) put(f *Frame) {
	f.Y, f.U, f.V = nil, nil, nil
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out--
	switch {
	case p.Guard:
		fill(f.pixels, 0xdb)
	case len(p.spare) < spareFrames:
		p.spare = append(p.spare, f)
	}
}

// fill sets all bytes to a value, doubling what is set already.
func fill(b []byte, value byte) {
	if len(b) == 0 {
		return
	}
	b[0] = value
	for done := 1; done < len(b); done *= 2 {
		copy(b[done:], b[:done])
	}
}
