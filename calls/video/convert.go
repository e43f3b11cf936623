package video

import (
	"encoding/binary"
	"image"
)

// A Converter makes what a window shows out of frames: it scales while it converts, so that a small picture costs little, and
// keeps what it computed for the next frame of the same sizes. The zero value is ready.
type Converter struct {
	shape   shape
	plain   bool    // the picture is shown as it is
	average bool    // four pixels make one
	half    bool    // and lie in the order of the target
	columns []place // of each column of the target
	rows    []place // of each row; a pixel's place is the sum of its column's and its row's
	sums    []uint64
}

// place is an offset into the planes: of brightness, and of colour.
type place struct{ light, colour int32 }

// shape is what the places depend on.
type shape struct {
	width, height, yStride, uvStride int
	rotation                         Rotation
	target                           image.Point
}

// ToRGBA fills dst with the frame, upright, stretched to dst's size; a caller who wants to keep the shape of the picture chooses
// a fitting size. Brightness and colours are BT.601's in limited range, as VP8 has them. To half the size or less, four
// neighbours make one pixel; enlarging repeats pixels, and is better left to whoever draws. The error is ErrSize.
func (c *Converter) ToRGBA(dst *image.RGBA, f *Frame) error {
	size := dst.Rect.Size()
	if !f.valid() || size.X <= 0 || size.Y <= 0 {
		return ErrSize
	}
	c.fit(f, size)
	for row, at := range c.rows {
		switch {
		case c.plain:
			c.plainRow(at, f)
		case c.half:
			c.halfRow(at, f)
		case c.average:
			c.averageRow(at, f)
		default:
			c.sampleRow(at, f)
		}
		writeRow(dst.Pix[row*dst.Stride:][:4*size.X], c.sums)
	}
	return nil
}

// plainRow takes pixels as they are; two share their colour.
func (c *Converter) plainRow(row place, f *Frame) {
	t, sums := &bt601, c.sums
	light, u, v := f.Y[row.light:][:len(sums)], f.U[row.colour:], f.V[row.colour:]
	pairs := len(sums) / 2
	u, v = u[:pairs+len(sums)&1], v[:pairs+len(sums)&1]
	for i := range pairs {
		colour := t.u[u[i]] + t.v[v[i]]
		l, s := light[2*i:2*i+2], sums[2*i:2*i+2]
		s[0], s[1] = t.light[l[0]]+colour, t.light[l[1]]+colour
	}
	if last := len(sums) - 1; last >= 2*pairs {
		sums[last] = t.light[light[last]] + t.u[u[pairs]] + t.v[v[pairs]]
	}
}

// sampleRow takes the nearest pixels.
func (c *Converter) sampleRow(row place, f *Frame) {
	t, sums := &bt601, c.sums
	light, u, v := f.Y[row.light:], f.U[row.colour:], f.V[row.colour:]
	for i, at := range c.columns[:len(sums)] {
		sums[i] = t.light[light[at.light]] + t.u[u[at.colour]] + t.v[v[at.colour]]
	}
}

// averageRow takes four pixels for one, so that fine lines do not flicker.
func (c *Converter) averageRow(row place, f *Frame) {
	t, sums := &bt601, c.sums
	above, below := f.Y[row.light:], f.Y[int(row.light)+f.YStride:]
	u, v := f.U[row.colour:], f.V[row.colour:]
	for i, at := range c.columns[:len(sums)] {
		a, b := above[at.light:at.light+2], below[at.light:at.light+2]
		sums[i] = t.light[mean4(a, b)] + t.u[u[at.colour]] + t.v[v[at.colour]]
	}
}

// halfRow does the same where the picture is shown in half its size and not turned, which is what most small pictures are.
func (c *Converter) halfRow(row place, f *Frame) {
	t, sums := &bt601, c.sums
	above, below := f.Y[row.light:][:2*len(sums)], f.Y[int(row.light)+f.YStride:][:2*len(sums)]
	u, v := f.U[row.colour:][:len(sums)], f.V[row.colour:][:len(sums)]
	done := len(sums) &^ 3
	for i := 0; i < done; i += 4 {
		light := means(above[2*i:], below[2*i:])
		s, cu, cv := (*[4]uint64)(sums[i:]), (*[4]byte)(u[i:]), (*[4]byte)(v[i:])
		s[0] = t.light[byte(light)] + t.u[cu[0]] + t.v[cv[0]]
		s[1] = t.light[byte(light>>16)] + t.u[cu[1]] + t.v[cv[1]]
		s[2] = t.light[byte(light>>32)] + t.u[cu[2]] + t.v[cv[2]]
		s[3] = t.light[byte(light>>48)] + t.u[cu[3]] + t.v[cv[3]]
	}
	for i := done; i < len(sums); i++ {
		sums[i] = t.light[mean4(above[2*i:2*i+2], below[2*i:2*i+2])] + t.u[u[i]] + t.v[v[i]]
	}
}

// writeRow makes pixels of sums. Eight at a time have their range checked once: nearly all are within it.
func writeRow(dst []byte, sums []uint64) {
	for ; len(sums) >= 8 && len(dst) >= 32; dst, sums = dst[32:], sums[8:] {
		s, d := (*[8]uint64)(sums), (*[32]byte)(dst)
		outside := (s[0] ^ inRange) | (s[1] ^ inRange) | (s[2] ^ inRange) | (s[3] ^ inRange) |
			(s[4] ^ inRange) | (s[5] ^ inRange) | (s[6] ^ inRange) | (s[7] ^ inRange)
		if outside&above != 0 {
			writeClamped(d[:], s[:])
			continue
		}
		binary.LittleEndian.PutUint64(d[0:], pack(s[0])|pack(s[1])<<32)
		binary.LittleEndian.PutUint64(d[8:], pack(s[2])|pack(s[3])<<32)
		binary.LittleEndian.PutUint64(d[16:], pack(s[4])|pack(s[5])<<32)
		binary.LittleEndian.PutUint64(d[24:], pack(s[6])|pack(s[7])<<32)
	}
	writeClamped(dst, sums)
}

func writeClamped(dst []byte, sums []uint64) {
	for i, s := range sums {
		binary.LittleEndian.PutUint32(dst[4*i:4*i+4], clamp(s))
	}
}

// fit computes the places, unless they are known.
func (c *Converter) fit(f *Frame, target image.Point) {
	now := shape{f.Width, f.Height, f.YStride, f.UVStride, f.Rotation & 3, target}
	if now == c.shape {
		return
	}
	c.shape = now
	upright := image.Pt(f.Width, f.Height)
	if now.rotation&1 == 1 {
		upright = image.Pt(f.Height, f.Width)
	}
	c.plain = upright == target && now.rotation == Rotate0
	c.half = upright == target.Mul(2) && now.rotation == Rotate0
	c.average = upright.X >= 2*target.X && upright.Y >= 2*target.Y
	across := axis{sources: f.Width, y: 1, uv: 1}
	down := axis{sources: f.Height, y: f.YStride, uv: f.UVStride}
	across.average, down.average = c.average, c.average
	switch now.rotation {
	case Rotate0:
	case Rotate90:
		across, down = down.flipped(), across
	case Rotate180:
		across, down = across.flipped(), down.flipped()
	case Rotate270:
		across, down = down, across.flipped()
	}
	c.columns = across.places(c.columns[:0], target.X)
	c.rows = down.places(c.rows[:0], target.Y)
	c.sums = make([]uint64, target.X)
}

// axis is how one direction of the target runs through the planes.
type axis struct {
	sources int // pixels of the frame
	y, uv   int // bytes from one to the next
	flip    bool
	average bool
}

func (a axis) flipped() axis {
	a.flip = true
	return a
}

func (a axis) places(dst []place, targets int) []place {
	for i := range targets {
		at := (2*i + 1) * a.sources / (2 * targets) // the middle of the pixel
		if a.flip {
			at = a.sources - 1 - at
		}
		light := at
		if a.average && !a.flip {
			light-- // of two neighbours, the one before
		}
		dst = append(dst, place{light: int32(light * a.y), colour: int32(at / 2 * a.uv)})
	}
	return dst
}

// Three sums in one word, each with six bits of fraction, and each where image.RGBA wants it when the fraction is shifted out:
// red at the bottom, blue 16 bits above, green 8 bits above in the upper half. Blue starts so high that the byte above it, where
// the opacity belongs, is 255 for every blue that a byte holds. Bits above red and green are 0 then.
const (
	fraction  = 6
	blueAt    = 16
	greenAt   = 40
	blueWidth = greenAt - blueAt
	blueStart = 0xff << (8 + fraction)
	above     = 3<<(8+fraction) | 0xff<<(blueAt+8+fraction) | 0x3ff<<(greenAt+8+fraction)
	inRange   = blueStart << blueAt
)

// pack makes a pixel of sums in range.
func pack(sums uint64) uint64 {
	return sums>>fraction&0xffff00ff | sums>>(greenAt+fraction-8)&0xff00
}

// clamp makes a pixel of sums that may be outside of what a byte holds. A negative one has borrowed from the next.
func clamp(sums uint64) uint32 {
	red := int(int16(sums))
	sums -= uint64(red)
	blue := int(sums>>blueAt&(1<<blueWidth-1)) - blueStart
	green := int(int64(sums) >> greenAt)
	limit := func(sum int) uint32 { return uint32(min(max(sum>>fraction, 0), 255)) }
	return 0xff<<24 | limit(blue)<<16 | limit(green)<<8 | limit(red)
}

// contributions is what each value of each plane adds to the three sums.
type contributions struct{ light, u, v [256]uint64 }

// bt601 is ITU-R BT.601 with brightness from 16 to 235 and colours from 16 to 240.
var bt601 = func() (t contributions) {
	for i := range 256 {
		level, colour := 255.0/219*float64(i-16), 255.0/112*float64(i-128)
		t.light[i] = sums(level, level, level) + inRange + sums(0.5, 0.5, 0.5) // half a step more, to round
		t.u[i] = sums(0, -0.114*(1-0.114)/0.587*colour, (1-0.114)*colour)
		t.v[i] = sums((1-0.299)*colour, -0.299*(1-0.299)/0.587*colour, 0)
	}
	return t
}()

// sums puts three numbers into a word. A negative one borrows from the next, which the sum of all contributions gives back.
func sums(red, green, blue float64) uint64 {
	round := func(x float64) int64 {
		if x < 0 {
			return int64(x*(1<<fraction) - 0.5)
		}
		return int64(x*(1<<fraction) + 0.5)
	}
	return uint64(round(red) + round(blue)<<blueAt + round(green)<<greenAt)
}
