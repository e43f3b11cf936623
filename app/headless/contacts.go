package main

import (
	"context"

	"kith/core"
	"kith/core/model"
)

// contactRef names a contact of an account.
type contactRef struct {
	Account model.AccountID `json:"account"`
	JID     string          `json:"jid"`
}

// address is the contact's address, normalised.
func (r contactRef) address() (model.JID, error) { return parseAddress(r.JID) }

// parseAddress reads a bare address.
func parseAddress(text string) (model.JID, error) {
	j, err := model.ParseJID(text)
	if err != nil || !j.IsBare() {
		return "", failed(core.FailAddress.String(), "not an address")
	}
	return j, nil
}

// contactInfo is a contact as the caller sees it.
type contactInfo struct {
	JID          model.JID `json:"jid"`
	Name         string    `json:"name"`
	Subscription string    `json:"subscription"`
	Presence     string    `json:"presence"`
	Asked        bool      `json:"asked"`  // we asked to see their presence
	Asking       bool      `json:"asking"` // they ask to see ours: contact.accept or contact.decline
}

func contactOf(c model.Contact) contactInfo {
	return contactInfo{c.JID, c.Name, c.Subscription.String(), c.Presence.String(), c.Asked, c.Asking}
}

type addContact struct {
	Account model.AccountID `json:"account"`
	JID     string          `json:"jid"`
	Name    string          `json:"name,omitempty"`
}

type nameContact struct {
	contactRef
	Name string `json:"name"`
}

func contactMethods(client *core.Client) []method {
	c := client.Contacts
	return []method{
		slow("contact.add", func(ctx context.Context, p addContact) (map[string]model.JID, error) {
			jid, err := c.Add(ctx, p.Account, p.JID, p.Name)
			return map[string]model.JID{"jid": jid}, err
		}),
		quick("contact.list", func(ctx context.Context, p accountRef) ([]contactInfo, error) {
			if err := client.Accounts.Known(ctx, p.Account); err != nil {
				return nil, err
			}
			all, err := c.List(ctx, p.Account)
			list := make([]contactInfo, 0, len(all))
			for _, x := range all {
				list = append(list, contactOf(x))
			}
			return list, err
		}),
		contactAction("contact.remove", c.Remove),
		contactAction("contact.accept", c.Accept),
		contactAction("contact.decline", c.Decline),
		slow("contact.rename", func(ctx context.Context, p nameContact) (done, error) {
			jid, err := p.address()
			if err != nil {
				return done{}, err
			}
			return done{}, c.Rename(ctx, p.Account, jid, p.Name)
		}),
	}
}

// contactAction is a method that does one thing to a contact and tells the server.
func contactAction(name string, do func(context.Context, model.AccountID, model.JID) error) method {
	return slow(name, func(ctx context.Context, p contactRef) (done, error) {
		jid, err := p.address()
		if err != nil {
			return done{}, err
		}
		return done{}, do(ctx, p.Account, jid)
	})
}
