package wire

import (
	"strconv"

	"kith/core/model"
)

// Types of a presence (RFC 6121 §4.7.1); TypeError is one more, and an available presence has none.
const (
	TypeUnavailable  = "unavailable"
	TypeSubscribe    = "subscribe"
	TypeSubscribed   = "subscribed"
	TypeUnsubscribe  = "unsubscribe"
	TypeUnsubscribed = "unsubscribed"
	TypeProbe        = "probe"
)

// Presence is a presence stanza (RFC 6121 §4).
type Presence struct {
	To, From model.JID
	ID, Type string // Type is empty for "available"
	Show     string // away, chat, dnd, xa or empty
	Status   string // what the person wrote, shortened
	Priority int8
}

// ParsePresence refuses what is no presence, has a bad address or an unknown type. A Show that is not defined is absent, a
// Priority that is no number is 0.
func ParsePresence(e *Element) (p Presence, ok bool) {
	if !e.Is(NSClient, "presence") {
		return Presence{}, false
	}
	var from, to bool
	p.From, from = From(e)
	p.To, to = To(e)
	p.ID, p.Type = ID(e), e.Attr("type")
	switch p.Type {
	case "", TypeError, TypeUnavailable, TypeSubscribe, TypeSubscribed, TypeUnsubscribe, TypeUnsubscribed, TypeProbe:
	default:
		return Presence{}, false
	}
	switch show := childText(e, NSClient, "show"); show {
	case "away", "chat", "dnd", "xa":
		p.Show = show
	}
	p.Status = cut(childText(e, NSClient, "status"), maxText)
	if v, err := strconv.ParseInt(childText(e, NSClient, "priority"), 10, 8); err == nil {
		p.Priority = int8(v)
	}
	return p, from && to
}

// Element is the presence as sent; more children, as Caps, may be added.
func (p Presence) Element() *Element {
	e := New(NSClient, "presence").SetIf("to", string(p.To)).SetIf("from", string(p.From)).
		SetIf("id", p.ID).SetIf("type", p.Type)
	if p.Show != "" {
		e.Add(text(NSClient, "show", p.Show))
	}
	if p.Status != "" {
		e.Add(text(NSClient, "status", p.Status))
	}
	if p.Priority != 0 {
		e.Add(text(NSClient, "priority", strconv.Itoa(int(p.Priority))))
	}
	return e
}

// Availability is what the presence says in Kith's words.
func (p Presence) Availability() model.Presence {
	switch {
	case p.Type != "":
		return model.Unavailable
	case p.Show == "away" || p.Show == "xa" || p.Show == "dnd":
		return model.Away
	default:
		return model.Available
	}
}
