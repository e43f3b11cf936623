package wire

import "kith/core/model"

// Namespaces of RFC 6120 §8.
const (
	NSClient  = "jabber:client"
	NSStanzas = "urn:ietf:params:xml:ns:xmpp-stanzas"
)

// Types of an IQ (RFC 6120 §8.2.3); a message and a presence may be of TypeError, too.
const (
	TypeGet    = "get"
	TypeSet    = "set"
	TypeResult = "result"
	TypeError  = "error"
)

// IsStanza says whether e is a message, presence or IQ: what XEP-0198 counts.
func IsStanza(e *Element) bool {
	return e != nil && e.Space == NSClient && (e.Local == "message" || e.Local == "presence" || e.Local == "iq")
}

// From is the normalised sender; empty when there is none. ok is false when there is one and it is no address: such a stanza
// must be ignored, since nobody can tell whom it speaks for.
func From(e *Element) (from model.JID, ok bool) { return optionalJID(e, "from") }

// To is the normalised recipient, like From.
func To(e *Element) (to model.JID, ok bool) { return optionalJID(e, "to") }

// ID is the stanza's id; empty when absent or unreasonably long.
func ID(e *Element) string { return short(e.Attr("id")) }

// IQ is a request or its answer (RFC 6120 §8.2.3).
type IQ struct {
	ID, Type string
	To, From model.JID
	Payload  *Element     // the request's one child; nil in most results. Of an error: what was sent, if it came back
	Error    *StanzaError // of an IQ of TypeError, and only there
}

// ParseIQ refuses (ok false) what is no IQ, has no id, an unknown type or a bad address, and a request without payload.
// Such a request is to be answered by ErrorReply with BadRequest.
func ParseIQ(e *Element) (iq IQ, ok bool) {
	if !e.Is(NSClient, "iq") {
		return IQ{}, false
	}
	var from, to bool
	iq = IQ{ID: ID(e), Type: e.Attr("type")}
	iq.From, from = From(e)
	iq.To, to = To(e)
	if iq.ID == "" || !from || !to {
		return IQ{}, false
	}
	iq.Payload = e.First()
	switch iq.Type {
	case TypeGet, TypeSet:
		return iq, iq.Payload != nil
	case TypeResult:
		return iq, true
	case TypeError:
		iq.Error = ParseError(e)
		if iq.Payload.Is(NSClient, "error") {
			iq.Payload = nil
		}
		return iq, true
	default:
		return IQ{}, false
	}
}

// Element is the IQ as sent.
func (iq IQ) Element() *Element {
	e := New(NSClient, "iq").SetIf("to", string(iq.To)).SetIf("from", string(iq.From)).
		Set("id", iq.ID).Set("type", iq.Type).Add(iq.Payload)
	if iq.Error != nil {
		e.Add(iq.Error.Element())
	}
	return e
}

// Result answers a request. payload may be nil.
func Result(request IQ, payload *Element) *Element {
	return IQ{ID: request.ID, Type: TypeResult, To: request.From, Payload: payload}.Element()
}

// ErrorReply answers e, an IQ of type get or set, with an error; the condition decides its type. It returns nil for
// everything that must not be answered, errors first of all.
func ErrorReply(e *Element, condition string) *Element {
	if t := e.Attr("type"); !e.Is(NSClient, "iq") || t != TypeGet && t != TypeSet || ID(e) == "" {
		return nil
	}
	failure := StanzaError{Type: errorType(condition), Condition: condition}
	return New(NSClient, "iq").SetIf("to", e.Attr("from")).Set("id", e.Attr("id")).Set("type", TypeError).
		Add(failure.Element())
}
