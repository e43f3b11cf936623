package echo

import "math"

const (
	span = 1024       // samples of a transform: two blocks and a little, so that a power of two does
	half = span / 2   // of the complex transform that does the work
	bins = half + 1   // of a spectrum, 47 Hz each
	low  = 8000 / 47  // bins in which the echo is modelled; above, it is only suppressed
	unit = 1.0 / span // what the reverse multiplies with
)

// point is a complex number. Go's own would compute in double precision, which takes twice the time.
type point struct{ re, im float32 }

func (p point) power() float32 { return p.re*p.re + p.im*p.im }

// spectrum is what a real signal of span samples is made of.
type spectrum [bins]point

// transform is a Fourier transform of real signals with its tables and its workspace: one for each goroutine.
type transform struct {
	turns [half]point // e^(-2πi k/half)
	real  [half]point // e^(-2πi k/span)
	a, b  [half]point
}

func newTransform() *transform {
	t := &transform{}
	for k := range t.turns {
		t.turns[k] = turn(float64(k) / half)
		t.real[k] = turn(float64(k) / span)
	}
	return t
}

func turn(part float64) point {
	sin, cos := math.Sincos(-2 * math.Pi * part)
	return point{float32(cos), float32(sin)}
}

// forward takes a signal apart. Even and odd samples go through one complex transform of half the length; silence needs none.
func (t *transform) forward(out *spectrum, in *[span]float32) {
	if empty(in[:]) {
		*out = spectrum{}
		return
	}
	for i := range t.a {
		t.a[i] = point{in[2*i], in[2*i+1]}
	}
	z := t.run()
	out[0] = point{z[0].re + z[0].im, 0}
	out[half] = point{z[0].re - z[0].im, 0}
	for k := 1; k <= half/2; k++ {
		p, q, w := z[k], z[half-k], t.real[k]
		even := point{(p.re + q.re) / 2, (p.im - q.im) / 2}
		odd := point{(p.im + q.im) / 2, (q.re - p.re) / 2}
		re, im := odd.re*w.re-odd.im*w.im, odd.re*w.im+odd.im*w.re
		out[k] = point{even.re + re, even.im + im}
		out[half-k] = point{even.re - re, im - even.im}
	}
}

func empty(signal []float32) bool {
	for _, x := range signal {
		if x != 0 {
			return false
		}
	}
	return true
}

// reverse puts a signal together again.
func (t *transform) reverse(out *[span]float32, in *spectrum) {
	first, last := in[0].re, in[half].re
	t.a[0] = point{first + last, last - first} // conjugated, as all below: a forward transform then runs backwards
	for k := 1; k <= half/2; k++ {
		p, q, w := in[k], in[half-k], t.real[k]
		even := point{p.re + q.re, p.im - q.im}
		odd := point{p.re - q.re, p.im + q.im}
		re, im := odd.re*w.re+odd.im*w.im, odd.im*w.re-odd.re*w.im
		t.a[k] = point{even.re - im, -even.im - re}
		t.a[half-k] = point{even.re + im, even.im - re}
	}
	z := t.run()
	for i, p := range z {
		out[2*i], out[2*i+1] = p.re*unit, -p.im*unit
	}
}

// run is Stockham's transform of a: four passes by four, the last by two. It needs no reordering.
func (t *transform) run() *[half]point {
	x, y := &t.a, &t.b
	for n, stride := half, 1; n > 2; n, stride = n/4, stride*4 {
		quarter := n / 4
		for p := range quarter {
			w1, w2, w3 := t.turns[p*stride], t.turns[2*p*stride], t.turns[3*p*stride]
			from, to := stride*p, stride*4*p
			x0, x1 := x[from:][:stride], x[from+stride*quarter:][:stride]
			x2, x3 := x[from+2*stride*quarter:][:stride], x[from+3*stride*quarter:][:stride]
			y0, y1, y2, y3 := y[to:][:stride], y[to+stride:][:stride], y[to+2*stride:][:stride], y[to+3*stride:][:stride]
			for q := range x0 {
				a, b, c, d := x0[q], x1[q], x2[q], x3[q]
				sum, diff := point{a.re + c.re, a.im + c.im}, point{a.re - c.re, a.im - c.im}
				other, side := point{b.re + d.re, b.im + d.im}, point{d.im - b.im, b.re - d.re} // side is i(b-d)
				y0[q] = point{sum.re + other.re, sum.im + other.im}
				e, f, g := point{diff.re - side.re, diff.im - side.im}, point{sum.re - other.re, sum.im - other.im},
					point{diff.re + side.re, diff.im + side.im}
				y1[q] = point{e.re*w1.re - e.im*w1.im, e.re*w1.im + e.im*w1.re}
				y2[q] = point{f.re*w2.re - f.im*w2.im, f.re*w2.im + f.im*w2.re}
				y3[q] = point{g.re*w3.re - g.im*w3.im, g.re*w3.im + g.im*w3.re}
			}
		}
		x, y = y, x
	}
	for q := range half / 2 {
		a, b := x[q], x[q+half/2]
		y[q], y[q+half/2] = point{a.re + b.re, a.im + b.im}, point{a.re - b.re, a.im - b.im}
	}
	return y
}
