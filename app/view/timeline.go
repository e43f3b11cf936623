package view

import (
	"slices"
	"time"

	"kith/core"
	"kith/core/model"
)

// The sizes of a timeline, in messages.
const (
	PageSize  = 50  // read at once
	Window    = 400 // held after paging
	windowMax = 500 // held while live messages arrive, before the far end is let go
)

// Timeline is a window of at most 500 messages of one chat, and the rows they make. It pages by message at both ends, so
// that a chat of a million messages costs no more than one of fifty.
type Timeline struct {
	Chat model.Chat

	span
	rows []Row

	looking   bool // the person sees the bottom right now: what arrives is not new to them
	hasLine   bool // an unread line stands…
	lineAfter model.MessageID

	callable bool   // the other side can be called
	loading  bool   // older messages are on their way
	topFault string // why they are not
	now      time.Time
}

// readBefore is how many messages that were read are had before those that were not, when a chat opens.
const readBefore = 10

// FirstPage is what to read to open a chat: the newest messages, and among them those the person has not seen, as far as the window
// holds them. Else the chat would open somewhere in what is new, and what lies before would be passed over.
func FirstPage(chat model.Chat) model.Page {
	return model.Page{Limit: min(max(PageSize, chat.Unread+readBefore), Window)}
}

// NewTimeline shows the newest page of a chat, read as FirstPage says. The unread line stands after what the person has read.
func NewTimeline(chat model.Chat, page []model.Message, now time.Time) *Timeline {
	t := &Timeline{Chat: chat, now: now, hasLine: chat.Unread > 0, lineAfter: chat.ReadUpTo}
	t.Reset(page, len(page) < FirstPage(chat).Limit, true, now)
	return t
}

// Reset replaces the window, as when jumping to a message or to the newest one.
func (t *Timeline) Reset(msgs []model.Message, oldest, newest bool, now time.Time) {
	t.msgs, t.oldest, t.newest, t.now = sortedUnique(msgs), oldest, newest, now
	t.rebuild()
}

// Len is the number of rows.
func (t *Timeline) Len() int { return len(t.rows) }

// Row is row i, from the oldest at 0.
func (t *Timeline) Row(i int) Row { return t.rows[i] }

// Empty says that the chat has no messages at all, as far as is known: what the archive sends comes as a change.
func (t *Timeline) Empty() bool { return len(t.msgs) == 0 && t.newest }

// IndexOf is the row that shows a message, or -1.
func (t *Timeline) IndexOf(id model.MessageID) int {
	return slices.IndexFunc(t.rows, func(r Row) bool { return r.Message == id && id != 0 })
}

// UnreadIndex is the row of the unread line, or -1.
func (t *Timeline) UnreadIndex() int {
	return slices.IndexFunc(t.rows, func(r Row) bool { return r.Kind == UnreadRow })
}

// Look says whether the person sees the bottom of the chat now. While they do, arriving messages draw no unread line.
func (t *Timeline) Look(seen bool) { t.looking = seen }

// Looking says what Look was told last.
func (t *Timeline) Looking() bool { return t.looking }

// Apply takes over what a commit changed in this chat and returns the first row that looks different: Len when none does.
// Messages outside the window are left to paging. An event with Reload carries no messages: the caller reads the window
// again (ReloadPage) and calls Reset.
func (t *Timeline) Apply(ev core.ChatChanged) (first int) {
	before := t.Chat
	t.Chat = ev.Chat
	for _, m := range ev.Messages {
		t.put(m, before)
	}
	for _, id := range ev.Removed {
		if i, ok := t.find(id); ok {
			t.msgs = slices.Delete(t.msgs, i, i+1)
		}
	}
	if len(t.msgs) > windowMax {
		t.trimTo(Window, t.looking)
	}
	return t.rebuild()
}

// put adds or replaces a message if it lies in the window.
func (t *Timeline) put(m model.Message, before model.Chat) {
	i, ok := t.find(m.ID)
	if ok {
		t.msgs[i] = m
		return
	}
	if i == 0 && !t.oldest && len(t.msgs) > 0 || i == len(t.msgs) && !t.newest {
		return
	}
	if i == len(t.msgs) {
		t.drawLine(m, before)
	}
	t.msgs = slices.Insert(t.msgs, i, m)
}

// drawLine moves the unread line when a message arrives at the end.
func (t *Timeline) drawLine(m model.Message, before model.Chat) {
	switch {
	case m.Outgoing:
		t.hasLine = false
	case !t.looking && !t.hasLine && m.ID > before.ReadUpTo:
		t.hasLine, t.lineAfter = true, max(before.ReadUpTo, t.Newest())
	}
}

// Tick redraws for a later time: "Today" becomes "Yesterday". It returns the first row that changed.
func (t *Timeline) Tick(now time.Time) (first int) {
	t.now = now
	return t.rebuild()
}

// SetLoading says that older messages are on their way, or why they did not come; both empty when they came.
func (t *Timeline) SetLoading(loading bool, fault string) (first int) {
	t.loading, t.topFault = loading, fault
	return t.rebuild()
}

// SetCallable says whether the other side can be called: only then do calls of the past offer another one.
func (t *Timeline) SetCallable(yes bool) (first int) {
	t.callable = yes
	return t.rebuild()
}

// Callable says whether the other side can be called.
func (t *Timeline) Callable() bool { return t.callable }

// Loading says whether older messages are on their way.
func (t *Timeline) Loading() bool { return t.loading }

// Fault is why older messages did not come; empty when nothing is known to be wrong.
func (t *Timeline) Fault() string { return t.topFault }

// ReloadPage is what to read after a Reload event: the newest page, or as much as is shown, up to the window.
func (t *Timeline) ReloadPage() model.Page {
	limit := min(max(len(t.msgs), PageSize), Window)
	if t.newest || len(t.msgs) == 0 {
		return model.Page{Limit: limit}
	}
	return model.Page{Around: t.Newest().Next(), Limit: limit}
}

// Reloaded takes over what was read for ReloadPage.
func (t *Timeline) Reloaded(p model.Page, msgs []model.Message, chat model.Chat) {
	t.Chat = chat
	t.Reset(msgs, len(msgs) < p.Limit, p.Around == 0, t.now)
}

// Paged takes over a page that was read for OlderPage or NewerPage and lets go of the other end of the window. A page that
// no longer fits (the window was moved meanwhile) is left out.
func (t *Timeline) Paged(p model.Page, msgs []model.Message) (first int) {
	switch {
	case len(t.msgs) == 0:
		return len(t.rows)
	case p.Newer && p.Around == t.Newest():
		t.msgs = sortedUnique(append(slices.Clone(t.msgs), msgs...))
		t.newest = len(msgs) < p.Limit
		t.trimTo(Window, true)
	case !p.Newer && p.Around == t.msgs[0].ID:
		t.msgs = sortedUnique(append(slices.Clone(msgs), t.msgs...))
		t.oldest = len(msgs) < p.Limit
		t.trimTo(Window, false)
	default:
		return len(t.rows)
	}
	return t.rebuild()
}

// NeedsArchive says whether older messages can only come from the archive now.
func (t *Timeline) NeedsArchive() bool { return t.oldest && !t.Chat.Complete }

// ClearLine takes the unread line away.
func (t *Timeline) ClearLine() (first int) {
	t.hasLine = false
	return t.rebuild()
}

// rebuild makes the rows anew and returns the first that differs. A window is small: this takes some ten microseconds.
func (t *Timeline) rebuild() (first int) {
	old := t.rows
	b := builder{t: t, now: t.now, name: Brief(Line(t.Chat.Name)), rows: make([]Row, 0, len(t.msgs)+8)}
	t.rows = b.build()
	for i := range t.rows {
		if i >= len(old) || old[i] != t.rows[i] {
			return i
		}
	}
	return len(t.rows)
}

// gapsByRow maps the message before which a gap stands to the gap. A gap before everything stored is left to paging.
func (t *Timeline) gapsByRow() map[model.MessageID]model.Gap {
	if len(t.Chat.Gaps) == 0 {
		return nil
	}
	out := make(map[model.MessageID]model.Gap, len(t.Chat.Gaps))
	for _, g := range t.Chat.Gaps {
		i, _ := t.find(g.Before)
		if g.After != 0 && i > 0 && i < len(t.msgs) {
			out[t.msgs[i].ID] = g
		}
	}
	return out
}
