package storage

import (
	"errors"
	"fmt"
	"time"

	"kith/core/model"
)

// Our own keys of OMEMO.

// OMEMOIdentity is who an account is: the seed of its identity key, its device number, and how far its bundle got.
type OMEMOIdentity struct {
	Account    model.AccountID
	Seed       []byte
	Device     model.DeviceID
	Changed    int64     // version of the bundle as it is now
	Offered    int64     // the version that was last handed out for publishing
	Published  int64     // the version that the server is known to hold
	Rotated    time.Time // when the current signed prekey was made
	Generation int64     // grows with every transaction that moved a session on, so that memory is told from the past
}

// SecretKey is one of our prekeys.
type SecretKey struct {
	ID        uint32
	Secret    []byte
	Signature []byte    // of a signed prekey
	Made      time.Time // of a signed prekey
	Retired   time.Time // of a signed prekey: when the next one took its place; zero for the current one
}

// OMEMOIdentity is the account's identity; ErrNotFound before the first use.
func (t omemoReads) OMEMOIdentity(account model.AccountID) (OMEMOIdentity, error) {
	id := OMEMOIdentity{Account: account}
	var rotated int64
	err := t.r.value([]any{&id.Seed, &id.Device, &id.Changed, &id.Offered, &id.Published, &rotated, &id.Generation},
		"SELECT seed, device_id, changed, offered, published, rotated_ms, generation FROM omemo_identity WHERE account_id = ?", account)
	if err != nil {
		return OMEMOIdentity{}, fmt.Errorf("read identity: %w", err)
	}
	id.Rotated = fromMS(rotated)
	return id, nil
}

// SaveOMEMOIdentity stores the whole row.
func (t omemoWrites) SaveOMEMOIdentity(id OMEMOIdentity) error {
	_, err := t.w.exec(`INSERT OR REPLACE INTO omemo_identity
		(account_id, seed, device_id, changed, offered, published, rotated_ms, generation) VALUES (?,?,?,?,?,?,?,?)`,
		id.Account, id.Seed, id.Device, id.Changed, id.Offered, id.Published, toMS(id.Rotated), id.Generation)
	if err != nil {
		return fmt.Errorf("save identity: %w", err)
	}
	return nil
}

// PreKeys are the one-time prekeys nobody has used.
func (t omemoReads) PreKeys(account model.AccountID) ([]SecretKey, error) {
	out, err := list(t.r, func(row scanner, k *SecretKey) error { return row.Scan(&k.ID, &k.Secret) },
		"SELECT id, secret FROM omemo_prekey WHERE account_id = ? AND NOT used ORDER BY id", account)
	if err != nil {
		return nil, fmt.Errorf("read prekeys: %w", err)
	}
	return out, nil
}

// PreKey is a one-time prekey, used or not; false when there is none (any more).
func (t omemoReads) PreKey(account model.AccountID, id uint32) (SecretKey, bool, error) {
	k := SecretKey{ID: id}
	err := t.r.value([]any{&k.Secret}, "SELECT secret FROM omemo_prekey WHERE account_id = ? AND id = ?", account, id)
	if errors.Is(err, ErrNotFound) {
		return SecretKey{}, false, nil
	}
	if err != nil {
		return SecretKey{}, false, fmt.Errorf("read prekey: %w", err)
	}
	return k, true, nil
}

// AddPreKey stores a one-time prekey; ErrExists when the number is taken.
func (t omemoWrites) AddPreKey(account model.AccountID, k SecretKey) error {
	_, err := t.w.exec("INSERT INTO omemo_prekey (account_id, id, secret, used) VALUES (?,?,?,0)", account, k.ID, k.Secret)
	if err != nil {
		return fmt.Errorf("add prekey: %w", err)
	}
	return nil
}

// UsePreKey marks a one-time prekey as used. It stays readable until DeleteUsedPreKeys.
func (t omemoWrites) UsePreKey(account model.AccountID, id uint32) error {
	if _, err := t.w.exec("UPDATE omemo_prekey SET used = 1 WHERE account_id = ? AND id = ?", account, id); err != nil {
		return fmt.Errorf("use prekey: %w", err)
	}
	return nil
}

// DeleteUsedPreKeys deletes the one-time prekeys that were used.
func (t omemoWrites) DeleteUsedPreKeys(account model.AccountID) error {
	if _, err := t.w.exec("DELETE FROM omemo_prekey WHERE account_id = ? AND used", account); err != nil {
		return fmt.Errorf("delete prekeys: %w", err)
	}
	return nil
}

// SignedPreKeys are our signed prekeys, the newest first.
func (t omemoReads) SignedPreKeys(account model.AccountID) ([]SecretKey, error) {
	scan := func(row scanner, k *SecretKey) error {
		var made, retired int64
		err := row.Scan(&k.ID, &k.Secret, &k.Signature, &made, &retired)
		k.Made, k.Retired = fromMS(made), fromMS(retired)
		return err
	}
	out, err := list(t.r, scan, `SELECT id, secret, signature, made_ms, retired_ms FROM omemo_signed_prekey
		WHERE account_id = ? ORDER BY retired_ms = 0 DESC, made_ms DESC`, account)
	if err != nil {
		return nil, fmt.Errorf("read signed prekeys: %w", err)
	}
	return out, nil
}

// AddSignedPreKey stores a signed prekey, which becomes the current one; the one before retires at its making.
func (t omemoWrites) AddSignedPreKey(account model.AccountID, k SecretKey) error {
	_, err := t.w.exec("UPDATE omemo_signed_prekey SET retired_ms = ? WHERE account_id = ? AND retired_ms = 0",
		toMS(k.Made), account)
	if err == nil {
		_, err = t.w.exec(`INSERT INTO omemo_signed_prekey (account_id, id, secret, signature, made_ms, retired_ms)
			VALUES (?,?,?,?,?,0)`, account, k.ID, k.Secret, k.Signature, toMS(k.Made))
	}
	if err != nil {
		return fmt.Errorf("add signed prekey: %w", err)
	}
	return nil
}

// DeleteSignedPreKeys deletes the signed prekeys that retired before that time.
func (t omemoWrites) DeleteSignedPreKeys(account model.AccountID, before time.Time) error {
	_, err := t.w.exec("DELETE FROM omemo_signed_prekey WHERE account_id = ? AND retired_ms > 0 AND retired_ms < ?",
		account, toMS(before))
	if err != nil {
		return fmt.Errorf("delete signed prekeys: %w", err)
	}
	return nil
}
