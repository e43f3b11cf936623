package widget

import "kith/core/model"

// RowKind says what a row of a timeline is.
type RowKind uint8

// The kinds of row.
const (
	BubbleRow     RowKind = iota // a message
	UnreadableRow                // something that cannot be read here; Text says why
	NoticeRow                    // something that happened to the chat
	DayRow                       // a day begins
	UnreadRow                    // what follows is new
	GapRow                       // messages are missing here
	TopRow                       // what lies before the first row is being loaded, or could not be
	CallRow                      // a call: with an icon, and its link below the words
)

// Row is one row of a timeline. It is comparable: equal rows look alike.
type Row struct {
	Key         int64 // tells the rows of one timeline apart and stays the same while the row lives
	Kind        RowKind
	Text, Time  string
	Outgoing    bool
	First, Last bool // of a group by one speaker
	State       model.State
	Fault       string // under a failed message: what is wrong
	Action      string // the link's word: "Try again", "Load"; empty for none
	Clear       bool   // travelled without encryption
	Verified    bool   // came from a device that was verified then
	Icon        string // of a CallRow
	Alarm       bool   // the icon is in the colour of warnings
}

// ChatItem is what a row of the chat list shows. It is comparable.
type ChatItem struct {
	Address, Name, Time string
	Lead, Line          string // Lead stands before Line in the colour of warnings, as "Draft: "
	Unread              int
	Online, Muted       bool
	Pinned              bool
	Typing              bool // Line says so, in the primary colour
	Failed              bool // the last message could not be sent
	Sent                bool // the last message is ours, and State holds
	State               model.State
	Marks               Marks // in Line
}

// Marks are the stretches of a text that stand out, in bytes, as what a search found. Empty ones mark nothing.
type Marks [8][2]int
