package storage

import (
	"errors"
	"fmt"

	"kith/core/model"
)

// Sessions of OMEMO, the keys of messages they still wait for, and messages that wait for a session.

// maxSkipped is how many keys of missing messages are kept per session; the oldest go first.
const maxSkipped = 1000

// SkippedKey decrypts a message that has not come yet.
type SkippedKey struct {
	Ratchet []byte
	Counter uint32
	Keys    []byte
}

// Session is the stored session with a device; nil when there is none.
func (t omemoReads) Session(p Peer) ([]byte, error) {
	var record []byte
	err := t.r.value([]any{&record}, "SELECT record FROM omemo_session WHERE account_id = ? AND jid = ? AND device_id = ?",
		p.Account, p.JID, p.Device)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("read session: %w", err)
	}
	return record, nil
}

// SaveSession stores the session with a device.
func (t omemoWrites) SaveSession(p Peer, record []byte) error {
	_, err := t.w.exec("INSERT OR REPLACE INTO omemo_session (account_id, jid, device_id, record) VALUES (?,?,?,?)",
		p.Account, p.JID, p.Device, record)
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// DeleteSession forgets everything shared with a device. A crypto.Manager that remembers the session must forget the account.
func (t omemoWrites) DeleteSession(p Peer) error {
	_, err := t.w.exec("DELETE FROM omemo_skipped WHERE account_id = ? AND jid = ? AND device_id = ?", p.Account, p.JID, p.Device)
	if err == nil {
		_, err = t.w.exec("DELETE FROM omemo_session WHERE account_id = ? AND jid = ? AND device_id = ?", p.Account, p.JID, p.Device)
	}
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// SkippedKeys are the keys of one message that was skipped; nil when there are none.
func (t omemoReads) SkippedKeys(p Peer, ratchet []byte, counter uint32) ([]byte, error) {
	var keys []byte
	err := t.r.value([]any{&keys}, `SELECT keys FROM omemo_skipped
		WHERE account_id = ? AND jid = ? AND device_id = ? AND ratchet = ? AND counter = ?`,
		p.Account, p.JID, p.Device, ratchet, counter)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("read skipped keys: %w", err)
	}
	return keys, nil
}

// AddSkippedKeys remembers keys of missing messages and forgets the oldest beyond 1,000 of that device.
func (t omemoWrites) AddSkippedKeys(p Peer, keys []SkippedKey) error {
	for _, k := range keys {
		_, err := t.w.exec(`INSERT OR REPLACE INTO omemo_skipped (account_id, jid, device_id, ratchet, counter, keys)
			VALUES (?,?,?,?,?,?)`, p.Account, p.JID, p.Device, k.Ratchet, k.Counter, k.Keys)
		if err != nil {
			return fmt.Errorf("add skipped keys: %w", err)
		}
	}
	_, err := t.w.exec(`DELETE FROM omemo_skipped WHERE account_id = ?1 AND jid = ?2 AND device_id = ?3 AND id <= (
		SELECT id FROM omemo_skipped WHERE account_id = ?1 AND jid = ?2 AND device_id = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)`,
		p.Account, p.JID, p.Device, maxSkipped)
	if err != nil {
		return fmt.Errorf("forget skipped keys: %w", err)
	}
	return nil
}

// DropSkippedKeys forgets the keys of one message, as it has come.
func (t omemoWrites) DropSkippedKeys(p Peer, ratchet []byte, counter uint32) error {
	_, err := t.w.exec(`DELETE FROM omemo_skipped
		WHERE account_id = ? AND jid = ? AND device_id = ? AND ratchet = ? AND counter = ?`,
		p.Account, p.JID, p.Device, ratchet, counter)
	if err != nil {
		return fmt.Errorf("drop skipped keys: %w", err)
	}
	return nil
}

// ParkedMessage is a message that could not be read yet.
type ParkedMessage struct {
	ID      int64
	Account model.AccountID
	Message model.MessageID // the row that stands in for it; 0: none
	From    model.JID
	XML     []byte
}

// Park keeps a message to try it again. It goes with its row, if it has one (msg is not 0).
func (t omemoWrites) Park(account model.AccountID, msg model.MessageID, from model.JID, xml []byte) error {
	var row any
	if msg != 0 {
		row = msg
	}
	_, err := t.w.exec("INSERT INTO omemo_parked (account_id, message_id, sender, stanza) VALUES (?,?,?,?)", account, row, from, xml)
	if err != nil {
		return fmt.Errorf("park message: %w", err)
	}
	return nil
}

// Parked are the messages to try again, the oldest first, at most 500.
func (t omemoReads) Parked(account model.AccountID) ([]ParkedMessage, error) {
	scan := func(row scanner, m *ParkedMessage) error {
		m.Account = account
		return row.Scan(&m.ID, &m.Message, &m.From, &m.XML)
	}
	out, err := list(t.r, scan, `SELECT id, coalesce(message_id, 0), sender, stanza FROM omemo_parked
		WHERE account_id = ? ORDER BY id LIMIT 500`, account)
	if err != nil {
		return nil, fmt.Errorf("read parked messages: %w", err)
	}
	return out, nil
}

// Unpark forgets a parked message.
func (t omemoWrites) Unpark(id int64) error {
	if _, err := t.w.exec("DELETE FROM omemo_parked WHERE id = ?", id); err != nil {
		return fmt.Errorf("unpark message: %w", err)
	}
	return nil
}
