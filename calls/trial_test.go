package calls

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"sync"
	"testing"
	"time"

	"kith/calls/hardware"
	"kith/calls/media"
	"kith/calls/session"
)

// trying is a Trial whose microphone hears a tone, and whose camera films a pattern.
func trying(t *testing.T, change func(*Hardware)) *Trial {
	t.Helper()
	return managing(t, change).Trial
}

// managing is the Manager of such a Trial.
func managing(t *testing.T, change func(*Hardware)) *Manager {
	t.Helper()
	h := Synthetic(hardware.Synthetic{Hz: 440, Size: image.Pt(320, 180), FPS: 15})
	if change != nil {
		change(&h)
	}
	m := New(&listener{}, h, slog.New(slog.DiscardHandler))
	t.Cleanup(m.Close)
	return m
}

// onlyCamera is a camera as real ones are: while somebody has it open, nobody else can open it.
type onlyCamera struct {
	open   func() (media.Camera, error)
	mu     sync.Mutex
	taken  bool
	opened int // how often
	denied int // how often it was not to be had
}

var errTaken = errors.New("the camera is in use")

func (o *onlyCamera) Open() (media.Camera, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.taken {
		o.denied++
		return nil, errTaken
	}
	c, err := o.open()
	if err == nil {
		o.taken = true
		o.opened++
	}
	return &takenCamera{Camera: c, of: o}, err
}

// now is how often it was opened and not to be had, and whether it is open.
func (o *onlyCamera) now() (opened, denied int, taken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.opened, o.denied, o.taken
}

// takenCamera gives the camera back when it is closed.
type takenCamera struct {
	media.Camera
	of *onlyCamera
}

func (c *takenCamera) Close() error {
	err := c.Camera.Close()
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.taken = false
	return err
}

// TestListen tells the level of a tone until it is told to stop, and says when there is no microphone.
func TestListen(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	told := 0
	err := trying(t, nil).Listen(ctx, func(dbfs float64) {
		if told++; told == 5 {
			if dbfs < -40 || dbfs > 0 {
				t.Errorf("a tone is %v dBFS", dbfs)
			}
			stop()
		}
	})
	if err != nil || told < 5 {
		t.Errorf("%d levels, and %v", told, err)
	}
	gone := errors.New("gone")
	none := trying(t, func(h *Hardware) { h.Microphone = func() (media.Microphone, error) { return nil, gone } })
	if err := none.Listen(t.Context(), func(float64) {}); !errors.Is(err, gone) {
		t.Errorf("without a microphone: %v", err)
	}
}

// TestFilm shows what the camera sees, and nothing any more once it is let go.
func TestFilm(t *testing.T) {
	m := trying(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- m.Film(ctx) }()
	var shape media.Shape
	for end := time.Now().Add(time.Minute); shape.Number < 3 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var err error
		if shape, err = m.Picture(nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	into := image.NewRGBA(image.Rect(0, 0, 160, 90))
	if _, err := m.Picture(into, 0); err != nil || shape.Width != 320 || shape.Height != 180 || into.Pix[3] != 255 {
		t.Errorf("the picture is %+v, and %v", shape, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ends with %v", err)
	}
	if shape, err := m.Picture(nil, 0); err != nil || shape.Width != 0 {
		t.Errorf("afterwards %+v is seen, and %v", shape, err)
	}
	if err := trying(t, func(h *Hardware) { h.Camera = nil }).Film(t.Context()); err == nil {
		t.Error("films without a camera")
	}
}

// TestTake has a call take the camera with which somebody sees themselves: it is opened once and never twice at a time, and the picture stays
// until they look away.
func TestTake(t *testing.T) {
	opened := 0
	m := trying(t, func(h *Hardware) {
		open := h.Camera
		h.Camera = func() (media.Camera, error) { opened++; return open() }
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- m.Film(ctx) }()
	seen := func() uint64 {
		shape, err := m.Picture(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		return shape.Number
	}
	for end := time.Now().Add(time.Minute); seen() == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	camera, err := m.take()
	if err != nil || opened != 1 {
		t.Fatalf("opened %d times, and %v", opened, err)
	}
	if frame, ok := <-camera.Frames(); ok {
		frame.Release()
	} else {
		t.Error("the camera that was taken is closed")
	}
	if seen() == 0 {
		t.Error("nothing is seen any more")
	}
	stop()
	if err := <-ended; err != nil || seen() != 0 {
		t.Errorf("ends with %v; seen: %d", err, seen())
	}
	if frame, ok := <-camera.Frames(); ok {
		frame.Release()
	} else {
		t.Error("the camera is closed by who gave it away")
	}
	if err := camera.Close(); err != nil {
		t.Error(err)
	}
	if again, err := m.take(); err != nil || opened != 2 {
		t.Errorf("opened %d times, and %v", opened, err)
	} else if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestCallTakesCamera places a video call while its person sees themselves with a camera that can be opened once at a time: the call films
// with that one and opens none, also once they look away, and lets go of it at its end.
func TestCallTakesCamera(t *testing.T) {
	var camera onlyCamera
	m := managing(t, func(h *Hardware) {
		camera.open = h.Camera
		h.Camera = camera.Open
	})
	ctx, look := context.WithCancel(t.Context())
	defer look()
	ended := make(chan error)
	go func() { ended <- m.Trial.Film(ctx) }()
	number := func(picture func(into *image.RGBA, seen uint64) (media.Shape, error)) uint64 {
		shape, err := picture(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		return shape.Number
	}
	films := func(who string, after uint64, picture func(into *image.RGBA, seen uint64) (media.Shape, error)) {
		t.Helper()
		end := time.Now().Add(10 * time.Second)
		for ; number(picture) <= after && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		}
		opened, denied, taken := camera.now()
		if number(picture) <= after || opened != 1 || denied != 0 || !taken {
			t.Fatalf("%s: picture %d; the camera was opened %d times and denied %d times, open: %v", who, number(picture), opened, denied, taken)
		}
	}
	films("the person alone", 0, m.Trial.Picture)
	l := newLine(m, session.Key{Account: 7, ID: "call"}, true)
	if !l.begins(session.Open{Video: true}) {
		t.Fatal("the call can't begin")
	}
	defer l.shut()
	own := func(into *image.RGBA, seen uint64) (media.Shape, error) {
		return l.media.Picture(media.Own, into, seen)
	}
	l.allow(session.Allow{Audio: true, Video: true})
	films("the call", 2, own)
	look()
	if err := <-ended; err != nil {
		t.Errorf("ends with %v", err)
	}
	films("the call alone", number(own)+2, own)
	l.shut()
	if opened, denied, taken := camera.now(); opened != 1 || denied != 0 || taken {
		t.Errorf("after the call the camera was opened %d times and denied %d times, open: %v", opened, denied, taken)
	}
}
