package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
	"kith/storage"
)

// home is what the person sees once the profile is open: the chat list, and beside it a chat, its details, the settings.
type home struct {
	deeds
	store    *storage.Store
	accounts *view.Accounts
	chats    *view.Chats
	settings view.Settings

	shell   *screen.Shell
	list    *screen.ChatList
	chat    *conversation // the open chat; nil for none
	side    *details      // nil for none
	prefs   *preferences  // nil while the settings are not shown
	day     int           // of the year, to notice midnight
	quiet   time.Time     // since when nothing happened; see lifecycle.go
	settled bool          // nothing was connecting or catching up a second ago
	look    search
	phone   *phone
	places  map[model.ChatID]screen.Place // where chats were left that were not left at the newest message
}

func newHome(a *App, o opened) *home {
	h := &home{
		deeds: deeds{a, o.client}, store: o.store, accounts: &view.Accounts{}, chats: view.NewChats(), settings: o.settings,
		day: time.Now().YearDay(), quiet: time.Now(), places: map[model.ChatID]screen.Place{},
	}
	h.accounts.Set(o.accounts, time.Now())
	h.look.home = h
	h.phone = newPhone(h)
	people := people{h}
	h.list = screen.NewChatList(screen.ListActions{
		Open: h.look.choose, Hit: h.look.open, Person: people.startWith, New: people.newChat, Settings: h.openSettings,
		Search: h.look.run, Pin: h.pin, Leave: h.look.leave, Accept: h.accept, Decline: h.decline, Banner: h.banner,
	})
	h.shell = screen.NewShell(h.list.Object(), screen.NewNothingOpen())
	h.shell.OnChanged = h.relaid
	a.crew.pump(h.core.Subscribe(), inbound{h}.apply)
	a.crew.start(notes{h}.opened)
	return h
}

// relaid follows the layout: a narrow window needs a way back to the list. It is called while the window is laid out, when
// nothing may be drawn anew.
func (h *home) relaid() {
	fyne.Do(func() {
		if h.chat != nil {
			h.chat.showHeader()
		}
		h.looked()
		h.showBanner()
	})
}

// enter shows the chats.
func (h *home) enter() {
	do(h.app.crew, h.read, func(c contents, err error) {
		if err != nil {
			h.app.refuse(err)
			return
		}
		h.accounts.Set(c.accounts, time.Now())
		for _, x := range c.accounts {
			h.chats.Connected(x.ID, x.State == model.Online)
		}
		h.chats.Set(c.chats)
		h.chats.SetContacts(c.contacts)
		h.app.show("chats", h.shell.Object(), h.back)
		h.refresh()
		for _, call := range h.core.Calls.List() { // those that began before there were chats to show them over
			h.phone.apply(call)
		}
	})
}

// unsaved is what has to be done before the store is closed: what stands in the composer is kept.
func (h *home) unsaved() func(context.Context) error {
	save := false
	if h.chat != nil {
		_, save = h.chat.composer.Leave()
	}
	if !save {
		return func(context.Context) error { return nil }
	}
	id, text := h.chat.id, h.chat.composer.Text()
	return func(ctx context.Context) error {
		err := h.core.Chats.SetDraft(ctx, id, text)
		if errors.Is(err, core.ErrNotFound) {
			return nil // the chat was deleted in the same moment
		}
		return err
	}
}

// signIn shows the sign-in screen; back is where Cancel leads, nil for nowhere.
func (h *home) signIn(back func()) {
	var s *screen.SignIn
	cancel := func() {}
	s = screen.NewSignIn(screen.SignInActions{
		SignIn: func(l screen.Login) {
			s.SetBusy(true)
			cancel = ask(h.app.crew, func(ctx context.Context) (model.AccountID, error) {
				return h.core.Accounts.Add(ctx, core.Login(l))
			}, func(_ model.AccountID, err error) {
				if err != nil {
					s.Fail(loginField(err), sentence(err, model.JID(l.Address).Domain()))
					return
				}
				h.enter()
			})
		},
		Cancel: func() { cancel() },
		Back:   back,
	})
	h.app.show("signin", s.Object(), func() { s.Escape() })
	h.showBanner()
	s.Focus()
}

// refresh draws the list and what depends on it.
func (h *home) refresh() {
	now := time.Now()
	h.list.SetRows(screen.ListRows{
		Chats: h.chats.Rows(now), People: h.look.people(), Hits: h.look.hits, Asking: people{h}.asking(), Query: h.look.query, Selected: h.openID(),
	})
	if a, ok := h.accounts.Get(0); ok {
		h.list.SetAccount(a.JID, a.State == model.Online)
	}
	h.title()
	h.showBanner()
}

func (h *home) title() {
	title := "Kith"
	if n := h.chats.Unread(time.Now()); n > 0 {
		title = "(" + strconv.Itoa(n) + ") " + title
	}
	if h.app.window.Title() != title {
		h.app.window.SetTitle(title)
	}
}

// showBanner puts the strip where it is seen: above the chat, else above the list. That a call goes on is seen everywhere: where there is neither,
// above all of the window.
func (h *home) showBanner() {
	b, none := h.phone.banner(h.accounts.Banner(time.Now(), sentence)), view.Banner{}
	inChat, call := h.chat != nil && h.shell.MainVisible(), none
	if b.Kind == view.CallBar && (h.app.where == "signin" || !inChat && !h.shell.ListVisible()) {
		b, call = none, b
	}
	h.app.root.SetStrip(call.Text, call.Action, func() { h.banner(call) })
	if inChat {
		h.chat.screen.SetBanner(b)
		b = none
	}
	h.list.SetBanner(b)
}

// banner does what the banner's link says.
func (h *home) banner(b view.Banner) {
	switch b.Kind {
	case view.OfflineBar:
		do(h.app.crew, nothing(func(context.Context) error { h.core.Accounts.Reconnect(); return nil }), h.app.after)
	case view.SignedOutBar:
		ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Accounts.Connect(ctx, b.Account) }), h.app.after)
	case view.FaultBar:
		h.openSettings()
	case view.CallBar:
		h.phone.open(false)
	case view.NoBanner, view.SyncBar:
	}
}

func (h *home) openID() model.ChatID {
	if h.chat == nil {
		return 0
	}
	return h.chat.id
}

// back closes what lies on top: a search, the details, the chat.
func (h *home) back() {
	switch {
	case h.side != nil:
		h.closeDetails()
	case h.look.query != "":
		h.list.ClearSearch()
	case h.chat != nil || h.prefs != nil || h.shell.MainVisible():
		h.closeMain()
	}
}

// setMain shows a screen in the main pane under a name.
func (h *home) setMain(name string, o fyne.CanvasObject) {
	h.phone.endCheck()
	h.app.window.Canvas().Unfocus() // a field that is no longer seen must not take what is typed
	h.shell.SetMain(o)
	h.app.where = name
	screen.Settle(h.app.root)
}

// closeMain leaves what is open.
func (h *home) closeMain() {
	h.leaveChat()
	h.closeDetails()
	h.prefs = nil
	h.setMain("chats", nil)
	h.refresh()
}
