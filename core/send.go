package core

import (
	"context"
	"errors"
	"strings"
	"time"

	"kith/core/model"
	"kith/storage"
)

// maxBody bounds what one message may say, in bytes: what every server lets through with room for its encryption.
const maxBody = 64 << 10

// ErrTooLong says that a message is longer than servers carry.
var ErrTooLong = errors.New("message is too long")

// ErrEmpty says that there is nothing to send.
var ErrEmpty = errors.New("message is empty")

// Send stores a message as Pending, together with the outbox entry that will bring it out, and clears the chat's draft. It
// never waits for the network; what becomes of the message is told by events.
func (c *Chats) Send(ctx context.Context, id model.ChatID, d model.Draft) (model.MessageID, error) {
	body := strings.TrimSpace(cleanText(d.Body))
	switch {
	case body == "":
		return 0, ErrEmpty
	case len(body) > maxBody:
		return 0, ErrTooLong
	}
	var ev ChatChanged
	m := model.Message{Chat: id, Kind: model.Text, Outgoing: true, Time: time.Now().UTC(), Body: body, OriginID: stanzaID()}
	err := c.c.store.UpdateDurable(ctx, func(tx *storage.Tx) error {
		chat, err := tx.Chat(id)
		if err != nil {
			return err
		}
		account, err := tx.Account(chat.Account)
		if err != nil {
			return err
		}
		m.From, m.Encrypted = account.JID, chat.Encryption == model.OMEMO
		if err := c.store(tx, &m, chat); err != nil {
			return err
		}
		ev, err = messageEvent(tx, m.ID)
		return err
	})
	if err != nil {
		return 0, err
	}
	c.sent(ev)
	return m.ID, nil
}

// store writes the row, its outbox entry, and what sending says about the chat: it is read, accepted, and has no draft.
func (c *Chats) store(tx *storage.Tx, m *model.Message, chat model.Chat) error {
	place, err := new(order).behind(tx, m, metRow{})
	if err != nil {
		return err
	}
	m.Time = place.at
	if _, err := tx.AddMessage(m); err != nil {
		return err
	}
	if err := tx.Queue(queuedText(chat, m)); err != nil {
		return err
	}
	if err := tx.SetDraft(chat.ID, ""); err != nil {
		return err
	}
	if chat.Request {
		if err := tx.SetRequest(chat.ID, false); err != nil {
			return err
		}
	}
	_, err = tx.MarkRead(chat.ID, m.ID)
	return err
}

func queuedText(chat model.Chat, m *model.Message) *storage.Queued {
	return &storage.Queued{
		Account: chat.Account, Message: m.ID, To: chat.JID, Kind: storage.QueuedText, StanzaID: m.OriginID, Body: []byte(m.Body),
	}
}

// sent tells the interface and the outbox.
func (c *Chats) sent(ev ChatChanged) {
	c.c.feed.put(ev)
	if a := c.c.account(ev.Chat.Account); a != nil {
		a.nudge()
	}
}

// Retry sends a failed message again, under the same identity, so that whoever got it after all drops the double.
func (c *Chats) Retry(ctx context.Context, id model.MessageID) error {
	var ev ChatChanged
	err := c.c.store.UpdateDurable(ctx, func(tx *storage.Tx) error {
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		chat, err := tx.Chat(m.Chat)
		if err != nil {
			return err
		}
		if !m.Outgoing || (m.State != model.Failed && m.Fault == model.NoFault) {
			return nil
		}
		if q, ok, err := tx.QueuedByMessage(id); err != nil {
			return err
		} else if ok {
			if err := tx.Unqueue(q.ID); err != nil {
				return err
			}
		}
		if _, err := tx.SetState(id, model.Pending, model.NoFault); err != nil {
			return err
		}
		if err := tx.Queue(queuedText(chat, &m)); err != nil {
			return err
		}
		ev, err = messageEvent(tx, id)
		return err
	})
	if err == nil && ev.Chat.ID != 0 {
		if a := c.c.account(ev.Chat.Account); a != nil {
			a.out.refreshDevices(ev.Chat.JID) // why it failed may have changed
		}
		c.sent(ev)
	}
	return err
}
