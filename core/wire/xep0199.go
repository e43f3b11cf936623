package wire

// NSPing is the namespace of XEP-0199 (v2.0.1).
const NSPing = "urn:xmpp:ping"

// Ping is the payload of a ping (XEP-0199 §4); any answer to it, also an error, shows that the other side lives.
func Ping() *Element { return New(NSPing, "ping") }

// IsPing says whether the request is a ping, to be answered by an empty Result.
func IsPing(iq IQ) bool { return iq.Type == TypeGet && iq.Payload.Is(NSPing, "ping") }
