package app

import (
	"context"
	"errors"
	"time"

	"kith/app/lang"
	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// conversation is the open chat.
type conversation struct {
	home     *home
	id       model.ChatID
	timeline *view.Timeline
	composer *view.Composer
	keys     view.Keys
	screen   *screen.Chat
	paging   bool // a page of the store is being read
	marked   model.MessageID
}

// open shows a chat of the list.
func (h *home) open(id model.ChatID) {
	if id == 0 || h.openID() == id && h.shell.MainVisible() {
		return
	}
	do(h.app.crew, func(ctx context.Context) (opening, error) { return h.readChat(ctx, id) }, func(o opening, err error) {
		if err != nil {
			h.app.fail(err)
			return
		}
		h.showChat(o)
	})
}

func (h *home) showChat(o opening) {
	h.leaveChat()
	h.prefs = nil
	h.chats.Put(o.chat)
	h.chats.Open(o.chat.ID)
	c := &conversation{
		home: h, id: o.chat.ID, timeline: view.NewTimeline(o.chat, o.page, time.Now()),
		composer: view.NewComposer(o.chat.Draft), keys: o.keys,
	}
	h.chat = c
	c.timeline.SetCallable(h.phone.again(o.chat))
	c.screen = screen.NewChat(c.timeline, screen.ChatActions{
		Back: h.back, Details: h.openDetails, Send: c.send, Typed: c.typed, Older: c.older, Newer: c.newer, Latest: c.latest,
		Row: c.rowAction, Bottom: func(bool) { h.looked() }, Accept: c.accept, Delete: c.delete, Banner: h.banner,
		Encrypt: c.encrypt, Copy: h.copyText, Link: people{h}.openLink, Call: func(video bool) { h.phone.start(c.id, video) },
	})
	c.screen.SetDraft(o.chat.Draft)
	c.showHeader()
	h.setMain("chat", c.screen.Object())
	if h.side != nil {
		h.openDetails()
	}
	c.screen.Start()
	if p, ok := h.places[c.id]; ok && c.timeline.UnreadIndex() < 0 {
		c.jumpTo(p, "")
	}
	h.refresh()
	h.looked()
	notes{h}.withdraw(c.id)
	c.meet()
}

// meet asks for the other side's devices before the first message needs them, so that the header tells the truth. Being
// offline is no fault: they are asked for again when something is sent.
func (c *conversation) meet() {
	if s := view.ShieldOf(c.timeline.Chat, c.keys); s != view.ShieldUnknown && s != view.ShieldNobody {
		return
	}
	id, peer := c.account(), c.peer()
	do(c.home.app.crew, nothing(func(ctx context.Context) error {
		return c.home.core.Devices.Refresh(ctx, id, peer)
	}), func(_ struct{}, err error) {
		if !errors.Is(err, core.ErrOffline) {
			c.home.app.fail(err)
		}
	})
}

// leaveChat stores the draft, notes where the person was, and tells the other side that we stopped writing.
func (h *home) leaveChat() {
	c := h.chat
	if c == nil {
		return
	}
	tell, save := c.composer.Leave()
	if tell {
		c.tell(false)
	}
	if save {
		c.save()
	}
	delete(h.places, c.id)
	if p, ok := c.screen.Place(); ok {
		h.places[c.id] = p
	}
	h.chats.Open(0)
	h.chat = nil
}

func (c *conversation) account() model.AccountID { return c.timeline.Chat.Account }

func (c *conversation) peer() model.JID { return c.timeline.Chat.JID }

// open says whether this conversation is still the one on the screen: results of actions may come late.
func (c *conversation) open() bool { return c.home.chat == c }

// apply takes a change of this chat.
func (c *conversation) apply(ev core.ChatChanged) {
	c.timeline.Look(c.home.sees())
	first := c.timeline.Apply(ev)
	if ev.Reload {
		c.reload(ev.Chat)
	}
	c.screen.Changed(first)
	c.showHeader()
	c.home.looked()
}

// reload reads the window again, after more happened than an event carries.
func (c *conversation) reload(chat model.Chat) {
	p := c.timeline.ReloadPage()
	do(c.home.app.crew, func(ctx context.Context) ([]model.Message, error) {
		return c.home.core.Chats.Messages(ctx, c.id, p)
	}, func(page []model.Message, err error) {
		if err != nil || !c.open() {
			c.home.app.fail(err)
			return
		}
		c.timeline.Reloaded(p, page, chat)
		c.screen.Changed(0)
		c.home.looked()
	})
}

func (c *conversation) showHeader() {
	chat := c.timeline.Chat
	if offers := c.home.phone.again(chat); offers != c.timeline.Callable() {
		c.screen.Changed(c.timeline.SetCallable(offers))
	}
	contact := c.home.chats.Contact(chat.Account, chat.JID)
	h := screen.ChatHeader{
		Address: chat.JID, Name: view.Line(chat.Name), Shield: view.ShieldOf(chat, c.keys),
		Online:  contact.Presence == model.Available,
		Request: chat.Request, Undecided: view.Undecided(c.keys.Devices), Narrow: c.home.shell.Narrow(),
	}
	h.Calls, h.NoCall = c.home.phone.callable(chat)
	switch {
	case c.home.chats.Typing(c.id):
		h.Presence = lang.T("writing…")
	case c.home.chats.Hears(chat.Account):
		h.Presence = view.PresenceText(contact)
	}
	c.screen.SetHeader(h)
}

func (c *conversation) readDevices() {
	do(c.home.app.crew, func(ctx context.Context) (view.Keys, error) {
		return c.home.readKeys(ctx, c.account(), c.peer())
	}, func(keys view.Keys, err error) {
		if err != nil || !c.open() {
			c.home.app.fail(err)
			return
		}
		c.keys = keys
		c.showHeader()
	})
}

// send takes what stands in the composer. If it cannot be stored, the text returns to the field.
func (c *conversation) send(text string) {
	body, problem, ok := view.Sendable(text)
	if problem != "" {
		c.home.app.root.Toast(problem, "", nil)
	}
	if !ok {
		return
	}
	c.composer.Sent()
	c.screen.SetDraft("")
	do(c.home.app.crew, func(ctx context.Context) (model.MessageID, error) {
		return c.home.core.Chats.Send(ctx, c.id, model.Draft{Body: body})
	}, func(_ model.MessageID, err error) {
		if err == nil {
			return
		}
		c.home.app.fail(err)
		if c.open() && c.composer.Text() == "" {
			c.screen.SetDraft(text)
			c.composer.Changed(text, time.Now())
		}
	})
	if !c.timeline.AtNewest() {
		c.latest()
		return
	}
	c.screen.ToBottom()
}

func (c *conversation) typed(text string) {
	if tell, writing := c.composer.Changed(text, time.Now()); tell {
		c.tell(writing)
	}
}

func (c *conversation) tell(writing bool) {
	do(c.home.app.crew, nothing(func(ctx context.Context) error {
		c.home.core.Chats.Typing(ctx, c.id, writing)
		return nil
	}), c.home.app.after)
}

func (c *conversation) save() {
	text := c.composer.Text()
	do(c.home.app.crew, nothing(func(ctx context.Context) error {
		return c.home.core.Chats.SetDraft(ctx, c.id, text)
	}), c.home.app.after)
}

// tick notices pauses while writing.
func (c *conversation) tick(now time.Time) {
	if !c.composer.Busy() {
		return
	}
	tell, writing, save := c.composer.Tick(now)
	if tell {
		c.tell(writing)
	}
	if save {
		c.save()
	}
}

// rowAction does what the link on a row says.
func (c *conversation) rowAction(r view.Row) {
	h := c.home
	if calls, video := r.Action.Calls(); calls {
		h.phone.start(c.id, video)
		return
	}
	switch {
	case r.Kind == view.TopRow:
		c.timeline.SetLoading(false, "")
		c.older()
	case r.Kind == view.GapRow:
		ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.FillGap(ctx, c.id, r.Gap) }), h.app.after)
	case r.Action == view.CheckDevice:
		h.openDetails()
	case r.Action == view.ResetKeys:
		h.resetKeys(c.account(), c.peer())
	case r.Message != 0:
		do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.Retry(ctx, r.Message) }), h.app.after)
	}
}

func (c *conversation) accept() {
	h := c.home
	c.screen.Focus()
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.Accept(ctx, c.id) }), h.app.after)
	if contact := h.chats.Contact(c.account(), c.peer()); contact.Asking {
		h.accept(contact)
	}
}

func (c *conversation) delete() { c.home.deleteChat(c.timeline.Chat) }

// encrypt ends writing in clear.
func (c *conversation) encrypt() {
	h := c.home
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Chats.SetEncryption(ctx, c.id, model.OMEMO) }), h.app.after)
}
