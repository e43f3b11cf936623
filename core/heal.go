package core

import (
	"errors"
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
func (r *receiver) unreadable(env *envelope, m *model.Message, x wire.Encrypted, fault model.Fault) error {
	m.Kind, m.Fault, m.Body = model.Unreadable, fault, ""
	if err := r.add(env, m); err != nil || m.ID == 0 {
		return err
	}
	if fault != model.NoSession && fault != model.BadMessage {
		return nil
	}
	if !r.a.out.isCaughtUp() {
		return r.tx.Park(r.a.id, m.ID, env.from.Bare(), x.Element().Append(nil, ""))
	}
	return r.heal(env.from.Bare(), x.SID)
}

// retryParked tries what could not be read during the catch-up once more.
func (r *receiver) retryParked() error {
	parked, err := r.tx.Parked(r.a.id)
	if err != nil {
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
	return nil
}

func (r *receiver) retry(p storage.ParkedMessage) error {
	el, err := wire.Parse(string(p.XML))
	if err != nil {
		return nil //nolint:nilerr // stored by another version of Kith: nothing to be done about it
	}
	x, ok := wire.ParseEncrypted(el)
	if !ok {
		return nil
	}
	o, err := r.omemo.Decrypt(p.From, x, r.now)
	if err != nil {
		if _, known := faultOf(err); known {
			return r.heal(p.From, x.SID)
		}
		if errors.Is(err, crypto.ErrDuplicate) || errors.Is(err, crypto.ErrReflection) {
			return nil
		}
		return err
	}
	m, err := r.tx.Message(p.Message)
	if errors.Is(err, ErrNotFound) || len(o.Plain) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	m.Kind, m.Fault, m.Body = model.Text, model.NoFault, string(o.Plain)
	m.Device, m.Fingerprint, m.Trust = o.From.ID, o.From.Fingerprint, o.From.Trust
	if err := r.tx.Replace(m); err != nil {
		return err
	}
	return r.changed(m.ID)
}

// heal asks a device whose messages we cannot read for a new session, by sending it an empty message of one; at most once a
// day for each device, and only to people who may know that we are there.
func (r *receiver) heal(jid model.JID, id model.DeviceID) error {
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
