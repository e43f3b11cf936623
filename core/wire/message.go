package wire

import "kith/core/model"

// Types of a message (RFC 6121 §5.2.2); TypeError is the fifth.
const (
	TypeChat      = "chat"
	TypeGroupchat = "groupchat"
	TypeHeadline  = "headline"
	TypeNormal    = "normal"
)

// NewMessage makes a message without content. id may be empty for one that nobody will refer to.
func NewMessage(to model.JID, typ, id string) *Element {
	return New(NSClient, "message").SetIf("to", string(to)).Set("type", typ).SetIf("id", id)
}

// IsMessage says whether e is a message stanza.
func IsMessage(e *Element) bool { return e.Is(NSClient, "message") }

// MessageType is one of the five types; an unknown one counts as normal, as RFC 6121 §5.2.2 has it.
func MessageType(e *Element) string {
	switch t := e.Attr("type"); t {
	case TypeChat, TypeGroupchat, TypeHeadline, TypeError:
		return t
	default:
		return TypeNormal
	}
}

// Body is what the message says (RFC 6121 §5.2.3): the body without a language, else the first one. ok tells an empty body
// from none.
func Body(e *Element) (body string, ok bool) {
	var found *Element
	for c := range e.Named(NSClient, "body") {
		if c.Lang() == "" {
			found = c
			break
		}
		if found == nil {
			found = c
		}
	}
	return found.Text(), found != nil
}

// BodyElement is the child that holds what the message says.
func BodyElement(s string) *Element { return text(NSClient, "body", s) }

// Thread is the conversation that the message belongs to (RFC 6121 §5.2.5); empty when it says none.
func Thread(e *Element) string { return short(childText(e, NSClient, "thread")) }

// ThreadElement is the child that names the conversation.
func ThreadElement(id string) *Element { return text(NSClient, "thread", id) }
