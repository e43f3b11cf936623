package echo

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// TestTransform holds the transform against the sum that defines it, and its reverse against what went in.
func TestTransform(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var in, back [span]float32
	for i := range in {
		in[i] = float32(random.Float64()*2 - 1)
	}
	tr := newTransform()
	var got spectrum
	tr.forward(&got, &in)
	for k := range got {
		var want complex128
		for i, x := range in {
			want += complex(float64(x), 0) * cmplx.Exp(complex(0, -2*math.Pi*float64(k*i%span)/span))
		}
		if d := cmplx.Abs(want - complex(float64(got[k].re), float64(got[k].im))); d > 1e-3 {
			t.Fatalf("bin %d is off by %g", k, d)
		}
	}
	tr.reverse(&back, &got)
	for i := range in {
		if d := math.Abs(float64(in[i] - back[i])); d > 1e-5 {
			t.Fatalf("sample %d comes back off by %g", i, d)
		}
	}
}

func BenchmarkTransform(b *testing.B) {
	tr := newTransform()
	var in [span]float32
	var out spectrum
	for i := range in {
		in[i] = float32(i % 17)
	}
	for b.Loop() {
		tr.forward(&out, &in)
	}
}
