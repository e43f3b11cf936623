package wire

import "kith/core/model"

// Namespaces of RFC 6120.
const (
	NSStream  = "http://etherx.jabber.org/streams"
	NSStreams = "urn:ietf:params:xml:ns:xmpp-streams"
	NSTLS     = "urn:ietf:params:xml:ns:xmpp-tls"
	NSBind    = "urn:ietf:params:xml:ns:xmpp-bind"
	NSSession = "urn:ietf:params:xml:ns:xmpp-session"
)

// Features is what a server offers on a stream (RFC 6120 §4.3.2). Unknown features are passed over.
type Features struct {
	StartTLS         bool
	StartTLSRequired bool
	Mechanisms       []string // SASL (RFC 6120 §6), in the server's order
	Bindings         []string // channel bindings (XEP-0440), in the server's order
	Bind             bool
	Session          bool // RFC 3921 sessions are demanded, not just offered
	SM               bool // XEP-0198
	CSI              bool // XEP-0352
	RosterVersions   bool // RFC 6121 §2.6
	PreApproval      bool // RFC 6121 §3.4
	Caps             Caps // of the server (XEP-0115); Ver is empty when it says none
}

// maxOffers bounds lists of mechanisms and bindings.
const maxOffers = 64

// ParseFeatures refuses only what is no features element.
func ParseFeatures(e *Element) (f Features, ok bool) {
	if !e.Is(NSStream, "features") {
		return Features{}, false
	}
	for c := range e.Children() {
		switch {
		case c.Is(NSTLS, "starttls"):
			f.StartTLS = true
			f.StartTLSRequired = c.Child(NSTLS, "required") != nil
		case c.Is(NSSASL, "mechanisms"):
			f.Mechanisms = parseMechanisms(c)
		case c.Is(NSChannelBinding, "sasl-channel-binding"):
			f.Bindings = parseBindings(c)
		case c.Is(NSSession, "session"):
			f.Session = c.Child(NSSession, "optional") == nil
		}
	}
	f.Bind = e.Child(NSBind, "bind") != nil
	f.SM = e.Child(NSSM, "sm") != nil
	f.CSI = e.Child(NSCSI, "csi") != nil
	f.RosterVersions = e.Child("urn:xmpp:features:rosterver", "ver") != nil
	f.PreApproval = e.Child("urn:xmpp:features:pre-approval", "sub") != nil
	f.Caps, _ = ParseCaps(e)
	return f, true
}

// OpenStream is the opening tag of a client's stream (RFC 6120 §4.2). from and lang may be empty; from may be told only when
// the stream is encrypted.
func OpenStream(to, from model.JID, lang string) []byte {
	b := []byte("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='" + NSStream + "' version='1.0'")
	for i, a := range []Attr{{"", "to", string(to)}, {"", "from", string(from)}, {NSXML, "lang", lang}} {
		if a.Value != "" {
			b = appendAttr(b, &a, i)
		}
	}
	return append(b, '>')
}

// CloseStream is the end of a stream (RFC 6120 §4.4).
func CloseStream() []byte { return []byte("</stream:stream>") }

// StreamError ends a stream (RFC 6120 §4.9). As an error its text is the condition alone, always one of the defined ones.
type StreamError struct {
	Condition string
	Text      string // what the server says about it, shortened
	OtherHost string // of see-other-host: where to go, unchecked
}

// Error is the condition.
func (e *StreamError) Error() string { return e.Condition }

// streamConditions holds the conditions of RFC 6120 §4.9.3.
var streamConditions = map[string]bool{
	"bad-format": true, "bad-namespace-prefix": true, "conflict": true, "connection-timeout": true, "host-gone": true,
	"host-unknown": true, "improper-addressing": true, "internal-server-error": true, "invalid-from": true,
	"invalid-namespace": true, "invalid-xml": true, "not-authorized": true, "not-well-formed": true,
	"policy-violation": true, "remote-connection-failed": true, "reset": true, "resource-constraint": true,
	"restricted-xml": true, "see-other-host": true, "system-shutdown": true, "undefined-condition": true,
	"unsupported-encoding": true, "unsupported-feature": true, "unsupported-stanza-type": true,
	"unsupported-version": true,
}

// ParseStreamError is nil when e is no stream error.
func ParseStreamError(e *Element) *StreamError {
	if !e.Is(NSStream, "error") {
		return nil
	}
	out := &StreamError{Condition: UndefinedCondition}
	for c := range e.Children() {
		switch {
		case c.Is(NSStreams, "text"):
			out.Text = cut(c.Text(), maxText)
		case c.Space == NSStreams && streamConditions[c.Local]:
			out.Condition = c.Local
			if c.Local == "see-other-host" {
				out.OtherHost = short(c.Text())
			}
		}
	}
	return out
}

// Append serialises the error as it must stand on a stream that OpenStream began, with the prefix that old servers insist on.
func (e *StreamError) Append(dst []byte) []byte {
	dst = append(dst, "<stream:error>"...)
	dst = New(NSStreams, e.Condition).Append(dst, NSClient)
	return append(dst, "</stream:error>"...)
}

// StartTLS asks for encryption (RFC 6120 §5.4.2.1).
func StartTLS() *Element { return New(NSTLS, "starttls") }

// IsProceed says whether e is the server's go-ahead for TLS (RFC 6120 §5.4.2.3); everything else in its place is a failure.
func IsProceed(e *Element) bool { return e.Is(NSTLS, "proceed") }

// BindRequest is the payload that asks for a resource (RFC 6120 §7.6, §7.7); for one of the server's choice when empty.
func BindRequest(resource string) *Element {
	b := New(NSBind, "bind")
	if resource != "" {
		b.Add(text(NSBind, "resource", resource))
	}
	return b
}

// ParseBind takes the full address that the server gave out from the payload of its result.
func ParseBind(payload *Element) (model.JID, bool) {
	if !payload.Is(NSBind, "bind") {
		return "", false
	}
	j, err := model.ParseJID(childText(payload, NSBind, "jid"))
	if err != nil || j.Resource() == "" {
		return "", false
	}
	return j, true
}

// SessionRequest is the payload that servers of RFC 3921 still demand behind bind (Features.Session).
func SessionRequest() *Element { return New(NSSession, "session") }
