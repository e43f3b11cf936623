package hardware

import (
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

const buffers = 4

// findCameras finds those of Video for Linux.
func findCameras() ([]foundCamera, error) {
	paths, err := filepath.Glob("/dev/video*")
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	slices.Sort(paths)
	var all []foundCamera
	for _, path := range paths {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			continue // somebody else's
		}
		var about vidCapability
		err = ask(fd, vidQueryCap, &about)
		_ = unix.Close(fd)
		if err == nil && about.canCapture() {
			all = append(all, foundCamera{text(about.card[:]), path})
		}
	}
	return tellApart(all), nil
}
