package session

import (
	"kith/core/model"
	"kith/core/wire"
)

// An Effect is something to be done, in the order in which Handle returned it. The set is closed.
//
//sumtype:decl
type Effect interface{ effect() }

// What goes to the network.
type (
	// Tell sends a call message.
	Tell struct {
		Key
		To      model.JID
		Message wire.CallMessage
	}
	// Ask sends a Jingle request. Its answer comes back as Answered.
	Ask struct {
		Key
		Ref    int // tells the requests of a call apart
		To     model.JID
		Jingle wire.Jingle
		Seal   model.DeviceID // encrypt the fingerprints for this device of theirs; 0: they have none that verifies
	}
	// Reply answers an Asked: with a result when Condition is empty.
	Reply struct {
		Account   model.AccountID
		Stanza    *wire.Element
		Condition string // of RFC 6120 §8.3.3
		App       string // of XEP-0166 §10
	}
)

// Probe has the connection to the server looked at: the line of a call is lost, and what carries our words may be, without anybody having told.
type Probe struct{}

// What goes to the transports and the media.
type (
	// Open makes the transports of a call that we place, and an offer: Described for ForInitiate.
	Open struct {
		Key
		Video bool
		Relay bool
	}
	// Answer makes the transports for their offer, and an answer: Described for ForAccept.
	Answer struct {
		Key
		Contents []wire.Content
		Bundle   []string
		Relay    bool
	}
	// Apply completes what was offered with their answer.
	Apply struct {
		Key
		For      Purpose // ForInitiate, ForAdd or ForRestart
		Contents []wire.Content
		Bundle   []string
	}
	// Extend adds a picture: an offer of ours when Contents is nil (ForAdd), else an answer to theirs (ForAddAccept).
	Extend struct {
		Key
		Contents []wire.Content
		Bundle   []string
	}
	// Shrink takes back a picture that we offered, or with a Name one that was agreed.
	Shrink struct {
		Key
		Name string
	}
	// Reach hands on addresses of theirs.
	Reach struct {
		Key
		Contents []wire.Content
	}
	// Restart looks for new paths: an offer of ours when Contents is nil (ForRestart), else an answer to theirs (ForRestarted). Each ends the
	// search before it; Described names it.
	Restart struct {
		Key
		Search   int
		Contents []wire.Content
	}
	// Allow says what may be sent from now on. Nothing may before.
	Allow struct {
		Key
		Audio, Video, Screen bool
		Listens              bool // the microphone is open, also while nothing of it is sent: whoever speaks although muted is told so
		Shares               bool // a screen is in place of the camera, also while nothing is sent
	}
	// Close ends the transports and the media.
	Close struct{ Key }
)

// Changed shows how a call stands now. Ended is the last one for its ID.
type Changed struct{ Call model.Call }

func (Tell) effect()    {}
func (Ask) effect()     {}
func (Reply) effect()   {}
func (Probe) effect()   {}
func (Open) effect()    {}
func (Answer) effect()  {}
func (Apply) effect()   {}
func (Extend) effect()  {}
func (Shrink) effect()  {}
func (Reach) effect()   {}
func (Restart) effect() {}
func (Allow) effect()   {}
func (Close) effect()   {}
func (Changed) effect() {}
