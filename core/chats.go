package core

import (
	"context"
	"errors"
	"slices"
	"time"

	"kith/core/model"
	"kith/storage"
)

// Chats is the conversations of all accounts.
type Chats struct{ c *Client }

// Query asks for messages that say something.
type Query = storage.SearchQuery

// List returns the chats of an account, or with 0 of all: pinned ones first, then the newest first.
func (c *Chats) List(_ context.Context, id model.AccountID) ([]model.Chat, error) {
	return c.c.store.Chats(id)
}

// Get returns one chat with its known gaps.
func (c *Chats) Get(_ context.Context, id model.ChatID) (model.Chat, error) {
	chat, err := c.c.store.Chat(id)
	if err != nil {
		return chat, err
	}
	chat.Gaps, err = c.gaps(chat)
	return chat, err
}

// Start finds the chat with an address, or makes it. ErrAddress when it cannot be written to, ErrNotFound without the account.
func (c *Chats) Start(ctx context.Context, id model.AccountID, address string) (model.Chat, error) {
	jid, err := model.ParseJID(address)
	if err != nil || jid.Local() == "" {
		return model.Chat{}, ErrAddress
	}
	if _, err := c.c.store.Account(id); err != nil {
		return model.Chat{}, err
	}
	chat, ok, err := c.c.store.ChatWith(id, jid.Bare())
	if err != nil || (ok && !chat.Request) {
		return chat, errors.Join(err, c.opened(chat))
	}
	err = c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) {
		if chat, _, err = tx.EnsureChat(id, jid.Bare()); err != nil {
			return 0, err
		}
		return chat.ID, tx.SetRequest(chat.ID, false)
	})
	return chat, errors.Join(err, c.opened(chat))
}

// opened has the list of the other side's devices fetched if it may be out of date, so that a message need not wait for it.
func (c *Chats) opened(chat model.Chat) error {
	a := c.c.account(chat.Account)
	if a == nil {
		return nil
	}
	stale, _, err := keyring{a}.staleList(chat.JID)
	if err == nil && stale {
		a.out.refreshDevices(chat.JID)
		a.nudge()
	}
	return err
}

// edit changes a chat in a transaction and tells the subscriptions.
func (c *Chats) edit(ctx context.Context, do func(*storage.Tx) (model.ChatID, error)) error {
	var ev ChatChanged
	err := c.c.store.Update(ctx, func(tx *storage.Tx) error {
		id, err := do(tx)
		if err != nil {
			return err
		}
		ev.Chat, err = tx.Chat(id)
		return err
	})
	if err == nil {
		c.c.feed.put(ev)
	}
	return err
}

// Messages reads stored messages, the oldest first.
func (c *Chats) Messages(_ context.Context, id model.ChatID, p model.Page) ([]model.Message, error) {
	return c.c.store.Messages(id, p)
}

// Search finds messages by their words, the newest first.
func (c *Chats) Search(ctx context.Context, q Query) ([]model.Message, error) {
	return c.c.store.Search(ctx, q)
}

// SetDraft keeps what stands unsent in the composer.
func (c *Chats) SetDraft(ctx context.Context, id model.ChatID, text string) error {
	return c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) { return id, tx.SetDraft(id, text) })
}

// SetEncryption chooses how the chat's messages leave from now on. Clear is the person's explicit choice.
func (c *Chats) SetEncryption(ctx context.Context, id model.ChatID, e model.Encryption) error {
	return c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) { return id, tx.SetEncryption(id, e) })
}

// SetPinned keeps a chat at the top of the list, or no longer.
func (c *Chats) SetPinned(ctx context.Context, id model.ChatID, pinned bool) error {
	return c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) { return id, tx.SetPinned(id, pinned) })
}

// SetMuted silences notifications until a time; the zero time ends it.
func (c *Chats) SetMuted(ctx context.Context, id model.ChatID, until time.Time) error {
	return c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) { return id, tx.SetMuted(id, until) })
}

// Accept makes an ordinary chat of one that a stranger began.
func (c *Chats) Accept(ctx context.Context, id model.ChatID) error {
	return c.edit(ctx, func(tx *storage.Tx) (model.ChatID, error) { return id, tx.SetRequest(id, false) })
}

// MarkRead says that the person has seen everything up to a message. The sender is told, if they asked for it, are not strangers
// (XEP-0333), and the person lets them know; our own other devices are told in any case (XEP-0490).
func (c *Chats) MarkRead(ctx context.Context, id model.ChatID, upTo model.MessageID) error {
	var ev ChatChanged
	changed := false
	err := c.c.store.Update(ctx, func(tx *storage.Tx) (err error) {
		before, err := tx.Chat(id)
		if err != nil {
			return err
		}
		if changed, err = tx.MarkRead(id, upTo); err != nil || !changed {
			return err
		}
		if err := tellRead(tx, before, upTo); err != nil {
			return err
		}
		ev.Chat, err = tx.Chat(id)
		return err
	})
	if err == nil && changed {
		c.sent(ev)
	}
	return err
}

// Delete removes a chat and its messages from this device.
func (c *Chats) Delete(ctx context.Context, id model.ChatID) error {
	var account model.AccountID
	err := c.c.store.Update(ctx, func(tx *storage.Tx) error {
		chat, err := tx.Chat(id)
		if err != nil {
			return err
		}
		account = chat.Account
		return tx.DeleteChat(id)
	})
	if err == nil {
		c.c.feed.put(ChatRemoved{Chat: id, Account: account})
	}
	return err
}

// Older asks the archive for the page before the oldest stored message of a chat and waits until it is stored. more says
// whether there may be still older ones.
func (c *Chats) Older(ctx context.Context, id model.ChatID) (more bool, err error) {
	chat, err := c.c.store.Chat(id)
	if err != nil || chat.Complete {
		return false, err
	}
	oldest, err := c.c.store.Messages(id, model.Page{Around: model.MessageIDAt(id, time.Unix(0, 0)), Newer: true, Limit: 1})
	if err != nil {
		return false, err
	}
	before, end := "", time.Now()
	if len(oldest) > 0 {
		before, end = oldest[0].ServerID, oldest[0].Time
	}
	return c.older(ctx, chat, before, end)
}

func (c *Chats) older(ctx context.Context, chat model.Chat, before string, end time.Time) (bool, error) {
	a, err := c.c.online(chat.Account)
	if err != nil {
		return true, err
	}
	reply := make(chan olderResult, 1)
	if err := a.command(ctx, func() { (intake{a}).olderPage(ctx, chat, before, end, reply) }); err != nil {
		return true, err
	}
	select {
	case res := <-reply:
		return res.more, res.err
	case <-ctx.Done():
		return true, context.Cause(ctx)
	case <-a.ended:
		return true, ErrClosed
	}
}

// FillGap asks the archive for what lies right before the newer edge of a gap.
func (c *Chats) FillGap(ctx context.Context, id model.ChatID, g model.Gap) error {
	chat, err := c.c.store.Chat(id)
	if err != nil {
		return err
	}
	edge, err := c.c.store.Message(g.Before)
	if err != nil {
		return err
	}
	_, err = c.older(ctx, chat, edge.ServerID, edge.Time)
	return err
}

// gaps finds where rows of the chat lie on both sides of a stretch that no archive page has covered yet.
func (c *Chats) gaps(chat model.Chat) ([]model.Gap, error) {
	account, err := c.c.store.Account(chat.Account)
	if err != nil {
		return nil, err
	}
	ranges, err := c.c.store.Ranges(chat.Account, account.JID)
	if err != nil {
		return nil, err
	}
	left, err := c.c.store.Ranges(chat.Account, leftOut(account.JID))
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(ranges); i++ {
		left = append(left, storage.Range{From: ranges[i].From, To: ranges[i+1].To})
	}
	var out []model.Gap
	for _, gap := range left {
		after, err := c.c.store.Messages(chat.ID, model.Page{Around: model.MessageIDAt(chat.ID, gap.To) + 4, Limit: 1})
		if err != nil {
			return nil, err
		}
		before, err := c.c.store.Messages(chat.ID, model.Page{Around: model.MessageIDAt(chat.ID, gap.From) - 1, Newer: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(after) == 0 || len(before) == 0 {
			continue
		}
		if g := (model.Gap{After: after[0].ID, Before: before[0].ID}); !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out, nil
}
