package hardware

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"kith/calls/video"
)

const (
	frozen    = 5 * time.Second // without a picture a camera is gone
	pollEvery = 100             // ms: how soon a device that is closed is let go
)

// errAgain says that there is no picture yet.
var errAgain = errors.New("no picture yet")

// Cameras lists what can be seen with, by names that are the same each time.
func Cameras() ([]string, error) {
	all, err := findCameras()
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].name
	}
	return names, err
}

// foundCamera is a camera, with the name by which people know it and that by which the system does.
type foundCamera struct{ name, path string }

// tellApart numbers cameras of the same name.
func tellApart(all []foundCamera) []foundCamera {
	seen := map[string]int{}
	for i := range all {
		name := all[i].name
		if seen[name]++; seen[name] > 1 {
			all[i].name = name + " (" + strconv.Itoa(seen[name]) + ")"
		}
	}
	return all
}

// Camera sees.
type Camera struct {
	*film
	path string
	pool video.Pool
}

// OpenCamera opens the one of that name; "" is the first. ErrDenied says that the person, or their system, does not let Kith see.
func OpenCamera(name string) (*Camera, error) {
	all, err := findCameras()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c foundCamera) bool { return name == "" || c.name == name })
	if i < 0 {
		return nil, ErrNoDevice
	}
	c := &Camera{film: newFilm(), path: all[i].path}
	want := wish{640, 360, 30}
	s, err := openStream(c.path, want, &c.pool)
	if err != nil {
		return nil, err
	}
	c.wait.Add(1)
	go c.run(s, want)
	return c, nil
}

func (c *Camera) run(s *stream, now wish) {
	defer c.ended()
	defer func() { s.close() }()
	last := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case want := <-c.set:
			if want == now {
				break
			}
			s.close()
			next, err := openStream(c.path, want, &c.pool)
			if err != nil {
				return
			}
			s, now, last = next, want, time.Now()
		default:
		}
		f, err := s.next()
		switch {
		case err == nil:
			last = time.Now()
			c.show(f)
		case !errors.Is(err, errPicture) && !errors.Is(err, errAgain), time.Since(last) > frozen:
			return
		}
	}
}
