package hardware

import (
	"errors"
	"image"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"

	"kith/calls/video"
)

// TestDisplay sees what is painted on the screen.
func TestDisplay(t *testing.T) {
	d, err := openDisplay(&Sharing{at: &image.Point{X: 1, Y: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	var pool video.Pool
	for colour, want := range map[uintptr][3]byte{0x0000ff: {82, 90, 240}, 0xff0000: {41, 240, 110}} { // blue, green, red
		brush := d.do(d.gdi, "CreateSolidBrush", colour)
		part := [4]int32{0, 0, int32(d.part.Dx()), int32(d.part.Dy())}
		d.do(d.user, "FillRect", d.screen, uintptr(unsafe.Pointer(&part)), brush)
		d.do(d.gdi, "DeleteObject", brush)
		f, err := d.look(&pool, wish{video.MaxSide, video.MaxSide, 10})
		if err != nil {
			t.Fatal(err)
		}
		x, y := f.Width/4&^1, f.Height/4&^1
		got := [3]byte{f.Y[y*f.YStride+x], f.U[y/2*f.UVStride+x/2], f.V[y/2*f.UVStride+x/2]}
		if got != want || f.Width != d.part.Dx() || f.Height != d.part.Dy() {
			t.Errorf("a picture of %d×%d shows %v, not %v", f.Width, f.Height, got, want)
		}
		f.Release()
	}
	if n := pool.Out(); n != 0 {
		t.Errorf("%d pictures are held by somebody", n)
	}
}

// TestPointerDrawn: the picture differs where the pointer is, and nowhere else.
func TestPointerDrawn(t *testing.T) {
	d, err := openDisplay(&Sharing{at: &image.Point{X: 1, Y: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	d.drawPointer() // there may be none
	clear(d.pixels)
	const arrow = 32512
	d.drawIcon(windows.Handle(d.do(d.user, "LoadCursorW", 0, arrow)), image.Pt(100, 100))
	d.do(d.gdi, "GdiFlush")
	painted := 0
	for i, b := range d.pixels {
		at := image.Pt(i/4%d.part.Dx(), i/4/d.part.Dx())
		if b == 0 || i%4 == 3 {
			continue
		}
		if painted++; !at.In(image.Rect(90, 90, 150, 150)) {
			t.Fatalf("something is painted at %v", at)
		}
	}
	if painted == 0 {
		t.Error("nothing is painted")
	}
}

// TestScreenPictures come, and end.
func TestScreenPictures(t *testing.T) {
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	f := <-s.Frames()
	f.Release()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := s.pool.Out(); n != 0 {
		t.Errorf("%d pictures are held by somebody", n)
	}
}

// TestListCameras lists what there is, which may be nothing, and knows when there is no such camera.
func TestListCameras(t *testing.T) {
	names, err := Cameras()
	if err != nil && !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	t.Logf("%d cameras, %v", len(names), err)
	if _, err := OpenCamera("no camera has this name"); err == nil {
		t.Error("a camera that is not there is open")
	}
	if _, err := openStream("no camera is there", wish{640, 360, 30}, nil); err == nil {
		t.Error("a camera that is nowhere is open")
	}
}

// TestThings calls real objects of COM: what Media Foundation calls an attribute store keeps what it is given.
func TestThings(t *testing.T) {
	m, err := beginMedia()
	if err != nil {
		t.Fatal(err)
	}
	defer m.end()
	var kind *thing
	if err := invoke(m.platform.NewProc("MFCreateMediaType"), uintptr(unsafe.Pointer(&kind))); err != nil {
		t.Fatal(err)
	}
	defer kind.release()
	set := func(method int, key *windows.GUID, value uintptr) {
		t.Helper()
		if err := kind.call(method, uintptr(unsafe.Pointer(key)), value); err != nil {
			t.Fatal(err)
		}
	}
	set(22, &keySize, 1280<<32|720) // SetUINT64
	set(22, &keyPace, 30<<32|1)
	set(21, &keyStride, uintptr(0xffffffff)) // SetUINT32
	yuy2 := windows.GUID{Data1: formatYUY2, Data3: 0x10, Data4: [8]byte{0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71}}
	set(attributesSetGUID, &keyFormat, uintptr(unsafe.Pointer(&yuy2)))
	name, err := windows.UTF16PtrFromString("Küche")
	if err != nil {
		t.Fatal(err)
	}
	set(25, &keyName, uintptr(unsafe.Pointer(name))) // SetString
	width, height := kind.pair(&keySize)
	if width != 1280 || height != 720 || int32(kind.number(&keyStride)) != -1 || kind.format() != yuyv || kind.text(&keyName) != "Küche" {
		t.Errorf("%d×%d, %d, %x, %q", width, height, kind.number(&keyStride), kind.format(), kind.text(&keyName))
	}
	if kind.text(&keyLink) != "" || kind.number(&keyPace) != 0 {
		t.Error("there is something that was not set")
	}
}

// TestOutcome makes errors of numbers.
func TestOutcome(t *testing.T) {
	if outcome(0) != nil || outcome(1) != nil || !errors.Is(outcome(0x80070005), ErrDenied) || outcome(0xc00d36b9) == nil {
		t.Error("an outcome is judged wrongly")
	}
}
