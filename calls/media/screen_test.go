package media_test

import (
	"testing"

	"kith/calls/media"
)

// TestScreenEnds: a screen that cannot be shared is told from one that is shared no longer, and the camera can be turned on after either.
func TestScreenEnds(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Share(func() (media.Camera, error) { return nil, errGone })
	a.session.Camera(true)
	a.changed(media.ScreenLost)

	screen := newCamera(320, 180, 10, &a.pool)
	a.session.Share(func() (media.Camera, error) { return screen, nil })
	a.session.Camera(true)
	b.changed(media.PictureOn)
	close(screen.vanish)
	a.changed(media.ScreenEnded)
	b.changed(media.PictureOff)

	a.session.Share(nil)
	a.session.Camera(true)
	b.changed(media.PictureOn)
}
