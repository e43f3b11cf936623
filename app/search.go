package app

import (
	"context"
	"strings"
	"time"

	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// search is what the person looks for in the list.
type search struct {
	home  *home
	query string
	hits  []view.Hit
}

// searchLimit is how many messages a search shows.
const searchLimit = 50

// run filters the list at once and looks through all messages on the side.
func (s *search) run(text string) {
	h := s.home
	s.query = strings.TrimSpace(text)
	h.chats.Filter(s.query)
	s.hits = nil
	if h.chat != nil {
		h.chat.screen.ClearFound()
	}
	h.refresh()
	if len([]rune(s.query)) < 2 {
		return
	}
	query := s.query
	ask(h.app.crew, func(ctx context.Context) ([]view.Quote, error) {
		found, err := h.core.Chats.Search(ctx, core.Query{Text: query, Limit: searchLimit})
		return view.Quotes(found, query), err
	}, func(found []view.Quote, err error) {
		if err != nil || query != s.query {
			h.app.fail(err)
			return
		}
		s.hits = view.Hits(found, h.chats, time.Now())
		h.refresh()
	})
}

// leave gives the keyboard back to the open chat.
func (s *search) leave() {
	if h := s.home; h.chat != nil && h.shell.MainVisible() {
		h.chat.screen.Focus()
		return
	}
	s.home.app.window.Canvas().Unfocus()
}

// choose opens a chat of the list, which ends the search: it was for this chat.
func (s *search) choose(id model.ChatID) {
	s.home.list.ClearSearch()
	s.home.open(id)
}

// open shows a message that was found, where it stands in its chat.
func (s *search) open(hit view.Hit) {
	h, query := s.home, s.query
	if h.openID() == hit.Chat {
		h.chat.jumpTo(screen.Place{Message: hit.Message}, query)
		return
	}
	do(h.app.crew, func(ctx context.Context) (opening, error) { return h.readChat(ctx, hit.Chat) }, func(o opening, err error) {
		if err != nil {
			h.app.fail(err)
			return
		}
		h.showChat(o)
		h.chat.jumpTo(screen.Place{Message: hit.Message}, query)
	})
}

// people are the contacts that match the search and have no chat yet.
func (s *search) people() []model.Contact {
	if s.query == "" {
		return nil
	}
	var out []model.Contact
	for _, c := range s.home.chats.People(s.query, 50) {
		if _, has := s.home.chats.With(c.Account, c.JID); !has {
			out = append(out, c)
		}
	}
	return out
}
