package wire

import "kith/core/model"

// NSCallMessage is the namespace of Jingle Message Initiation (XEP-0353 v0.8.0).
const NSCallMessage = "urn:xmpp:jingle-message:0"

// CallVerb is what a call message does (XEP-0353 §3).
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

// CallMessage is what a message says about a call that is being set up, or is over (XEP-0353 §3).
type CallMessage struct {
	Verb     CallVerb
	SID      string
	Audio    bool // of CallPropose: what is asked for
	Video    bool
	Device   model.DeviceID // of CallProceed: the OMEMO device that verifies fingerprints (draft NSSealedDTLS); 0 when absent
	Reason   Reason
	TieBreak bool   // of CallReject and CallRetract: two proposals crossed
	Migrated string // of CallFinish: the session that goes on in place of this one
}

// ParseCallMessage takes a call message out of a message. It refuses one without session id, and a proposal of anything but
// sound and picture.
func ParseCallMessage(message *Element) (m CallMessage, ok bool) {
	for e := range message.Children() {
		if e.Space == NSCallMessage && isCallVerb(CallVerb(e.Local)) {
			return parseCallMessage(e)
		}
	}
	return CallMessage{}, false
}

func parseCallMessage(e *Element) (m CallMessage, ok bool) {
	m = CallMessage{Verb: CallVerb(e.Local), SID: e.Attr("id")}
	if !isVisible(m.SID, maxSIDBytes) {
		return CallMessage{}, false
	}
	m.Reason, _ = parseReason(e)
	switch m.Verb {
	case CallPropose:
		for c := range e.Named(NSJingleRTP, "description") {
			m.Audio = m.Audio || c.Attr("media") == "audio"
			m.Video = m.Video || c.Attr("media") == "video"
		}
		return m, m.Audio || m.Video
	case CallProceed:
		m.Device, _ = deviceID(e.Child(NSSealedDTLS, "device").Attr("id"))
	case CallReject, CallRetract:
		m.TieBreak = e.Child(NSCallMessage, "tie-break") != nil
	case CallFinish:
		m.Migrated = parseMigrated(e)
	case CallRinging, CallAccept: // have nothing to add
	}
	return m, true
}

// parseMigrated reads the session that goes on. Monal puts the element into the namespace of the reason beside it.
func parseMigrated(finish *Element) string {
	for c := range finish.Children() {
		if to := c.Attr("to"); c.Local == "migrated" && (c.Space == NSCallMessage || c.Space == NSJingle) && isVisible(to, maxSIDBytes) {
			return to
		}
	}
	return ""
}

func isCallVerb(v CallVerb) bool {
	switch v {
	case CallPropose, CallRinging, CallProceed, CallAccept, CallReject, CallRetract, CallFinish:
		return true
	}
	return false
}

// Element is the child of a message.
func (m CallMessage) Element() *Element {
	e := New(NSCallMessage, string(m.Verb)).Set("id", m.SID)
	if m.Audio {
		e.Add(New(NSJingleRTP, "description").Set("media", "audio"))
	}
	if m.Video {
		e.Add(New(NSJingleRTP, "description").Set("media", "video"))
	}
	if m.Device != 0 {
		e.Add(DeviceSealed(m.Device))
	}
	e.Add(m.Reason.element(""))
	if m.TieBreak {
		e.Add(New(NSCallMessage, "tie-break"))
	}
	if m.Migrated != "" {
		e.Add(New(NSCallMessage, "migrated").Set("to", m.Migrated))
	}
	return e
}
