package core

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/core/model"
)

// known says whether the message is stored already: by its archive id, or as the archive's copy of a row that has none yet. It
// is asked before decryption, because a ratchet opens a message only once. What else comes under an id that was used before may
// be another message of a program that counts from 1 at every start: the ratchet knows.
func (r *receiver) known(env *envelope, m *model.Message) (bool, error) {
	chat, ok, err := r.chat(env.peer())
	if err != nil || !ok {
		env.first = err == nil
		return false, err
	}
	rows, err := r.tx.Copies(chat.id, m.Outgoing, m.ServerID, m.OriginID)
	if env.first = err == nil && len(rows) == 0; err != nil || env.first || m.ServerID == "" {
		return false, err
	}
	row := rows[0]
	if row.ServerID == m.ServerID {
		r.met.note(env, row.ID, time.Time{})
		if ar := &r.a.in.archive; env.query != "" && env.query == ar.newest {
			ar.order.reaches(m.ServerID)
		}
		return true, nil
	}
	if row.ServerID != "" {
		return false, nil
	}
	row.ServerID = m.ServerID
	r.met.note(env, row.ID, time.Time{})
	_, err = r.tx.AddMessage(&row)
	return true, err
}

// add stores a row and notes what of it the interface has to know.
func (r *receiver) add(env *envelope, m *model.Message) error {
	chat, err := r.chatWith(env)
	if err != nil {
		return err
	}
	m.Chat = chat
	isNew, err := placer{&r.a.in.archive}.put(r.tx, env, m, r.met)
	if err == nil && !isNew && m.Outgoing && env.live {
		return r.changed(m.ID) // the copy of a note to ourselves says that the server has it
	}
	if err != nil || !isNew {
		return err
	}
	d := r.delta(chat)
	d.messages = append(d.messages, *m)
	if m.Outgoing {
		_, err := r.tx.MarkRead(chat, m.ID) // who answers has read
		return err
	}
	if r.a.in.archive.firstEver() && !env.live {
		_, err := r.tx.MarkRead(chat, m.ID) // history from before this device is not news
		return err
	}
	d.notify = d.notify || env.live && m.Kind.News()
	return receipts{r}.acknowledge(env, m)
}

// peerChat is what a batch remembers of a chat.
type peerChat struct {
	id      model.ChatID
	request bool
}

// chat is the chat with somebody, if there is one.
func (r *receiver) chat(peer model.JID) (peerChat, bool, error) {
	if c, ok := r.peers[peer]; ok {
		return c, true, nil
	}
	chat, ok, err := r.tx.ChatWith(r.a.id, peer)
	if err != nil || !ok {
		return peerChat{}, false, err
	}
	c := peerChat{chat.ID, chat.Request}
	r.peers[peer] = c
	return c, true, nil
}

// chatWith is the chat the message belongs to; the first message makes it.
func (r *receiver) chatWith(env *envelope) (model.ChatID, error) {
	peer := env.peer()
	c, ok, err := r.chat(peer)
	if err != nil {
		return 0, err
	}
	request := c.request && !env.outgoing
	if !ok {
		chat, _, err := r.tx.EnsureChat(r.a.id, peer)
		if err != nil {
			return 0, err
		}
		c, request = peerChat{chat.ID, chat.Request}, !env.outgoing && !r.isContact(peer)
	}
	if request != c.request {
		if err := r.tx.SetRequest(c.id, request); err != nil {
			return 0, err
		}
		c.request = request
	}
	r.peers[peer] = c
	return c.id, nil
}

func (r *receiver) isContact(j model.JID) bool {
	c, ok := r.a.in.contact[j]
	return j == r.a.own || (ok && c.InRoster)
}

func (r *receiver) delta(chat model.ChatID) *chatDelta {
	d := r.chats[chat]
	if d == nil {
		d = &chatDelta{}
		r.chats[chat] = d
	}
	return d
}

// changed notes that a stored row of a chat is different now.
func (r *receiver) changed(id model.MessageID) error {
	m, err := r.tx.Message(id)
	if err != nil {
		return err
	}
	d := r.delta(m.Chat)
	d.messages = append(d.messages, m)
	return nil
}

// chatEvents makes one event per changed chat, with the chat as this transaction leaves it.
func (r *receiver) chatEvents() ([]Event, error) {
	out := make([]Event, 0, len(r.chats))
	for id, d := range r.chats {
		chat, err := r.tx.Chat(id)
		if errors.Is(err, ErrNotFound) && r.undone {
			continue
		}
		if err != nil {
			return nil, err
		}
		ev := ChatChanged{Chat: chat, Messages: d.messages, Notify: d.notify && chat.Unread > 0 && r.now.After(chat.Muted)}
		if len(ev.Messages) > mergeLimit || r.undone {
			ev.Messages, ev.Reload = nil, true
		}
		out = append(out, ev)
	}
	return out, nil
}

// cleanText is a text from outside as it is kept: valid, and without the control characters that no person writes. One in
// which nothing can be seen is none.
func cleanText(s string) string {
	if strings.IndexFunc(s, unwritten) >= 0 || !utf8.ValidString(s) {
		s = strings.Map(func(r rune) rune {
			if unwritten(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, "\uFFFD"))
	}
	if strings.IndexFunc(s, visible) < 0 {
		return ""
	}
	return s
}

func visible(r rune) bool { return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) }

func unwritten(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF'
}
