package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kith/app/lang"
	"kith/core"
	"kith/core/model"
)

// ChatRow is one line of the chat list, ready to be drawn. It is comparable, so that a list redraws only what changed.
type ChatRow struct {
	ID         model.ChatID
	Account    model.AccountID
	JID        model.JID
	Name, Time string
	Lead       string // stands before Line in another colour: "Draft: "
	Line       string
	Typing     bool // Line says so
	Unread     int
	Online     bool
	Muted      bool
	Pinned     bool
	Request    bool
	Failed     bool        // the last message could not be sent
	Sent       bool        // the last message is ours and State holds
	State      model.State // of that message
}

type contactKey struct {
	account model.AccountID
	jid     model.JID
}

// Chats is the chat list: what there is, who writes, what the filter lets through.
type Chats struct {
	hearing
	chats    []model.Chat // in the order shown
	contacts map[contactKey]model.Contact
	typing   map[model.ChatID]bool
	filter   string
	open     model.ChatID // shown beside the list; its own draft is not repeated there
}

// NewChats makes an empty list.
func NewChats() *Chats {
	return &Chats{contacts: map[contactKey]model.Contact{}, typing: map[model.ChatID]bool{}, hearing: hearing{}}
}

// Set takes over all chats of all accounts.
func (c *Chats) Set(chats []model.Chat) {
	c.chats = slices.Clone(chats)
	c.sort()
}

// SetContacts adds or replaces contacts, as after reading a whole roster.
func (c *Chats) SetContacts(contacts []model.Contact) {
	for _, x := range contacts {
		c.contacts[contactKey{x.Account, x.JID}] = x
	}
}

// Apply takes over what a commit changed in one chat. A chat that is new appears.
func (c *Chats) Apply(ev core.ChatChanged) { c.Put(ev.Chat) }

// Put adds or replaces one chat.
func (c *Chats) Put(chat model.Chat) {
	if i := c.index(chat.ID); i >= 0 {
		c.chats[i] = chat
	} else {
		c.chats = append(c.chats, chat)
	}
	c.sort()
}

// Remove forgets a chat.
func (c *Chats) Remove(id model.ChatID) {
	c.chats = slices.DeleteFunc(c.chats, func(x model.Chat) bool { return x.ID == id })
	delete(c.typing, id)
}

// RemoveAccount forgets everything of an account.
func (c *Chats) RemoveAccount(id model.AccountID) {
	c.chats = slices.DeleteFunc(c.chats, func(x model.Chat) bool { return x.Account == id })
	for k := range c.contacts {
		if k.account == id {
			delete(c.contacts, k)
		}
	}
}

// ApplyContacts takes over changed contacts and their presence.
func (c *Chats) ApplyContacts(ev core.ContactsChanged) {
	c.SetContacts(ev.Contacts)
	for _, j := range ev.Removed {
		delete(c.contacts, contactKey{ev.Account, j})
	}
}

// ApplyTyping takes over that somebody writes, or stopped.
func (c *Chats) ApplyTyping(ev core.TypingChanged) {
	if ev.Active {
		c.typing[ev.Chat] = true
	} else {
		delete(c.typing, ev.Chat)
	}
}

// Connected says whether an account has its connection. Without one nobody is known to write or to be there; who was there is
// kept, as a connection that resumes does not tell it again.
func (c *Chats) Connected(id model.AccountID, yes bool) {
	if yes {
		delete(c.hearing, id)
		return
	}
	c.hearing[id] = struct{}{}
	for _, x := range c.chats {
		if x.Account == id {
			delete(c.typing, x.ID)
		}
	}
}

// Filter keeps only chats whose name or address contains text; empty shows all.
func (c *Chats) Filter(text string) { c.filter = fold(text) }

// Open says which chat stands open beside the list; 0 for none.
func (c *Chats) Open(id model.ChatID) { c.open = id }

// Get returns a chat of the list.
func (c *Chats) Get(id model.ChatID) (model.Chat, bool) {
	if i := c.index(id); i >= 0 {
		return c.chats[i], true
	}
	return model.Chat{}, false
}

// With returns the chat with an address.
func (c *Chats) With(account model.AccountID, jid model.JID) (model.Chat, bool) {
	for _, x := range c.chats {
		if x.Account == account && x.JID == jid {
			return x, true
		}
	}
	return model.Chat{}, false
}

// Contact returns what is known about an address: the zero Contact with that address when it is no contact.
func (c *Chats) Contact(account model.AccountID, jid model.JID) model.Contact {
	if x, ok := c.contacts[contactKey{account, jid}]; ok {
		return c.heard(x)
	}
	return model.Contact{Account: account, JID: jid}
}

// Typing says whether the other side of a chat writes.
func (c *Chats) Typing(id model.ChatID) bool { return c.typing[id] }

// Unread counts the unread messages of all chats that are not muted.
func (c *Chats) Unread(now time.Time) int {
	n := 0
	for _, x := range c.chats {
		if !x.Muted.After(now) {
			n += x.Unread
		}
	}
	return n
}

// Len is how many chats there are, whatever the filter.
func (c *Chats) Len() int { return len(c.chats) }

// Rows is what the list shows.
func (c *Chats) Rows(now time.Time) []ChatRow {
	rows := make([]ChatRow, 0, len(c.chats))
	for _, x := range c.chats {
		if c.matches(x) {
			rows = append(rows, c.row(x, now))
		}
	}
	return rows
}

// Neighbour is the chat by steps below (or above, when negative) the open one among those shown; the first when none is
// open, 0 when there is none.
func (c *Chats) Neighbour(steps int) model.ChatID {
	var ids []model.ChatID
	at := -1
	for _, x := range c.chats {
		if !c.matches(x) {
			continue
		}
		if x.ID == c.open {
			at = len(ids)
		}
		ids = append(ids, x.ID)
	}
	if len(ids) == 0 {
		return 0
	}
	if at < 0 {
		return ids[0]
	}
	return ids[min(max(at+steps, 0), len(ids)-1)]
}

// Asking lists those who ask to see our presence, by name.
func (c *Chats) Asking() []model.Contact {
	return pick(c.contacts, func(x model.Contact) bool { return x.Asking })
}

// People lists the contacts that match text and have no chat in the list yet, by name, at most limit.
func (c *Chats) People(text string, limit int) []model.Contact {
	text = fold(text)
	out := pick(c.contacts, func(x model.Contact) bool {
		if !x.InRoster {
			return false
		}
		return text == "" || strings.Contains(fold(x.Name), text) || strings.Contains(string(x.JID), text)
	})
	out = out[:min(len(out), limit)]
	for i := range out {
		out[i] = c.heard(out[i])
	}
	return out
}

func pick(from map[contactKey]model.Contact, want func(model.Contact) bool) []model.Contact {
	var out []model.Contact
	for _, x := range from {
		if want(x) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b model.Contact) int {
		return cmp.Or(cmp.Compare(fold(ContactName(a)), fold(ContactName(b))), cmp.Compare(a.JID, b.JID))
	})
	return out
}

func (c *Chats) index(id model.ChatID) int {
	return slices.IndexFunc(c.chats, func(x model.Chat) bool { return x.ID == id })
}

func (c *Chats) matches(x model.Chat) bool {
	return c.filter == "" || strings.Contains(fold(x.Name), c.filter) || strings.Contains(string(x.JID), c.filter)
}

// sort puts pinned chats first, then the newest; chats without a message come last, but before them those with a draft.
func (c *Chats) sort() {
	slices.SortStableFunc(c.chats, func(a, b model.Chat) int {
		return cmp.Or(
			compareBool(b.Pinned, a.Pinned),
			lastTime(b).Compare(lastTime(a)),
			compareBool(drafted(b), drafted(a)),
			cmp.Compare(fold(a.Name), fold(b.Name)),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

// drafted says whether words wait to be sent; a space that was left behind is none.
func drafted(x model.Chat) bool { return strings.TrimSpace(x.Draft) != "" }

func lastTime(x model.Chat) time.Time {
	if x.Last.ID == 0 {
		return time.Time{}
	}
	return x.Last.ID.Time()
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (c *Chats) row(x model.Chat, now time.Time) ChatRow {
	r := ChatRow{
		ID: x.ID, Account: x.Account, JID: x.JID, Name: Line(x.Name), Unread: x.Unread,
		Muted: x.Muted.After(now), Pinned: x.Pinned, Request: x.Request,
		Online: c.Contact(x.Account, x.JID).Presence == model.Available,
	}
	if x.Last.ID != 0 {
		r.Time = ListTime(x.Last.Time, now)
	}
	switch {
	case c.typing[x.ID]:
		r.Typing, r.Line = true, lang.T("writing…")
	case drafted(x) && x.ID != c.open:
		r.Lead, r.Line = lang.T("Draft:")+" ", Line(x.Draft)
	default:
		lastLine(&r, x)
	}
	return r
}

// lastLine describes the newest message of a chat.
func lastLine(r *ChatRow, x model.Chat) {
	m := x.Last
	switch {
	case m.ID == 0:
		r.Line = string(x.JID)
	case m.Kind == model.Unreadable:
		r.Line = lang.T("A message this device can't read")
	case m.Kind == model.Notice:
		r.Line = NoticeText(&m)
	case m.Kind == model.MissedCall:
		r.Lead = CallText(&m)
	case m.Kind == model.Called:
		r.Line = CallText(&m)
	case m.Outgoing && m.State == model.Failed:
		r.Failed, r.Lead, r.Line = true, lang.T("Not sent:")+" ", Line(Says(&m))
	case m.Outgoing:
		r.Sent, r.State, r.Line = true, m.State, lang.T("You: {text}", "text", Line(Says(&m)))
	default:
		r.Line = Line(Says(&m))
	}
}
