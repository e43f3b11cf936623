package video

import "encoding/binary"

// Scale fills dst with src in dst's size, for a peer whose line carries less than the camera gives. Time and rotation are
// copied. To half the size and less it takes the mean of all pixels, between that it blends neighbours. The error is ErrSize.
func Scale(dst, src *Frame) error {
	if !dst.valid() || !src.valid() {
		return ErrSize
	}
	dst.Captured, dst.Rotation = src.Captured, src.Rotation
	to, from := plane{dst.Y, dst.YStride, dst.Width, dst.Height}, plane{src.Y, src.YStride, src.Width, src.Height}
	to.fill(from)
	dw, dh, sw, sh := chroma(dst.Width), chroma(dst.Height), chroma(src.Width), chroma(src.Height)
	plane{dst.U, dst.UVStride, dw, dh}.fill(plane{src.U, src.UVStride, sw, sh})
	plane{dst.V, dst.UVStride, dw, dh}.fill(plane{src.V, src.UVStride, sw, sh})
	return nil
}

// plane is one plane of a frame.
type plane struct {
	pixels        []byte
	stride        int
	width, height int
}

func (p plane) row(y int) []byte { return p.pixels[y*p.stride:][:p.width] }

func (p plane) fill(src plane) {
	switch {
	case p.width == src.width && p.height == src.height:
		for y := range p.height {
			copy(p.row(y), src.row(y))
		}
	case src.width == 2*p.width && src.height == 2*p.height:
		for y := range p.height {
			halve(p.row(y), src.row(2*y), src.row(2*y+1))
		}
	case src.width >= 2*p.width && src.height >= 2*p.height:
		p.mean(src)
	default:
		p.blend(src)
	}
}

// halve makes a row of two with twice the width.
func halve(dst, above, below []byte) {
	done := len(dst) &^ 3
	for x := 0; x < done; x += 4 {
		four := means(above[2*x:], below[2*x:])
		d := (*[4]byte)(dst[x:])
		d[0], d[1], d[2], d[3] = byte(four), byte(four>>16), byte(four>>32), byte(four>>48)
	}
	for x := done; x < len(dst); x++ {
		dst[x] = mean4(above[2*x:2*x+2], below[2*x:2*x+2])
	}
}

// mean4 is the mean of two pixels and the two below them.
func mean4(a, b []byte) byte {
	return byte((uint(a[0]) + uint(a[1]) + uint(b[0]) + uint(b[1]) + 2) / 4)
}

// means is four such means at once, each in 16 bits, of the first eight pixels.
func means(above, below []byte) uint64 {
	const even, two = 0x00ff00ff00ff00ff, 0x0002000200020002
	a, b := binary.LittleEndian.Uint64(above), binary.LittleEndian.Uint64(below)
	return (a&even + a>>8&even + b&even + b>>8&even + two) >> 2 & even
}

// mean gives each pixel the mean of those that it covers.
func (p plane) mean(src plane) {
	for y := range p.height {
		top, bottom := y*src.height/p.height, (y+1)*src.height/p.height
		dst := p.row(y)
		for x := range dst {
			left, right := x*src.width/p.width, (x+1)*src.width/p.width
			sum, count := 0, (bottom-top)*(right-left)
			for sy := top; sy < bottom; sy++ {
				for _, v := range src.row(sy)[left:right] {
					sum += int(v)
				}
			}
			dst[x] = byte((sum + count/2) / count)
		}
	}
}

// blend gives each pixel what lies between its four neighbours, in 1/256.
func (p plane) blend(src plane) {
	for y := range p.height {
		sy, fy := between(y, p.height, src.height)
		above, below := src.row(sy), src.row(min(sy+1, src.height-1))
		dst := p.row(y)
		for x := range dst {
			left, fx := between(x, p.width, src.width)
			right := min(left+1, src.width-1)
			upper := int(above[left])*(256-fx) + int(above[right])*fx
			lower := int(below[left])*(256-fx) + int(below[right])*fx
			dst[x] = byte((upper*(256-fy) + lower*fy + 1<<15) >> 16)
		}
	}
}

// between finds the middle of pixel i of targets among sources: the one before it, and how far it is on the way to the next.
func between(i, targets, sources int) (before, part int) {
	at := max((2*i+1)*sources*128/targets-128, 0)
	return min(at>>8, sources-1), at & 255
}
