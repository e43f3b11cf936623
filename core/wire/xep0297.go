package wire

import "time"

// NSForward is the namespace of stanza forwarding (XEP-0297 v1.0).
const NSForward = "urn:xmpp:forward:0"

// Forwarded is a message inside another (XEP-0297 §3.1).
type Forwarded struct {
	Stamp   time.Time // zero when not told
	Message *Element  // nil when there is none, as archives have it for what was removed
}

// ParseForwarded unwraps what e, the parent of a <forwarded>, holds. It refuses more than one message.
func ParseForwarded(e *Element) (f Forwarded, ok bool) {
	w := e.Child(NSForward, "forwarded")
	if w == nil {
		return Forwarded{}, false
	}
	if t, ok := ParseTime(w.Child(NSDelay, "delay").Attr("stamp")); ok {
		f.Stamp = t
	}
	for m := range w.Named(NSClient, "message") {
		if f.Message != nil {
			return Forwarded{}, false
		}
		f.Message = m
	}
	return f, true
}

// Element is the <forwarded>.
func (f Forwarded) Element() *Element {
	e := New(NSForward, "forwarded")
	if !f.Stamp.IsZero() {
		e.Add(Delay{Stamp: f.Stamp}.Element())
	}
	return e.Add(f.Message)
}
