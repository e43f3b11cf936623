package echo

import "math"

const (
	span = 1024       // samples of a transform: two blocks and a little, so that a power of two does
	half = span / 2   // of the complex transform that does the work
	bins = half + 1   // of a spectrum, 47 Hz each
	low  = 8000 / 47  // bins in which the echo is modelled; above, it is only suppressed
	unit = 1.0 / span // what the reverse multiplies with

	eighth = math.Sqrt2 / 2 // of a turn: its cosine
)

// point is a complex number. Go's own would compute in double precision, which takes twice the time.
type point struct{ re, im float32 }

func (p point) power() float32 { return p.re*p.re + p.im*p.im }

// spectrum is what a real signal of span samples is made of.
type spectrum [bins]point

// transform is a Fourier transform of real signals with its tables and its workspace: one for each goroutine.
type transform struct {
	pass [3]rotations // what each turns by
	real parts        // e^(-2πi k/span)
	a, b parts
}

// parts are complex numbers, the real and the imaginary parts by themselves: so the compiler needs less to reach them.
type parts struct{ re, im [half]float32 }

// rotations are those by one, two and three steps, for each four numbers of a pass.
type rotations [3]struct{ re, im [half / 4]float32 }

func newTransform() *transform {
	t := &transform{}
	for k := range half {
		w := turn(float64(k) / span)
		t.real.re[k], t.real.im[k] = w.re, w.im
	}
	for pass := range t.pass {
		for i := range half / 4 {
			p := i >> (2 * pass) << (2 * pass)
			for n := range 3 {
				w := turn(float64((n+1)*p) / half)
				t.pass[pass][n].re[i], t.pass[pass][n].im[i] = w.re, w.im
			}
		}
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
	for i := range half {
		t.a.re[i], t.a.im[i] = in[2*i], in[2*i+1]
	}
	z := t.run()
	out[0] = point{z.re[0] + z.im[0], 0}
	out[half] = point{z.re[0] - z.im[0], 0}
	for k := 1; k <= half/2; k++ {
		evenRe, oddIm := (z.re[k]+z.re[half-k])/2, (z.re[half-k]-z.re[k])/2
		evenIm, oddRe := (z.im[k]-z.im[half-k])/2, (z.im[k]+z.im[half-k])/2
		re := oddRe*t.real.re[k] - oddIm*t.real.im[k]
		im := oddRe*t.real.im[k] + oddIm*t.real.re[k]
		out[k] = point{evenRe + re, evenIm + im}
		out[half-k] = point{evenRe - re, im - evenIm}
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
	t.a.re[0], t.a.im[0] = first+last, last-first // conjugated, as all below: a forward transform then runs backwards
	for k := 1; k <= half/2; k++ {
		p, q, wRe, wIm := in[k], in[half-k], t.real.re[k], t.real.im[k]
		evenRe, evenIm, oddRe, oddIm := p.re+q.re, p.im-q.im, p.re-q.re, p.im+q.im
		re, im := oddRe*wRe+oddIm*wIm, oddIm*wRe-oddRe*wIm
		t.a.re[k], t.a.im[k] = evenRe-im, -evenIm-re
		t.a.re[half-k], t.a.im[half-k] = evenRe+im, evenIm-re
	}
	z := t.run()
	for i := range half {
		out[2*i], out[2*i+1] = z.re[i]*unit, -z.im[i]*unit
	}
}

// run is Stockham's transform of a: three passes by four, the last by eight, which needs no turns. Nothing has to be reordered.
func (t *transform) run() *parts {
	pass(&t.b, &t.a, &t.pass[0], 1)
	pass(&t.a, &t.b, &t.pass[1], 4)
	pass(&t.b, &t.a, &t.pass[2], 16)
	last(&t.a, &t.b)
	return &t.a
}

// pass makes transforms of four out of what is a quarter apart, turns them, and puts them in steps of stride, a power of two. The compiler
// sees that no index is out of bounds.
func pass(y, x *parts, w *rotations, stride int) {
	for i := range half / 4 {
		sumRe, diffRe := x.re[i]+x.re[i+half/2], x.re[i]-x.re[i+half/2]
		sumIm, diffIm := x.im[i]+x.im[i+half/2], x.im[i]-x.im[i+half/2]
		otherRe, sideIm := x.re[i+half/4]+x.re[i+3*half/4], x.re[i+half/4]-x.re[i+3*half/4]
		otherIm, sideRe := x.im[i+half/4]+x.im[i+3*half/4], x.im[i+3*half/4]-x.im[i+half/4] // side is i(b-d)
		o := (i + 3*(i&-stride)) & (half - 1)
		y.re[o], y.im[o] = sumRe+otherRe, sumIm+otherIm
		o = (o + stride) & (half - 1)
		re, im := diffRe-sideRe, diffIm-sideIm
		y.re[o] = re*w[0].re[i] - im*w[0].im[i]
		y.im[o] = re*w[0].im[i] + im*w[0].re[i]
		o = (o + stride) & (half - 1)
		re, im = sumRe-otherRe, sumIm-otherIm
		y.re[o] = re*w[1].re[i] - im*w[1].im[i]
		y.im[o] = re*w[1].im[i] + im*w[1].re[i]
		o = (o + stride) & (half - 1)
		re, im = diffRe+sideRe, diffIm+sideIm
		y.re[o] = re*w[2].re[i] - im*w[2].im[i]
		y.im[o] = re*w[2].im[i] + im*w[2].re[i]
	}
}

// last makes transforms of eight out of what is an eighth apart.
func last(y, x *parts) {
	const step = half / 8
	for q := range step {
		sumRe, diffRe := x.re[q]+x.re[q+4*step], x.re[q]-x.re[q+4*step]
		sumIm, diffIm := x.im[q]+x.im[q+4*step], x.im[q]-x.im[q+4*step]
		otherRe, sideIm := x.re[q+2*step]+x.re[q+6*step], x.re[q+2*step]-x.re[q+6*step]
		otherIm, sideRe := x.im[q+2*step]+x.im[q+6*step], x.im[q+6*step]-x.im[q+2*step]
		re0, im0, re2, im2 := sumRe+otherRe, sumIm+otherIm, sumRe-otherRe, sumIm-otherIm
		re1, im1, re3, im3 := diffRe-sideRe, diffIm-sideIm, diffRe+sideRe, diffIm+sideIm
		sumRe, diffRe = x.re[q+step]+x.re[q+5*step], x.re[q+step]-x.re[q+5*step]
		sumIm, diffIm = x.im[q+step]+x.im[q+5*step], x.im[q+step]-x.im[q+5*step]
		otherRe, sideIm = x.re[q+3*step]+x.re[q+7*step], x.re[q+3*step]-x.re[q+7*step]
		otherIm, sideRe = x.im[q+3*step]+x.im[q+7*step], x.im[q+7*step]-x.im[q+3*step]
		re, im := sumRe+otherRe, sumIm+otherIm
		y.re[q], y.im[q], y.re[q+4*step], y.im[q+4*step] = re0+re, im0+im, re0-re, im0-im
		re, im = sumIm-otherIm, otherRe-sumRe
		y.re[q+2*step], y.im[q+2*step], y.re[q+6*step], y.im[q+6*step] = re2+re, im2+im, re2-re, im2-im
		re, im = diffRe-sideRe, diffIm-sideIm
		re, im = (re+im)*eighth, (im-re)*eighth
		y.re[q+step], y.im[q+step], y.re[q+5*step], y.im[q+5*step] = re1+re, im1+im, re1-re, im1-im
		re, im = diffRe+sideRe, diffIm+sideIm
		re, im = (im-re)*eighth, -(re+im)*eighth
		y.re[q+3*step], y.im[q+3*step], y.re[q+7*step], y.im[q+7*step] = re3+re, im3+im, re3-re, im3-im
	}
}
