package model

import "time"

// AccountID numbers an account in this profile. Logs name accounts by it.
type AccountID int64

// ChatID numbers a chat in this profile; below 1<<20, as it is part of a MessageID. Logs name chats by it.
type ChatID int64

// Encryption is how a chat's messages leave.
type Encryption uint8

// OMEMO is the zero value: clear text is never the result of a forgotten field.
const (
	OMEMO Encryption = iota
	Clear            // the person chose so for this chat, explicitly
)

// String is the name that kith-headless uses.
func (e Encryption) String() string {
	if e == Clear {
		return "none"
	}
	return "omemo"
}

// Chat is one conversation of an account with one other person.
type Chat struct {
	ID         ChatID
	Account    AccountID
	JID        JID     // bare address of the other side
	Name       string  // what the list shows: the roster's name, else the local part of the address
	Last       Message // the newest; of its Body the first 300 characters
	Unread     int
	ReadUpTo   MessageID // the newest message the person has seen
	Draft      string    // what stands unsent in the composer
	Encryption Encryption
	Pinned     bool
	Muted      time.Time // until when; zero when not muted
	Request    bool      // somebody who is not a contact wrote first, and was neither answered nor accepted
	Complete   bool      // the archive holds nothing older than the oldest row
	Gaps       []Gap     // stretches of history that are known to be missing
}

// Gap is a stretch between two stored messages of a chat that the archive may still fill (XEP-0313).
type Gap struct {
	After, Before MessageID // rows on its edges; After is 0 when it lies before everything stored
}
