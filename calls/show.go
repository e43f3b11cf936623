package calls

import (
	"errors"
	"image"
	"time"

	"kith/calls/media"
	"kith/calls/session"
	"kith/calls/transport"
	"kith/core/model"
)

// ErrNoCall says that there is no such call, or no longer.
var ErrNoCall = errors.New("no such call")

// changed tells the Desk what the media told.
func (l *line) changed(ch media.Change) {
	switch ch.Kind {
	case media.PictureOn, media.PictureOff:
		l.m.Put(session.Picture{Key: l.key, On: ch.Kind == media.PictureOn})
	case media.QualityChanged:
		l.m.Put(session.Line{Key: l.key, Quality: qualityOf(ch.Quality)})
	case media.CameraLost:
		l.m.Put(session.Device{Key: l.key, What: session.Film, Missing: true, Denied: ch.Denied})
	case media.ScreenLost, media.ScreenEnded:
		l.m.Put(session.Device{Key: l.key, What: session.Display, Missing: ch.Kind == media.ScreenLost})
	case media.MicrophoneLost, media.MicrophoneBack:
		l.m.Put(session.Device{Key: l.key, What: session.Microphone, Missing: ch.Kind == media.MicrophoneLost, Denied: ch.Denied})
	case media.SpeakerLost, media.SpeakerBack:
		l.m.Put(session.Device{Key: l.key, What: session.Speaker, Missing: ch.Kind == media.SpeakerLost})
	case media.FirstAudio, media.PeerSilent, media.PeerBack:
	}
}

func qualityOf(q media.Quality) model.Quality {
	switch q {
	case media.Slow:
		return model.SlowLine
	case media.Lossy:
		return model.LossyLine
	case media.Narrow:
		return model.SoundLine
	case media.Broken:
		return model.BrokenLine
	case media.Good:
	}
	return model.GoodLine
}

// session is the media of a call, once it has any.
func (m *Manager) media(k session.Key) (*line, *media.Session) {
	l := m.find(k)
	if l == nil {
		return nil, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l, l.media
}

// Picture draws the newest picture of a call, ours or theirs, stretched to the size of into: see media.Session.Picture.
func (m *Manager) Picture(k session.Key, own bool, into *image.RGBA, seen uint64) (media.Shape, error) {
	_, s := m.media(k)
	if s == nil {
		return media.Shape{}, ErrNoCall
	}
	whose := media.Remote
	if own {
		whose = media.Own
	}
	return s.Picture(whose, into, seen)
}

// Stats are a call's figures.
type Stats struct {
	media.Stats
	Paths transport.Stats
	Setup time.Duration // from taking the call to the first sound of the other side; 0: not yet
	Shown time.Duration // the same to the first picture
}

// Stats gives a call's figures.
func (m *Manager) Stats(k session.Key) (Stats, error) {
	l, s := m.media(k)
	if s == nil {
		return Stats{}, ErrNoCall
	}
	out := Stats{Stats: s.Stats()}
	l.mu.Lock()
	since, paths := l.since, l.paths
	l.mu.Unlock()
	if paths != nil {
		out.Paths = paths.Stats()
	}
	if !since.IsZero() && out.FirstAudio.After(since) {
		out.Setup = out.FirstAudio.Sub(since)
	}
	if !since.IsZero() && out.FirstVideo.After(since) {
		out.Shown = out.FirstVideo.Sub(since)
	}
	return out, nil
}
