package media

import "time"

// maxChanges bounds what waits for whoever reads Changes; what is more is left out.
const maxChanges = 64

// ChangeKind says what has changed.
type ChangeKind uint8

// What may change.
const (
	FirstAudio     ChangeKind = iota // the first sound of the other side is played
	PictureOn                        // pictures of the other side come, for the first time or again
	PictureOff                       // they do not come any more
	PeerSilent                       // nothing came for For: at one and at three seconds
	PeerBack                         // something came again
	QualityChanged                   // to Quality
	CameraLost                       // the camera is gone or stands still; it was turned off
	ScreenLost                       // it cannot be shared; it was turned off
	ScreenEnded                      // the person, or their desktop, ended it; it was turned off
	MicrophoneLost                   // none can be used; it is tried again
	MicrophoneBack                   // one can be used again
	SpeakerLost                      // none can be used; it is tried again
	SpeakerBack                      // one can be used again
)

// Change is something that the person should know.
type Change struct {
	Kind    ChangeKind
	For     time.Duration
	Quality Quality
	Denied  bool // the system does not let Kith use the device that is lost
}

// Quality is how the call goes, for the person.
type Quality uint8

// The qualities, the best first.
const (
	Good   Quality = iota
	Slow           // what is said takes long, or our picture is small
	Lossy          // much is lost
	Narrow         // no room for our picture
	Broken         // nothing comes
)

// Changes tells what happens. It is not closed.
func (s *Session) Changes() <-chan Change { return s.changes }

// tell never waits.
func (s *Session) tell(c Change) {
	select {
	case s.changes <- c:
	default:
		s.log.Debug("a change in a call was not read", "kind", int(c.Kind))
	}
}
