package app

import (
	"context"
	"net/url"
	"strings"
	"time"

	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// newChat shows the screen that asks whom to write to.
func (h *home) newChat() {
	h.closeMain()
	var n *screen.Start
	n = screen.NewStart(screen.StartActions{
		Back:   h.closeMain,
		Check:  func(typed string) view.AddressCheck { return view.CheckAddress(typed, h.accounts.Own()) },
		People: func(typed string) []model.Contact { return h.chats.People(typed, 200) },
		Person: h.startWith,
		Start: func(j model.JID, add bool) {
			a, ok := h.accounts.Get(0)
			if !ok {
				return
			}
			h.start(a.ID, j, func(err error) { n.Fail(sentence(err, j.Domain())) })
			if add && !h.chats.Contact(a.ID, j).InRoster {
				ask(h.app.crew, func(ctx context.Context) (model.JID, error) {
					return h.core.Contacts.Add(ctx, a.ID, string(j), "")
				}, func(_ model.JID, err error) { h.app.fail(err) })
			}
		},
	})
	h.setMain("newchat", n.Object())
	n.Focus()
}

// startWith opens the chat with a contact, which is made if there is none.
func (h *home) startWith(c model.Contact) { h.start(c.Account, c.JID, h.app.fail) }

func (h *home) start(id model.AccountID, j model.JID, failed func(error)) {
	do(h.app.crew, func(ctx context.Context) (opening, error) {
		chat, err := h.core.Chats.Start(ctx, id, string(j))
		if err != nil {
			return opening{}, err
		}
		return h.readChat(ctx, chat.ID)
	}, func(o opening, err error) {
		if err != nil {
			failed(err)
			return
		}
		h.list.ClearSearch()
		h.showChat(o)
	})
}

// accept lets somebody see our presence, and asks for theirs.
func (h *home) accept(c model.Contact) {
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Contacts.Accept(ctx, c.Account, c.JID) }), h.app.after)
}

func (h *home) decline(c model.Contact) {
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Contacts.Decline(ctx, c.Account, c.JID) }), h.app.after)
}

// searchLimit is how many messages a search shows.
const searchLimit = 50

// search filters the list at once and looks through all messages on the side.
func (h *home) search(text string) {
	h.query = strings.TrimSpace(text)
	h.chats.Filter(h.query)
	h.hits = nil
	h.refresh()
	if len([]rune(h.query)) < 2 {
		return
	}
	query := h.query
	ask(h.app.crew, func(ctx context.Context) ([]model.Message, error) {
		return h.core.Chats.Search(ctx, core.Query{Text: query, Limit: searchLimit})
	}, func(found []model.Message, err error) {
		if err != nil || query != h.query {
			h.app.fail(err)
			return
		}
		h.hits = view.Hits(found, h.chats, query, time.Now())
		h.refresh()
	})
}

// openHit shows a message that was found, where it stands in its chat.
func (h *home) openHit(hit view.Hit) {
	if h.openID() == hit.Chat {
		h.chat.jumpTo(hit.Message)
		return
	}
	do(h.app.crew, func(ctx context.Context) (opening, error) { return h.readChat(ctx, hit.Chat) }, func(o opening, err error) {
		if err != nil {
			h.app.fail(err)
			return
		}
		h.showChat(o)
		h.chat.jumpTo(hit.Message)
	})
}

func (h *home) copyText(s string) {
	h.app.toolkit.Clipboard().SetContent(s)
	h.app.root.Toast("Copied", "", nil)
}

// openLink opens a link of a message outside, but an address of somebody here.
func (h *home) openLink(link string) {
	u, err := url.Parse(link)
	switch {
	case err != nil:
		h.app.root.Toast("This link can't be opened.", "", nil)
	case u.Scheme == "xmpp":
		c := view.CheckAddress(link, h.accounts.Own())
		if c.JID != "" && c.Warning == "" && h.chat != nil {
			h.start(h.chat.account(), c.JID, h.app.fail)
		}
	case u.Scheme == "https", u.Scheme == "http", u.Scheme == "mailto":
		if err := h.app.toolkit.OpenURL(u); err != nil {
			h.app.root.Toast("No program on this computer opens this link.", "", nil)
		}
	}
}
