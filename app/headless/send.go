package main

import (
	"context"
	"strings"

	"kith/core/model"
)

type sendParams struct {
	Account    model.AccountID `json:"account"`
	To         string          `json:"to"`
	Body       string          `json:"body"`
	Encryption string          `json:"encryption,omitempty"` // when given it must be what the chat is set to
}

// messageRef is a message that was stored.
type messageRef struct {
	Message messageID `json:"message"`
}

// errOtherWay refuses a message that would not leave as its sender believes.
var errOtherWay = failed("encryption", "the chat is set to another encryption: call chat.setEncryption first")

// send stores a message. It leaves as the chat is set: encrypted, unless chat.setEncryption chose otherwise before. A call
// that names the other way is refused: neither does a script send in the clear by mistake, nor believe it encrypted.
func (c chats) send(ctx context.Context, p sendParams) (messageRef, error) {
	if strings.TrimSpace(p.Body) == "" {
		return messageRef{}, badParams("body is empty")
	}
	asked, err := parseEncryption(p.Encryption, p.Encryption == "")
	if err != nil {
		return messageRef{}, err
	}
	chat, ok, err := c.find(ctx, chatRef{p.Account, p.To})
	if err != nil {
		return messageRef{}, err
	}
	if p.Encryption != "" && asked != chat.Encryption { // a chat that is not there yet is encrypted, as its zero value is
		return messageRef{}, errOtherWay
	}
	if !ok || chat.Request { // an answer accepts a stranger's request
		if chat, err = c.Start(ctx, p.Account, p.To); err != nil {
			return messageRef{}, err
		}
	}
	id, err := c.Send(ctx, chat.ID, model.Draft{Body: p.Body})
	return messageRef{messageID(id)}, err
}

// parseEncryption reads "omemo" or "none".
func parseEncryption(word string, absent bool) (model.Encryption, error) {
	for _, e := range []model.Encryption{model.OMEMO, model.Clear} {
		if word == e.String() {
			return e, nil
		}
	}
	if absent {
		return model.OMEMO, nil
	}
	return model.OMEMO, badParams("encryption must be omemo or none")
}

type encryptionParams struct {
	chatRef
	Encryption string `json:"encryption"`
}

func (c chats) setEncryption(ctx context.Context, p encryptionParams) (done, error) {
	e, err := parseEncryption(p.Encryption, false)
	if err != nil {
		return done{}, err
	}
	chat, err := c.Start(ctx, p.Account, p.With)
	if err != nil {
		return done{}, err
	}
	return done{}, c.SetEncryption(ctx, chat.ID, e)
}

// more says whether the archive may hold older messages.
type more struct {
	More bool `json:"more"`
}

func (c chats) older(ctx context.Context, p chatRef) (more, error) {
	chat, ok, err := c.find(ctx, p)
	if err == nil && !ok {
		chat, err = c.Start(ctx, p.Account, p.With)
	}
	if err != nil {
		return more{}, err
	}
	m, err := c.Older(ctx, chat.ID)
	return more{m}, err
}

func (c chats) retry(ctx context.Context, p messageRef) (done, error) {
	return done{}, c.Retry(ctx, model.MessageID(p.Message))
}

type readParams struct {
	chatRef
	Message messageID `json:"message"`
}

func (c chats) markRead(ctx context.Context, p readParams) (done, error) {
	chat, err := c.need(ctx, p.chatRef)
	if err != nil {
		return done{}, err
	}
	return done{}, c.MarkRead(ctx, chat.ID, model.MessageID(p.Message))
}

type typingParams struct {
	chatRef
	Active bool `json:"active"`
}

func (c chats) typing(ctx context.Context, p typingParams) (done, error) {
	chat, err := c.need(ctx, p.chatRef)
	if err != nil {
		return done{}, err
	}
	c.Typing(ctx, chat.ID, p.Active)
	return done{}, nil
}

func (c chats) accept(ctx context.Context, p chatRef) (done, error) {
	chat, err := c.need(ctx, p)
	if err != nil {
		return done{}, err
	}
	return done{}, c.Accept(ctx, chat.ID)
}

func (c chats) remove(ctx context.Context, p chatRef) (done, error) {
	chat, err := c.need(ctx, p)
	if err != nil {
		return done{}, err
	}
	return done{}, c.Delete(ctx, chat.ID)
}
