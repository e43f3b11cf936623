package calls

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"testing"
	"time"

	"kith/calls/hardware"
	"kith/calls/media"
)

// trying is a Trial whose microphone hears a tone, and whose camera films a pattern.
func trying(t *testing.T, change func(*Hardware)) *Trial {
	t.Helper()
	h := Synthetic(hardware.Synthetic{Hz: 440, Size: image.Pt(320, 180), FPS: 15})
	if change != nil {
		change(&h)
	}
	m := New(&listener{}, h, slog.New(slog.DiscardHandler))
	t.Cleanup(m.Close)
	return m.Trial
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
