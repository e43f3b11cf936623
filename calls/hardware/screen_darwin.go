package hardware

import (
	"fmt"
	"image"
	"unsafe"

	"kith/calls/video"
)

// What CoreGraphics says of a picture's pixels: 32 bits, the least first, which makes them blue, green, red.
const (
	orderMask, orderLittle = 0x7000, 0x2000
	bitsOfPixel            = 32
)

type quartzPoint struct{ X, Y float64 }

// display is a screen, by way of CoreGraphics. ScreenCaptureKit, which is newer, gives pictures when something changes and draws the pointer; it
// answers by way of blocks and delegates, which nobody should write who cannot run them.
type display struct {
	id     uint32
	create func(display uint32) uintptr
	about  struct{ width, height, stride, bits func(image uintptr) uint }
	order  func(image uintptr) uint32
	source func(image uintptr) uintptr
	copy   func(source uintptr) uintptr
	bytes  func(data uintptr) unsafe.Pointer
	length func(data uintptr) int
	let    func(object uintptr)
}

// Open begins to see what is shared: the screen on which the pointer was when it was first opened, because somebody has just pressed something there.
// ErrDenied says that the person has not allowed it; the system asks them, and it counts when Kith is started again.
func (s *Sharing) Open() (*Screen, error) { return s.openHere() }

// openDisplay opens the screen that is shared.
func openDisplay(sharing *Sharing) (*display, error) {
	graphics, err := framework("CoreGraphics")
	if err != nil {
		return nil, err
	}
	foundation, err := framework("CoreFoundation")
	if err != nil {
		return nil, err
	}
	if err := mayRecord(graphics); err != nil {
		return nil, err
	}
	d := new(display)
	for name, function := range map[string]any{
		"CGDisplayCreateImage": &d.create, "CGImageGetWidth": &d.about.width, "CGImageGetHeight": &d.about.height, "CGImageGetBytesPerRow": &d.about.stride,
		"CGImageGetBitsPerPixel": &d.about.bits, "CGImageGetBitmapInfo": &d.order, "CGImageGetDataProvider": &d.source, "CGDataProviderCopyData": &d.copy,
	} {
		if err := find(graphics, name, function); err != nil {
			return nil, err
		}
	}
	for name, function := range map[string]any{"CFDataGetBytePtr": &d.bytes, "CFDataGetLength": &d.length, "CFRelease": &d.let} {
		if err := find(foundation, name, function); err != nil {
			return nil, err
		}
	}
	return d, d.choose(graphics, sharing)
}

// mayRecord asks the person, when they were not asked yet (since macOS 10.15).
func mayRecord(graphics uintptr) error {
	var may, ask func() bool
	if find(graphics, "CGPreflightScreenCaptureAccess", &may) != nil || find(graphics, "CGRequestScreenCaptureAccess", &ask) != nil {
		return nil
	}
	if may() || ask() {
		return nil
	}
	return ErrDenied
}

// choose finds the screen that is shared. A point is two numbers for the processor too, and so it is given.
func (d *display) choose(graphics uintptr, sharing *Sharing) error {
	var main func() uint32
	var at func(x, y float64, most uint32, displays, count *uint32) int32
	var event func(source uintptr) uintptr
	var place func(event uintptr) quartzPoint
	for name, function := range map[string]any{
		"CGMainDisplayID": &main, "CGGetDisplaysWithPoint": &at, "CGEventCreate": &event, "CGEventGetLocation": &place,
	} {
		if err := find(graphics, name, function); err != nil {
			return err
		}
	}
	p := sharing.place(func() image.Point {
		e := event(0)
		if e == 0 {
			return image.Point{}
		}
		defer d.let(e)
		where := place(e)
		return image.Pt(int(where.X), int(where.Y))
	})
	var found, count uint32
	if at(float64(p.X), float64(p.Y), 1, &found, &count) == 0 && count > 0 {
		d.id = found
	} else {
		d.id = main()
	}
	return nil
}

// look takes a picture.
func (d *display) look(pool *video.Pool, want wish) (*video.Frame, error) {
	shot := d.create(d.id)
	if shot == 0 {
		return nil, ErrGone
	}
	defer d.let(shot)
	if d.about.bits(shot) != bitsOfPixel || d.order(shot)&orderMask != orderLittle {
		return nil, fmt.Errorf("%w: a screen of %d bits", ErrUnsupported, d.about.bits(shot))
	}
	data := d.copy(d.source(shot))
	if data == 0 {
		return nil, ErrGone
	}
	defer d.let(data)
	size := image.Pt(int(d.about.width(shot)), int(d.about.height(shot)))
	if size.X < 1 || size.Y < 1 || max(size.X, size.Y) > mostScreenSide {
		return nil, ErrGone
	}
	return picture(pool, unsafe.Slice((*byte)(d.bytes(data)), d.length(data)), size, int(d.about.stride(shot)), want)
}

func (*display) close() {}
