package view

import (
	"cmp"
	"slices"

	"kith/core/model"
)

// span is the stretch of a chat's messages that a timeline holds.
type span struct {
	msgs   []model.Message // by ID
	oldest bool            // nothing older is stored
	newest bool            // it reaches the newest message
}

// AtNewest says whether the window reaches the newest message.
func (s *span) AtNewest() bool { return s.newest }

// Message returns a message of the window.
func (s *span) Message(id model.MessageID) (model.Message, bool) {
	if i, ok := s.find(id); ok {
		return s.msgs[i], true
	}
	return model.Message{}, false
}

// Newest is the newest message of the window; 0 when there is none.
func (s *span) Newest() model.MessageID {
	if len(s.msgs) == 0 {
		return 0
	}
	return s.msgs[len(s.msgs)-1].ID
}

// OlderPage is the page to read when the view comes near the first row; ok is false when nothing older is stored (the
// archive may still have more, unless Chat.Complete).
func (s *span) OlderPage() (p model.Page, ok bool) {
	if s.oldest || len(s.msgs) == 0 {
		return model.Page{}, false
	}
	return model.Page{Around: s.msgs[0].ID, Limit: PageSize}, true
}

// NewerPage is the page to read when the view comes near the last row; ok is false when the window reaches the newest.
func (s *span) NewerPage() (p model.Page, ok bool) {
	if s.newest || len(s.msgs) == 0 {
		return model.Page{}, false
	}
	return model.Page{Around: s.Newest(), Newer: true, Limit: PageSize}, true
}

// MoreStored says that older messages came into the store while none were known: paging may go on.
func (s *span) MoreStored() { s.oldest = false }

// trimTo keeps n messages at the newest end, or at the oldest end.
func (s *span) trimTo(n int, keepNewest bool) {
	extra := len(s.msgs) - n
	switch {
	case extra <= 0:
	case keepNewest:
		s.msgs, s.oldest = slices.Clone(s.msgs[extra:]), false
	default:
		s.msgs, s.newest = s.msgs[:n], false
	}
}

func (s *span) find(id model.MessageID) (int, bool) {
	return slices.BinarySearchFunc(s.msgs, id, func(m model.Message, id model.MessageID) int { return cmp.Compare(m.ID, id) })
}

// countNew counts the incoming messages from row i on.
func (s *span) countNew(i int) int {
	n := 0
	for _, m := range s.msgs[i:] {
		if !m.Outgoing && m.Kind.News() {
			n++
		}
	}
	return n
}

func sortedUnique(msgs []model.Message) []model.Message {
	out := slices.Clone(msgs)
	slices.SortStableFunc(out, func(a, b model.Message) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b model.Message) bool { return a.ID == b.ID })
}
