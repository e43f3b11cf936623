package main

import (
	"context"
	"time"

	"kith/core"
	"kith/core/model"
)

// How many messages a page has when the caller does not say, and at most.
const (
	pageLimit    = 50
	maxPageLimit = 1000
)

// chats adds what callers name differently: a chat by its account and the other side's address.
type chats struct {
	*core.Chats
	accounts *core.Accounts
}

// chatRef names a chat.
type chatRef struct {
	Account model.AccountID `json:"account"`
	With    string          `json:"with"`
}

// find is the chat when there is one; an account that is not here is an error. Reading never makes a chat.
func (c chats) find(ctx context.Context, r chatRef) (model.Chat, bool, error) {
	jid, err := parseAddress(r.With)
	if err != nil {
		return model.Chat{}, false, err
	}
	if err := c.accounts.Known(ctx, r.Account); err != nil {
		return model.Chat{}, false, err
	}
	all, err := c.List(ctx, r.Account)
	if err != nil {
		return model.Chat{}, false, err
	}
	for _, chat := range all {
		if chat.Account == r.Account && chat.JID == jid {
			return chat, true, nil
		}
	}
	return model.Chat{}, false, nil
}

// need is find for what makes no sense without the chat.
func (c chats) need(ctx context.Context, r chatRef) (model.Chat, error) {
	chat, ok, err := c.find(ctx, r)
	if err == nil && !ok {
		err = failed("not-found", "there is no such chat")
	}
	return chat, err
}

// messageInfo is a message as the caller sees it.
type messageInfo struct {
	Chat      model.ChatID   `json:"chat"`
	Message   messageID      `json:"message"`
	Kind      string         `json:"kind"`
	StanzaID  string         `json:"stanzaID"`
	OriginID  string         `json:"originID"`
	From      model.JID      `json:"from"`
	Outgoing  bool           `json:"outgoing"`
	Body      string         `json:"body"`
	Time      time.Time      `json:"time"`
	State     string         `json:"state"` // of incoming ones "received"
	Encrypted bool           `json:"encrypted"`
	Device    model.DeviceID `json:"device,omitempty"`
	Trust     string         `json:"trust,omitempty"` // what the sender's key was worth on arrival
	Error     string         `json:"error,omitempty"`
}

func messageOf(m model.Message) messageInfo {
	kinds := [...]string{model.Text: "text", model.Unreadable: "unreadable", model.Notice: "notice", model.Called: "call", model.MissedCall: "missed-call"}
	info := messageInfo{
		Chat: m.Chat, Message: messageID(m.ID), Kind: kinds[m.Kind], StanzaID: m.ServerID, OriginID: m.OriginID, From: m.From,
		Outgoing: m.Outgoing, Body: m.Body, Time: m.Time.UTC(), State: "received", Encrypted: m.Encrypted, Device: m.Device,
		Error: m.Fault.String(),
	}
	if m.Outgoing {
		info.State = m.State.String()
	} else if m.Encrypted {
		info.Trust = m.Trust.String()
	}
	return info
}

func messagesOf(all []model.Message) []messageInfo {
	list := make([]messageInfo, 0, len(all))
	for _, m := range all {
		list = append(list, messageOf(m))
	}
	return list
}

// chatInfo is a chat as the caller sees it.
type chatInfo struct {
	Chat       model.ChatID    `json:"chat"`
	Account    model.AccountID `json:"account"`
	JID        model.JID       `json:"jid"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Unread     int             `json:"unread"`
	Last       *messageInfo    `json:"last"`
	Encryption string          `json:"encryption"`
	Request    bool            `json:"request"` // a stranger wrote first
}

func chatOf(c model.Chat) chatInfo {
	info := chatInfo{
		Chat: c.ID, Account: c.Account, JID: c.JID, Name: c.Name, Kind: "chat", Unread: c.Unread,
		Encryption: c.Encryption.String(), Request: c.Request,
	}
	if c.Last.ID != 0 {
		last := messageOf(c.Last)
		info.Last = &last
	}
	return info
}

type pageParams struct {
	chatRef
	Limit  *int      `json:"limit,omitempty"`
	Before messageID `json:"before,omitempty"`
}

// limit is how many messages the caller gets.
func limit(n *int) (int, error) {
	switch {
	case n == nil:
		return pageLimit, nil
	case *n < 1 || *n > maxPageLimit:
		return 0, badParams("limit must be 1 to %d", maxPageLimit)
	}
	return *n, nil
}

func (c chats) page(ctx context.Context, p pageParams) ([]messageInfo, error) {
	n, err := limit(p.Limit)
	if err != nil {
		return nil, err
	}
	chat, ok, err := c.find(ctx, p.chatRef)
	if err != nil || !ok {
		return []messageInfo{}, err
	}
	all, err := c.Messages(ctx, chat.ID, model.Page{Around: model.MessageID(p.Before), Limit: n})
	return messagesOf(all), err
}

type listParams struct {
	Account model.AccountID `json:"account,omitempty"`
}

func (c chats) list(ctx context.Context, p listParams) ([]chatInfo, error) {
	if p.Account != 0 {
		if err := c.accounts.Known(ctx, p.Account); err != nil {
			return nil, err
		}
	}
	all, err := c.List(ctx, p.Account)
	list := make([]chatInfo, 0, len(all))
	for _, chat := range all {
		list = append(list, chatOf(chat))
	}
	return list, err
}

type searchParams struct {
	Query   string          `json:"query"`
	Account model.AccountID `json:"account,omitempty"`
	With    string          `json:"with,omitempty"`
	Limit   *int            `json:"limit,omitempty"`
	Before  messageID       `json:"before,omitempty"`
}

func (c chats) search(ctx context.Context, p searchParams) ([]messageInfo, error) {
	n, err := limit(p.Limit)
	if err != nil {
		return nil, err
	}
	q := core.Query{Text: p.Query, Account: p.Account, Limit: n, Before: model.MessageID(p.Before)}
	if p.With != "" {
		if p.Account == 0 {
			return nil, badParams("with needs account")
		}
		chat, ok, err := c.find(ctx, chatRef{p.Account, p.With})
		if err != nil || !ok {
			return []messageInfo{}, err
		}
		q.Chat = chat.ID
	} else if p.Account != 0 {
		if err := c.accounts.Known(ctx, p.Account); err != nil {
			return nil, err
		}
	}
	found, err := c.Search(ctx, q)
	return messagesOf(found), err
}

func chatMethods(c chats) []method {
	return []method{
		quick("chat.list", c.list),
		quick("chat.messages", c.page),
		slow("chat.older", c.older),
		quick("chat.send", c.send),
		quick("chat.retry", c.retry),
		quick("chat.setEncryption", c.setEncryption),
		quick("chat.markRead", c.markRead),
		quick("chat.typing", c.typing),
		quick("chat.accept", c.accept),
		slow("chat.delete", c.remove),
		quick("search", c.search),
	}
}
