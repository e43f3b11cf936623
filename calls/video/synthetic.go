package video

// A Synthetic is a camera that needs none: a pattern that moves, with the frame's number in it, so that a test knows which
// frame it sees after encoder, network and decoder. The number stands in 8×4 cells, white for one and black for zero: 24 bits
// of number and 8 that check it.
type Synthetic struct {
	width, height int
	texture       []byte // rows of twice the width, so that any part of them can be copied
}

const (
	cellColumns, cellRows = 8, 4
	cellShare             = 16 // a cell is a 16th of the picture wide and high
	black, white          = 16, 235
)

// NewSynthetic makes a camera with this picture size.
func NewSynthetic(width, height int) *Synthetic {
	s := &Synthetic{width: width, height: height, texture: make([]byte, 2*width*height)}
	for y := range height {
		row := s.texture[2*y*width:][:2*width]
		for x := range width {
			row[x] = byte(60 + triangle(x, 128)/2 + triangle(y, 96)/2 + triangle(x+y, 24) + (x^y)&7)
		}
		copy(row[width:], row[:width])
	}
	return s
}

// triangle rises from 0 to half the period and falls again.
func triangle(x, period int) int {
	x %= period
	return min(x, period-x)
}

// Paint fills a frame of the camera's size with picture number id, of which 24 bits count.
func (s *Synthetic) Paint(f *Frame, id uint32) {
	shift := int(id) * 2 % s.width
	for y := range f.Height {
		copy(f.Y[y*f.YStride:][:f.Width], s.texture[2*y*s.width+shift:])
	}
	for y := range chroma(f.Height) {
		fill(f.U[y*f.UVStride:][:chroma(f.Width)], byte(96+y*64/f.Height))
		fill(f.V[y*f.UVStride:][:chroma(f.Width)], 144)
	}
	s.noise(f, id)
	word := id<<8 | uint32(checkID(id))
	for cell := range cellColumns * cellRows {
		light := byte(black)
		if word>>cell&1 == 1 {
			light = white
		}
		x0, y0, x1, y1 := cellAt(f, cell)
		for y := y0; y < y1; y++ {
			fill(f.Y[y*f.YStride:][x0:x1], light)
		}
	}
}

// noise paints a patch that no encoder can foresee, so that there is something to send.
func (s *Synthetic) noise(f *Frame, id uint32) {
	side := min(f.Width, f.Height) / 6
	seed := id*2654435761 + 1
	left, top := (f.Width-side)*int(id%64)/64, f.Height/2
	for y := top; y < top+side; y++ {
		row := f.Y[y*f.YStride:][left : left+side]
		for x := range row {
			seed = seed*1664525 + 1013904223
			row[x] = byte(96 + seed>>26)
		}
	}
}

// ReadID finds the number in a frame of any size, as it comes out of a decoder; false when there is none.
func ReadID(f *Frame) (uint32, bool) {
	if f.Width < 4*cellShare || f.Height < 4*cellShare {
		return 0, false
	}
	word := uint32(0)
	for cell := range cellColumns * cellRows {
		x0, y0, x1, y1 := cellAt(f, cell)
		x, y := (x1-x0)/4, (y1-y0)/4 // the edges are blurred
		sum, count := 0, 0
		for row := y0 + y; row < y1-y; row++ {
			for _, light := range f.Y[row*f.YStride:][x0+x : x1-x] {
				sum += int(light)
				count++
			}
		}
		if sum > count*(black+white)/2 {
			word |= 1 << cell
		}
	}
	id := word >> 8
	return id, byte(word) == checkID(id)
}

// cellAt is the rectangle of a cell.
func cellAt(f *Frame, cell int) (x0, y0, x1, y1 int) {
	x, y := cell%cellColumns, cell/cellColumns
	return x * f.Width / cellShare, y * f.Height / cellShare, (x + 1) * f.Width / cellShare, (y + 1) * f.Height / cellShare
}

// checkID depends on every bit of a number, and is not zero for zero: a black picture has no number.
func checkID(id uint32) byte { return byte((id&0xffffff)*2654435761>>24) ^ 0x5a }
