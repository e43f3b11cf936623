package model

import (
	"fmt"
	"time"
)

// MessageID names a stored message: chat<<43 | milliseconds since 2015<<2 | n. It sorts a chat by time and keeps the rows of
// a chat together on disk. It never leaves the database of one device and never changes, also when the server later tells
// another time.
type MessageID int64

// epochMS is 2015-01-01T00:00:00Z in Unix milliseconds, the zero of a MessageID's time.
const epochMS = 1420070400000

// MaxTime is the latest time a MessageID can hold. Times from outside are bounded long before it; see BoundTime.
var maxMS = int64(1)<<41 - 1

// MessageIDAt is the first identity a message of chat at t can have (n = 0). Times before 2015 and beyond 2084 are clamped.
func MessageIDAt(chat ChatID, t time.Time) MessageID {
	ms := min(max(t.UnixMilli()-epochMS, 0), maxMS)
	return MessageID(int64(chat)<<43 | ms<<2)
}

// Chat is the chat the message belongs to.
func (id MessageID) Chat() ChatID { return ChatID(id >> 43) }

// Time is when the message was sent as far as its place in the chat is concerned.
func (id MessageID) Time() time.Time {
	return time.UnixMilli(int64(id)>>2&maxMS + epochMS).UTC()
}

// Next is the identity behind id within the same chat: the next n, then the next millisecond.
func (id MessageID) Next() MessageID { return id + 1 }

// Kind says what a row of the timeline is.
type Kind uint8

// The kinds of row.
const (
	Text       Kind = iota // Body is what somebody wrote
	Unreadable             // something encrypted that could not be read; Fault says why
	Notice                 // something that happened to the chat: a new device, a verification; Body is one of the Notice texts
	Called                 // a call; Body is a CallRecord, OriginID the CallID
	MissedCall             // a call that no device of ours took, otherwise like Called
)

// News says whether a row of that kind that somebody else caused is something to be read: it counts as unread and is notified.
func (k Kind) News() bool { return k == Text || k == Unreadable || k == MissedCall }

// IsCall says whether the row keeps a call.
func (k Kind) IsCall() bool { return k == Called || k == MissedCall }

// NoticeSilent is the Body of a Notice that a device of the other side was given up: see Device.Silent. Message.Device tells which.
const NoticeSilent = "device-silent"

// State is how far an outgoing message got. It only grows, except to Failed.
type State uint8

// The states in their order.
const (
	Pending   State = iota // stored, not yet accepted by the server
	Sent                   // acknowledged by our server (XEP-0198)
	Delivered              // acknowledged by a device of the other side (XEP-0184)
	Read                   // displayed there (XEP-0333)
	Failed                 // given up; Fault says why, retry is possible
)

var stateNames = [...]string{"pending", "sent", "delivered", "read", "failed"}

// String is the name that kith-headless uses.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Fault says why a message failed or cannot be read. The interface turns it into a sentence.
type Fault uint8

// The faults.
const (
	NoFault        Fault = iota
	NoSession            // encrypted for a session this device does not have (yet)
	NotForUs             // the sender's device did not encrypt for this device
	BadMessage           // could not be decrypted: damaged, forged or out of step
	OldFormat            // an outdated form of OMEMO that Kith refuses (key without tag)
	NoDevices            // the other side has no device that can read encrypted messages
	UndecidedTrust       // a new device waits for the person's decision
	Refused              // the server or the other side answered with an error
	Unknown              // an encryption Kith does not speak
	KeyChanged           // came with another identity key than this device had before
	TooMuch              // larger, deeper or more tangled than Kith reads; only whose it was is known
)

var faultNames = [...]string{"", "no-session", "not-for-this-device", "bad-message", "old-format", "no-devices", "undecided", "refused", "unknown-encryption", "identity-changed", "too-much"}

// String is the name that kith-headless uses; empty for NoFault.
func (f Fault) String() string {
	if int(f) < len(faultNames) {
		return faultNames[f]
	}
	return fmt.Sprintf("fault(%d)", uint8(f))
}

// Message is one row of a chat.
type Message struct {
	ID       MessageID
	Chat     ChatID
	Kind     Kind
	From     JID    // bare address of the sender in 1:1 chats
	Outgoing bool   // ours, from this or another of our devices
	OriginID string // XEP-0359 origin-id, or the stanza's id where there is none; the id that receipts and markers name
	ServerID string // XEP-0359 stanza-id given by the archive of our own account; empty until known
	Time     time.Time
	Body     string
	State    State // of outgoing messages
	Fault    Fault

	Encrypted   bool
	Device      DeviceID    // of the sender, when Encrypted
	Fingerprint Fingerprint // the identity key it came with, when Encrypted
	Trust       Trust       // what that key was worth when the message arrived

	WantsReceipt bool // the sender asked for a receipt (XEP-0184)
	Markable     bool // the sender asked for read markers (XEP-0333)
}

// Draft is what the person is about to send.
type Draft struct {
	Body string
}

// Page asks for at most Limit messages on one side of Around.
type Page struct {
	Around MessageID // 0: from the newest
	Newer  bool      // the ones after Around instead of those before
	Limit  int
}
