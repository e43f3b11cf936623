package session

import (
	"kith/core/model"
	"kith/core/wire"
)

// Key names a call. Two accounts of ours may be the two ends of one call.
type Key struct {
	Account model.AccountID
	ID      model.CallID
}

// Peer is what the rest of Kith knows about the other side when a call begins.
type Peer struct {
	JID        model.JID // bare
	Chat       model.ChatID
	Rings      bool           // may make us ring: a contact, or somebody we answered before
	Relay      bool           // must not see our addresses: paths lead through relays only
	MustVerify bool           // their keys were verified: a call whose keys do not come over OMEMO is refused
	Alone      bool           // no other device of ours that could take a call is online
	Device     model.DeviceID // our own OMEMO device
}

// Proof is what the OMEMO-encrypted fingerprints of a Jingle stanza prove (draft wire.NSSealedDTLS). The zero value: there were none.
type Proof struct {
	Device   model.DeviceID
	Identity model.Fingerprint
	Trust    model.Trust
	Broken   bool // some could not be opened, or not all were sealed, or not by one device
}

// An Event is something that happened. The set is closed.
//
//sumtype:decl
type Event interface{ event() }

// What the person does.
type (
	// Place calls somebody.
	Place struct {
		Key
		Own   model.JID // full
		Peer  Peer
		Video bool
	}
	// Take accepts a call that rings, with or without sending a picture.
	Take struct {
		Key
		Video bool
	}
	// Decline refuses a call that rings.
	Decline struct{ Key }
	// HangUp ends a call in any phase.
	HangUp struct{ Key }
	// Set changes what we send while we talk: the microphone's silence, the camera, the screen, whether the call is held.
	Set struct {
		Key
		What Switch
		On   bool
	}
	// AnswerVideo says whether the picture that the other side asked to add is wanted.
	AnswerVideo struct {
		Key
		Yes bool
	}
)

// Unsealed is the App of an error of ours: see Answered.
const Unsealed = "unsealed"

// Switch is something that can be on or off in a call.
type Switch uint8

// The switches.
const (
	Muted Switch = iota
	Camera
	Screen
	OnHold
)

// DeviceKind is what a device of ours is for.
type DeviceKind uint8

// The kinds of device.
const (
	Microphone DeviceKind = iota
	Speaker
	Film    // the camera
	Display // the screen in its place; not missing: somebody ended it in another way than here
)

// What the network brings.
type (
	// Heard is a call message (XEP-0353) from the other side, or from another device of ours.
	Heard struct {
		Account model.AccountID
		Own     model.JID // full
		From    model.JID // full
		To      model.JID // of a message of ours: who it went to
		Peer    Peer
		Message wire.CallMessage
	}
	// Undelivered says that a proposal of ours came back, as it reached no device. With From, a full address, it was our proceed, and
	// that device, or its server, gave it back.
	Undelivered struct {
		Key
		From model.JID
	}
	// Asked is a Jingle request. It is answered with exactly one Reply.
	Asked struct {
		Account model.AccountID
		Own     model.JID // full
		From    model.JID // full
		Peer    Peer
		Stanza  *wire.Element // the IQ, for the Reply
		Jingle  wire.Jingle
		Proof   Proof
	}
	// Answered is the answer to an Ask. Err is nil when it was accepted. Its App is Unsealed when it was not sent, because the
	// fingerprints could not be sealed.
	Answered struct {
		Key
		Ref int // of the Ask
		Err *wire.StanzaError
	}
)

// What the transports bring.
type (
	// Described carries what an Open, Answer, Extend or Restart was to make; of a Restart nothing when it failed.
	Described struct {
		Key
		For      Purpose
		Search   int // of the Restart
		Contents []wire.Content
		Bundle   []string
	}
	// Found carries addresses of ours that the other side may try.
	Found struct {
		Key
		Contents []wire.Content
	}
	// Linked says that everything that was agreed is connected, and the keys are those that were agreed.
	Linked struct{ Key }
	// Lost says that nothing comes through any more; it may come back by itself.
	Lost struct{ Key }
	// Failed says that the transports cannot go on.
	Failed struct {
		Key
		Reason wire.Reason
	}
	// Missed says that a picture could not be added, or found no path. Name is that of its content, where one was agreed.
	Missed struct {
		Key
		Name   string
		Reason wire.Reason
	}
	// Moved says that this machine's network is another one now: every call needs new paths.
	Moved struct{}
)

// What the media bring, to be shown.
type (
	// Line says how well the line carries the call.
	Line struct {
		Key
		Quality model.Quality
	}
	// Device says whether a device of ours can be used.
	Device struct {
		Key
		What    DeviceKind
		Missing bool
		Denied  bool // because the system does not let Kith use it
	}
	// Picture says whether the other side's picture comes in.
	Picture struct {
		Key
		On bool
	}
)

// Tick says only that time has passed.
type Tick struct{}

// Purpose says which step of the agreement a description is for.
type Purpose uint8

// The purposes.
const (
	ForInitiate  Purpose = iota // the first offer
	ForAccept                   // the answer to theirs
	ForAdd                      // an added picture, offered by us
	ForAddAccept                // the answer to an added picture
	ForRestart                  // new paths, offered by us
	ForRestarted                // the answer to theirs
)

func (Place) event()       {}
func (Take) event()        {}
func (Decline) event()     {}
func (HangUp) event()      {}
func (Set) event()         {}
func (AnswerVideo) event() {}
func (Heard) event()       {}
func (Undelivered) event() {}
func (Asked) event()       {}
func (Answered) event()    {}
func (Described) event()   {}
func (Found) event()       {}
func (Linked) event()      {}
func (Lost) event()        {}
func (Failed) event()      {}
func (Missed) event()      {}
func (Moved) event()       {}
func (Line) event()        {}
func (Device) event()      {}
func (Picture) event()     {}
func (Tick) event()        {}
