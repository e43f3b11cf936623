package crypto

import (
	"errors"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Opened is a decrypted message.
type Opened struct {
	Plain     []byte       // nil: a message without content, only for the keys
	From      model.Device // as known now, with the trust its key has; not Active: fetch the sender's list
	PreKey    bool         // it started a session, or the other side does not know yet that we have it
	Reply     bool         // an empty message should go back, after catching up
	NewDevice bool         // its identity key was not known before
	Back      bool         // it was silent until now
}

// Decrypt opens a message that the server says came from the address from: its keys are looked for among the sessions with
// that address only, so that nobody can speak for another.
//
// ErrReflection, ErrNotForUs, ErrNoSession, ErrDuplicate, ErrOldFormat, ErrBad and ErrIdentityChanged change nothing. The
// one-time prekey that was used goes from the bundle, but can still be used until CatchUpDone.
func (b *Batch) Decrypt(from model.JID, x wire.Encrypted, now time.Time) (Opened, error) {
	from = from.Bare()
	if from == b.own && x.SID == b.us.device {
		return Opened{}, ErrReflection
	}
	err := ErrNotForUs
	for _, k := range x.Keys {
		if k.RID != b.us.device {
			continue
		}
		// The number may belong to a device of somebody else too; then the other key is the one for us.
		o, e := b.decryptKey(incoming{from: from, x: x, key: k, now: now})
		if e == nil {
			return o, nil
		}
		if err = telling(err, e); !ours(e) {
			return Opened{}, e
		}
	}
	return Opened{}, err
}

// fromPackage are the errors that say something about a message, the most telling first.
var fromPackage = [...]error{ErrIdentityChanged, ErrDuplicate, ErrOldFormat, ErrBad, ErrNoSession, ErrNotForUs}

// ours says whether an error is about the message and not about the database.
func ours(err error) bool {
	for _, e := range fromPackage {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// telling is the more telling one of two errors.
func telling(a, b error) error {
	for _, e := range fromPackage {
		if errors.Is(a, e) {
			return a
		}
		if errors.Is(b, e) {
			return b
		}
	}
	return b
}

// incoming is one try to decrypt.
type incoming struct {
	from model.JID
	x    wire.Encrypted
	key  wire.Key
	now  time.Time
}

func (b *Batch) decryptKey(in incoming) (Opened, error) {
	d, known, err := b.device(in.from, in.x.SID)
	if err != nil {
		return Opened{}, err
	}
	p := b.peer(in.from, in.x.SID)
	s, err := b.session(p)
	if err != nil {
		return Opened{}, err
	}
	t := attempt{ledger: &b.ledger, me: b.us, peer: p, device: d, session: s}
	var plain []byte
	err = guard(func() error {
		if err := t.open(in.key); err != nil {
			return err
		}
		plain, err = openPayload(in.x, t.opened.plain)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	if !known {
		if d, err = b.stranger(d, in.now); err != nil {
			return Opened{}, err
		}
	}
	return b.accept(t, d, plain, in)
}

// accept stores what follows from a genuine message.
func (b *Batch) accept(t attempt, d storage.OMEMODevice, plain []byte, in incoming) (Opened, error) {
	fresh := d.Fingerprint == ""
	var err error
	if fresh {
		if d, err = b.learnKey(d, t.opened.next.peer); err != nil {
			return Opened{}, err
		}
	}
	back, err := b.heard(&d)
	if err != nil {
		return Opened{}, err
	}
	if err := t.store(); err != nil {
		return Opened{}, err
	}
	if t.usedPreKey != 0 {
		if err := b.usePreKey(t.usedPreKey); err != nil {
			return Opened{}, err
		}
	}
	put(&b.ledger, b.seen, t.peer, max(in.now.UnixMilli(), d.LastSeenMS, b.seen[t.peer]))
	put(&b.ledger, b.sessions, t.peer, t.opened.next)
	d.LastSeenMS = b.seen[t.peer]
	st := t.opened.next.states[0]
	return Opened{
		Plain: plain, From: d.Device, PreKey: in.key.PreKey, NewDevice: fresh, Back: back,
		Reply: t.opened.reply || in.key.PreKey && st.sending.index == 0,
	}, nil
}
