package wire

import (
	"time"

	"kith/core/model"
)

// NSDelay is the namespace of delayed delivery (XEP-0203 v2.0).
const NSDelay = "urn:xmpp:delay"

// maxDelays bounds how many notes are read: each one needs an address checked.
const maxDelays = 8

// Delay says when a stanza was sent that came late, and who says so (XEP-0203 §2).
type Delay struct {
	From  model.JID // who kept it; empty when not told. To be believed only from our server, or the room
	Stamp time.Time
}

// Delays reads all notes of a stanza, for several may have been left on its way. Those with a bad time or address are left
// out.
func Delays(e *Element) (out []Delay) {
	seen := 0
	for c := range e.Named(NSDelay, "delay") {
		if seen++; seen > maxDelays {
			break
		}
		stamp, ok := ParseTime(c.Attr("stamp"))
		if from, valid := optionalJID(c, "from"); ok && valid {
			out = append(out, Delay{From: from, Stamp: stamp})
		}
	}
	return out
}

// Element is the child of a stanza.
func (d Delay) Element() *Element {
	return New(NSDelay, "delay").SetIf("from", string(d.From)).Set("stamp", FormatTime(d.Stamp))
}
