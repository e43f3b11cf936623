package wire

// NSHints is the namespace of processing hints (XEP-0334 v1.0.0).
const NSHints = "urn:xmpp:hints"

// Hint tells servers how to treat a message (XEP-0334 §4).
type Hint string

// The hints.
const (
	HintStore            Hint = "store"
	HintNoStore          Hint = "no-store"
	HintNoPermanentStore Hint = "no-permanent-store"
	HintNoCopy           Hint = "no-copy"
)

// Element is the child of a message.
func (h Hint) Element() *Element { return New(NSHints, string(h)) }

// HasHint says whether the message carries that hint.
func HasHint(message *Element, h Hint) bool { return message.Child(NSHints, string(h)) != nil }
