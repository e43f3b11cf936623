//go:build interop

package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"kith/calls/video"
)

// Where things are in Dino's windows.
const (
	callButton = 223 // its menu of calls, from the right edge of the window
	titleBar   = 28  // from the upper edge
	menuAudio  = 56  // the menu's entries, below the button
	menuVideo  = 83

	microphone = -70 // the buttons of a call, from the middle of its window
	camera     = 0
	hangUp     = 70
	bottomBar  = 48 // from the lower edge
)

// place is where and how large a window is.
func (d *dino) place(window string) (p Place) {
	d.t.Helper()
	for _, line := range strings.Fields(d.Tool("getwindowgeometry", "--shell", window)) {
		name, value, _ := strings.Cut(line, "=")
		if into := map[string]*int{"X": &p.X, "Y": &p.Y, "WIDTH": &p.W, "HEIGHT": &p.H}[name]; into != nil {
			_, _ = fmt.Sscan(value, into) // xdotool writes numbers
		}
	}
	return p
}

// call chooses from the menu of calls. What opens a menu may close it too, while a call before has not quite ended it does nothing.
func (d *dino) call(video bool) {
	d.t.Helper()
	entry := menuAudio
	if video {
		entry = menuVideo
	}
	p := d.place(d.main)
	x, y := p.X+p.W-callButton, p.Y+titleBar
	point := func(y int) { d.Tool("mousemove", fmt.Sprint(x), fmt.Sprint(y)) }
	d.Tool("windowactivate", "--sync", d.main)
	again := time.Time{}
	d.Wait("a menu of calls", func() bool {
		if d.black("root", x-60, y+40) { // what is around the menu, as nothing blends windows here
			return true
		}
		if time.Now().After(again) {
			again = time.Now().Add(5 * time.Second)
			point(y + 200)
			point(y)
			d.Tool("click", "1")
		}
		return false
	})
	point(y + entry - 5)
	point(y + entry)
	d.Tool("click", "1")
	d.Wait("a window of the call", func() bool { return d.callWindow() != "" })
}

// stretch gives the window of the call another size, as a person does with the mouse, before it shows a picture: from then on Dino leaves its
// size alone. Else the first picture gives it one, on the thread that decodes (input_caps_changed in video_widget.vala; Dino 0.5 leaves that
// to the thread of its windows). On a busy machine GTK then waits for a frame that does not come, and the window stands still until the
// pointer moves: then it gets its size, GLib says "Source ID was not found", and the buttons are elsewhere.
func (d *dino) stretch() {
	d.t.Helper()
	window := ""
	d.Wait("a window of the call", func() bool { window = d.callWindow(); return window != "" })
	before := len(d.said())
	p := d.place(window)
	d.Tool("windowsize", window, fmt.Sprint(p.W), fmt.Sprint(p.W*cameraHeight/cameraWidth))
	d.Wait("a window of another size", func() bool { return strings.Contains(d.said()[before:], "Call window size changed by user") })
}

// control presses a button in the window of the call, which are hidden while the pointer rests.
func (d *dino) control(button int) {
	d.t.Helper()
	window := d.callWindow()
	d.Wait("a window of the call", func() bool { window = d.callWindow(); return window != "" })
	p := d.place(window)
	x, y := p.W/2, p.H-bottomBar
	point := func(y int) { d.Tool("mousemove", "--window", window, fmt.Sprint(x+button), fmt.Sprint(y)) }
	d.Tool("windowactivate", "--sync", window)
	d.Wait("buttons in the window of the call", func() bool {
		point(y - 20)
		point(y)
		return d.red(window, x+hangUp-15, y)
	})
	d.Tool("click", "1")
}

// end presses the button that hangs up until the window of the call is closed: its buttons may go away just when it is pressed.
func (d *dino) end() {
	d.t.Helper()
	again := time.Time{}
	d.Wait("no call any more", func() bool {
		if d.callWindow() == "" {
			return true
		}
		if time.Now().After(again) {
			again = time.Now().Add(10 * time.Second)
			d.control(hangUp)
		}
		return false
	})
}

// black says whether a point of a window is black.
func (d *dino) black(window string, x, y int) bool {
	r, g, b := d.colour(window, x, y)
	return r+g+b == 0
}

// red says whether a point of a window is of the colour of the button that hangs up.
func (d *dino) red(window string, x, y int) bool {
	r, g, b := d.colour(window, x, y)
	return r > 0xb000 && g < 0x6000 && b < 0x6000
}

// colour is that of a point of a window; white when it has just been closed.
func (d *dino) colour(window string, x, y int) (r, g, b uint32) {
	picture := d.photo(d.t, window)
	if picture == nil {
		return 0xffff, 0xffff, 0xffff
	}
	r, g, b, _ = picture.At(x, y).RGBA()
	return r, g, b
}

// shows says whether the window of the call shows Kith's camera: two of its pictures, one soon after the other. What lies over a picture
// may make it look like any other.
func (d *dino) shows() func() bool {
	before := uint32(0)
	return func() bool {
		window := d.callWindow()
		if window == "" {
			return false
		}
		id, ok := d.pattern(d.t, window)
		if !ok {
			return false
		}
		moves := before > 0 && id > before && id-before < 600
		before = id
		return moves
	}
}

// photo is a picture of a window; nil when it has just been closed.
func (d *desktop) photo(t *testing.T, window string) image.Image {
	t.Helper()
	out, err := d.command("import", "-window", window, "png:-").Output()
	if err != nil {
		return nil
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// pattern is the number of the picture of a synthetic camera that fills a window; false while there is none.
func (d *desktop) pattern(t *testing.T, window string) (uint32, bool) {
	t.Helper()
	picture := d.photo(t, window)
	if picture == nil {
		return 0, false
	}
	corner, size := picture.Bounds().Min, picture.Bounds().Size()
	var pool video.Pool
	f, err := pool.Get(size.X, size.Y)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for y := range size.Y {
		for x := range size.X {
			f.Y[y*f.YStride+x] = color.GrayModel.Convert(picture.At(corner.X+x, corner.Y+y)).(color.Gray).Y
		}
	}
	return video.ReadID(f)
}
