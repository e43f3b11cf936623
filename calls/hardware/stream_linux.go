package hardware

import (
	"fmt"
	"math"
	"time"

	"golang.org/x/sys/unix"

	"kith/calls/video"
)

// stream is a camera that runs in one format, with its memory.
type stream struct {
	fd     int
	want   wish
	format vidFormat
	memory [][]byte
}

func openStream(path string, want wish) (*stream, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: open camera: %w", ErrNoDevice, err)
	}
	s := &stream{fd: fd, want: want}
	if err := s.start(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// start agrees on a format, and lets the pictures come.
func (s *stream) start() error {
	s.format = pick(s.offers(), s.want)
	if err := ask(s.fd, vidSetFormat, &s.format); err != nil {
		return fmt.Errorf("choose a picture format: %w", err)
	}
	pace := vidPace{kind: vidCapture, numerator: 1, denominator: uint32(max(s.want.fps, 1))}
	_ = ask(s.fd, vidSetPace, &pace) // not every camera can
	request := vidBuffers{count: buffers, kind: vidCapture, memory: vidMemoryMap}
	if err := ask(s.fd, vidRequest, &request); err != nil {
		return fmt.Errorf("ask for picture memory: %w", err)
	}
	for i := range min(request.count, buffers) {
		b := vidBuffer{index: i, kind: vidCapture, memory: vidMemoryMap}
		if err := ask(s.fd, vidQueryBuffer, &b); err != nil {
			return fmt.Errorf("find picture memory: %w", err)
		}
		memory, err := unix.Mmap(s.fd, int64(uint32(b.offset)), int(b.length), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			return fmt.Errorf("map picture memory: %w", err)
		}
		s.memory = append(s.memory, memory)
		if err := ask(s.fd, vidQueue, &b); err != nil {
			return fmt.Errorf("queue picture memory: %w", err)
		}
	}
	kind := int32(vidCapture)
	if err := ask(s.fd, vidStreamOn, &kind); err != nil {
		return fmt.Errorf("start camera: %w", err)
	}
	return nil
}

// offers are the formats and sizes that the camera has. Of those in steps only the wished one is asked for.
func (s *stream) offers() []vidSize {
	var all []vidSize
	for i := range uint32(64) {
		name := vidFormatName{index: i, kind: vidCapture}
		if ask(s.fd, vidEnumFormat, &name) != nil {
			break
		}
		for j := range uint32(256) {
			size := vidSize{index: j, format: name.format}
			if ask(s.fd, vidEnumSizes, &size) != nil {
				break
			}
			if size.kind != vidDiscrete {
				size.width, size.height = uint32(s.want.width), uint32(s.want.height)
			}
			all = append(all, size)
			if size.kind != vidDiscrete {
				break
			}
		}
	}
	return all
}

// pick takes the smallest size that is enough, else the largest, in the format that costs least; large ones as JPEG, because a
// cable carries no more.
func pick(offers []vidSize, want wish) vidFormat {
	f := vidFormat{kind: vidCapture, width: uint32(want.width), height: uint32(want.height), format: yuyv}
	best := math.MinInt
	for _, o := range offers {
		cost, known := cost(o)
		if !known || o.width == 0 || o.height == 0 || o.width > video.MaxSide || o.height > video.MaxSide {
			continue
		}
		value := 16 * int(o.width*o.height)
		if int(o.width) >= want.width && int(o.height) >= want.height {
			value = math.MaxInt32*16 - value
		}
		if value-cost > best {
			best, f.width, f.height, f.format = value-cost, o.width, o.height, o.format
		}
	}
	return f
}

// cost is what reading a format takes, and whether it can be.
func cost(o vidSize) (cost int, known bool) {
	switch o.format {
	case i420, nv12:
		return 1, true
	case yuyv:
		return 2, true
	case mjpeg:
		if o.width*o.height > 640*480 {
			return 0, true
		}
		return 3, true
	}
	return 0, false
}

// suits says whether another wish needs nothing new.
func (s *stream) suits(w wish) bool { return w == s.want }

// next waits for a picture for a tenth of a second; unix.EAGAIN says that there was none.
func (s *stream) next(pool *video.Pool) (*video.Frame, error) {
	poll := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, pollEvery); n == 0 || err == unix.EINTR {
		return nil, unix.EAGAIN
	}
	b := vidBuffer{kind: vidCapture, memory: vidMemoryMap}
	if err := ask(s.fd, vidDequeue, &b); err != nil {
		return nil, err
	}
	captured := time.Now()
	f, err := s.picture(pool, &b)
	if err := ask(s.fd, vidQueue, &b); err != nil && f != nil {
		f.Release()
		return nil, fmt.Errorf("queue picture memory: %w", err)
	}
	if err != nil {
		return nil, err
	}
	f.Captured = captured
	return f, nil
}

// picture makes a frame of a buffer.
func (s *stream) picture(pool *video.Pool, b *vidBuffer) (*video.Frame, error) {
	if int(b.index) >= len(s.memory) || b.flags&vidBroken != 0 {
		return nil, errPicture
	}
	data := s.memory[b.index]
	if int(b.used) < len(data) && b.used > 0 {
		data = data[:b.used]
	}
	f, err := pool.Get(int(s.format.width), int(s.format.height))
	if err != nil {
		return nil, errPicture
	}
	if err := fill(f, s.format.format, data, int(s.format.bytesPerLine)); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

func (s *stream) close() {
	if s.fd < 0 {
		return
	}
	kind := int32(vidCapture)
	_ = ask(s.fd, vidStreamOff, &kind)
	for _, m := range s.memory {
		_ = unix.Munmap(m)
	}
	_ = unix.Close(s.fd)
	s.fd = -1
}
