package wire

import "kith/core/model"

// NSRoster is the namespace of RFC 6121 §2.
const NSRoster = "jabber:iq:roster"

// Bounds of a roster.
const (
	maxRoster = 10000
	maxGroups = 100
	maxName   = 1023
)

// Roster is the payload of a roster's answer or push (RFC 6121 §2.1).
type Roster struct {
	Version string // empty: none told
	Items   []RosterItem
}

// RosterItem is one contact (RFC 6121 §2.1.2).
type RosterItem struct {
	JID          model.JID // bare
	Name         string
	Subscription model.Subscription
	Removed      bool // the contact left the roster; only in pushes, and in RosterSet to remove it
	Asked        bool // our request to see their presence is open
	Approved     bool // we allowed them to see ours before they asked (RFC 6121 §3.4)
	Groups       []string
}

// RosterGet is the payload that asks for the roster. With versions (Features.RosterVersions), version is the one we hold, or
// empty, and the answer has no payload when that is still right (RFC 6121 §2.6).
func RosterGet(versions bool, version string) *Element {
	q := New(NSRoster, "query")
	if versions {
		q.Set("ver", version)
	}
	return q
}

// RosterSet is the payload that adds, changes or removes a contact (RFC 6121 §2.3, §2.4, §2.5). Only the address, the name
// and the groups are told, or the removal.
func RosterSet(item RosterItem) *Element {
	e := New(NSRoster, "item").Set("jid", string(item.JID))
	if item.Removed {
		return New(NSRoster, "query").Add(e.Set("subscription", "remove"))
	}
	e.SetIf("name", item.Name)
	for _, g := range item.Groups {
		e.Add(text(NSRoster, "group", g))
	}
	return New(NSRoster, "query").Add(e)
}

// ParseRoster reads an answer or a push; whether a push came from our own account is for the caller to check (RFC 6121
// §2.1.6). Items with a bad address are left out. It refuses what is no roster, or longer than any honest one.
func ParseRoster(payload *Element) (r Roster, ok bool) {
	if !payload.Is(NSRoster, "query") {
		return Roster{}, false
	}
	r.Version = short(payload.Attr("ver"))
	seen := 0
	for c := range payload.Named(NSRoster, "item") {
		if seen++; seen > maxRoster {
			return Roster{}, false
		}
		if item, ok := parseRosterItem(c); ok {
			r.Items = append(r.Items, item)
		}
	}
	return r, true
}

// Roster lets the roster of this account be as large as MaxRoster, because people have as many contacts as they have, and one that
// is cut is none. Nobody else can send what passes for it: a server puts the sender's address on all that it hands on (RFC 6120
// §8.1.2.1).
func (r *Reader) Roster(own model.JID) { r.own = own.Bare() }

// isOwnRoster says whether the beginning of an element is that of an answer with our roster, from our account or its server.
func isOwnRoster(head *Element, own model.JID) bool {
	if !head.Is(NSClient, "iq") || head.Attr("type") != TypeResult || !head.First().Is(NSRoster, "query") {
		return false
	}
	from, ok := From(head)
	return ok && (from == "" || from == own || string(from) == own.Domain())
}

func parseRosterItem(e *Element) (item RosterItem, ok bool) {
	if item.JID, ok = requiredJID(e, "jid"); !ok || !item.JID.IsBare() {
		return RosterItem{}, false
	}
	item.Name = cut(e.Attr("name"), maxName)
	switch e.Attr("subscription") {
	case "to":
		item.Subscription = model.SubTo
	case "from":
		item.Subscription = model.SubFrom
	case "both":
		item.Subscription = model.SubBoth
	case "remove":
		item.Removed = true
	}
	item.Asked = e.Attr("ask") == TypeSubscribe
	item.Approved = boolean(e.Attr("approved"))
	for g := range e.Named(NSRoster, "group") {
		if len(item.Groups) < maxGroups {
			item.Groups = append(item.Groups, cut(g.Text(), maxName))
		}
	}
	return item, true
}
