package hardware

import (
	"slices"
	"testing"
)

// TestRing puts and gets pieces of odd sizes many times around: everything comes out once, in order.
func TestRing(t *testing.T) {
	r := newRing()
	var in, out int16
	piece := make([]int16, 1024)
	for i := range 500 {
		n := i*37%997 + 1
		for j := range n {
			piece[j] = in
			in++
		}
		r.put(piece[:n])
		for r.len() > 700 {
			got := piece[:r.get(piece[:613])]
			for _, x := range got {
				if x != out {
					t.Fatalf("%d comes where %d is next", x, out)
				}
				out++
			}
		}
	}
}

// TestRingFull puts more than there is room for, in one piece and in many: the newest stay.
func TestRingFull(t *testing.T) {
	r := newRing()
	all := make([]int16, 3*ringSize)
	for i := range all {
		all[i] = int16(i)
	}
	r.put(all[:100])
	r.put(all[:2*ringSize])
	for part := range slices.Chunk(all[2*ringSize:], 333) {
		r.put(part)
	}
	got := make([]int16, 2*ringSize)
	if n := r.get(got); n != ringSize || !slices.Equal(got[:n], all[2*ringSize:]) {
		t.Errorf("%d samples stay, the first is %d", n, got[0])
	}
	if n := r.get(got); n != 0 {
		t.Errorf("an empty ring gives %d samples", n)
	}
}

// TestRingAllocates nothing: it is used on the device's thread.
func TestRingAllocates(t *testing.T) {
	r, piece := newRing(), make([]int16, 480)
	if n := testing.AllocsPerRun(100, func() {
		r.put(piece)
		r.signal()
		r.get(piece)
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
