package media

import (
	"image"
	"sync"

	"kith/calls/video"
)

// Whose picture it is.
type Whose uint8

// The two pictures of a call.
const (
	Remote Whose = iota
	Own
)

// Shape is what is known of the newest picture without drawing it.
type Shape struct {
	Number        uint64 // rises with each; 0: there is none
	Width, Height int    // upright
}

// gallery holds the newest picture of one side.
type gallery struct {
	mu      sync.Mutex
	newest  *video.Frame
	number  uint64
	drawing sync.Mutex // around the Converter
	convert video.Converter
}

// show takes a picture in place of the one before.
func (g *gallery) show(f *video.Frame) {
	g.mu.Lock()
	before := g.newest
	g.newest = f.Retain()
	g.number++
	g.mu.Unlock()
	if before != nil {
		before.Release()
	}
}

// clear takes the picture away.
func (g *gallery) clear() {
	g.mu.Lock()
	before := g.newest
	g.newest = nil
	g.mu.Unlock()
	if before != nil {
		before.Release()
	}
}

// take is the newest picture, with a holder more, unless it was seen.
func (g *gallery) take(seen uint64, draw bool) (*video.Frame, Shape) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.newest
	if f == nil {
		return nil, Shape{}
	}
	shape := Shape{g.number, f.Width, f.Height}
	if f.Rotation&1 == 1 {
		shape.Width, shape.Height = f.Height, f.Width
	}
	if !draw || g.number == seen {
		return nil, shape
	}
	return f.Retain(), shape
}

// Picture draws the newest picture of a side, upright and stretched to the size of into: the caller chooses a size of the same shape. When
// it is the one that the caller has seen, or into is nil, nothing is drawn. Only the newest picture is held, so that a slow caller sees fewer
// of them and none late.
func (s *Session) Picture(whose Whose, into *image.RGBA, seen uint64) (Shape, error) {
	if whose == Own {
		return s.own.draw(into, seen)
	}
	return s.seeing.pictures.draw(into, seen)
}

func (g *gallery) draw(into *image.RGBA, seen uint64) (Shape, error) {
	f, shape := g.take(seen, into != nil)
	if f == nil {
		return shape, nil
	}
	defer f.Release()
	g.drawing.Lock()
	defer g.drawing.Unlock()
	return shape, g.convert.ToRGBA(into, f)
}

// Preview holds the newest picture of a camera that no call uses. The zero value holds none; its methods may be called on any goroutine.
type Preview struct{ gallery gallery }

// Show takes a picture in place of the one before; the caller keeps its own hold.
func (p *Preview) Show(f *video.Frame) { p.gallery.show(f) }

// Clear takes the picture away.
func (p *Preview) Clear() { p.gallery.clear() }

// Picture draws it as Session.Picture does.
func (p *Preview) Picture(into *image.RGBA, seen uint64) (Shape, error) {
	return p.gallery.draw(into, seen)
}
