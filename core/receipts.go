package core

import (
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// signals takes in what rides beside the text of a message: chat states (XEP-0085), receipts (XEP-0184) and read markers
// (XEP-0333). All of them act only on the chat with the one who sent them.
func (r receipts) signals(env *envelope) error {
	if env.live && !env.carbon && !env.outgoing {
		r.typing(env)
	}
	if id, ok := wire.ParseReceipt(env.el); ok && !env.outgoing {
		if err := r.advance(env, id, model.Delivered); err != nil {
			return err
		}
	}
	id, ok := wire.ParseDisplayed(env.el)
	switch {
	case !ok:
		return nil
	case env.outgoing:
		return r.readElsewhere(env, id)
	default:
		return r.advance(env, id, model.Read)
	}
}

// advance moves our message to a further state. A read marker covers everything before it as well (XEP-0333 §4.1).
func (r receipts) advance(env *envelope, originID string, st model.State) error {
	chat, ok, err := r.chat(env.peer())
	if err != nil || !ok {
		return err
	}
	row, ok, err := r.tx.MessageByOrigin(chat.id, true, originID)
	if err != nil || !ok {
		return err
	}
	if st == model.Delivered {
		changed, err := r.tx.SetState(row.ID, st, model.NoFault)
		if err != nil || !changed {
			return err
		}
		return r.changed(row.ID)
	}
	ids, err := r.tx.SetStateUpTo(chat.id, row.ID, st)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.changed(id); err != nil {
			return err
		}
	}
	return nil
}

// readElsewhere follows a marker that another device of ours sent: what was read there is read here.
func (r receipts) readElsewhere(env *envelope, originID string) error {
	chat, ok, err := r.chat(env.peer())
	if err != nil || !ok {
		return err
	}
	row, ok, err := r.tx.MessageByOrigin(chat.id, false, originID)
	if err != nil || !ok {
		return err
	}
	changed, err := r.tx.MarkRead(chat.id, row.ID)
	if changed {
		r.delta(chat.id)
	}
	return err
}

// mayAnswer says whether somebody may learn that we are there: a contact, or somebody we wrote to.
func (r *receiver) mayAnswer(peer model.JID) bool {
	if r.isContact(peer) {
		return true
	}
	c, ok, err := r.chat(peer)
	return err == nil && ok && !c.request
}

// acknowledge queues the receipt that the sender asked for. Not for copies of what another device of ours received live
// (that device answers), nor for history from before this device.
func (r receipts) acknowledge(env *envelope, m *model.Message) error {
	if !m.WantsReceipt || env.carbon || wire.ID(env.el) == "" || m.Kind != model.Text || !r.mayAnswer(env.peer()) {
		return nil
	}
	if !env.live && !r.a.in.archive.missed(env.at) {
		return nil
	}
	id := stanzaID()
	el := wire.NewMessage(env.from.Bare(), wire.TypeChat, id).Add(wire.Receipt(wire.ID(env.el)), wire.HintStore.Element())
	return r.tx.Queue(rawEntry(r.a.id, env.from.Bare(), id, el))
}

// bounced marks a message of ours that came back with an error (RFC 6120 §8.3). Only its own addressee may send it back.
func (r receipts) bounced(env *envelope) error {
	if env.outgoing || !env.live {
		return nil
	}
	id := wire.ID(env.el)
	chat, ok, err := r.chat(env.from.Bare())
	if err != nil || !ok || id == "" {
		return err
	}
	row, ok, err := r.tx.MessageByOrigin(chat.id, true, id)
	if err != nil || !ok || row.State > model.Sent {
		return err
	}
	changed, err := r.tx.SetState(row.ID, model.Failed, model.Refused)
	if err != nil || !changed {
		return err
	}
	if q, ok, err := r.tx.QueuedByMessage(row.ID); err != nil {
		return err
	} else if ok {
		if err := r.tx.Unqueue(q.ID); err != nil {
			return err
		}
	}
	return r.changed(row.ID)
}

// rawEntry is an outbox entry for a finished stanza.
func rawEntry(a model.AccountID, to model.JID, id string, el *wire.Element) *storage.Queued {
	return &storage.Queued{Account: a, To: to, Kind: storage.QueuedRaw, StanzaID: id, Stanza: el.Append(nil, wire.NSClient)}
}
