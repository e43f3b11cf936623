package hardware

import (
	"errors"
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
	pool   *video.Pool
	format vidFormat
	memory [][]byte
}

func openStream(path string, want wish, pool *video.Pool) (*stream, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: open camera: %w", ErrNoDevice, err)
	}
	s := &stream{fd: fd, want: want, pool: pool}
	if err := s.start(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// start agrees on a format, and lets the pictures come.
func (s *stream) start() error {
	o := pick(s.offers(), s.want)
	s.format = vidFormat{kind: vidCapture, width: uint32(o.width), height: uint32(o.height), format: o.format}
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
func (s *stream) offers() []offer {
	var all []offer
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
			all = append(all, offer{format: size.format, width: int(min(size.width, math.MaxInt32)), height: int(min(size.height, math.MaxInt32))})
			if size.kind != vidDiscrete {
				break
			}
		}
	}
	return all
}

// next waits for a picture for a tenth of a second; errAgain says that there was none.
func (s *stream) next() (*video.Frame, error) {
	poll := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, pollEvery); n == 0 || err == unix.EINTR {
		return nil, errAgain
	}
	b := vidBuffer{kind: vidCapture, memory: vidMemoryMap}
	if err := ask(s.fd, vidDequeue, &b); err != nil {
		if errors.Is(err, unix.EAGAIN) {
			err = errAgain
		}
		return nil, err
	}
	captured := time.Now()
	f, err := s.picture(&b)
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
func (s *stream) picture(b *vidBuffer) (*video.Frame, error) {
	if int(b.index) >= len(s.memory) || b.flags&vidBroken != 0 {
		return nil, errPicture
	}
	data := s.memory[b.index]
	if int(b.used) < len(data) && b.used > 0 {
		data = data[:b.used]
	}
	f, err := s.pool.Get(int(s.format.width), int(s.format.height))
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
	kind := int32(vidCapture)
	_ = ask(s.fd, vidStreamOff, &kind)
	for _, m := range s.memory {
		_ = unix.Munmap(m)
	}
	_ = unix.Close(s.fd)
}
