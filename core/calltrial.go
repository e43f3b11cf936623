package core

import (
	"context"
	"errors"
	"image"
	"slices"

	"kith/core/model"
)

// Trial is for whoever tries the microphone and the camera without a call. Its methods may be called on any goroutine.
type Trial struct{ calls *Calls }

// Listen tells how loud the microphone hears, in dBFS and ten times a second on the caller's goroutine, until ctx ends or the microphone is
// gone. ErrBusy during a call.
func (t Trial) Listen(ctx context.Context, level func(dbfs float64)) error {
	if err := t.refused(); err != nil {
		return err
	}
	return t.calls.manager.Trial.Listen(ctx, level)
}

// Film takes pictures with the camera until ctx ends or the camera is gone, for Picture alone. ErrBusy during a call, but not while one with
// a picture, placed here, still rings: people want to see themselves before they are seen, and the call takes the camera over.
func (t Trial) Film(ctx context.Context) error {
	if err := t.refused(); err != nil && !(errors.Is(err, ErrBusy) && t.waits()) {
		return err
	}
	return t.calls.manager.Trial.Film(ctx)
}

// waits says whether a call that was placed here, with a picture, still rings.
func (t Trial) waits() bool {
	return slices.ContainsFunc(t.calls.List(), func(c model.Call) bool { return c.Outgoing && c.Camera && c.Phase == model.Ringing })
}

// Picture draws the newest picture that Film took, as Calls.Picture does.
func (t Trial) Picture(into *image.RGBA, seen uint64) (CallPicture, error) {
	if t.calls.manager == nil {
		return CallPicture{}, ErrNoCalls
	}
	return t.calls.manager.Trial.Picture(into, seen)
}

// refused says why nothing can be tried now; nil when it can.
func (t Trial) refused() error {
	switch {
	case t.calls.manager == nil:
		return ErrNoCalls
	case t.calls.engaged():
		return ErrBusy
	}
	return nil
}
