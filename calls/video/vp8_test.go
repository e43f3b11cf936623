package video

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// studio is a camera before an encoder, and a decoder.
type studio struct {
	t       testing.TB
	pool    Pool
	camera  *Synthetic
	encoder *Encoder
	decoder *Decoder
	now     time.Time
	next    uint32
}

func newStudio(t testing.TB, s Settings) *studio {
	t.Helper()
	st := &studio{t: t, pool: Pool{Guard: true}, camera: NewSynthetic(s.Width, s.Height), now: time.Unix(1_800_000_000, 0)}
	var err error
	if st.encoder, err = NewEncoder(s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.encoder.Close)
	if st.decoder, err = NewDecoder(&st.pool); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.decoder.Close)
	return st
}

// encode makes the next frame. Its data is a copy.
func (s *studio) encode(key bool) Encoded {
	s.t.Helper()
	f := get(s.t, &s.pool, s.camera.width, s.camera.height)
	defer f.Release()
	s.camera.Paint(f, s.next)
	f.Captured = s.now
	s.next++
	s.now = s.now.Add(time.Second / 30)
	e, err := s.encoder.Encode(f, key)
	if err != nil {
		s.t.Fatal(err)
	}
	e.Data = bytes.Clone(e.Data)
	return e
}

// decode wants to see a frame with this number.
func (s *studio) decode(data []byte, id uint32) {
	s.t.Helper()
	f, err := s.decoder.Decode(data)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Release()
	if got, ok := ReadID(f); !ok || got != id || f.Width != s.camera.width || f.Height != s.camera.height {
		s.t.Errorf("frame %d of %d×%d came as %d (%v) of %d×%d", id, s.camera.width, s.camera.height, got, ok, f.Width, f.Height)
	}
	if u, v := mean(f.U), mean(f.V); u < 101 || u > 123 || v < 137 || v > 151 {
		s.t.Errorf("frame %d has the colours %.0f and %.0f", id, u, v)
	}
}

// TestCodec sends frames of odd and even sizes, forces key frames, and changes the size down, up and beyond the first one.
func TestCodec(t *testing.T) {
	s := newStudio(t, Settings{Width: 320, Height: 180, BitsPerSecond: 400_000})
	for _, size := range [][2]int{{320, 180}, {160, 90}, {175, 143}, {320, 180}, {640, 360}, {320, 180}} {
		if err := s.encoder.Configure(Settings{Width: size[0], Height: size[1], BitsPerSecond: 500_000}); err != nil {
			t.Fatal(err)
		}
		s.camera = NewSynthetic(size[0], size[1])
		for i := range 6 {
			id := s.next
			e := s.encode(i == 4)
			h, err := parseHeader(e.Data)
			if err != nil || h.key != e.Key || h.key && (h.width != size[0] || h.height != size[1]) {
				t.Errorf("%v, frame %d: header %+v, %v", size, i, h, err)
			}
			// A new size begins with a key frame; the first frames of the same one do so only when the encoder is new.
			if wanted := i == 4 || i == 0; e.Key != wanted {
				t.Errorf("%v, frame %d: key frame: %v", size, i, e.Key)
			}
			s.decode(e.Data, id)
		}
	}
	if n := s.pool.Out(); n != 0 {
		t.Errorf("%d frames were never released", n)
	}
}

// TestRefusals gives encoder and decoder what does not fit.
func TestRefusals(t *testing.T) {
	for _, s := range []Settings{{}, {Width: 320}, {Width: 320, Height: MaxSide + 1}, {Width: -2, Height: 20}} {
		if e, err := NewEncoder(s); !errors.Is(err, ErrSize) {
			t.Errorf("an encoder for %+v: %v, %v", s, e, err)
		}
	}
	s := newStudio(t, Settings{Width: 64, Height: 64, BitsPerSecond: 100_000})
	if err := s.encoder.Configure(Settings{Width: MaxSide + 1, Height: 64}); !errors.Is(err, ErrSize) {
		t.Errorf("a size that is too large: %v", err)
	}
	for _, broken := range []func(f *Frame){
		func(f *Frame) { f.Width-- },
		func(f *Frame) { f.Y = f.Y[:len(f.Y)-1] },
		func(f *Frame) { f.V = nil },
		func(f *Frame) { f.YStride = 63 },
		func(f *Frame) { f.UVStride = 1 << 40 },
	} {
		f := get(t, &s.pool, 64, 64)
		broken(f)
		if _, err := s.encoder.Encode(f, false); !errors.Is(err, ErrSize) {
			t.Errorf("a frame with planes that are too small: %v", err)
		}
	}
	s.encode(false)
	e := s.encode(false)
	if f, err := s.decoder.Decode(e.Data); !errors.Is(err, ErrKeyNeeded) {
		t.Errorf("a frame without those before it: %v, %v", f, err)
	}
	key := s.encode(true)
	for _, data := range [][]byte{nil, {}, {1}, key.Data[:9], key.Data[:12]} {
		if f, err := s.decoder.Decode(data); err == nil {
			t.Errorf("a frame of %d bytes: %v", len(data), f)
		}
	}
	s.decode(key.Data, 2)
	if _, err := s.decoder.Decode(nil); err == nil {
		t.Error("nothing was decoded")
	}
	if _, err := s.decoder.Decode(s.encode(false).Data); !errors.Is(err, ErrKeyNeeded) {
		t.Errorf("a frame after one that was broken: %v", err)
	}
}

// TestHeader reads what libvpx writes, and bounds what a frame may ask for.
func TestHeader(t *testing.T) {
	key := func(width, height int) []byte {
		return append([]byte{0x10 | 1<<5, 0, 0, 0x9d, 1, 0x2a, byte(width), byte(width >> 8), byte(height), byte(height >> 8)}, 0, 0)
	}
	for _, c := range []struct {
		data []byte
		want header
		err  error
	}{
		{key(640, 360), header{true, true, 640, 360}, nil},
		{key(640|1<<14, 360|3<<14), header{true, true, 640, 360}, nil}, // hints to scale
		{key(MaxSide, MaxSide), header{true, true, MaxSide, MaxSide}, nil},
		{key(MaxSide+1, 2), header{}, ErrSize},
		{key(2, 16383), header{}, ErrSize},
		{key(0, 2), header{}, ErrSize},
		{[]byte{0x11 | 1<<5, 0, 0, 0}, header{false, true, 0, 0}, nil},
		{[]byte{0x01 | 1<<5, 0, 0, 0}, header{false, false, 0, 0}, nil},
		{[]byte{0x11 | 2<<5, 0, 0, 0}, header{}, errHeader}, // a first partition that is longer than the frame
		{[]byte{0x11, 0, 0, 0}, header{}, errHeader},
		{[]byte{0x1f | 1<<5, 0, 0, 0}, header{}, errHeader}, // version 7
		{[]byte{0x10, 0}, header{}, errHeader},
		{append([]byte{0x10 | 1<<5, 0, 0, 0x9d, 1, 0x2b}, make([]byte, 9)...), header{}, errHeader},
	} {
		if got, err := parseHeader(c.data); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%x: %+v, %v", c.data, got, err)
		}
	}
}

// TestBitrate keeps to a bitrate that changes without a new encoder or key frame.
func TestBitrate(t *testing.T) {
	s := newStudio(t, Settings{Width: 320, Height: 180, BitsPerSecond: 800_000})
	rate := func() int {
		sum := 0
		for i := range 150 {
			if e := s.encode(false); i >= 60 { // two seconds to get there
				sum += 8 * len(e.Data)
				if e.Key {
					t.Error("a key frame that nobody asked for")
				}
			}
		}
		return sum / 3
	}
	opened := s.encoder.c
	for _, wanted := range []int{400_000, 100_000, 250_000} {
		if err := s.encoder.Configure(Settings{Width: 320, Height: 180, BitsPerSecond: wanted}); err != nil {
			t.Fatal(err)
		}
		if got := rate(); got < wanted/2 || got > wanted*5/4 {
			t.Errorf("%d b/s instead of %d", got, wanted)
		}
	}
	if s.encoder.c != opened {
		t.Error("the encoder is another one")
	}
}

// TestClock encodes with a camera whose clock jumps.
func TestClock(t *testing.T) {
	s := newStudio(t, Settings{Width: 64, Height: 64, BitsPerSecond: 100_000})
	for _, jump := range []time.Duration{0, -time.Hour, 0, 1000 * time.Hour, 0, -1} {
		s.now = s.now.Add(jump)
		before := s.encoder.ticks
		s.encode(false)
		if step := s.encoder.ticks - before; step > clockRate || step <= 0 && s.next > 1 {
			t.Errorf("after a jump of %v, the encoder's clock went on by %d ticks", jump, step)
		}
	}
}

// mutate damages a frame as a network or a stranger would.
func mutate(r *rand.Rand, data []byte) []byte {
	out := slices.Clone(data)
	switch r.IntN(4) {
	case 0:
		out = out[:r.IntN(len(out)+1)]
	case 1:
		for range 1 + r.IntN(8) {
			out[r.IntN(len(out))] = byte(r.Uint32())
		}
	case 2: // the beginning, where sizes and probabilities stand
		for range 1 + r.IntN(3) {
			out[r.IntN(min(len(out), 40))] ^= 1 << r.IntN(8)
		}
	case 3:
		from := r.IntN(len(out))
		for i := from; i < min(from+1+r.IntN(60), len(out)); i++ {
			out[i] = byte(r.Uint32())
		}
	}
	return out
}

// TestMutatedFrames decodes 50,000 damaged frames, between whole ones that must come out right.
func TestMutatedFrames(t *testing.T) {
	s := newStudio(t, Settings{Width: 96, Height: 64, BitsPerSecond: 100_000})
	var frames []Encoded
	for i := range 32 {
		if e := s.encode(i%8 == 0); len(e.Data) > 0 {
			frames = append(frames, e)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for i := range 50_000 {
		f, err := s.decoder.Decode(mutate(r, frames[r.IntN(len(frames))].Data))
		switch {
		case err != nil:
			refused++
		case f != nil:
			f.Release()
		}
		if i%100 == 0 {
			s.decode(frames[0].Data, 0)
		}
	}
	if refused < 10_000 {
		t.Errorf("only %d of 50,000 damaged frames were refused", refused)
	}
	if n := s.pool.Out(); n != 0 {
		t.Errorf("%d frames were never released", n)
	}
}

// FuzzDecode looks for frames that the decoder does not survive.
func FuzzDecode(f *testing.F) {
	s := newStudio(f, Settings{Width: 64, Height: 64, BitsPerSecond: 100_000})
	for i := range 4 {
		f.Add(s.encode(i == 2).Data)
	}
	key := s.encode(true).Data
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newStudio(t, Settings{Width: 64, Height: 64, BitsPerSecond: 100_000})
		s.decode(key, 4)
		picture, err := s.decoder.Decode(data)
		if err == nil && picture != nil {
			picture.Release()
		}
		s.decode(key, 4)
	})
}

// TestUnevenPace holds the bitrate also where frames are left out in bursts, as a busy machine or a full line does it.
func TestUnevenPace(t *testing.T) {
	s := newStudio(t, Settings{Width: 1280, Height: 720, BitsPerSecond: 2_600_000})
	sum := 0
	for i := range 150 {
		if i%10 > 4 {
			s.now, s.next = s.now.Add(time.Second/30), s.next+1
			continue
		}
		if e := s.encode(false); i >= 60 {
			sum += 8 * len(e.Data)
		}
	}
	if rate := sum / 3; rate > 3_000_000 || rate < 2_000_000 {
		t.Errorf("%d b/s instead of 2600000", rate)
	}
}

// TestSmaller: a line that gets worse wants small pictures at once. None of the first ones takes several times its share.
func TestSmaller(t *testing.T) {
	const pace = time.Second / 30
	for _, c := range []Settings{{320, 180, 110_000}, {480, 270, 300_000}, {640, 360, 400_000}} {
		s := newStudio(t, Settings{Width: 1280, Height: 720, BitsPerSecond: 1_800_000})
		for range 60 {
			s.encode(false)
		}
		if err := s.encoder.Configure(c); err != nil {
			t.Fatal(err)
		}
		s.camera = NewSynthetic(c.Width, c.Height)
		share := int(float64(c.BitsPerSecond) / 8 * pace.Seconds())
		for i := range 15 {
			if n := len(s.encode(false).Data); n > 4*share {
				t.Errorf("%+v: picture %d has %d bytes, where %d are its share", c, i, n, share)
			}
		}
	}
}
