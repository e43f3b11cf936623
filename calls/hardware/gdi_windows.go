package hardware

import (
	"fmt"
	"image"
	"unsafe"

	"golang.org/x/sys/windows"

	"kith/calls/video"
)

// What is asked of Windows for the picture of a screen (wingdi.h, winuser.h).
const (
	copyPixels   = 0x00cc0020 | 0x40000000 // SRCCOPY, with windows that let others through
	nearest      = 2                       // MONITOR_DEFAULTTONEAREST
	pointerShown = 1
	drawNormal   = 3
)

type bitmapHead struct {
	size                  uint32
	width, height         int32
	planes, bits          uint16
	compression, bytes    uint32
	perMetreX, perMetreY  int32
	colours, importantOne uint32
}

type monitorAbout struct {
	size           uint32
	monitor, works [4]int32 // left, top, right, bottom
	flags          uint32
}

type pointerAbout struct {
	size, flags uint32
	icon        windows.Handle
	x, y        int32
}

type iconAbout struct {
	isIcon       int32
	x, y         uint32 // of the tip
	mask, colour windows.Handle
}

// display is a screen, by way of GDI: it runs everywhere, also on remote and virtual machines, and on Wine.
type display struct {
	user, gdi      *windows.LazyDLL
	at             image.Point
	part           image.Rectangle
	screen, memory uintptr // device contexts
	bitmap, before uintptr
	pixels         []byte // the bitmap's own
}

// openDisplay opens the monitor that is shared.
func openDisplay(sharing *Sharing) (*display, error) {
	d := &display{user: windows.NewLazySystemDLL("user32.dll"), gdi: windows.NewLazySystemDLL("gdi32.dll")}
	d.at = sharing.place(d.where)
	name, err := windows.UTF16PtrFromString("DISPLAY")
	if err != nil {
		return nil, err
	}
	d.screen = d.do(d.gdi, "CreateDCW", uintptr(unsafe.Pointer(name)), 0, 0, 0)
	d.memory = d.do(d.gdi, "CreateCompatibleDC", d.screen)
	if d.screen == 0 || d.memory == 0 {
		d.close()
		return nil, fmt.Errorf("%w: no screen to draw on", ErrNoDevice)
	}
	if err := d.measure(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// do calls a function that every Windows has.
//
//go:uintptrescapes
func (d *display) do(library *windows.LazyDLL, name string, arguments ...uintptr) uintptr {
	result, _, _ := library.NewProc(name).Call(arguments...)
	return result
}

// where is the pointer.
func (d *display) where() image.Point {
	var at [2]int32
	d.do(d.user, "GetCursorPos", uintptr(unsafe.Pointer(&at)))
	return image.Pt(int(at[0]), int(at[1]))
}

// measure finds the monitor, and makes room for what it shows.
func (d *display) measure() error {
	monitor := d.do(d.user, "MonitorFromPoint", uintptr(uint32(d.at.X))|uintptr(uint32(d.at.Y))<<32, nearest)
	about := monitorAbout{size: uint32(unsafe.Sizeof(monitorAbout{}))}
	if d.do(d.user, "GetMonitorInfoW", monitor, uintptr(unsafe.Pointer(&about))) == 0 {
		return ErrGone
	}
	m := about.monitor
	part := image.Rect(int(m[0]), int(m[1]), int(m[2]), int(m[3]))
	if part == d.part {
		return nil
	}
	d.release()
	width, height := part.Dx(), part.Dy()
	if width < 1 || height < 1 || max(width, height) > mostScreenSide {
		return fmt.Errorf("%w: a screen of %d×%d", ErrUnsupported, width, height)
	}
	head := bitmapHead{width: int32(width), height: -int32(height), planes: 1, bits: 32} // from above
	head.size = uint32(unsafe.Sizeof(head))
	var pixels *byte
	d.bitmap = d.do(d.gdi, "CreateDIBSection", d.screen, uintptr(unsafe.Pointer(&head)), 0, uintptr(unsafe.Pointer(&pixels)), 0, 0)
	if d.bitmap == 0 || pixels == nil {
		return fmt.Errorf("%w: no memory for the screen", ErrGone)
	}
	d.before = d.do(d.gdi, "SelectObject", d.memory, d.bitmap)
	d.part, d.pixels = part, unsafe.Slice(pixels, 4*width*height)
	return nil
}

// look takes a picture. While Windows lets nobody see, as when it asks for a password, it is the one before.
func (d *display) look(pool *video.Pool, want wish) (*video.Frame, error) {
	if err := d.measure(); err != nil {
		return nil, err
	}
	width, height := d.part.Dx(), d.part.Dy()
	x, y := uintptr(int32(d.part.Min.X)), uintptr(int32(d.part.Min.Y))
	if d.do(d.gdi, "BitBlt", d.memory, 0, 0, uintptr(width), uintptr(height), d.screen, x, y, copyPixels) != 0 {
		d.drawPointer()
	}
	d.do(d.gdi, "GdiFlush")
	return picture(pool, d.pixels, d.part.Size(), 4*width, want)
}

// drawPointer paints the pointer where it is: Windows leaves it out.
func (d *display) drawPointer() {
	about := pointerAbout{size: uint32(unsafe.Sizeof(pointerAbout{}))}
	if d.do(d.user, "GetCursorInfo", uintptr(unsafe.Pointer(&about))) == 0 || about.flags&pointerShown == 0 {
		return
	}
	d.drawIcon(about.icon, image.Pt(int(about.x), int(about.y)).Sub(d.part.Min))
}

// drawIcon paints a pointer whose tip is there.
func (d *display) drawIcon(pointer windows.Handle, tip image.Point) {
	var icon iconAbout
	if d.do(d.user, "GetIconInfo", uintptr(pointer), uintptr(unsafe.Pointer(&icon))) == 0 {
		return
	}
	d.do(d.gdi, "DeleteObject", uintptr(icon.mask))
	d.do(d.gdi, "DeleteObject", uintptr(icon.colour))
	at := tip.Sub(image.Pt(int(icon.x), int(icon.y)))
	d.do(d.user, "DrawIconEx", d.memory, uintptr(at.X), uintptr(at.Y), uintptr(pointer), 0, 0, 0, 0, drawNormal)
}

func (d *display) release() {
	if d.bitmap != 0 {
		d.do(d.gdi, "SelectObject", d.memory, d.before)
		d.do(d.gdi, "DeleteObject", d.bitmap)
	}
	d.bitmap, d.pixels, d.part = 0, nil, image.Rectangle{}
}

func (d *display) close() {
	d.release()
	for _, context := range []uintptr{d.memory, d.screen} {
		if context != 0 {
			d.do(d.gdi, "DeleteDC", context)
		}
	}
}
