package widget

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"
)

// Frames gives the newest picture, at most w by h points large and in its own proportions; it is drawn into into, which may be
// nil, when that is large enough. seq is another for each picture. When w or h is 0 it only says whether there is one, and which.
type Frames func(into *image.RGBA, w, h int) (img *image.RGBA, seq uint64, ok bool)

// Picture shows pictures that follow each other, as those of a call. It asks for one at most with each frame of the display,
// and only while it is on and in sight; it keeps one buffer, and has nothing to do when no new picture comes.
type Picture struct {
	base.BaseWidget
	OnSeen func(yes bool) // the first picture came, or there is none any more

	frames Frames
	cover  bool    // fills its place and loses its edges; else it is seen whole
	mirror bool    // as people know themselves
	radius float32 // of the corners
	on     bool
	raster *canvas.Raster
	buffer *image.RGBA // what frames drew into
	shown  *image.RGBA // the part of it that is seen
	seq    uint64
	asked  image.Point // for which size
	shape  image.Point // whose proportions are shown
	seen   bool
	clock  *fyne.Animation
}

// NewPicture makes a picture that is off. One that covers fills its place; its corners have a radius.
func NewPicture(cover bool, radius float32) *Picture {
	p := &Picture{cover: cover, radius: radius}
	p.raster = canvas.NewRaster(func(w, h int) image.Image { return p.shown })
	p.raster.ScaleMode = canvas.ImageScaleFastest
	p.raster.Hide()
	p.clock = fyne.NewAnimation(1<<40, func(float32) { p.tick() })
	p.clock.RepeatCount = fyne.AnimationRepeatForever
	p.ExtendBaseWidget(p)
	return p
}

// SetFrames changes where the pictures come from; nil turns it off.
func (p *Picture) SetFrames(f Frames) {
	on := f != nil
	p.frames = f
	if on == p.on {
		return
	}
	p.on = on
	if on {
		p.clock.Start()
		return
	}
	p.clock.Stop()
	p.lose()
	p.buffer = nil // some megabytes, for which there is no use until the next call
}

// SetMirror says whether left and right change places.
func (p *Picture) SetMirror(yes bool) {
	if p.mirror != yes {
		p.mirror, p.seq = yes, 0
	}
}

// Seen says whether there is a picture.
func (p *Picture) Seen() bool { return p.seen }

// Whole is the size of the last picture within a bound, in its proportions; the bound itself before there is one.
func (p *Picture) Whole(bound fyne.Size) fyne.Size {
	if p.buffer == nil || !p.seen {
		return bound
	}
	b := p.shape
	by := min(bound.Width/float32(b.X), bound.Height/float32(b.Y))
	return fyne.NewSize(float32(b.X)*by, float32(b.Y)*by)
}

// reshape takes over the proportions of a picture. A sender that makes its pictures smaller rounds their sides: so little of a difference
// must not move what is seen.
func (p *Picture) reshape(size image.Point) {
	before := float64(p.shape.X) * float64(size.Y)
	now := float64(size.X) * float64(p.shape.Y)
	if !p.seen || math.Abs(before-now) > alike*now {
		p.shape = size
	}
}

// alike is by how much the proportions of pictures may differ that are shown alike.
const alike = 0.02

// tick looks for a new picture.
func (p *Picture) tick() {
	if !p.on || !p.Visible() || p.Size().Width < 1 || p.Size().Height < 1 {
		return
	}
	_, seq, ok := p.frames(nil, 0, 0)
	if !ok {
		p.lose()
		return
	}
	w, h := p.points()
	if p.seen && seq == p.seq && p.asked == image.Pt(w, h) {
		return
	}
	p.pull(w, h)
}

// points is the size of the widget on the display.
func (p *Picture) points() (w, h int) {
	scale := float32(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		scale = c.Scale()
	}
	return max(int(p.Size().Width*scale), 1), max(int(p.Size().Height*scale), 1)
}

// pull fetches the picture and has it drawn.
func (p *Picture) pull(w, h int) {
	askW, askH := w, h
	if p.cover {
		askW, askH = p.covering(w, h)
	}
	img, seq, ok := p.frames(p.buffer, askW, askH)
	if !ok || img == nil || img.Rect.Empty() {
		p.lose()
		return
	}
	p.buffer, p.shown, p.seq, p.asked = img, img, seq, image.Pt(w, h)
	p.reshape(img.Rect.Size())
	if p.cover {
		cut := cutting(img.Rect.Size(), w, h)
		p.shown = crop(img, cut.X, cut.Y)
		round(p.shown, int(p.radius*float32(cut.X)/p.Size().Width+0.5))
	}
	if p.mirror {
		flip(p.shown)
	}
	fresh := !p.seen
	p.seen = true
	if fresh && p.cover { // only now its proportions are known
		p.pull(w, h)
	}
	p.arrange(p.Size())
	show(p.raster, true)
	p.raster.Refresh()
	if fresh && p.OnSeen != nil {
		p.OnSeen(true)
	}
}

// covering is how large a picture has to be, by the proportions of the last one, to leave nothing of w by h free.
func (p *Picture) covering(w, h int) (int, int) {
	if p.buffer == nil {
		return w, h
	}
	b := p.buffer.Rect.Size()
	by := max(float64(w)/float64(b.X), float64(h)/float64(b.Y))
	return int(math.Ceil(float64(b.X)*by - 1e-6)), int(math.Ceil(float64(b.Y)*by - 1e-6))
}

// cutting is the largest part of a picture that has the proportions of w by h; the picture may be smaller.
func cutting(size image.Point, w, h int) image.Point {
	if size.X*h > size.Y*w {
		return image.Pt(max(size.Y*w/h, 1), size.Y)
	}
	return image.Pt(size.X, max(size.X*h/w, 1))
}

func (p *Picture) lose() {
	if !p.seen {
		return
	}
	p.seen, p.asked = false, image.Point{}
	show(p.raster, false)
	if p.OnSeen != nil {
		p.OnSeen(false)
	}
}

// CreateRenderer is the toolkit's.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	return &drawing{
		objects: []fyne.CanvasObject{p.raster}, layout: p.arrange,
		min: func() fyne.Size { return fyne.NewSquareSize(1) }, refresh: func() {},
	}
}

func (p *Picture) arrange(s fyne.Size) {
	whole := s
	if !p.cover {
		whole = p.Whole(s)
	}
	place(p.raster, (s.Width-whole.Width)/2, (s.Height-whole.Height)/2, whole.Width, whole.Height)
}

// crop keeps the middle of a picture, in the picture's own memory.
func crop(img *image.RGBA, w, h int) *image.RGBA {
	size := img.Rect.Size()
	left, top := (size.X-w)/2, (size.Y-h)/2
	out := &image.RGBA{Pix: img.Pix[:w*h*4], Stride: w * 4, Rect: image.Rect(0, 0, w, h)}
	for y := range h { // forwards: a line never lands on one that is still to be moved
		from := (top+y)*img.Stride + left*4
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], img.Pix[from:from+w*4])
	}
	return out
}

// flip exchanges left and right.
func flip(img *image.RGBA) {
	w := img.Rect.Dx()
	for y := range img.Rect.Dy() {
		line := img.Pix[y*img.Stride : y*img.Stride+w*4]
		for a, b := 0, (w-1)*4; a < b; a, b = a+4, b-4 {
			for i := range 4 {
				line[a+i], line[b+i] = line[b+i], line[a+i]
			}
		}
	}
}

// round takes the corners away.
func round(img *image.RGBA, radius int) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	radius = min(radius, w/2, h/2)
	for y := range radius {
		for x := range radius {
			dx, dy := float64(radius-x)-0.5, float64(radius-y)-0.5
			part := float64(radius) - math.Sqrt(dx*dx+dy*dy) + 0.5
			if part >= 1 {
				continue
			}
			for _, at := range [][2]int{{x, y}, {w - 1 - x, y}, {x, h - 1 - y}, {w - 1 - x, h - 1 - y}} {
				fade(img.Pix[at[1]*img.Stride+at[0]*4:][:4], max(part, 0))
			}
		}
	}
}

func fade(point []uint8, part float64) {
	for i := range point {
		point[i] = uint8(float64(point[i]) * part)
	}
}
