package wire

// NSCarbons is the namespace of message carbons (XEP-0280 v1.0.1).
const NSCarbons = "urn:xmpp:carbons:2"

// CarbonsEnable is the payload that asks for carbons (XEP-0280 §4).
func CarbonsEnable() *Element { return New(NSCarbons, "enable") }

// Carbon is a copy of a message that another of our devices sent or received (XEP-0280 §7, §8).
type Carbon struct {
	Sent bool // else received
	Forwarded
}

// ParseCarbon unwraps a copy. Only our own bare address may send one: the caller must check the From of the outer message,
// and that the inner one fits (XEP-0280 §11).
func ParseCarbon(message *Element) (c Carbon, ok bool) {
	e := message.Child(NSCarbons, "received")
	if sent := message.Child(NSCarbons, "sent"); sent != nil {
		if e != nil {
			return Carbon{}, false
		}
		e, c.Sent = sent, true
	}
	c.Forwarded, ok = ParseForwarded(e)
	return c, ok && c.Message != nil
}

// CarbonPrivate is the child that keeps a message from being copied (XEP-0280 §9); HintNoCopy goes with it.
func CarbonPrivate() *Element { return New(NSCarbons, "private") }
