package video

import "testing"

// get takes a frame from a pool.
func get(t testing.TB, p *Pool, width, height int) *Frame {
	t.Helper()
	f, err := p.Get(width, height)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestPool gives frames of any size, refuses impossible ones, and allocates nothing once it runs.
func TestPool(t *testing.T) {
	p := &Pool{}
	for _, size := range [][2]int{{0, 1}, {1, 0}, {-1, 5}, {MaxSide + 1, 1}, {1, MaxSide + 1}} {
		if f, err := p.Get(size[0], size[1]); err == nil {
			t.Errorf("a frame of %v: %v", size, f)
		}
	}
	for _, size := range [][2]int{{1, 1}, {3, 5}, {640, 360}, {MaxSide, MaxSide}} {
		f := get(t, p, size[0], size[1])
		if !f.valid() || len(f.U) != chroma(size[0])*chroma(size[1]) || len(f.V) != len(f.U) {
			t.Errorf("%v: planes of %d, %d and %d bytes", size, len(f.Y), len(f.U), len(f.V))
		}
		f.Release()
	}
	if n := testing.AllocsPerRun(100, func() { get(t, p, 640, 360).Release() }); n != 0 {
		t.Errorf("a frame costs %v allocations", n)
	}
}

// TestHolders keeps a frame as long as somebody holds it, and not longer.
func TestHolders(t *testing.T) {
	p := &Pool{Guard: true}
	f := get(t, p, 16, 16)
	pixels := f.Y
	pixels[0] = 7
	f.Retain().Release()
	if p.Out() != 1 || f.Y[0] != 7 {
		t.Error("a frame went although somebody holds it")
	}
	f.Release()
	if p.Out() != 0 || f.Y != nil || pixels[0] == 7 {
		t.Error("a frame can be used after its last release")
	}
	if g := get(t, p, 16, 16); g == f {
		t.Error("a guarding pool handed a released frame out again")
	}
	for name, misuse := range map[string]func(){"release": f.Release, "retain": func() { f.Retain() }} {
		if !panics(misuse) {
			t.Errorf("%s after the last release was not noticed", name)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// TestSynthetic finds each frame's number again, also in small and in odd sizes, and none in other pictures.
func TestSynthetic(t *testing.T) {
	p := &Pool{Guard: true}
	for _, size := range [][2]int{{64, 64}, {177, 145}, {640, 360}, {360, 640}} {
		camera, f := NewSynthetic(size[0], size[1]), get(t, p, size[0], size[1])
		for _, id := range []uint32{0, 1, 2, 77, 1 << 16, 1<<24 - 1} {
			camera.Paint(f, id)
			if got, ok := ReadID(f); !ok || got != id {
				t.Errorf("%v: frame %d reads as %d, %v", size, id, got, ok)
			}
		}
		for _, light := range []byte{0, 255} {
			fill(f.Y, light)
			if id, ok := ReadID(f); ok {
				t.Errorf("a picture of one brightness has the number %d", id)
			}
		}
		f.Release()
	}
}
