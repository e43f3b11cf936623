package core

import (
	"errors"
	"maps"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// republishDelay debounces publishing after sessions were begun with our one-time keys.
const republishDelay = 5 * time.Second

// unreadable stores a row for what could not be decrypted. While the archive is being read it may only have come before its
// key, so it is parked and tried again; otherwise its sender's device is asked for a new session.
func (r opener) unreadable(env *envelope, m *model.Message, x wire.Encrypted, fault model.Fault) error {
	m.Kind, m.Fault, m.Body = model.Unreadable, fault, ""
	if err := r.add(env, m); err != nil || m.ID == 0 {
		return err
	}
	if fault != model.NoSession && fault != model.BadMessage {
		return nil
	}
	r.doubt(x)
	if !r.a.out.isCaughtUp() {
		return r.tx.Park(r.a.id, m.ID, env.from.Bare(), x.Element().Append(nil, ""))
	}
	return r.heal(env.from.Bare(), x.SID)
}

// beforeItsTurn stores a message from behind a gap: as it reads if it can be read already, and parked in any case, so that
// it goes through its ratchet once the gap is filled.
func (r opener) beforeItsTurn(env *envelope, m *model.Message, x wire.Encrypted) error {
	o, err := r.a.in.archive.preview.Open(r.omemo, env.from.Bare(), x)
	fault, known := faultOf(err)
	text := cleanText(string(o.Plain))
	switch {
	case errors.Is(err, crypto.ErrReflection):
		return r.foreign(env, m, x)
	case err != nil && !known:
		return err
	case err == nil && text != "":
		m.Fingerprint, m.Trust, m.Body = o.From.Fingerprint, o.From.Trust, text
	case err != nil && len(x.Payload) > 0:
		m.Kind, m.Fault = model.Unreadable, fault
	default: // a key transport or a blank text shows nothing, but has its turn
		return r.tx.Park(r.a.id, 0, env.from.Bare(), x.Element().Append(nil, ""))
	}
	if err := r.add(env, m); err != nil || m.ID == 0 || fault == model.NotForUs {
		return err
	}
	return r.tx.Park(r.a.id, m.ID, env.from.Bare(), x.Element().Append(nil, ""))
}

// retryParked gives everything its turn that came from behind a gap, or could not be read during the catch-up, in the order
// in which it came.
func (r opener) retryParked() error {
	for {
		parked, err := r.tx.Parked(r.a.id)
		if err != nil || len(parked) == 0 {
			return err
		}
		for _, p := range parked {
			if err := r.tx.Unpark(p.ID); err != nil {
				return err
			}
			if err := r.retry(p); err != nil {
				return err
			}
		}
	}
}

func (r opener) retry(p storage.ParkedMessage) error {
	el, err := wire.Parse(string(p.XML))
	if err != nil {
		return nil //nolint:nilerr // stored by another version of Kith: nothing to be done about it
	}
	x, ok := wire.ParseEncrypted(el)
	if !ok {
		return nil
	}
	o, err := r.omemo.Decrypt(p.From, x, r.now)
	switch _, known := faultOf(err); {
	case errors.Is(err, crypto.ErrDuplicate), errors.Is(err, crypto.ErrReflection):
		return nil
	case known:
		return r.stillUnreadable(p, x)
	case err != nil:
		return err
	}
	r.steps(p.From, o)
	text := cleanText(string(o.Plain))
	m, err := r.tx.Message(p.Message)
	if errors.Is(err, ErrNotFound) || text == "" {
		return nil // a row that is there already stays as it is: an empty one would say less
	}
	if err != nil || m.Kind == model.Text {
		return err
	}
	m.Kind, m.Fault, m.Body = model.Text, model.NoFault, text
	m.Device, m.Fingerprint, m.Trust = o.From.ID, o.From.Fingerprint, o.From.Trust
	return r.nowRead(m)
}

// stillUnreadable heals the session of a message that was not opened in its turn either; one that was read before its turn
// needs nothing.
func (r opener) stillUnreadable(p storage.ParkedMessage, x wire.Encrypted) error {
	m, err := r.tx.Message(p.Message)
	if errors.Is(err, ErrNotFound) || m.Kind == model.Text {
		return nil
	}
	if err != nil {
		return err
	}
	return r.heal(p.From, x.SID)
}

// heal asks a device whose messages we cannot read for a new session, by sending it an empty message of one; at most once a
// day for each device, and only to people who may know that we are there.
func (r opener) heal(jid model.JID, id model.DeviceID) error {
	if jid != r.a.own && !r.isContact(jid) {
		return nil
	}
	ok, err := r.omemo.Heal(model.Device{JID: jid, ID: id}, r.now)
	if err != nil || !ok {
		return err
	}
	return r.tx.Queue(&storage.Queued{
		Account: r.a.id, To: jid, Kind: storage.QueuedEmpty, StanzaID: stanzaID(), Device: id, Body: []byte("new session"),
	})
}

// answerEvery is how often one device gets an empty message at most.
const answerEvery = time.Minute

// owe notes that a device is to get an empty message, which steps our side of the ratchet (XEP-0384 0.3 §4.7).
func (r opener) owe(d model.Device) { r.owed[storage.Peer{JID: d.JID, Device: d.ID}] = true }

// payOwed queues the empty messages once the archive is read. A flood of a device's messages, live or from the archive, costs one
// a minute: what it asks for sooner leaves when that is over.
func (r opener) payOwed() error {
	if !r.a.out.isCaughtUp() && !r.paying {
		r.after = append(r.after, func() { maps.Copy(r.a.in.owed, r.owed) })
		return nil
	}
	maps.Copy(r.owed, r.a.in.owed)
	for key := range r.owed {
		due := r.now
		if last, ok := r.a.in.answered[key]; ok {
			switch since := r.now.Sub(last); {
			case since < 0 && since >= -answerEvery:
				continue // one waits already
			case since >= 0 && since < answerEvery:
				due = last.Add(answerEvery)
			}
		}
		q := storage.Queued{Account: r.a.id, To: key.JID, Kind: storage.QueuedEmpty, StanzaID: stanzaID(), Device: key.Device, NotBefore: due}
		if err := r.tx.Queue(&q); err != nil {
			return err
		}
		r.after = append(r.after, func() {
			r.a.in.answered[key] = due
			delete(r.a.in.owed, key)
		})
	}
	return nil
}
