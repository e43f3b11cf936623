package model

// Subscription is who sees whose presence (RFC 6121 §2.1.2.5).
type Subscription uint8

// The subscriptions.
const (
	SubNone Subscription = iota
	SubTo                // we see theirs
	SubFrom              // they see ours
	SubBoth
)

var subNames = [...]string{"none", "to", "from", "both"}

// String is the word on the wire.
func (s Subscription) String() string { return subNames[s&3] }

// Presence is the best availability over all of a contact's connections.
type Presence uint8

// The presences, from absent to free to talk.
const (
	Unavailable Presence = iota
	Away
	Available
)

var presenceNames = [...]string{"offline", "away", "online"}

// String is the name that kith-headless uses.
func (p Presence) String() string { return presenceNames[min(int(p), 2)] }

// Contact is a roster item (RFC 6121 §2), or somebody who asks to become one.
type Contact struct {
	Account      AccountID
	JID          JID // bare
	Name         string
	Subscription Subscription
	Asked        bool // we asked, they have not answered
	Asking       bool // they asked to see our presence, we have not answered
	InRoster     bool
	Presence     Presence
}
