package hardware

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"kith/calls/video"
)

// quarters is a picture whose four quarters have colours of their own: brightness, and the two of colour.
var quarters = [4][3]byte{{50, 90, 200}, {120, 160, 60}, {200, 40, 130}, {90, 128, 128}}

const side = 32

func quarter(x, y int) [3]byte { return quarters[2*(y/(side/2))+x/(side/2)] }

// checkQuarters looks at the middle of each.
func checkQuarters(t *testing.T, f *video.Frame, off int) {
	t.Helper()
	for i, want := range quarters {
		x, y := i%2*side/2+side/4, i/2*side/2+side/4
		got := [3]byte{f.Y[y*f.YStride+x], f.U[y/2*f.UVStride+x/2], f.V[y/2*f.UVStride+x/2]}
		for k := range got {
			if d := int(got[k]) - int(want[k]); d > off || d < -off {
				t.Errorf("quarter %d is %v, not %v", i, got, want)
			}
		}
	}
}

// camera pictures of the quarters, with rows that are longer than the picture.
func samples(format uint32, stride int) []byte {
	var data []byte
	for y := range side {
		row := make([]byte, stride)
		for x := range side {
			c := quarter(x, y)
			if format == yuyv {
				row[2*x], row[2*x+1] = c[0], c[1+x%2]
			} else {
				row[x] = c[0]
			}
		}
		data = append(data, row...)
	}
	switch format {
	case nv12:
		for y := range side / 2 {
			row := make([]byte, stride)
			for x := range side / 2 {
				c := quarter(2*x, 2*y)
				row[2*x], row[2*x+1] = c[1], c[2]
			}
			data = append(data, row...)
		}
	case i420:
		for plane := 1; plane <= 2; plane++ {
			for y := range side / 2 {
				row := make([]byte, stride/2)
				for x := range side / 2 {
					row[x] = quarter(2*x, 2*y)[plane]
				}
				data = append(data, row...)
			}
		}
	}
	return data
}

// TestPixels reads each format, and refuses each that is a byte too short.
func TestPixels(t *testing.T) {
	var pool video.Pool
	for name, c := range map[string]struct {
		format uint32
		stride int
	}{
		"YUYV": {yuyv, 2 * side}, "YUYV, longer rows": {yuyv, 2*side + 12}, "NV12": {nv12, side}, "NV12, longer rows": {nv12, side + 8},
		"I420": {i420, side}, "I420, longer rows": {i420, side + 8},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := pool.Get(side, side)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Release()
			data := samples(c.format, c.stride)
			if err := fill(f, c.format, data, c.stride); err != nil {
				t.Fatal(err)
			}
			checkQuarters(t, f, 0)
			need := len(data)
			if c.format == yuyv {
				need -= c.stride - 2*side
			}
			for _, n := range []int{0, 1, need / 2, need - 1} {
				if err := fill(f, c.format, data[:n], c.stride); !errors.Is(err, errPicture) {
					t.Errorf("%d of %d bytes: %v", n, need, err)
				}
			}
		})
	}
	f, err := pool.Get(side, side)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if err := fill(f, 'X', make([]byte, 1<<16), side); !errors.Is(err, errPicture) {
		t.Errorf("an unknown format: %v", err)
	}
}

// TestJPEG reads a picture of a camera, and refuses broken ones and those of another size.
func TestJPEG(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := quarter(x, y)
			picture.Set(x, y, color.YCbCr{Y: c[0], Cb: c[1], Cr: c[2]})
		}
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	var pool video.Pool
	f, err := pool.Get(side, side)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if err := fill(f, mjpeg, data.Bytes(), 0); err != nil {
		t.Fatal(err)
	}
	// Some of these colours are none that red, green and blue can show: what they become is what is to come out.
	for i := range quarters {
		x, y := i%2*side/2+side/4, i/2*side/2+side/4
		want := color.YCbCrModel.Convert(picture.At(x, y)).(color.YCbCr)
		if got := f.Y[y*f.YStride+x]; got > want.Y+4 || got+4 < want.Y {
			t.Errorf("quarter %d is %d bright, not %d", i, got, want.Y)
		}
	}
	for n := range data.Len() - 2 {
		if err := fill(f, mjpeg, data.Bytes()[:n], 0); n < data.Len()/2 && !errors.Is(err, errPicture) {
			t.Fatalf("%d of %d bytes: %v", n, data.Len(), err)
		}
	}
	other, err := pool.Get(side*2, side)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if err := fill(other, mjpeg, data.Bytes(), 0); !errors.Is(err, errPicture) {
		t.Errorf("a picture of another size: %v", err)
	}
}

// TestBGRX reads known colours (BT.601), each pixel and every second.
func TestBGRX(t *testing.T) {
	var pool video.Pool
	for _, step := range []int{1, 2} {
		f, err := pool.Get(side/step, side/step)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, 4*side*side)
		for i := 0; i < len(data); i += 4 {
			data[i+2] = 255 // red
		}
		if err := fillRGB(f, data, 4*side, step, 2); err != nil {
			t.Fatal(err)
		}
		if got := [3]byte{f.Y[0], f.U[0], f.V[0]}; got != [3]byte{82, 90, 240} {
			t.Errorf("red is %v", got)
		}
		if err := fillRGB(f, data[:len(data)-4*side*step], 4*side, step, 2); !errors.Is(err, errPicture) {
			t.Errorf("a picture that is too short: %v", err)
		}
		f.Release()
	}
}

// TestYUYVColour has two rows of different colours: what stands for both is their mean.
func TestYUYVColour(t *testing.T) {
	var pool video.Pool
	f, err := pool.Get(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if err := fill(f, yuyv, []byte{10, 100, 20, 50, 30, 200, 40, 70}, 4); err != nil {
		t.Fatal(err)
	}
	if f.Y[0] != 10 || f.Y[f.YStride+1] != 40 || f.U[0] != 150 || f.V[0] != 60 {
		t.Errorf("%v %v %v", f.Y, f.U, f.V)
	}
}

// TestTurnOver exchanges rows, of even and odd numbers of them.
func TestTurnOver(t *testing.T) {
	for in, want := range map[string]string{"aabbcc": "ccbbaa", "aabbccdd": "ddccbbaa", "aa": "aa", "": "", "aabbc": "bbaac"} {
		got := []byte(in)
		if turnOver(got, 2); string(got) != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
}

// TestFillNV12 takes planes that lie apart, and none that are too short.
func TestFillNV12(t *testing.T) {
	f, err := new(video.Pool).Get(3, 3)
	if err != nil {
		t.Fatal(err)
	}
	light, colours := make([]byte, 5*2+3), make([]byte, 6+4)
	light[5*2+2], colours[6+2], colours[6+3] = 1, 2, 3 // the last pixel
	if err := fillNV12(f, plane{light, 5}, plane{colours, 6}); err != nil || f.Y[2*f.YStride+2] != 1 || f.U[f.UVStride+1] != 2 || f.V[f.UVStride+1] != 3 {
		t.Errorf("%v: %v %v %v", err, f.Y, f.U, f.V)
	}
	for name, p := range map[string][2]plane{
		"short":              {{light[:12], 5}, {colours, 6}},
		"short of colours":   {{light, 5}, {colours[:9], 6}},
		"rows too short":     {{light, 2}, {colours, 6}},
		"colours of no rows": {{light, 5}, {colours, 0}},
		"nothing":            {},
	} {
		if fillNV12(f, p[0], p[1]) == nil {
			t.Errorf("%s: it is a picture", name)
		}
	}
}
