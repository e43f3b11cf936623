package widget

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"kith/app/theme"
)

// camera gives pictures of 4:3 whose left half is red and whose right half is blue.
type camera struct {
	seq    uint64
	gone   bool
	drawn  int
	fresh  int // how often there was no memory to draw into
	sizes  []image.Point
	wide   int
	higher int
}

func (c *camera) frames(into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
	if c.gone {
		return nil, 0, false
	}
	if w == 0 || h == 0 {
		return nil, c.seq, true
	}
	c.drawn++
	c.sizes = append(c.sizes, image.Pt(w, h))
	w, h = min(w, h*c.wide/c.higher), min(h, w*c.higher/c.wide)
	if into == nil || cap(into.Pix) < w*h*4 {
		c.fresh++
		into = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	img := &image.RGBA{Pix: into.Pix[:w*h*4], Stride: w * 4, Rect: image.Rect(0, 0, w, h)}
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{R: 255, A: 255})
			if x >= w/2 {
				img.SetRGBA(x, y, color.RGBA{B: 255, A: 255})
			}
		}
	}
	return img, c.seq, true
}

func TestPictureWhole(t *testing.T) {
	start(t, theme.Light)
	c := &camera{seq: 1, wide: 4, higher: 3}
	p := NewPicture(false, 0)
	seen := 0
	p.OnSeen = func(yes bool) { seen++ }
	w := show1(t, p, 400, 200)
	p.SetFrames(c.frames)
	if got := p.raster.Size(); got.Height != 200 || got.Width < 266 || got.Width > 267 || p.raster.Position().X < 66 {
		t.Errorf("4:3 in 400×200 is %v at %v", got, p.raster.Position())
	}
	left, right := w.Canvas().Capture().At(120, 100), w.Canvas().Capture().At(280, 100)
	if r, _, _, _ := left.RGBA(); r < 0xf000 {
		t.Errorf("left is %v", left)
	}
	if _, _, b, _ := right.RGBA(); b < 0xf000 {
		t.Errorf("right is %v", right)
	}
	if seen != 1 || !p.Seen() {
		t.Errorf("told %d times of a picture", seen)
	}
}

// TestPictureIdle counts what is asked for: nothing without a new picture, out of sight, or when it is off.
func TestPictureIdle(t *testing.T) {
	start(t, theme.Light)
	c := &camera{seq: 1, wide: 4, higher: 3}
	p := NewPicture(false, 0)
	show1(t, p, 400, 300)
	p.SetFrames(c.frames)
	want := func(why string, drawn int) {
		t.Helper()
		if c.drawn != drawn {
			t.Errorf("%s: drawn %d times, want %d", why, c.drawn, drawn)
		}
	}
	want("first", 1)
	p.tick()
	p.tick()
	want("nothing new", 1)
	c.seq++
	p.tick()
	want("new", 2)
	p.Resize(fyne.NewSize(200, 150))
	p.tick()
	want("another size", 3)
	p.Hide()
	c.seq++
	p.tick()
	want("hidden", 3)
	p.Show()
	p.tick()
	want("seen again", 4)
	if c.fresh != 1 {
		t.Errorf("%d buffers were made", c.fresh)
	}
	c.gone = true
	p.tick()
	if p.Seen() || p.raster.Visible() {
		t.Error("the last picture stays when there is none any more")
	}
	p.SetFrames(nil)
	c.gone = false
	p.tick()
	want("off", 4)
}

// TestPictureStands: a sender that makes its pictures smaller rounds their sides, which moves nothing; one that turns its camera does.
func TestPictureStands(t *testing.T) {
	start(t, theme.Light)
	c := &camera{seq: 1, wide: 640, higher: 360}
	p := NewPicture(false, 0)
	show1(t, p, 640, 400)
	p.SetFrames(c.frames)
	before, at := p.raster.Size(), p.raster.Position()
	for _, size := range [][2]int{{426, 240}, {320, 180}, {214, 120}, {160, 90}} {
		c.seq++
		c.wide, c.higher = size[0], size[1]
		p.tick()
		if p.raster.Size() != before || p.raster.Position() != at {
			t.Errorf("%v is seen at %v, %v large; the one before was at %v, %v", size, p.raster.Position(), p.raster.Size(), at, before)
		}
	}
	c.seq++
	c.wide, c.higher = 360, 640
	p.tick()
	if got := p.raster.Size(); got.Height != 400 || got.Width > 230 {
		t.Errorf("upright it is %v", got)
	}
}

// TestPictureCovers fills its place, cuts equal parts off, and shows people as they know themselves.
func TestPictureCovers(t *testing.T) {
	start(t, theme.Light)
	c := &camera{seq: 1, wide: 4, higher: 3}
	p := NewPicture(true, 20)
	p.SetMirror(true)
	show1(t, p, 200, 300)
	p.SetFrames(c.frames)
	if got := p.shown.Rect.Size(); got != image.Pt(200, 300) {
		t.Fatalf("covers %v", got)
	}
	if last := c.sizes[len(c.sizes)-1]; last != image.Pt(400, 300) {
		t.Errorf("asked for %v", last)
	}
	if left, right := p.shown.RGBAAt(30, 150), p.shown.RGBAAt(170, 150); left.B != 255 || right.R != 255 {
		t.Errorf("not mirrored: %v and %v", left, right)
	}
	if edge, inner := p.shown.RGBAAt(0, 0), p.shown.RGBAAt(20, 20); edge.A != 0 || inner.A != 255 {
		t.Errorf("the corner is %v and %v", edge, inner)
	}
	if p.raster.Size() != p.Size() {
		t.Errorf("drawn at %v", p.raster.Size())
	}
}

// TestPictureSmall covers a place that is larger than the picture: it is cut, and never distorted.
func TestPictureSmall(t *testing.T) {
	for _, c := range []struct{ size, place, want image.Point }{
		{image.Pt(640, 480), image.Pt(200, 300), image.Pt(320, 480)},
		{image.Pt(160, 120), image.Pt(400, 400), image.Pt(120, 120)},
		{image.Pt(90, 160), image.Pt(400, 300), image.Pt(90, 67)},
		{image.Pt(400, 300), image.Pt(400, 300), image.Pt(400, 300)},
		{image.Pt(1, 900), image.Pt(900, 1), image.Pt(1, 1)},
	} {
		if got := cutting(c.size, c.place.X, c.place.Y); got != c.want {
			t.Errorf("%v in %v is cut to %v, want %v", c.size, c.place, got, c.want)
		}
	}
}

func TestAfloat(t *testing.T) {
	start(t, theme.Light)
	a := NewAfloat(NewIcon(theme.IconPhone, theme.Text, 20))
	room, size, own := fyne.NewPos(10, 20), fyne.NewSize(300, 200), fyne.NewSize(80, 60)
	a.Place(room, size, own)
	if a.Position() != fyne.NewPos(230, 160) {
		t.Errorf("begins at %v", a.Position())
	}
	for _, c := range []struct {
		by   fyne.Delta
		to   Corner
		rest fyne.Position
	}{
		{fyne.NewDelta(-40, 0), BottomRight, fyne.NewPos(230, 160)},
		{fyne.NewDelta(-180, 0), BottomLeft, fyne.NewPos(10, 160)},
		{fyne.NewDelta(-999, -999), TopLeft, fyne.NewPos(10, 20)},
		{fyne.NewDelta(170, 10), TopRight, fyne.NewPos(230, 20)},
	} {
		a.Dragged(&fyne.DragEvent{Dragged: c.by})
		a.Place(room, size, own) // laid out meanwhile
		p := a.Position()
		if p.X < 10 || p.Y < 20 || p.X > 230 || p.Y > 160 {
			t.Errorf("dragged out to %v", p)
		}
		if a.DragEnd(); a.Corner() != c.to || a.Position() != c.rest {
			t.Errorf("by %v comes to rest in %v at %v", c.by, a.Corner(), a.Position())
		}
	}
}
