package core

import (
	"errors"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
)

// encrypted opens an OMEMO message (XEP-0384) and stores it; what cannot be read is stored as a row that says so.
func (r opener) encrypted(env *envelope, m *model.Message, el *wire.Element) error {
	m.Encrypted = true
	if known, err := r.known(env, m); known || err != nil {
		return err
	}
	x, ok := wire.ParseEncrypted(el)
	if !ok {
		m.Kind, m.Fault = model.Unreadable, model.BadMessage
		return r.add(env, m)
	}
	m.Device = x.SID
	if r.a.in.archive.behindGap(env) {
		return r.beforeItsTurn(env, m, x)
	}
	opened, err := r.omemo.Decrypt(env.from.Bare(), x, r.now)
	switch {
	case err == nil:
		return r.opened(env, m, opened)
	case errors.Is(err, crypto.ErrReflection):
		return r.foreign(env, m, x)
	case errors.Is(err, crypto.ErrDuplicate):
		return nil
	}
	fault, known := faultOf(err)
	if !known {
		return err
	}
	if len(x.Payload) == 0 && fault != model.NoSession {
		return nil // a lost key transport carries nothing for a person
	}
	return r.unreadable(env, m, x, fault)
}

// foreign takes note of a message that this device has sent and that is not stored: the profile was put back from a backup, or a
// copy of it is in use. The sessions that it went out on have moved on without us; who gets the next message of ours on them takes
// it for an old one, and drops it. So that one starts new sessions.
func (r opener) foreign(env *envelope, m *model.Message, x wire.Encrypted) error {
	if len(x.Payload) == 0 {
		return nil // what has no text is never stored
	}
	if chat, ok, err := r.chat(env.peer()); err != nil {
		return err
	} else if ok && m.OriginID != "" {
		if _, ok, err := r.tx.MessageByOrigin(chat.id, m.Outgoing, m.OriginID); err != nil || ok {
			return err // another copy of it
		}
	}
	if err := r.omemo.Renew(env.peer()); err != nil {
		return err
	}
	return r.omemo.Renew(r.a.own)
}

// opened stores what a message said, and queues what its ratchet asks for.
func (r opener) opened(env *envelope, m *model.Message, o crypto.Opened) error {
	m.Fingerprint, m.Trust, m.Device = o.From.Fingerprint, o.From.Trust, o.From.ID
	r.steps(env.from.Bare(), o)
	if m.Body = cleanText(string(o.Plain)); m.Body == "" {
		return nil
	}
	read := *m
	if err := r.add(env, m); err != nil || m.Kind != model.Unreadable {
		return err
	}
	// Another copy came before its turn and could not be read. A server that was restarted may hold two: what it had not
	// acknowledged is sent again.
	read.ID, read.Chat = m.ID, m.Chat
	if err := r.nowRead(read); err != nil {
		return err
	}
	return receipts(r).acknowledge(env, &read)
}

// nowRead gives a row that could not be read what its message says.
func (r opener) nowRead(m model.Message) error {
	if err := r.tx.Replace(m); err != nil {
		return err
	}
	return r.changed(m.ID)
}

// steps does what a message asks for beyond being shown: a device that is not known is looked up, a used one-time key is
// replaced, an empty message answers.
func (r opener) steps(from model.JID, o crypto.Opened) {
	if (o.NewDevice || !o.From.Active) && r.mayAnswer(from) {
		r.lookUp(from)
	}
	if o.NewDevice {
		r.after = append(r.after, func() {
			r.a.c.feed.put(DevicesChanged{Account: r.a.id, JID: from, New: []model.Device{o.From}})
		})
	}
	if o.Back {
		r.after = append(r.after, func() { r.a.c.feed.put(DevicesChanged{Account: r.a.id, JID: from}) })
	}
	if o.PreKey {
		r.a.out.publishKeys(republishDelay)
	}
	if o.Reply && r.mayAnswer(from) {
		r.owe(o.From)
	}
}

// faultOf sorts an error of Decrypt; known is false when it is not about the message but about the store.
func faultOf(err error) (fault model.Fault, known bool) {
	switch {
	case errors.Is(err, crypto.ErrNoSession):
		return model.NoSession, true
	case errors.Is(err, crypto.ErrNotForUs):
		return model.NotForUs, true
	case errors.Is(err, crypto.ErrOldFormat):
		return model.OldFormat, true
	case errors.Is(err, crypto.ErrIdentityChanged):
		return model.KeyChanged, true
	case errors.Is(err, crypto.ErrBad):
		return model.BadMessage, true
	}
	return model.NoFault, false
}
