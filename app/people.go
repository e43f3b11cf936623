package app

import (
	"context"
	"net/url"
	"slices"

	"kith/app/lang"
	"kith/app/screen"
	"kith/app/view"
	"kith/core/model"
)

// people begins chats with people.
type people struct{ home *home }

// newChat shows the screen that asks whom to write to.
func (p people) newChat() {
	h := p.home
	h.closeMain()
	var n *screen.Start
	n = screen.NewStart(screen.StartActions{
		Back:   h.closeMain,
		Check:  func(typed string) view.AddressCheck { return view.CheckAddress(typed, h.accounts.Own()) },
		People: func(typed string) []model.Contact { return h.chats.People(typed, 200) },
		Person: p.startWith,
		Start: func(j model.JID, add bool) {
			a, ok := h.accounts.Get(0)
			if !ok {
				return
			}
			p.start(a.ID, j, func(err error) { n.Fail(sentence(err, j.Domain())) })
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
func (p people) startWith(c model.Contact) { p.start(c.Account, c.JID, p.home.app.fail) }

func (p people) start(id model.AccountID, j model.JID, failed func(error)) {
	h := p.home
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

// openLink opens a link of a message outside, but an address of somebody here.
func (p people) openLink(link string) {
	h := p.home
	u, err := url.Parse(link)
	switch {
	case err != nil:
		h.app.root.Toast(lang.T("This link can't be opened."), "", nil)
	case u.Scheme == "xmpp":
		c := view.CheckAddress(link, h.accounts.Own())
		if c.JID != "" && c.Warning == "" && h.chat != nil {
			p.start(h.chat.account(), c.JID, h.app.fail)
		}
	case u.Scheme == "https", u.Scheme == "http", u.Scheme == "mailto":
		if err := h.app.toolkit.OpenURL(u); err != nil {
			h.app.root.Toast(lang.T("No program on this computer opens this link."), "", nil)
		}
	}
}

// asking are those who ask to be contacts and have not written: whoever wrote is answered in the chat.
func (p people) asking() []model.Contact {
	return slices.DeleteFunc(p.home.chats.Asking(), func(c model.Contact) bool {
		_, wrote := p.home.chats.With(c.Account, c.JID)
		return wrote
	})
}
