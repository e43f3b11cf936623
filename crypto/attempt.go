package crypto

import (
	"kith/core/wire"
	"kith/storage"
)

// attempt is one try to open one <key/>. It reads the database and changes nothing until store.
type attempt struct {
	*ledger
	me         us
	peer       storage.Peer
	device     storage.OMEMODevice
	session    *session
	late       skippedKey // the remembered key that fits, when opened.late
	usedPreKey uint32
	opened     opened
}

// open decrypts the key into t.opened.
func (t *attempt) open(k wire.Key) (err error) {
	if !k.PreKey {
		m, err := parseEnvelope(k.Data)
		if err != nil {
			return err
		}
		if t.session == nil {
			return ErrNoSession
		}
		t.opened, err = t.session.open(t.me, m, t.lookup)
		return err
	}
	inv, err := parseInvitation(k.Data)
	if err != nil {
		return err
	}
	if f := t.device.Fingerprint; f != "" && f != inv.identity.fingerprint() {
		return ErrIdentityChanged
	}
	t.opened, err = t.session.join(t.me, inv, t.lookup, t.preKeys)
	return err
}

// lookup finds remembered keys of a message that was skipped.
func (t *attempt) lookup(ratchet point, counter uint32) (messageKeys, bool, error) {
	b, err := t.tx.SkippedKeys(t.peer, ratchet[:], counter)
	if err != nil || b == nil {
		return messageKeys{}, false, err
	}
	keys, err := parseMessageKeys(b)
	t.late = skippedKey{ratchet: ratchet, counter: counter}
	return keys, err == nil, err
}

// preKeys are our keys that an invitation names; ErrNoSession when they are gone.
func (t *attempt) preKeys(inv invitation) (signed, oneTime keyPair, err error) {
	all, err := t.tx.SignedPreKeys(t.account)
	if err != nil {
		return keyPair{}, keyPair{}, err
	}
	one, ok, err := t.tx.PreKey(t.account, inv.preKey)
	if err != nil {
		return keyPair{}, keyPair{}, err
	}
	for _, k := range all {
		if k.ID != inv.signed || !ok {
			continue
		}
		if signed, err = keyPairOf(k.Secret); err != nil {
			return keyPair{}, keyPair{}, storage.ErrDamaged
		}
		if oneTime, err = keyPairOf(one.Secret); err != nil {
			return keyPair{}, keyPair{}, storage.ErrDamaged
		}
		t.usedPreKey = inv.preKey
		return signed, oneTime, nil
	}
	return keyPair{}, keyPair{}, ErrNoSession
}

// store writes what must not wait for Flush: which keys of missing messages are needed and which no more.
func (t *attempt) store() error {
	if t.opened.late {
		if err := t.tx.DropSkippedKeys(t.peer, t.late.ratchet[:], t.late.counter); err != nil {
			return err
		}
	}
	if len(t.opened.skipped) == 0 {
		return nil
	}
	rows := make([]storage.SkippedKey, len(t.opened.skipped))
	for i, k := range t.opened.skipped {
		rows[i] = storage.SkippedKey{Ratchet: k.ratchet[:], Counter: k.counter, Keys: k.keys.bytes()}
	}
	return t.tx.AddSkippedKeys(t.peer, rows)
}
