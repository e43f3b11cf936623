package media

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"time"

	"kith/calls/audio"
	"kith/calls/rate"
)

const (
	again       = time.Second // until a device is tried again
	packetTime  = 20 * time.Millisecond
	mostSkipped = 100 * time.Millisecond // of sound that was not sent, until timestamps jump over it
	driftSmooth = 64
)

// speaking sends the sound of one microphone after the other.
type speaking struct {
	session *Session
	encoder *audio.Encoder
	level   audio.Level // of what is sent
	voice   audio.Level // of what is heard, also while nothing of it is sent
	rate    int
	report  int       // the last one of which the encoder was told
	offset  uint32    // of timestamps
	began   time.Time // when timestamp 0 was heard
	lost    bool      // it was told that there is no microphone
	denied  bool      // and that none may be used
}

func newSpeaking(s *Session) *speaking { return &speaking{session: s, offset: rand.Uint32()} }

// run sends what the microphone hears while that is allowed.
func (a *speaking) run() {
	s := a.session
	var err error
	if a.encoder, err = audio.NewEncoder(); err != nil {
		s.log.Error("the encoder of sound does not open", "error", err)
		return
	}
	for !s.stopped() {
		w, changed := s.wanted()
		if !w.audio || s.config.Microphone == nil {
			s.rest(changed, time.Hour)
			continue
		}
		m, err := s.config.Microphone()
		if err != nil {
			a.missing(err)
		}
		if err != nil || a.listen(m) {
			s.rest(nil, again)
		}
	}
}

// missing tells, once, that no microphone can be used and why, and that one can again.
func (a *speaking) missing(why error) {
	lost, denied := why != nil, errors.Is(why, ErrDenied)
	if lost == a.lost && denied == a.denied {
		return
	}
	kind := MicrophoneBack
	if lost {
		kind = MicrophoneLost
	}
	a.lost, a.denied = lost, denied
	a.session.tell(Change{Kind: kind, Denied: denied})
}

// listen sends until the microphone is gone, which it says, or may not be heard any more.
func (a *speaking) listen(m Microphone) (gone bool) {
	s := a.session
	forget := s.atClose(func() { _ = m.Close() })
	defer forget()
	defer func() { _ = m.Close() }()
	defer s.figures.spoken(audio.Silent, audio.Silent)
	var block audio.Block
	for n := 0; ; n++ {
		if err := m.Read(&block); err != nil {
			gone = !s.stopped()
			if gone && n == 0 {
				a.missing(err)
			}
			return gone
		}
		a.missing(nil)
		w, _ := s.wanted()
		if !w.audio || s.stopped() {
			return false
		}
		s.cleaner.near(&block)
		a.voice.Add(&block)
		if w.muted || w.held {
			block = audio.Block{}
		}
		a.level.Add(&block)
		s.figures.spoken(a.level.DBFS(), a.voice.DBFS())
		if s.line.open(s.audio) {
			a.send(&block, time.Now().Add(-m.Delay()))
		}
	}
}

// send encodes a block, the end of which was heard at a time.
func (a *speaking) send(block *audio.Block, heard time.Time) {
	l := a.session.line
	bits, missing, report := l.sound()
	if bits != a.rate && bits > 0 {
		if err := a.encoder.SetBitrate(bits); err != nil {
			a.session.log.Error("the bitrate of sound cannot be set", "error", err)
		}
		a.rate = bits
	}
	if report != a.report {
		a.report = report
		_ = a.encoder.SetLoss(missing) // a hint; an encoder that does not take it sends as before
		a.encoder.SetAlone(l.alone())
	}
	p, ok, err := a.encoder.Encode(block)
	if err != nil || !ok {
		return
	}
	captured := heard.Add(-packetTime)
	timestamp, jumped := a.at(p.Timestamp, captured)
	l.push(rate.Audio, packet{
		track: a.session.audio, timestamp: timestamp, captured: captured, marker: p.Marker || jumped,
		payload: bytes.Clone(p.Payload),
	})
	l.send()
}

// at is a timestamp as it is sent. The encoder counts what it is given; where it was given nothing, for a while, time went on.
func (a *speaking) at(timestamp uint32, captured time.Time) (sent uint32, jumped bool) {
	if a.began.IsZero() {
		a.began = captured.Add(-samples(timestamp))
	}
	skipped := captured.Sub(a.began.Add(samples(timestamp)))
	if skipped > mostSkipped {
		a.offset += uint32(skipped.Milliseconds() * (audio.Rate / 1000))
		a.began = captured.Add(-samples(timestamp))
		return timestamp + a.offset, true
	}
	a.began = a.began.Add(skipped / driftSmooth) // the device's clock is not this one
	return timestamp + a.offset, false
}

func samples(n uint32) time.Duration { return time.Duration(n) * time.Second / audio.Rate }

func (s *Session) stopped() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}
