package core

import (
	"context"
	"errors"
	"slices"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// fallbackBody is what programs without OMEMO show.
const fallbackBody = "This message is encrypted with OMEMO, and your program can't read it. Turn OMEMO on, or use a program that has it."

// finishText makes the finished stanza of a text message and stores it, together with the ratchet step that made it, before
// anything leaves: a crash resends the same bytes and never steps twice.
func (a sender) finishText(ctx context.Context, q *storage.Queued) error {
	m, err := a.c.store.Message(q.Message)
	if errors.Is(err, ErrNotFound) {
		return a.unqueue(ctx, q)
	}
	if err != nil {
		return err
	}
	chat, err := a.c.store.Chat(m.Chat)
	if err != nil {
		return err
	}
	if !m.Encrypted { // the person set this chat to clear text before they wrote it
		if chat.Encryption != model.Clear {
			return a.fail(ctx, q, model.Refused)
		}
		el := textStanza(q).Add(wire.BodyElement(string(q.Body)))
		return a.keepStanza(ctx, q, el, nil)
	}
	to, err := keyring{a.account}.recipients(ctx, q.To)
	switch {
	case err != nil:
		return err
	case len(to.Undecided) > 0:
		if err := a.mark(ctx, q, model.Pending, model.UndecidedTrust, false); err != nil {
			return err
		}
		return errHeld
	case q.To == a.own && len(to.Ready) == 0: // a note to ourselves, and this is our only device: it is there already
		return a.mark(ctx, q, model.Sent, model.NoFault, true)
	case !hasDeviceOf(to.Ready, q.To):
		return a.fail(ctx, q, model.NoDevices)
	}
	return a.keepStanza(ctx, q, textStanza(q), func(b *crypto.Batch) (wire.Encrypted, error) {
		return b.Encrypt(q.Body, to.Ready)
	})
}

// textStanza is a text message but for its text.
func textStanza(q *storage.Queued) *wire.Element {
	return wire.NewMessage(q.To, wire.TypeChat, q.StanzaID).Add(
		wire.OriginIDElement(q.StanzaID), wire.ReceiptRequest(), wire.Markable(), wire.Active.Element(), wire.HintStore.Element())
}

func hasDeviceOf(devices []model.Device, j model.JID) bool {
	for _, d := range devices {
		if d.JID == j {
			return true
		}
	}
	return false
}

// keepStanza encrypts if asked to, and stores the finished bytes in the entry, all in one durable transaction.
func (a sender) keepStanza(ctx context.Context, q *storage.Queued, el *wire.Element, encrypt func(*crypto.Batch) (wire.Encrypted, error)) error {
	var b *crypto.Batch
	body := q.Body
	err := a.c.store.UpdateDurable(ctx, func(tx *storage.Tx) (err error) {
		if encrypt != nil {
			if b, err = a.c.omemo.Begin(tx, a.id, a.own); err != nil {
				return err
			}
			x, err := encrypt(b)
			if err != nil {
				return err
			}
			el.Add(x.Element())
			if x.HasPayload { // of an empty message nobody is told: Dino and Gajim show the note as a message that they can't read
				el.Add(wire.Encryption(wire.NSOMEMO, "OMEMO"), wire.BodyElement(fallbackBody))
			}
			if err := b.Flush(); err != nil {
				return err
			}
		}
		q.Stanza = el.Append(nil, wire.NSClient)
		q.Body = nil
		if q.Message != 0 {
			if _, err := tx.SetState(q.Message, model.Pending, model.NoFault); err != nil {
				return err
			}
		}
		return tx.SaveQueued(*q)
	})
	if err != nil {
		q.Stanza, q.Body = nil, body
		return err
	}
	if b != nil {
		b.Committed()
	}
	return nil
}

// finishEmpty makes an empty OMEMO message to one device. With a body in the entry, a new session is begun first.
func (a sender) finishEmpty(ctx context.Context, q *storage.Queued) error {
	d := model.Device{JID: q.To, ID: q.Device}
	if len(q.Body) > 0 {
		if err := (keyring{a.account}).fetchBundle(ctx, d); err != nil {
			if passing(err) {
				return err
			}
			return a.unqueue(ctx, q)
		}
	}
	el := wire.NewMessage(q.To, wire.TypeChat, q.StanzaID).Add(wire.OriginIDElement(q.StanzaID), wire.HintStore.Element())
	err := a.keepStanza(ctx, q, el, func(b *crypto.Batch) (wire.Encrypted, error) { return b.Encrypt(nil, []model.Device{d}) })
	if errors.Is(err, crypto.ErrNoSession) {
		return a.unqueue(ctx, q)
	}
	return err
}

// searchTime bounds how long one message may keep the others waiting for keys that do not come; it is tried again later.
const searchTime = 30 * time.Second

// recipients finds the devices a message to peer is for, fetching missing lists and bundles. This is the only place in Kith
// where sending waits for the network, and it waits outside of any transaction.
func (a keyring) recipients(ctx context.Context, peer model.JID) (to crypto.Targets, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, searchTime, link.ErrTimeout)
	defer cancel()
	if err := a.freshenList(ctx, peer); err != nil {
		return to, err
	}
	for range 3 { // lists first, then the bundles of the devices in them
		if to, err = a.targets(ctx, peer); err != nil {
			return to, err
		}
		known := hasDeviceOf(to.Ready, peer)
		to.Unknown = slices.DeleteFunc(to.Unknown, func(j model.JID) bool {
			return a.refusedLately(j) || known && a.out.silentLately(j)
		})
		if len(to.Unknown) == 0 && len(to.NoBundle) == 0 {
			return to, nil
		}
		for _, j := range to.Unknown {
			if _, err := a.fetchDevices(ctx, j); err != nil && !(known && errors.Is(err, link.ErrTimeout)) {
				return to, err
			}
		}
		for _, d := range to.NoBundle {
			if err := a.fetchBundle(ctx, d); passing(err) {
				return to, err
			}
		}
	}
	return to, nil
}

// freshenList makes what we know of somebody's devices as good as it gets. Where nobody answers, what is known has to do.
func (a keyring) freshenList(ctx context.Context, jid model.JID) error {
	stale, known, err := a.staleList(jid)
	switch {
	case err != nil:
		return err
	case stale:
		if _, err = a.fetchDevices(ctx, jid); known && errors.Is(err, link.ErrTimeout) {
			return nil
		}
		return err
	case a.refusedLately(jid):
		return a.heard(ctx, jid) // another device of theirs may have written since we asked
	}
	return nil
}

func (a keyring) targets(ctx context.Context, peer model.JID) (to crypto.Targets, err error) {
	var told []Event
	err = a.c.store.Update(ctx, func(tx *storage.Tx) error {
		b, err := a.c.omemo.Begin(tx, a.id, a.own)
		if err != nil {
			return err
		}
		if to, err = b.Targets(peer); err != nil {
			return err
		}
		told, err = a.tellSilent(tx, b)
		return err
	})
	if err == nil {
		a.c.feed.put(told...)
	}
	return to, err
}

// passing says whether a failed question is worth asking again by itself: the network is gone, or the other server is, most
// often for a while only.
func passing(err error) bool {
	var se *wire.StanzaError
	if errors.As(err, &se) {
		return se.Type == "wait" || se.Condition == wire.RemoteServerTimeout || se.Condition == wire.RemoteServerNotFound
	}
	return errors.Is(err, link.ErrOffline) || errors.Is(err, link.ErrTimeout) || errors.Is(err, link.ErrClosed) || errors.Is(err, context.Canceled)
}
