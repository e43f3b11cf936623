package core

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Contacts is the roster of each account (RFC 6121 §2, §3) and the people who ask to be in it.
type Contacts struct{ c *Client }

// maxAsking bounds the open subscription requests that are kept: strangers can send as many as they like.
const maxAsking = 200

// List returns the contacts of an account, and those who ask to become contacts, with their presence.
func (c *Contacts) List(_ context.Context, id model.AccountID) ([]model.Contact, error) {
	rows, err := c.c.store.Contacts(id)
	if err != nil {
		return nil, err
	}
	if a := c.c.account(id); a != nil {
		for i := range rows {
			rows[i].Presence = a.presenceOf(rows[i].JID)
		}
	}
	return rows, nil
}

// Add puts somebody into the roster and asks to see their presence. It needs the network.
func (c *Contacts) Add(ctx context.Context, id model.AccountID, address, name string) (model.JID, error) {
	jid, err := model.ParseJID(address)
	if err != nil || jid.Local() == "" || !jid.IsBare() {
		return "", ErrAddress
	}
	a, err := c.c.online(id)
	if err != nil {
		return "", err
	}
	if err := a.setRoster(ctx, wire.RosterItem{JID: jid, Name: name}); err != nil {
		return "", err
	}
	a.out.transient(subscriptionTo(jid, wire.TypeSubscribed)) // for a request that may come yet; servers need not keep it
	return jid, a.change(ctx, func(r *receiver) error {
		return errors.Join(roster{r}.subscription(jid, wire.TypeSubscribe), roster{r}.unasked(jid, false))
	})
}

// Rename changes the name that a contact has in our roster. ErrNotFound: they are not in it.
func (c *Contacts) Rename(ctx context.Context, id model.AccountID, jid model.JID, name string) error {
	a, err := c.c.online(id)
	if err != nil {
		return err
	}
	if row, ok, err := c.c.store.Contact(id, jid); err != nil || !ok || !row.InRoster {
		return cmp.Or(err, ErrNotFound) // to name somebody new would add them
	}
	return a.setRoster(ctx, wire.RosterItem{JID: jid, Name: name})
}

// Remove takes somebody out of the roster; both sides stop seeing each other's presence. The chat stays.
// ErrNotFound: they are not in it.
func (c *Contacts) Remove(ctx context.Context, id model.AccountID, jid model.JID) error {
	a, err := c.c.online(id)
	if err != nil {
		return err
	}
	err = a.setRoster(ctx, wire.RosterItem{JID: jid, Removed: true})
	var se *wire.StanzaError
	if errors.As(err, &se) && se.Condition == wire.ItemNotFound {
		return ErrNotFound
	}
	return err
}

// Accept lets somebody who asked see our presence, and asks for theirs. The answer leaves when it can.
func (c *Contacts) Accept(ctx context.Context, id model.AccountID, jid model.JID) error {
	return c.reply(ctx, id, jid, wire.TypeSubscribed, wire.TypeSubscribe)
}

// Decline refuses a request; they are not told why. The answer leaves when it can.
func (c *Contacts) Decline(ctx context.Context, id model.AccountID, jid model.JID) error {
	return c.reply(ctx, id, jid, wire.TypeUnsubscribed)
}

func (c *Contacts) reply(ctx context.Context, id model.AccountID, jid model.JID, types ...string) error {
	a, err := c.c.runs(id)
	if err != nil {
		return err
	}
	return a.change(ctx, func(r *receiver) error {
		return errors.Join(roster{r}.subscription(jid, types...), roster{r}.unasked(jid, types[0] == wire.TypeUnsubscribed))
	})
}

// subscription queues presences about a subscription, in the transaction that stores what they mean, in place of those that
// still wait: the last word counts.
func (r roster) subscription(jid model.JID, types ...string) error {
	old, err := r.tx.QueuedSubscriptions(r.a.id, jid)
	if err != nil {
		return err
	}
	for _, q := range old {
		if err := r.tx.Unqueue(q.ID); err != nil {
			return err
		}
	}
	for _, t := range types {
		id := stanzaID()
		q := rawEntry(r.a.id, jid, id, subscriptionTo(jid, t).Set("id", id))
		q.Kind, q.Body = storage.QueuedSubscription, []byte(t)
		if err := r.tx.Queue(q); err != nil {
			return err
		}
	}
	return nil
}

// answered says whether an answer to somebody's request is on its way: then the server asks again only because it has not got it.
func (r roster) answered(jid model.JID) (bool, error) {
	waiting, err := r.tx.QueuedSubscriptions(r.a.id, jid)
	return slices.ContainsFunc(waiting, func(q storage.Queued) bool { return string(q.Body) != wire.TypeSubscribe }), err
}

// setRoster changes one item at the server; the change comes back as a push and is stored then.
func (a *account) setRoster(ctx context.Context, item wire.RosterItem) error {
	_, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeSet, Payload: wire.RosterSet(item)})
	return err
}

// rosterAnswer takes in the whole roster, or nothing when our version of it is still right (RFC 6121 §2.6).
func (r roster) rosterAnswer(payload *wire.Element, err error) error {
	if err != nil {
		r.a.log.Warn("roster", "err", err)
		return r.loadRoster()
	}
	roster, ok := wire.ParseRoster(payload)
	if !ok {
		return r.loadRoster()
	}
	if err := r.loadRoster(); err != nil {
		return err
	}
	listed := make(map[model.JID]bool, len(roster.Items))
	for _, item := range roster.Items {
		listed[item.JID] = true
		if err := r.rosterItem(item); err != nil {
			return err
		}
	}
	for jid, c := range r.a.in.contact {
		if c.InRoster && !listed[jid] {
			if err := r.rosterItem(wire.RosterItem{JID: jid, Removed: true}); err != nil {
				return err
			}
		}
	}
	return r.rosterVersion(roster.Version)
}

// loadRoster fills the inbox's copy from the store.
func (r roster) loadRoster() error {
	rows, err := r.tx.Contacts(r.a.id)
	if err != nil {
		return err
	}
	r.a.in.contact = make(map[model.JID]model.Contact, len(rows))
	for _, c := range rows {
		r.a.in.contact[c.JID] = c
	}
	return nil
}

func (r roster) rosterVersion(ver string) error {
	if ver == "" {
		return nil
	}
	row, err := r.tx.Account(r.a.id)
	if err != nil {
		return err
	}
	row.RosterVersion = ver
	return r.tx.SaveAccount(row)
}

// rosterItem stores one item of the roster.
func (r roster) rosterItem(item wire.RosterItem) error {
	old := r.a.in.contact[item.JID]
	if item.Removed {
		r.a.forgetPresence(item.JID)
		return r.dropContact(item.JID)
	}
	c := model.Contact{
		Account: r.a.id, JID: item.JID, Name: item.Name, Subscription: item.Subscription,
		Asked: item.Asked, Asking: old.Asking, InRoster: true,
	}
	if c.Subscription == model.SubFrom || c.Subscription == model.SubBoth {
		c.Asking = false
	}
	return r.putContact(c)
}

func (r roster) dropContact(jid model.JID) error {
	if err := r.tx.RemoveContact(r.a.id, jid); err != nil {
		return err
	}
	delete(r.a.in.contact, jid)
	if chat, ok, err := r.tx.ChatWith(r.a.id, jid); err != nil {
		return err
	} else if ok {
		r.delta(chat.ID) // its name may have changed
	}
	r.people = append(r.people, contactDelta{Contact: model.Contact{JID: jid}, removed: true})
	return nil
}

func (r roster) putContact(c model.Contact) error {
	old, known := r.a.in.contact[c.JID]
	if known && old == c {
		return nil
	}
	if err := r.tx.PutContact(c); err != nil {
		return err
	}
	r.a.in.contact[c.JID] = c
	if chat, ok, err := r.tx.ChatWith(r.a.id, c.JID); err != nil {
		return err
	} else if ok {
		if c.InRoster && chat.Request {
			if err := r.tx.SetRequest(chat.ID, false); err != nil {
				return err
			}
		}
		r.delta(chat.ID) // its name may have changed
	}
	r.people = append(r.people, contactDelta{Contact: c, asks: c.Asking && !old.Asking})
	return nil
}

// contactDelta is what a stanza changed of one contact: in the roster, or whether they are there.
type contactDelta struct {
	model.Contact
	removed bool
	asks    bool // for the first time
}

// changes is one event for all contacts that a batch changed, which may be the whole roster.
func (r roster) changes() []Event {
	if len(r.people) == 0 {
		return nil
	}
	ev := ContactsChanged{Account: r.a.id}
	last := make(map[model.JID]int, len(r.people))
	for i, d := range r.people {
		last[d.JID] = i
	}
	for i, d := range r.people {
		if d.asks {
			ev.Asking = append(ev.Asking, d.JID)
		}
		switch {
		case last[d.JID] != i:
		case d.removed:
			ev.Removed = append(ev.Removed, d.JID)
		default:
			d.Presence = r.a.presenceOf(d.JID)
			ev.Contacts = append(ev.Contacts, d.Contact)
		}
	}
	return []Event{ev}
}

// rosterPush takes in a change of the roster. Only our own account may push (RFC 6121 §2.1.6).
func (r roster) rosterPush(iq wire.IQ) (handled bool, err error) {
	roster, ok := wire.ParseRoster(iq.Payload)
	if !ok || len(roster.Items) != 1 || (iq.From != "" && iq.From != r.a.own) {
		return false, nil
	}
	if err := r.rosterItem(roster.Items[0]); err != nil {
		return false, err
	}
	return true, r.rosterVersion(roster.Version)
}

// subscriptionTo is a presence that asks for, grants or refuses a subscription (RFC 6121 §3).
func subscriptionTo(jid model.JID, typ string) *wire.Element {
	return wire.Presence{To: jid, Type: typ}.Element()
}
