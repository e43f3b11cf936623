package hardware

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"kith/calls/video"
)

const (
	buffers   = 4
	frozen    = 5 * time.Second // without a picture a camera is gone
	pollEvery = 100             // ms: how soon a camera that is closed is let go
)

// Cameras lists what can be seen with, by names that are the same each time.
func Cameras() ([]string, error) {
	all, err := findCameras()
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].name
	}
	return names, err
}

type foundCamera struct{ name, path string }

func findCameras() ([]foundCamera, error) {
	paths, err := filepath.Glob("/dev/video*")
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	slices.Sort(paths)
	var all []foundCamera
	seen := map[string]int{}
	for _, path := range paths {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			continue // somebody else's
		}
		var about vidCapability
		err = ask(fd, vidQueryCap, &about)
		_ = unix.Close(fd)
		if err != nil || !about.canCapture() {
			continue
		}
		name := text(about.card[:])
		if seen[name]++; seen[name] > 1 {
			name += " (" + strconv.Itoa(seen[name]) + ")"
		}
		all = append(all, foundCamera{name, path})
	}
	return all, nil
}

// Camera sees, through Video for Linux.
type Camera struct {
	*film
	path string
	pool video.Pool
}

// OpenCamera opens the one of that name; "" is the first.
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
	s, err := openStream(c.path, wish{640, 360, 30})
	if err != nil {
		return nil, err
	}
	c.wait.Add(1)
	go c.run(s)
	return c, nil
}

func (c *Camera) run(s *stream) {
	defer c.ended()
	defer func() { s.close() }()
	last := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case w := <-c.set:
			if !s.suits(w) {
				s.close()
				var err error
				if s, err = openStream(c.path, w); err != nil {
					s = &stream{fd: -1}
					return
				}
			}
		default:
		}
		f, err := s.next(&c.pool)
		switch {
		case err == nil:
			last = time.Now()
			c.show(f)
		case !errors.Is(err, errPicture) && !errors.Is(err, unix.EAGAIN), time.Since(last) > frozen:
			return
		}
	}
}
