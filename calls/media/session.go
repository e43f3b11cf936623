package media

import (
	"crypto/rand"
	"image"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
	"kith/calls/video"
)

// Config is what a session works with. Devices are opened when they are needed, and closed as soon as they are not.
type Config struct {
	Microphone func() (Microphone, error)
	Speaker    func() (Speaker, error)
	Camera     func() (Camera, error) // nil: there is none
	Processor  Processor              // nil: the microphone is heard as it is
	Measure    image.Point            // look for tones, and for the pattern of a synthetic camera of this size, in what comes; zero: do not
	Log        *slog.Logger           // nil: silent

	watch func(f *video.Frame, at time.Time) // sees the pictures of the other side; for tests
}

// Session is the sound and the picture of one call. Its methods may be called on any goroutine.
type Session struct {
	config  Config
	name    string // in reports: sound and picture with the same name belong together (RFC 3550 §6.5.1)
	log     *slog.Logger
	stop    chan struct{}
	wait    sync.WaitGroup
	changes chan Change

	audio, video *track
	line         *line
	speaking     *speaking
	hearing      *hearing
	filming      *filming
	seeing       *seeing
	own          gallery
	synch        *synch
	figures      *figures
	arrivals     arrivals

	cleaner cleaner

	mu      sync.Mutex
	started bool
	closed  bool
	wishes  wishes
	wished  chan struct{}  // closed when wishes change
	ending  map[int]func() // end what waits, by number
	endings int
	paths   []*path
}

// wishes is what the person wants to be sent.
type wishes struct {
	audio, video bool // agreed to
	muted, held  bool
	camera       bool
	screen       func() (Camera, error) // in place of the camera
	shares       int                    // how often that changed
}

// films says whether pictures are taken.
func (w wishes) films() bool { return w.video && w.camera && !w.held }

// New makes a session that does nothing before Start, and sends nothing before Allow.
func New(config Config) (*Session, error) {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	buffer, err := audio.NewBuffer()
	if err != nil {
		return nil, err
	}
	s := &Session{
		config: config, name: rand.Text(), log: log, stop: make(chan struct{}), changes: make(chan Change, maxChanges),
		wished: make(chan struct{}), ending: map[int]func(){},
	}
	s.audio, s.video = newTrack(webrtc.RTPCodecTypeAudio, audio.Rate), newTrack(webrtc.RTPCodecTypeVideo, videoRate)
	s.line = newLine(s)
	s.speaking, s.filming = newSpeaking(s), newFilming(s)
	s.hearing = &hearing{session: s, buffer: buffer}
	s.cleaner.processor = config.Processor
	s.synch = newSynch(time.Now())
	s.figures = &figures{session: s}
	s.seeing = newSeeing(s)
	return s, nil
}

// Start sets everything going.
func (s *Session) Start() {
	s.mu.Lock()
	first := !s.started && !s.closed
	s.started = true
	s.mu.Unlock()
	if !first {
		return
	}
	s.figures.begin(time.Now())
	for _, f := range []func(){s.line.run, s.speaking.run, s.hearing.run, s.filming.run, s.seeing.run, s.figures.run} {
		s.run(f)
	}
}

// run starts a goroutine that Close waits for; false when it is too late.
func (s *Session) run(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		f()
	}()
	return true
}

// Close ends everything and waits for it. It leaves the PeerConnections to whoever made them.
func (s *Session) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	endings := s.ending
	s.ending = map[int]func(){}
	s.mu.Unlock()
	if first {
		close(s.stop)
	}
	for _, end := range endings {
		end()
	}
	s.wait.Wait()
	s.own.clear()
	s.seeing.pictures.clear()
	return nil
}

// atClose has something called in Close, which ends what waits; forget takes that back.
func (s *Session) atClose(end func()) (forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		end()
		return func() {}
	}
	s.endings++
	n := s.endings
	s.ending[n] = end
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ending, n)
	}
}

// wish changes what is wanted.
func (s *Session) wish(change func(*wishes)) {
	s.mu.Lock()
	change(&s.wishes)
	close(s.wished)
	s.wished = make(chan struct{})
	s.mu.Unlock()
	s.line.hurry()
}

// wanted is what is wanted now, and what tells when that changes.
func (s *Session) wanted() (wishes, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wishes, s.wished
}

// rest waits for a time, or until wishes change, or the session ends.
func (s *Session) rest(changed <-chan struct{}, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-s.stop:
	}
}

// Allow says what the person has agreed to send. Nothing leaves before; what is not allowed any more stops at once.
func (s *Session) Allow(audio, video bool) {
	s.wish(func(w *wishes) { w.audio, w.video = audio, video })
}

// Mute sends silence in place of sound, which is a few small packets and then none.
func (s *Session) Mute(muted bool) { s.wish(func(w *wishes) { w.muted = muted }) }

// Hold stops everything in both directions: the other side hears silence, sees no new picture, and is not heard.
func (s *Session) Hold(held bool) { s.wish(func(w *wishes) { w.held = held }) }

// Camera turns the picture on or off, as far as it is allowed.
func (s *Session) Camera(on bool) { s.wish(func(w *wishes) { w.camera = on }) }

// Share sends a screen in place of the camera, on the same track; nil goes back to the camera. Camera turns both on and off.
func (s *Session) Share(screen func() (Camera, error)) {
	s.wish(func(w *wishes) {
		if screen != nil || w.screen != nil {
			w.screen, w.shares = screen, w.shares+1
		}
	})
}

// Track is what is sent, to be added to PeerConnections that were made with API. One track may be added to several of them.
func (s *Session) Track(kind webrtc.RTPCodecType) webrtc.TrackLocal {
	if kind == webrtc.RTPCodecTypeAudio {
		return s.audio
	}
	return s.video
}
