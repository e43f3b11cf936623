package hardware

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"kith/calls/video"
)

// findCameras finds those of Media Foundation.
func findCameras() ([]foundCamera, error) {
	m, err := beginMedia()
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	defer m.end()
	devices, err := m.cameras()
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	var all []foundCamera
	for _, d := range devices {
		all = append(all, foundCamera{d.text(&keyName), d.text(&keyLink)})
		d.release()
	}
	return tellApart(all), nil
}

// stream is a camera that runs in one format. A goroutine waits for its pictures, which nothing but the end of the camera interrupts.
type stream struct {
	media          *foundation
	pool           *video.Pool
	source, reader *thing
	form           offer
	upsideDown     bool // its rows come from below
	samples        chan taken
	stop           chan struct{}
	wait           sync.WaitGroup
}

// taken is a picture that came, or why none does; neither: only time has passed.
type taken struct {
	picture *video.Frame
	err     error
}

func openStream(path string, want wish, pool *video.Pool) (*stream, error) {
	m, err := beginMedia()
	if err != nil {
		return nil, fmt.Errorf("open camera: %w", err)
	}
	s := &stream{media: m, pool: pool, samples: make(chan taken), stop: make(chan struct{})}
	if err := s.open(path, want); err != nil {
		s.close()
		return nil, fmt.Errorf("open camera: %w", err)
	}
	s.wait.Add(1)
	go s.run()
	return s, nil
}

func (s *stream) open(path string, want wish) error {
	devices, err := s.media.cameras()
	if err != nil {
		return err
	}
	err = ErrNoDevice
	for _, d := range devices {
		if s.source == nil && d.text(&keyLink) == path {
			err = d.call(activateObject, uintptr(unsafe.Pointer(&mediaSource)), uintptr(unsafe.Pointer(&s.source)))
		}
		d.release()
	}
	if err != nil {
		return err
	}
	if s.reader, err = s.media.read(s.source); err != nil {
		return err
	}
	return s.choose(want)
}

// choose agrees on a format.
func (s *stream) choose(want wish) error {
	var kinds []*thing
	var offers []offer
	for i := range uintptr(mostNativeTypes) {
		var kind *thing
		if s.reader.call(readerNative, readerFirst, i, uintptr(unsafe.Pointer(&kind))) != nil || kind == nil {
			break
		}
		defer kind.release()
		width, height := kind.pair(&keySize)
		pictures, seconds := kind.pair(&keyPace)
		kinds = append(kinds, kind)
		offers = append(offers, offer{kind.format(), width, height, pictures / max(seconds, 1)})
	}
	s.form = pick(offers, want)
	for i, o := range offers {
		if o == s.form {
			s.upsideDown = o.format == bgrx && int32(kinds[i].number(&keyStride)) < 0
			return s.reader.call(readerSetCurrent, readerFirst, 0, uintptr(unsafe.Pointer(kinds[i])))
		}
	}
	return ErrUnsupported
}

// run reads until the camera ends, or is closed.
func (s *stream) run() {
	defer s.wait.Done()
	for {
		picture, err := s.read()
		if err == nil && picture == nil {
			continue // only time has passed
		}
		select {
		case s.samples <- taken{picture, err}:
		case <-s.stop:
			if picture != nil {
				picture.Release()
			}
			return
		}
		if err != nil && !errors.Is(err, errPicture) {
			return
		}
	}
}

// read waits for a picture; nil: there was none.
func (s *stream) read() (*video.Frame, error) {
	var stream, flags uint32
	var at int64
	var sample, buffer *thing
	err := s.reader.call(readerRead, readerFirst, 0, uintptr(unsafe.Pointer(&stream)), uintptr(unsafe.Pointer(&flags)),
		uintptr(unsafe.Pointer(&at)), uintptr(unsafe.Pointer(&sample)))
	defer sample.release()
	captured := time.Now()
	switch {
	case err != nil:
		return nil, err
	case flags&readerOver != 0:
		return nil, ErrGone
	case sample == nil:
		return nil, nil //nolint:nilnil // the camera said something else
	}
	if err := sample.call(sampleJoined, uintptr(unsafe.Pointer(&buffer))); err != nil {
		return nil, err
	}
	defer buffer.release()
	var data *byte
	var most, length uint32
	err = buffer.call(bufferLock, uintptr(unsafe.Pointer(&data)), uintptr(unsafe.Pointer(&most)), uintptr(unsafe.Pointer(&length)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = buffer.call(bufferUnlock) }()
	f, err := s.picture(unsafe.Slice(data, length))
	if f != nil {
		f.Captured = captured
	}
	return f, err
}

func (s *stream) picture(data []byte) (*video.Frame, error) {
	if s.upsideDown {
		turnOver(data, 4*s.form.width)
	}
	f, err := s.pool.Get(s.form.width, s.form.height)
	if err != nil {
		return nil, errPicture
	}
	if err := fill(f, s.form.format, data, 0); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// next waits for a picture for a tenth of a second; errAgain says that there was none.
func (s *stream) next() (*video.Frame, error) {
	select {
	case t := <-s.samples:
		return t.picture, t.err
	case <-time.After(pollEvery * time.Millisecond):
		return nil, errAgain
	}
}

// close lets the camera go, also one that is stuck: then its goroutine is left behind.
func (s *stream) close() {
	close(s.stop)
	if s.source != nil {
		_ = s.source.call(sourceShutdown) // ends a read that waits
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.wait.Wait()
		s.reader.release()
		s.source.release()
		s.media.end()
	}()
	select {
	case <-over:
	case <-time.After(frozen):
	}
}
