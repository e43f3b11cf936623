package core

import (
	"kith/core/model"
	"kith/core/wire"
)

// maxResources bounds the connections of one contact that are told apart.
const maxResources = 64

// presence takes in availability and subscription requests (RFC 6121 §3, §4).
func (r roster) presence(el *wire.Element) error {
	p, ok := wire.ParsePresence(el)
	if !ok || p.From == "" || p.From.Bare() == r.a.own {
		return nil
	}
	switch p.Type {
	case "", wire.TypeUnavailable:
		r.available(p.From, p.Availability())
	case wire.TypeSubscribe:
		return r.asked(p.From.Bare())
	case wire.TypeUnsubscribe:
		return r.unasked(p.From.Bare(), true)
	}
	return nil
}

// available notes the availability of one connection and tells the interface when that changed what it shows.
func (r roster) available(from model.JID, p model.Presence) {
	if c, ok := r.a.in.contact[from.Bare()]; ok && r.a.setPresence(from, p) {
		r.people = append(r.people, contactDelta{Contact: c})
	}
}

// asked keeps a subscription request until the person has answered it.
func (r roster) asked(from model.JID) error {
	if done, err := r.answered(from); err != nil || done {
		return err
	}
	c, known := r.a.in.contact[from]
	if !known {
		open := 0
		for _, o := range r.a.in.contact {
			if o.Asking {
				open++
			}
		}
		if open >= maxAsking {
			return nil
		}
		c = model.Contact{Account: r.a.id, JID: from}
	}
	if c.Subscription == model.SubFrom || c.Subscription == model.SubBoth {
		r.reply(subscriptionTo(from, wire.TypeSubscribed)) // they lost our answer
		return nil
	}
	c.Asking = true
	return r.putContact(c)
}

// unasked forgets a request that was answered or taken back. Of somebody who was no more than that nothing remains, if over.
func (r roster) unasked(from model.JID, over bool) error {
	c, known := r.a.in.contact[from]
	if !known || !c.Asking {
		return nil
	}
	if over && !c.InRoster {
		return r.dropContact(from)
	}
	c.Asking = false
	return r.putContact(c)
}

// setPresence notes one connection's availability; changed says whether the best one of the contact is another now.
func (a *account) setPresence(from model.JID, p model.Presence) (changed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	bare := from.Bare()
	before := best(a.presence[bare])
	if p == model.Unavailable {
		delete(a.presence[bare], from.Resource())
		if from.Resource() == "" || len(a.presence[bare]) == 0 {
			delete(a.presence, bare)
		}
		return before != best(a.presence[bare])
	}
	if a.presence[bare] == nil {
		a.presence[bare] = make(map[string]model.Presence)
	}
	if _, known := a.presence[bare][from.Resource()]; known || len(a.presence[bare]) < maxResources {
		a.presence[bare][from.Resource()] = p
	}
	return before != best(a.presence[bare])
}

func best(all map[string]model.Presence) model.Presence {
	p := model.Unavailable
	for _, o := range all {
		p = max(p, o)
	}
	return p
}

func (a *account) presenceOf(j model.JID) model.Presence {
	a.mu.Lock()
	defer a.mu.Unlock()
	return best(a.presence[j])
}

func (a *account) forgetPresence(j model.JID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.presence, j)
}

// allUnavailable forgets everybody's availability: the stream that told us is gone. Inbox goroutine.
func (a *account) allUnavailable() {
	a.mu.Lock()
	ev := ContactsChanged{Account: a.id}
	for jid := range a.presence {
		if c, ok := a.in.contact[jid]; ok {
			ev.Contacts = append(ev.Contacts, c)
		}
	}
	clear(a.presence)
	a.mu.Unlock()
	if len(ev.Contacts) > 0 {
		a.c.feed.put(ev)
	}
}
