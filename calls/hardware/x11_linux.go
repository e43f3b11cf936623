package hardware

import (
	"fmt"
	"image"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"

	"kith/calls/video"
)

const stripBytes = 1 << 20 // of a picture per request, without shared memory

// display is a screen of an X11 server.
type display struct {
	conn     *xgb.Conn
	root     xproto.Window
	at       image.Point     // somewhere on the monitor that is shown
	part     image.Rectangle // that monitor
	pixels   []byte          // 4 bytes each: blue, green, red, nothing
	segment  shm.Seg         // where the server writes pixels; 0: it sends them
	pointer  bool            // can be drawn
	monitors bool            // can be told from each other
}

// openDisplay opens the monitor that is shared.
func openDisplay(sharing *Sharing) (*display, error) {
	xgb.Logger.SetOutput(discard{})
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: open display: %w", ErrNoDevice, err)
	}
	setup := xproto.Setup(conn)
	screen := setup.DefaultScreen(conn)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || screen.RootDepth != 24 && screen.RootDepth != 32 {
		conn.Close()
		return nil, fmt.Errorf("%w: a screen of %d bits", ErrUnsupported, screen.RootDepth)
	}
	d := &display{conn: conn, root: screen.Root}
	d.extend()
	d.at = sharing.place(d.where)
	if err := d.measure(); err != nil {
		conn.Close()
		return nil, err
	}
	return d, nil
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// extend finds out what the server can beyond the least.
func (d *display) extend() {
	xproto.ChangeWindowAttributes(d.conn, d.root, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify}) // tells of new sizes
	if randr.Init(d.conn) == nil {
		version, err := randr.QueryVersion(d.conn, 1, 5).Reply()
		d.monitors = err == nil && (version.MajorVersion > 1 || version.MinorVersion >= 5)
		randr.SelectInput(d.conn, d.root, randr.NotifyMaskScreenChange|randr.NotifyMaskCrtcChange)
	}
	if xfixes.Init(d.conn) == nil {
		_, err := xfixes.QueryVersion(d.conn, 4, 0).Reply()
		d.pointer = err == nil
	}
}

// where is the pointer.
func (d *display) where() image.Point {
	reply, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil {
		return image.Point{}
	}
	return image.Pt(int(reply.RootX), int(reply.RootY))
}

// measure finds the monitor, and makes room for what it shows.
func (d *display) measure() error {
	about, err := xproto.GetGeometry(d.conn, xproto.Drawable(d.root)).Reply()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	all := image.Rect(0, 0, int(about.Width), int(about.Height))
	part := all
	if d.monitors {
		if reply, err := randr.GetMonitors(d.conn, d.root, true).Reply(); err == nil {
			part = monitorAt(reply.Monitors, d.at, all)
		}
	}
	if part == d.part {
		return nil
	}
	d.release()
	d.part = part
	d.share(4 * part.Dx() * part.Dy())
	return nil
}

// monitorAt is the smallest monitor at a point, or the first one; all of it where there is none.
func monitorAt(monitors []randr.MonitorInfo, at image.Point, all image.Rectangle) image.Rectangle {
	found := all
	for i, m := range monitors {
		r := image.Rect(int(m.X), int(m.Y), int(m.X)+int(m.Width), int(m.Y)+int(m.Height)).Intersect(all)
		if r.Empty() {
			continue
		}
		if i == 0 || at.In(r) && (!at.In(found) || r.Dx()*r.Dy() < found.Dx()*found.Dy()) {
			found = r
		}
	}
	return found
}

// share has the server write into memory of ours, where both are on one machine (MIT-SHM).
func (d *display) share(size int) {
	d.pixels = make([]byte, size)
	if shm.Init(d.conn) != nil {
		return
	}
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, size, unix.IPC_CREAT|0o600)
	if err != nil {
		return
	}
	defer func() { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) }() // it goes with the last who uses it, also if we are killed
	memory, err := unix.SysvShmAttach(id, 0, 0)
	if err != nil {
		return
	}
	segment, err := shm.NewSegId(d.conn)
	if err != nil || shm.AttachChecked(d.conn, segment, uint32(id), false).Check() != nil {
		_ = unix.SysvShmDetach(memory)
		return
	}
	d.segment, d.pixels = segment, memory[:size]
}

func (d *display) release() {
	if d.segment != 0 {
		shm.Detach(d.conn, d.segment)
		_ = unix.SysvShmDetach(d.pixels)
	}
	d.segment, d.pixels = 0, nil
}

func (d *display) close() {
	d.release()
	d.conn.Close()
}

// look takes a picture.
func (d *display) look(pool *video.Pool, want wish) (*video.Frame, error) {
	changed := false
	for {
		event, err := d.conn.PollForEvent()
		if event == nil && err == nil {
			break
		}
		changed = true
	}
	if changed {
		if err := d.measure(); err != nil {
			return nil, err
		}
	}
	if err := d.read(); err != nil {
		if err := d.measure(); err != nil { // it may have become smaller just now
			return nil, err
		}
		if err := d.read(); err != nil {
			return nil, err
		}
	}
	d.drawPointer()
	return picture(pool, d.pixels, d.part.Size(), 4*d.part.Dx(), want)
}

// read has the server give all pixels.
func (d *display) read() error {
	x, y, width, height := int16(d.part.Min.X), d.part.Min.Y, d.part.Dx(), d.part.Dy()
	root, all := xproto.Drawable(d.root), ^uint32(0)
	if d.segment != 0 {
		if _, err := shm.GetImage(d.conn, root, x, int16(y), uint16(width), uint16(height), all, xproto.ImageFormatZPixmap, d.segment, 0).Reply(); err != nil {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		return nil
	}
	rows := max(stripBytes/(4*width), 1)
	for from := 0; from < height; from += rows {
		n := min(rows, height-from)
		reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, root, x, int16(y+from), uint16(width), uint16(n), all).Reply()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		copy(d.pixels[4*width*from:], reply.Data)
	}
	return nil
}

// drawPointer paints the pointer where it is: the server leaves it out.
func (d *display) drawPointer() {
	if !d.pointer {
		return
	}
	c, err := xfixes.GetCursorImage(d.conn).Reply()
	if err != nil || len(c.CursorImage) < int(c.Width)*int(c.Height) {
		return
	}
	at := image.Pt(int(c.X)-int(c.Xhot), int(c.Y)-int(c.Yhot)).Sub(d.part.Min)
	paintPointer(d.pixels, d.part.Size(), c.CursorImage, at, int(c.Width))
}

// paintPointer lays pixels with opacity (ARGB, already multiplied by it) over others.
func paintPointer(pixels []byte, size image.Point, pointer []uint32, at image.Point, width int) {
	for i, p := range pointer {
		x, y := at.X+i%width, at.Y+i/width
		if x < 0 || y < 0 || x >= size.X || y >= size.Y || p>>24 == 0 {
			continue
		}
		below, through := pixels[4*(y*size.X+x):][:3], 255-p>>24
		for j := range below {
			below[j] = byte(min(p>>(8*j)&255+(uint32(below[j])*through+127)/255, 255))
		}
	}
}
