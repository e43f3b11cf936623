package wire

import "kith/core/model"

// NSCallMessage is the namespace of Jingle Message Initiation (XEP-0353 v0.8.0).
const NSCallMessage = "urn:xmpp:jingle-message:0"

// CallVerb is what a call message does (XEP-0353 §4).
type CallVerb string

// The verbs. CallAccept is of older versions; Dino's other devices listen to it.
const (
	CallPropose CallVerb = "propose"
	CallRinging CallVerb = "ringing"
	CallProceed CallVerb = "proceed"
	CallAccept  CallVerb = "accept"
	CallReject  CallVerb = "reject"
	CallRetract CallVerb = "retract"
	CallFinish  CallVerb = "finish"
)

// CallMessage is what a message says about a call that is being set up, or is over (XEP-0353 §4).
type CallMessage struct {
	Verb     CallVerb
	SID      string
	Audio    bool // of CallPropose: what is asked for
	Video    bool
	Device   model.DeviceID // of CallProceed: the OMEMO device that verifies fingerprints (draft NSSealedDTLS); 0 when absent
	Reason   Reason
	TieBreak bool   // the reason carries a tie-break
	Migrated string // of CallFinish: the session that goes on in place of this one
}
