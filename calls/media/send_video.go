package media

import (
	"errors"
	"math/rand/v2"
	"time"

	"kith/calls/rate"
	"kith/calls/video"
)

const (
	cameraWidth, cameraHeight, cameraPace = 1280, 720, 30

	firstPicture = 8 * time.Second // some cameras take long to wake
	firstScreen  = time.Hour       // some people take long to choose what to show
	stalled      = 3 * time.Second
	rateStep     = 0.04 // smaller changes of the bitrate are not worth telling the encoder
)

// filming sends the pictures of one camera after the other.
type filming struct {
	session *Session
	pool    video.Pool
	packets *video.Packetizer
	encoder *video.Encoder
	now     video.Settings
	due     time.Time // of the next picture that is sent
}

func newFilming(s *Session) *filming {
	return &filming{session: s, packets: video.NewPacketizer(0, uint16(rand.Uint32()), rand.Uint32())}
}

// run sends what the camera sees while that is allowed and wanted.
func (f *filming) run() {
	s := f.session
	defer f.close()
	for !s.stopped() {
		w, changed := s.wanted()
		open := s.config.Camera
		if w.screen != nil {
			open = w.screen
		}
		if !w.films() || open == nil {
			s.rest(changed, time.Hour)
			continue
		}
		camera, err := open()
		if err != nil || f.watch(camera, w, changed) {
			s.wish(func(w *wishes) { w.camera = false })
			s.tell(Change{Kind: lost(w, err), Denied: errors.Is(err, ErrDenied)})
		}
		s.line.films(rate.Size{})
		s.own.clear()
	}
}

// lost says what has ended.
func lost(w wishes, err error) ChangeKind {
	switch {
	case w.screen == nil:
		return CameraLost
	case err != nil:
		return ScreenLost
	}
	return ScreenEnded
}

// watch sends until the camera is gone, which it says, or wishes change.
func (f *filming) watch(camera Camera, w wishes, changed <-chan struct{}) (gone bool) {
	s := f.session
	defer func() { _ = camera.Close() }()
	if camera.Set(cameraWidth, cameraHeight, cameraPace) != nil {
		return true
	}
	first := firstPicture
	if w.screen != nil {
		first = firstScreen
	}
	patience := time.NewTimer(first - stalled/2)
	defer patience.Stop()
	frames := camera.Frames()
	for silent := 0; silent < 2; { // after a machine has slept, the first time says nothing
		select {
		case frame, ok := <-frames:
			if !ok {
				return true
			}
			silent = 0
			patience.Reset(stalled / 2)
			f.take(frame)
			frame.Release()
		case <-patience.C:
			silent++
			patience.Reset(stalled / 2)
		case <-changed:
			var now wishes
			if now, changed = s.wanted(); !now.films() || now.shares != w.shares {
				return false
			}
		case <-s.stop:
			return false
		}
	}
	return true
}

// take shows a picture to the person, and sends it when it is time for one.
func (f *filming) take(frame *video.Frame) {
	s := f.session
	s.own.show(frame)
	s.line.films(rate.Size{Width: frame.Width, Height: frame.Height, FPS: cameraPace})
	now := time.Now()
	share, ok := s.line.picture(now)
	if !ok || !f.paced(now, share.Size.FPS) {
		return
	}
	if err := f.send(frame, share); err != nil {
		s.log.Error("a picture cannot be sent", "error", err)
	}
}

// paced leaves out pictures that are more than are wanted.
func (f *filming) paced(now time.Time, fps int) bool {
	gap := time.Second / time.Duration(max(fps, 1))
	if now.Before(f.due.Add(-gap / 4)) {
		return false
	}
	if f.due = f.due.Add(gap); now.Sub(f.due) > gap {
		f.due = now.Add(gap)
	}
	return true
}

// send encodes a picture in the size that the line carries.
func (f *filming) send(frame *video.Frame, share rate.Share) error {
	width, height := min(share.Size.Width, frame.Width), min(share.Size.Height, frame.Height)
	resized, err := f.configure(video.Settings{Width: width, Height: height, BitsPerSecond: int(share.Video)})
	if err != nil {
		return err
	}
	if width != frame.Width || height != frame.Height {
		small, err := f.pool.Get(width, height)
		if err != nil {
			return err
		}
		defer small.Release()
		if err := video.Scale(small, frame); err != nil {
			return err
		}
		frame = small
	}
	s := f.session
	encoded, err := f.encoder.Encode(frame, s.line.takeKey(time.Now(), resized))
	if err != nil || len(encoded.Data) == 0 {
		return err
	}
	packets := f.packets.Packets(encoded.Data, frame.Captured, frame.Rotation)
	out := make([]packet, len(packets))
	all := make([]byte, 0, len(encoded.Data)+8*len(packets)) // the pacer and the repairs need them longer than the packetizer
	for i, p := range packets {
		start := len(all)
		all = append(all, p.Payload...)
		out[i] = packet{
			track: s.video, timestamp: p.Timestamp, captured: frame.Captured, marker: p.Marker,
			payload: all[start:len(all):len(all)], rotation: uint8(p.Rotation), rotated: p.Rotated,
		}
	}
	s.line.push(rate.Video, out...)
	return nil
}

// configure opens the encoder, or tells it what has changed; another size begins with a key frame.
func (f *filming) configure(want video.Settings) (resized bool, err error) {
	if f.encoder == nil {
		f.encoder, err = video.NewEncoder(want)
		f.now = want
		return true, err
	}
	resized = want.Width != f.now.Width || want.Height != f.now.Height
	near := float64(want.BitsPerSecond-f.now.BitsPerSecond) / float64(max(f.now.BitsPerSecond, 1))
	if !resized && near < rateStep && near > -rateStep {
		return false, nil
	}
	if err := f.encoder.Configure(want); err != nil {
		return false, err
	}
	f.now = want
	return resized, nil
}

func (f *filming) close() {
	if f.encoder != nil {
		f.encoder.Close()
	}
}
