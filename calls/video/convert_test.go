package video

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
	"time"
)

// reference is BT.601 in limited range as the standard has it, in floating point.
func reference(y, u, v byte) color.RGBA {
	light := 255.0 / 219 * (float64(y) - 16)
	cb, cr := 255.0/224*(float64(u)-128), 255.0/224*(float64(v)-128)
	round := func(x float64) byte { return byte(math.Round(min(max(x, 0), 255))) }
	return color.RGBA{round(light + 1.402*cr), round(light - 0.344136*cb - 0.714136*cr), round(light + 1.772*cb), 255}
}

func near(a, b byte) bool { return a-b <= 1 || b-a <= 1 }

// TestColours holds every pair of colours, at many levels of brightness, against the standard.
func TestColours(t *testing.T) {
	f := get(t, &Pool{}, 18, 2) // blocks of eight, and two pixels that are left
	dst := image.NewRGBA(image.Rect(0, 0, 18, 2))
	c := &Converter{}
	for u := range 256 {
		for v := range 256 {
			fill(f.U, byte(u))
			fill(f.V, byte(v))
			for i := range f.Y {
				f.Y[i] = byte(u*7 + v*3 + i*(1+i/18*12)) // nearly alike in the first row
			}
			if err := c.ToRGBA(dst, f); err != nil {
				t.Fatal(err)
			}
			for i, y := range f.Y {
				got, want := dst.RGBAAt(i%18, i/18), reference(y, byte(u), byte(v))
				if !near(got.R, want.R) || !near(got.G, want.G) || !near(got.B, want.B) || got.A != 255 {
					t.Fatalf("Y %d, U %d, V %d is %v instead of %v", y, u, v, got, want)
				}
			}
		}
	}
}

// quarters is a frame whose four quarters have brightnesses of their own: first row 50, 100, second 150, 200.
func quarters(t *testing.T, width, height int) *Frame {
	f := get(t, &Pool{}, width, height)
	for y := range height {
		for x := range width {
			f.Y[y*f.YStride+x] = byte(50 + 50*(2*x/width) + 100*(2*y/height))
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = 128, 128
	}
	return f
}

// TestShapes turns and scales: the quarters must be where they belong, and every pixel must be painted.
func TestShapes(t *testing.T) {
	orders := map[Rotation][4]byte{
		Rotate0: {50, 100, 150, 200}, Rotate90: {150, 50, 200, 100}, Rotate180: {200, 150, 100, 50}, Rotate270: {100, 200, 50, 150},
	}
	c := &Converter{}
	for r, order := range orders {
		for _, size := range [][2]int{{8, 8}, {64, 36}, {63, 35}, {2, 2}, {200, 120}} {
			f := quarters(t, 64, 36)
			f.Rotation = r
			dst := image.NewRGBA(image.Rect(5, 5, 5+size[0], 5+size[1]))
			if err := c.ToRGBA(dst, f); err != nil {
				t.Fatal(err)
			}
			for i, light := range order {
				at := image.Pt(5+size[0]*(1+2*(i%2))/4, 5+size[1]*(1+2*(i/2))/4)
				if got, want := dst.RGBAAt(at.X, at.Y), reference(light, 128, 128); !near(got.R, want.R) {
					t.Errorf("rotation %d to %v: quarter %d is %d instead of %d", r, size, i, got.R, want.R)
				}
			}
			for i := 3; i < len(dst.Pix); i += 4 {
				if dst.Pix[i] != 255 {
					t.Fatalf("rotation %d to %v: pixel %d was not painted", r, size, i/4)
				}
			}
		}
	}
}

// TestAllSizes converts and scales between all sizes that could trip an index, each with its own last bytes.
func TestAllSizes(t *testing.T) {
	sides := []int{1, 2, 3, 4, 5, 7, 8, 17, 33}
	c, p := &Converter{}, &Pool{Guard: true}
	for _, w := range sides {
		for _, h := range sides {
			f := get(t, p, w, h)
			for _, tw := range sides {
				for _, th := range sides {
					f.Rotation = Rotation(tw + th)
					if err := c.ToRGBA(image.NewRGBA(image.Rect(0, 0, tw, th)), f); err != nil {
						t.Fatal(err)
					}
					g := get(t, p, tw, th)
					if err := Scale(g, f); err != nil {
						t.Fatal(err)
					}
					g.Release()
				}
			}
			f.Release()
		}
	}
	if c.ToRGBA(image.NewRGBA(image.Rectangle{}), get(t, p, 2, 2)) == nil {
		t.Error("a window without an area was filled")
	}
}

// TestScale keeps quarters, brightness and the number of the frame at the sizes of the ladder.
func TestScale(t *testing.T) {
	p := &Pool{Guard: true}
	src := get(t, p, 1280, 720)
	NewSynthetic(1280, 720).Paint(src, 4711)
	for _, size := range [][2]int{{1280, 720}, {960, 540}, {640, 360}, {320, 180}, {427, 240}, {1920, 1080}} {
		dst := get(t, p, size[0], size[1])
		if err := Scale(dst, src); err != nil {
			t.Fatal(err)
		}
		if id, ok := ReadID(dst); !ok || id != 4711 {
			t.Errorf("%v: number %d, %v", size, id, ok)
		}
		if a, b := mean(src.Y), mean(dst.Y); math.Abs(a-b) > 1 {
			t.Errorf("%v: brightness %.1f became %.1f", size, a, b)
		}
		if a, b := mean(src.U), mean(dst.U); math.Abs(a-b) > 1 {
			t.Errorf("%v: colour %.1f became %.1f", size, a, b)
		}
		dst.Release()
	}
}

// TestHalf holds every pixel of half a picture against the mean of the four it stands for, also those left over from fours.
func TestHalf(t *testing.T) {
	p := &Pool{Guard: true}
	src, dst := get(t, p, 26, 12), get(t, p, 13, 6)
	fill(src.U, 128)
	fill(src.V, 128)
	for i := range src.Y {
		src.Y[i] = byte(i * i * 37)
	}
	window := image.NewRGBA(image.Rect(0, 0, 13, 6))
	if err := Scale(dst, src); err != nil {
		t.Fatal(err)
	}
	if err := (&Converter{}).ToRGBA(window, src); err != nil {
		t.Fatal(err)
	}
	for y := range 6 {
		for x := range 13 {
			at := 2*y*26 + 2*x
			want := byte((int(src.Y[at]) + int(src.Y[at+1]) + int(src.Y[at+26]) + int(src.Y[at+27]) + 2) / 4)
			if got := dst.Y[y*13+x]; got != want {
				t.Errorf("scaled, %d,%d is %d instead of %d", x, y, got, want)
			}
			if got, want := window.RGBAAt(x, y), reference(want, 128, 128); !near(got.G, want.G) {
				t.Errorf("shown, %d,%d is %d instead of %d", x, y, got.G, want.G)
			}
		}
	}
}

func mean(b []byte) float64 {
	sum := 0
	for _, v := range b {
		sum += int(v)
	}
	return float64(sum) / float64(len(b))
}

// TestReuse converts without allocating.
func TestReuse(t *testing.T) {
	f := quarters(t, 64, 36)
	dst := image.NewRGBA(image.Rect(0, 0, 32, 18))
	c := &Converter{}
	if n := testing.AllocsPerRun(10, func() {
		if err := c.ToRGBA(dst, f); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a picture costs %v allocations", n)
	}
}

// BenchmarkToRGBA converts 720p, beside what the standard library needs for the same.
func BenchmarkToRGBA(b *testing.B) {
	f := get(b, &Pool{}, 1280, 720)
	NewSynthetic(1280, 720).Paint(f, 1)
	b.Run("draw", func(b *testing.B) {
		src := &image.YCbCr{
			Y: f.Y, Cb: f.U, Cr: f.V, YStride: f.YStride, CStride: f.UVStride,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, f.Width, f.Height),
		}
		dst := image.NewRGBA(src.Rect)
		for b.Loop() {
			draw.Draw(dst, dst.Rect, src, image.Point{}, draw.Src)
		}
		perCore(b)
	})
	for _, c := range []struct {
		name          string
		width, height int
		rotation      Rotation
	}{
		{"720p", 1280, 720, Rotate0}, {"360p", 640, 360, Rotate0}, {"540p", 960, 540, Rotate0}, {"turned", 720, 1280, Rotate90},
	} {
		b.Run(c.name, func(b *testing.B) {
			f.Rotation = c.rotation
			dst := image.NewRGBA(image.Rect(0, 0, c.width, c.height))
			converter := &Converter{}
			for b.Loop() {
				if err := converter.ToRGBA(dst, f); err != nil {
					b.Fatal(err)
				}
			}
			perCore(b)
		})
	}
}

// perCore reports what 30 of these in a second take of one core.
func perCore(b *testing.B) {
	b.ReportMetric(100*30*b.Elapsed().Seconds()/float64(b.N), "%core@30fps")
}

// BenchmarkScale makes 360p of 720p.
func BenchmarkScale(b *testing.B) {
	src, dst := get(b, &Pool{}, 1280, 720), get(b, &Pool{}, 640, 360)
	for b.Loop() {
		if err := Scale(dst, src); err != nil {
			b.Fatal(err)
		}
	}
	perCore(b)
}

// BenchmarkEncode encodes 720p at 1.5 Mb/s, without the painting.
func BenchmarkEncode(b *testing.B) {
	s := newStudio(b, large)
	var frames []*Frame
	for id := range uint32(60) {
		f := get(b, &s.pool, 1280, 720)
		s.camera.Paint(f, id)
		frames = append(frames, f)
	}
	bytes := 0
	for b.Loop() {
		f := frames[s.next%60]
		s.next++
		s.now = s.now.Add(time.Second / 30)
		f.Captured = s.now
		e, err := s.encoder.Encode(f, false)
		if err != nil {
			b.Fatal(err)
		}
		bytes += len(e.Data)
	}
	perCore(b)
	b.ReportMetric(float64(bytes*8*30)/1000/float64(b.N), "kb/s")
}

// BenchmarkDecode decodes the same.
func BenchmarkDecode(b *testing.B) {
	s := newStudio(b, large)
	s.pool.Guard = false
	var frames [][]byte
	for i := range 60 {
		frames = append(frames, s.encode(i == 0).Data)
	}
	for i := 0; b.Loop(); i++ {
		data := frames[i%60]
		if len(data) == 0 {
			continue
		}
		f, err := s.decoder.Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		f.Release()
	}
	perCore(b)
}
