package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// ListActions are what the chat list asks for.
type ListActions struct {
	Open            func(model.ChatID)
	Hit             func(view.Hit)
	Person          func(model.Contact) // a contact without a chat
	New, Settings   func()
	Search          func(text string)
	Pin             func(id model.ChatID, yes bool)
	Leave           func()              // Escape in the empty search field
	Accept, Decline func(model.Contact) // somebody who asks to be a contact
	Banner          func(view.Banner)
}

// ListRows is all that the list shows.
type ListRows struct {
	Chats    []view.ChatRow
	People   []model.Contact
	Hits     []view.Hit
	Asking   []model.Contact
	Query    string
	Selected model.ChatID
}

// ChatList is the pane with all chats, the search, and the way to everything else.
type ChatList struct {
	object  fyne.CanvasObject
	body    *fyne.Container
	avatar  *widget.Avatar
	search  *widget.SearchField
	banner  *strip
	list    *list
	empty   fyne.CanvasObject
	nobody  *widget.EmptyState
	actions ListActions
	rows    ListRows
}

// The kinds of object in the list.
const (
	chatKind = iota
	titleKind
	askKind
)

// NewChatList makes the pane.
func NewChatList(a ListActions) *ChatList {
	l := &ChatList{actions: a, avatar: widget.NewAvatar("", "", theme.AvatarGroup), search: widget.NewSearchField(lang.T("Search messages and people"))}
	l.banner = newStrip(a.Banner)
	l.search.OnChanged = a.Search
	l.search.OnSubmit, l.search.OnCancel = l.first, a.Leave
	l.list = newList(l.makeRow)
	l.search.OnDown = func() { l.list.enter() }
	l.empty = widget.NewEmptyState(theme.IconPlus, lang.T("No chats yet"), lang.T("Write to somebody whose address you know."), lang.T("Start a chat"), a.New)
	l.nobody = widget.NewEmptyState(theme.IconSearch, lang.T("Nothing found"), lang.T("Try another word, or a part of it."), "", nil)
	me := newPressable(l.avatar, lang.T("Your account"), a.Settings)
	top := padded(16, 10, across(12, 1, me, heading(lang.T("Chats")),
		widget.NewIconButton(theme.IconPlus, lang.T("New chat (Ctrl+N)"), a.New),
		widget.NewIconButton(theme.IconSettings, lang.T("Settings (Ctrl+,)"), a.Settings)))
	l.body = container.NewStack(l.list)
	l.object = container.New(&filling{4}, top, padded(16, 0, l.search), gap(8), l.banner.object, l.body)
	return l
}

// Object is what to show.
func (l *ChatList) Object() fyne.CanvasObject { return l.object }

// FocusSearch gives the search the keyboard.
func (l *ChatList) FocusSearch() { l.search.Focus() }

// ClearSearch shows all chats again.
func (l *ChatList) ClearSearch() { l.search.SetText("") }

// SetAccount shows whose list this is.
func (l *ChatList) SetAccount(j model.JID, online bool) { l.avatar.Set(string(j), j.Local(), online) }

// SetBanner shows the strip above the chats.
func (l *ChatList) SetBanner(b view.Banner) { l.banner.set(b, l.object) }

// first opens the first thing that the search found.
func (l *ChatList) first() {
	switch {
	case l.rows.Query == "":
	case len(l.rows.Chats) > 0:
		l.actions.Open(l.rows.Chats[0].ID)
	case len(l.rows.People) > 0:
		l.actions.Person(l.rows.People[0])
	case len(l.rows.Hits) > 0:
		l.actions.Hit(l.rows.Hits[0])
	}
}

// SetRows shows chats, and while something is searched for the people and messages that were found.
func (l *ChatList) SetRows(r ListRows) {
	moved := r.Selected != l.rows.Selected
	l.rows = r
	var rows []listRow
	for _, c := range r.Asking {
		rows = append(rows, l.askRow(c))
	}
	searching := r.Query != ""
	rows = l.section(rows, searching && len(r.Chats) > 0, lang.T("Chats"))
	for _, c := range r.Chats {
		rows = append(rows, l.chatRow(c, r.Selected))
	}
	rows = l.section(rows, len(r.People) > 0, lang.T("People"))
	for _, c := range r.People {
		rows = append(rows, l.personRow(c))
	}
	rows = l.section(rows, len(r.Hits) > 0, lang.T("Messages"))
	for _, h := range r.Hits {
		rows = append(rows, l.hitRow(h))
	}
	l.setBody(len(rows) == 0, searching)
	l.list.set(rows)
	if moved && r.Selected != 0 {
		l.list.reveal(r.Selected)
		l.list.halt(r.Selected)
	}
}

func (l *ChatList) setBody(empty, searching bool) {
	want := fyne.CanvasObject(l.list)
	switch {
	case empty && searching:
		want = l.nobody
	case empty:
		want = l.empty
	}
	if l.body.Objects[0] != want {
		l.body.Objects = []fyne.CanvasObject{want}
		l.body.Refresh()
	}
}

func (l *ChatList) makeRow(kind int) fyne.CanvasObject {
	switch kind {
	case titleKind:
		return padded(20, 8, caption(""))
	case askKind:
		return newAskRow()
	}
	return l.list.chatRow(l.search.Focus)
}

func (l *ChatList) section(rows []listRow, wanted bool, name string) []listRow {
	if !wanted {
		return rows
	}
	return append(rows, listRow{key: name, kind: titleKind, height: 36, fill: func(o fyne.CanvasObject) {
		o.(*fyne.Container).Objects[0].(*widget.Line).SetText(name)
	}})
}

// fillRow is how a row object shows an item.
func fillRow(item widget.ChatItem, selected bool, pressed func()) func(fyne.CanvasObject) {
	return func(o fyne.CanvasObject) {
		r := o.(*widget.ChatRow)
		r.SetPressed(pressed)
		r.OnMenu = nil
		r.Set(item, selected)
	}
}

func (l *ChatList) chatRow(c view.ChatRow, selected model.ChatID) listRow {
	item := widget.ChatItem{
		Address: string(c.JID), Name: c.Name, Time: c.Time, Lead: c.Lead, Line: c.Line, Unread: c.Unread, Online: c.Online,
		Muted: c.Muted, Pinned: c.Pinned, Typing: c.Typing, Failed: c.Failed, Sent: c.Sent, State: c.State,
	}
	if c.Request {
		item.Lead = lang.T("Request:") + " "
	}
	fill := fillRow(item, c.ID == selected, func() { l.actions.Open(c.ID) })
	return listRow{key: c.ID, kind: chatKind, height: theme.RowHeight, fill: func(o fyne.CanvasObject) {
		fill(o)
		o.(*widget.ChatRow).OnMenu = func(at fyne.Position) { l.menu(c, at) }
	}}
}

// menu is what can be done with a chat of the list.
func (l *ChatList) menu(c view.ChatRow, at fyne.Position) {
	label := lang.T("Pin to the top")
	if c.Pinned {
		label = lang.T("Unpin")
	}
	widget.ShowMenu(l.list, at, widget.MenuItem{Icon: theme.IconPin, Label: label, Pressed: func() { l.actions.Pin(c.ID, !c.Pinned) }})
}

func (l *ChatList) personRow(c model.Contact) listRow {
	item := widget.ChatItem{Address: string(c.JID), Name: view.ContactName(c), Line: string(c.JID), Online: c.Presence == model.Available}
	return listRow{key: c.JID, kind: chatKind, height: theme.RowHeight, fill: fillRow(item, false, func() { l.actions.Person(c) })}
}

func (l *ChatList) hitRow(h view.Hit) listRow {
	item := widget.ChatItem{Address: string(h.JID), Name: h.Name, Line: h.Text, Time: h.Time}
	copy(item.Marks[:], h.Marks)
	return listRow{key: h.Message, kind: chatKind, height: theme.RowHeight, fill: fillRow(item, false, func() { l.actions.Hit(h) })}
}

func (l *ChatList) askRow(c model.Contact) listRow {
	return listRow{key: "ask " + c.JID, kind: askKind, height: askHeight, fill: func(o fyne.CanvasObject) {
		o.(*askRow).set(c, func() { l.actions.Accept(c) }, func() { l.actions.Decline(c) })
	}}
}

// Restyle draws everything anew, for other colours.
func (l *ChatList) Restyle() { l.list.reset() }

// NewNothingOpen fills the main pane while no chat is open. The way to a new chat is beside it, in the list.
func NewNothingOpen() fyne.CanvasObject {
	return widget.NewEmptyState(theme.IconLock, lang.T("Your messages are private"),
		lang.T("Choose a chat on the left, or start a new one. What you write is encrypted for the people you write to."), "", nil)
}

// NewBlank is the window before anything is known.
func NewBlank() fyne.CanvasObject { return container.NewStack() }
