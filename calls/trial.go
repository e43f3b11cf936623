package calls

import (
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/media"
)

// Trial is for whoever tries the microphone and the camera without a call. Its methods may be called on any goroutine.
type Trial struct {
	hardware Hardware
	preview  media.Preview

	mu   sync.Mutex
	lent chan media.Camera // gives the camera of the last Film to whoever needs it next; closed once that has ended; nil before there was one
}

// Listen tells how loud the microphone hears, in dBFS and ten times a second, until ctx ends. The error is that there is none, or that it
// is gone.
func (t *Trial) Listen(ctx context.Context, level func(dbfs float64)) error {
	return t.listen(ctx, 0, level)
}

// listen does so for a time at most, unless that is 0.
func (t *Trial) listen(ctx context.Context, most time.Duration, level func(dbfs float64)) error {
	mic, err := t.hardware.Microphone()
	if err != nil {
		return err
	}
	if most > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, most)
		defer cancel()
	}
	stop := context.AfterFunc(ctx, func() { _ = mic.Close() })
	defer func() { stop(); _ = mic.Close() }()
	var smooth audio.Level
	var block audio.Block
	loudest := audio.Silent
	for n := 1; ; n++ {
		err := mic.Read(&block)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		smooth.Add(&block)
		loudest = max(loudest, smooth.DBFS())
		if n%tellEach == 0 {
			level(loudest)
			loudest = audio.Silent
		}
	}
}

var errNoCamera = errors.New("no camera")

// tellEach is for how many blocks of sound Listen tells one level.
const tellEach = 10

// Film takes pictures with the camera until ctx ends or the camera is gone, for nobody but the person: Picture draws them. A call that needs
// the camera takes it over as it is; the last picture then stays until ctx ends.
func (t *Trial) Film(ctx context.Context) error {
	if t.hardware.Camera == nil {
		return errNoCamera
	}
	lent := make(chan media.Camera)
	defer close(lent)
	camera, err := t.open(lent)
	if err != nil {
		return err
	}
	defer t.preview.Clear()
	defer func() {
		if camera != nil {
			_ = camera.Close()
		}
	}()
	for {
		select {
		case frame, ok := <-camera.Frames():
			if !ok {
				return errNoCamera
			}
			t.preview.Show(frame)
			frame.Release()
		case lent <- camera:
			camera = nil // who has it now closes it
			<-ctx.Done()
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// take is the camera for a call: the one that the person sees themselves with already, or a new one.
func (t *Trial) take() (media.Camera, error) { return t.open(nil) }

// open takes the camera over from the last Film, or opens it. A channel is where it can be had from next.
func (t *Trial) open(lent chan media.Camera) (media.Camera, error) {
	t.mu.Lock()
	before := t.lent
	t.lent = lent
	t.mu.Unlock()
	if before != nil {
		if camera, ok := <-before; ok {
			return camera, nil
		}
	}
	return t.hardware.Camera()
}

// Picture draws the newest picture that Film took: see media.Session.Picture.
func (t *Trial) Picture(into *image.RGBA, seen uint64) (media.Shape, error) {
	return t.preview.Picture(into, seen)
}
