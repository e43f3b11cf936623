package hardware

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"

	"kith/calls/video"
)

// The formats of pixels that cameras give and that are understood, as four letters.
const (
	yuyv  = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
	mjpeg = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
	nv12  = 'N' | 'V'<<8 | '1'<<16 | '2'<<24
	i420  = 'Y' | 'U'<<8 | '1'<<16 | '2'<<24
	bgrx  = 'B' | 'X'<<8 | '2'<<16 | '4'<<24
)

var errPicture = errors.New("a picture that is too short or of a strange form")

// fill makes a frame of what a camera gave, whose rows are stride bytes apart.
func fill(f *video.Frame, format uint32, data []byte, stride int) error {
	switch format {
	case mjpeg:
		return fillJPEG(f, data)
	case yuyv:
		return fillYUYV(f, data, max(stride, 2*f.Width))
	case nv12, i420:
		return fillPlanes(f, data, max(stride, f.Width), format == nv12)
	case bgrx:
		return fillRGB(f, data, max(stride, 4*f.Width), 1, 2)
	}
	return errPicture
}

// fillYUYV takes pairs of pixels that share their colour; of two rows the colours' mean.
func fillYUYV(f *video.Frame, data []byte, stride int) error {
	if f.Width%2 != 0 || len(data) < stride*(f.Height-1)+2*f.Width {
		return errPicture
	}
	for y := range f.Height {
		row, light := data[y*stride:][:2*f.Width], f.Y[y*f.YStride:][:f.Width]
		for x := range light {
			light[x] = row[2*x]
		}
		if y%2 == 1 {
			continue
		}
		below := row
		if y+1 < f.Height {
			below = data[(y+1)*stride:][:2*f.Width]
		}
		u, v := f.U[y/2*f.UVStride:][:f.Width/2], f.V[y/2*f.UVStride:][:f.Width/2]
		for x := range u {
			u[x] = mean(row[4*x+1], below[4*x+1])
			v[x] = mean(row[4*x+3], below[4*x+3])
		}
	}
	return nil
}

func mean(a, b byte) byte { return byte((uint(a) + uint(b) + 1) / 2) }

// fillPlanes takes brightness first and colours after it, both of them in turn or one after the other.
func fillPlanes(f *video.Frame, data []byte, stride int, inTurn bool) error {
	width, height := (f.Width+1)/2, (f.Height+1)/2
	if stride%2 != 0 || len(data) < stride*f.Height+stride*height {
		return errPicture
	}
	colours := data[stride*f.Height:]
	if inTurn {
		return fillNV12(f, plane{data, stride}, plane{colours, stride})
	}
	for y := range f.Height {
		copy(f.Y[y*f.YStride:][:f.Width], data[y*stride:])
	}
	for y := range height {
		copy(f.U[y*f.UVStride:][:width], colours[y*stride/2:])
		copy(f.V[y*f.UVStride:][:width], colours[(y+height)*stride/2:])
	}
	return nil
}

// fillJPEG takes a picture of which the size is known. What a camera sends can be broken by its cable.
func fillJPEG(f *video.Frame, data []byte) error {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width != f.Width || config.Height != f.Height {
		return errPicture
	}
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return errPicture
	}
	picture, ok := decoded.(*image.YCbCr)
	if !ok {
		return errPicture
	}
	for y := range f.Height {
		copy(f.Y[y*f.YStride:][:f.Width], picture.Y[y*picture.YStride:])
	}
	for y := range (f.Height + 1) / 2 {
		for x := range (f.Width + 1) / 2 {
			at := picture.COffset(2*x+picture.Rect.Min.X, 2*y+picture.Rect.Min.Y)
			f.U[y*f.UVStride+x], f.V[y*f.UVStride+x] = picture.Cb[at], picture.Cr[at]
		}
	}
	return nil
}

// fillRGB takes what a screen shows, every step-th pixel of it, of four bytes each; red says which of them is that, 0 or 2 (BT.601, limited range).
func fillRGB(f *video.Frame, data []byte, stride, step, red int) error {
	if stride < 4*((f.Width-1)*step+1) || len(data) < stride*((f.Height-1)*step)+4*((f.Width-1)*step+1) {
		return errPicture
	}
	for y := range f.Height {
		row, light := data[y*step*stride:], f.Y[y*f.YStride:][:f.Width]
		for x := range light {
			p := row[4*x*step:][:3]
			r, g, b := int(p[red]), int(p[1]), int(p[2-red])
			light[x] = byte((66*r+129*g+25*b+128)>>8 + 16)
			if y%2 == 0 && x%2 == 0 {
				at := y/2*f.UVStride + x/2
				f.U[at] = byte((-38*r-74*g+112*b+128)>>8 + 128)
				f.V[at] = byte((112*r-94*g-18*b+128)>>8 + 128)
			}
		}
	}
	return nil
}

// plane is a part of a picture that lies by itself.
type plane struct {
	data   []byte
	stride int
}

// fillNV12 takes brightness, and colours in turn, from planes that need not follow one another.
func fillNV12(f *video.Frame, light, colours plane) error {
	width, height := (f.Width+1)/2, (f.Height+1)/2
	if light.stride < f.Width || colours.stride < 2*width || len(light.data) < light.stride*(f.Height-1)+f.Width ||
		len(colours.data) < colours.stride*(height-1)+2*width {
		return errPicture
	}
	for y := range f.Height {
		copy(f.Y[y*f.YStride:][:f.Width], light.data[y*light.stride:])
	}
	for y := range height {
		u, v := f.U[y*f.UVStride:][:width], f.V[y*f.UVStride:][:width]
		row := colours.data[y*colours.stride:]
		for x := range u {
			u[x], v[x] = row[2*x], row[2*x+1]
		}
	}
	return nil
}

// turnOver exchanges the rows of a picture that begins below.
func turnOver(data []byte, stride int) {
	spare := make([]byte, stride)
	for a, b := 0, len(data)-len(data)%stride-stride; a < b; a, b = a+stride, b-stride {
		copy(spare, data[a:])
		copy(data[a:a+stride], data[b:])
		copy(data[b:], spare)
	}
}
