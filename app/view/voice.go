package view

import (
	"time"

	"kith/app/lang"
	"kith/core/model"
)

// Levels are how loud it is in a call, in dBFS.
type Levels struct {
	Heard float64 // by our microphone…
	Sent  float64 // …and what leaves of it
	Peer  float64 // the other side
}

// Voices are how loud the two of a call are. They are comparable, and change in few steps, so that little has to be drawn.
type Voices struct {
	Own, Peer uint8 // 0…voiceSteps
	Unheard   bool  // our microphone hears a voice, and not only a door that falls shut, of which nothing is sent
}

const (
	// VoiceEach is how often an Ear listens.
	VoiceEach = 120 * time.Millisecond

	voiceSteps = 6
	voiceFrom  = -48 // dBFS, where the first step begins…
	voiceStep  = 5   // …and how far it is to the next
	speechFrom = -42 // dBFS
	nothing    = -60 // dBFS
	speechLong = 5   // times that it is so loud, less those that it is not, until it is a voice
	speechHold = 25  // times that it counts as one after that, so that a breath does not end it
)

// Ear makes Voices of levels. The zero value has heard nothing.
type Ear struct {
	speech, hold int
}

// Hear takes the levels, each VoiceEach. What was said before somebody muted themselves does not count.
func (e *Ear) Hear(l Levels) Voices {
	switch {
	case l.Sent >= nothing:
		*e = Ear{}
	case l.Heard >= speechFrom:
		e.speech = min(e.speech+1, speechLong)
	default:
		e.speech = max(e.speech-1, 0)
	}
	e.hold = max(e.hold-1, 0)
	if e.speech == speechLong {
		e.hold = speechHold
	}
	return Voices{Own: voiceOf(l.Heard), Peer: voiceOf(l.Peer), Unheard: e.hold > 0}
}

// voiceOf is a level in steps.
func voiceOf(dbfs float64) uint8 {
	return uint8(min(max((dbfs-voiceFrom)/voiceStep+1, 0), voiceSteps))
}

// OwnLevel is how loud we are, 0…1.
func (v Voices) OwnLevel() float32 { return float32(v.Own) / voiceSteps }

// PeerLevel is how loud the other side is, 0…1.
func (v Voices) PeerLevel() float32 { return float32(v.Peer) / voiceSteps }

// Hearing is the face while these voices are heard: whoever speaks although muted should know, unless the line says more.
func (f CallFace) Hearing(v Voices) CallFace {
	if v.Unheard && f.Phase == model.Talking && f.Muted && !f.OnHold && !f.Urgent {
		f.Notice, f.Urgent = lang.T("You are speaking, but you are muted. Hold the space bar to be heard."), true
	}
	return f
}
