package view

import (
	"strings"
	"time"

	"kith/app/lang"
	"kith/core/model"
)

// RowKind says what a row of a timeline is.
type RowKind uint8

// The kinds of row.
const (
	BubbleRow     RowKind = iota // a message
	UnreadableRow                // one or more messages that cannot be read here; Text says why
	NoticeRow                    // something that happened to the chat
	DayRow                       // a day begins
	UnreadRow                    // what follows is new
	GapRow                       // messages are missing here; Gap says between which
	TopRow                       // what lies before the first row is being loaded, or could not be
	CallRow                      // a call, and what became of it
)

// Action is what the link on a row does.
type Action uint8

// The actions of rows.
const (
	NoAction Action = iota
	TryAgain
	LoadGap
	CheckDevice
	ResetKeys
	CallBack      // somebody who called
	CallBackVideo // the same with a picture
	CallAgain     // somebody whom we called
	CallAgainVideo
)

// Text is the word on the link; empty when there is none.
func (a Action) Text() string {
	switch a {
	case TryAgain:
		return lang.T("Try again")
	case LoadGap:
		return lang.T("Load")
	case CheckDevice:
		return lang.T("Check")
	case ResetKeys:
		return lang.T("Reset")
	case CallBack, CallBackVideo:
		return lang.T("Call back")
	case CallAgain, CallAgainVideo:
		return lang.T("Call again")
	case NoAction:
	}
	return ""
}

// Calls says whether an action is a call, and whether one with a picture.
func (a Action) Calls() (yes, video bool) {
	return a >= CallBack && a <= CallAgainVideo, a == CallBackVideo || a == CallAgainVideo
}

// Row is one row of a timeline, ready to be drawn. It is comparable: equal rows look alike.
type Row struct {
	Key         int64 // tells rows of one timeline apart and stays the same while the row lives
	Kind        RowKind
	Message     model.MessageID // the message, or the first one a row stands for; 0 for rows without
	Text, Time  string
	Outgoing    bool
	First, Last bool // of a group by one speaker within three minutes
	State       model.State
	Fault       string    // under a failed message: what is wrong
	Action      Action    // of the link
	Gap         model.Gap // of a GapRow
	Clear       bool      // travelled without encryption
	Verified    bool      // came from a device that was verified then
	Call        CallSign  // of a CallRow
}

// groupTime is how close messages of one speaker stand to be drawn as a group.
const groupTime = 3 * time.Minute

// keyBits is the part of a MessageID that differs within a chat; see model.MessageID.
const keyBits = 43

func rowKey(id model.MessageID, kind RowKind) int64 {
	return int64(id)&(1<<keyBits-1)<<3 | int64(kind)
}

// topKey sorts before every message.
const topKey = -1

// builder makes the rows of a window of messages, from the oldest to the newest.
type builder struct {
	t    *Timeline
	now  time.Time
	name string
	rows []Row
	prev *model.Message // the message before; nil at the start and behind a line that separates groups
	day  int64          // of the rows so far; see dayNumber
	line bool           // the unread line stands
}

func (b *builder) build() []Row {
	b.top()
	gaps := b.t.gapsByRow()
	for i := 0; i < len(b.t.msgs); {
		m := &b.t.msgs[i]
		if g, ok := gaps[m.ID]; ok {
			b.add(Row{Key: rowKey(m.ID, GapRow), Kind: GapRow, Text: lang.T("Some messages are missing here"), Action: LoadGap, Gap: g})
		}
		b.separators(m, i)
		n := 1
		switch m.Kind {
		case model.Unreadable:
			n = b.unreadable(i, gaps)
		case model.Notice:
			b.add(Row{Key: rowKey(m.ID, NoticeRow), Kind: NoticeRow, Message: m.ID, Text: NoticeText(m)})
		case model.Called, model.MissedCall:
			b.called(m)
		case model.Text:
			b.bubble(m)
		}
		i += n
	}
	return b.rows
}

// add appends a row that stands between groups.
func (b *builder) add(r Row) {
	b.prev = nil
	b.rows = append(b.rows, r)
}

func (b *builder) top() {
	switch {
	case b.t.topFault != "":
		b.rows = append(b.rows, Row{Key: topKey, Kind: TopRow, Text: b.t.topFault, Action: TryAgain})
	case b.t.loading:
		b.rows = append(b.rows, Row{Key: topKey, Kind: TopRow, Text: lang.T("Loading earlier messages…")})
	}
}

func (b *builder) separators(m *model.Message, i int) {
	if day := b.dayOf(m); day != b.day {
		b.day = day
		b.add(Row{Key: rowKey(m.ID, DayRow), Kind: DayRow, Text: DayName(m.Time, b.now)})
	}
	if !b.line && b.t.hasLine && !m.Outgoing && m.Kind.News() && m.ID > b.t.lineAfter {
		b.line = true
		b.add(Row{Key: rowKey(m.ID, UnreadRow), Kind: UnreadRow, Text: lang.N(b.t.countNew(i), "{n} new message", "{n} new messages")})
	}
}

func (b *builder) dayOf(m *model.Message) int64 { return dayNumber(m.Time.In(b.now.Location())) }

func (b *builder) bubble(m *model.Message) {
	r := Row{
		Key: rowKey(m.ID, BubbleRow), Kind: BubbleRow, Message: m.ID, Text: Says(m), Time: Clock(m.Time, b.now),
		Outgoing: m.Outgoing, First: true, Last: true, State: m.State,
		Clear: !m.Encrypted, Verified: m.Encrypted && m.Trust == model.Verified,
	}
	if m.Outgoing && m.State == model.Failed {
		r.Fault, r.Action = FaultText(m.Fault, b.name), FaultAction(m.Fault, true)
		if r.Fault == "" {
			r.Fault, r.Action = lang.T("This message was not sent."), TryAgain
		}
	}
	if m.Outgoing && m.State == model.Pending && m.Fault != model.NoFault {
		r.Fault, r.Action = FaultText(m.Fault, b.name), waitingAction(m.Fault)
	}
	if p := b.prev; p != nil && sameGroup(p, m) {
		r.First = false
		b.rows[len(b.rows)-1].Last = false
	}
	b.rows = append(b.rows, r)
	b.prev = m
}

// waitingAction is the link on a message that waits by itself: only a decision about a device moves it on.
func waitingAction(f model.Fault) Action {
	if f == model.UndecidedTrust {
		return CheckDevice
	}
	return NoAction
}

func sameGroup(a, b *model.Message) bool {
	return a.Outgoing == b.Outgoing && a.From == b.From && b.Time.Sub(a.Time) < groupTime && a.Encrypted == b.Encrypted
}

// unreadable adds one row for the run of messages that cannot be read here for the same reason, and says how many it took.
func (b *builder) unreadable(i int, gaps map[model.MessageID]model.Gap) int {
	m := &b.t.msgs[i]
	n := 1
	for i+n < len(b.t.msgs) && b.joins(m, &b.t.msgs[i+n], gaps) {
		n++
	}
	// The key is the last one's: a run that grows at its old end while history loads stays the same row.
	last := &b.t.msgs[i+n-1]
	r := Row{
		Key: rowKey(last.ID, UnreadableRow), Kind: UnreadableRow, Message: m.ID, Outgoing: m.Outgoing,
		Time: Clock(last.Time, b.now), Text: unreadableText(m, n, b.name), Action: FaultAction(m.Fault, false),
	}
	b.add(r)
	return n
}

// joins says whether x belongs to the run of unreadable messages that m began: same reason, same day, no line between.
func (b *builder) joins(m, x *model.Message, gaps map[model.MessageID]model.Gap) bool {
	if x.Kind != model.Unreadable || x.Fault != m.Fault || x.Outgoing != m.Outgoing && m.Fault != model.NotForUs {
		return false
	}
	if _, gap := gaps[x.ID]; gap || b.dayOf(x) != b.day {
		return false
	}
	return b.line || !b.t.hasLine || x.Outgoing || x.ID <= b.t.lineAfter
}

func unreadableText(m *model.Message, n int, name string) string {
	switch {
	case n == 1 && m.Outgoing && m.Fault != model.NotForUs:
		return lang.T("You sent something from another device that this one can't read.")
	case n == 1:
		return FaultText(m.Fault, name)
	case m.Fault == model.NotForUs:
		return lang.N(n, "{n} message was sent to your other devices before this one was added.",
			"{n} messages were sent to your other devices before this one was added.")
	case m.Fault == model.NoSession && !m.Outgoing:
		return lang.N(n, "{name} sent {n} message that this device can't read yet. Asking for it again…",
			"{name} sent {n} messages that this device can't read yet. Asking for them again…", "name", name)
	case m.Fault == model.BadMessage && !m.Outgoing:
		return lang.N(n, "{n} message from {name} arrived damaged and can't be read. Ask them to send it again.",
			"{n} messages from {name} arrived damaged and can't be read. Ask them to send them again.", "name", name)
	case m.Outgoing:
		return lang.N(n, "You sent {n} message from another device that this one can't read.",
			"You sent {n} messages from another device that this one can't read.")
	}
	return lang.N(n, "{n} message. {fault}", "{n} messages. {fault}", "fault", strings.TrimSpace(FaultText(m.Fault, name)))
}
