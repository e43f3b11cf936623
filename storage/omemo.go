package storage

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"kith/core/model"
)

// The devices of OMEMO and what their keys are worth. Package crypto holds the rules; here are the rows.

// Peer names a device from the point of view of one account.
type Peer struct {
	Account model.AccountID
	JID     model.JID // bare
	Device  model.DeviceID
}

// OMEMODevice is a device with what only package crypto needs to know about it.
type OMEMODevice struct {
	model.Device
	Failures     int       // bundles of it that could not be had, in a row
	IgnoredUntil time.Time // not asked for its bundle before
	Healed       time.Time // when a session with it was last repaired
	Rekeys       int       // sessions begun anew since it was last heard of
}

const deviceColumns = `d.jid, d.id, d.key, CASE WHEN d.own THEN 2 ELSE coalesce(t.trust, 0) END, d.active, d.own,
	d.first_ms, d.last_ms, d.failures, d.ignored_until_ms, d.healed_ms, d.rekeys, d.silent
	FROM omemo_device d LEFT JOIN omemo_trust t ON t.account_id = d.account_id AND t.jid = d.jid AND t.key = d.key`

func scanDevice(row scanner, d *OMEMODevice) error {
	var key []byte
	var ignored, healed int64
	err := row.Scan(&d.JID, &d.ID, &key, &d.Trust, &d.Active, &d.Own, &d.FirstSeenMS, &d.LastSeenMS, &d.Failures, &ignored, &healed, &d.Rekeys, &d.Silent)
	d.Fingerprint = model.Fingerprint(hex.EncodeToString(key))
	d.IgnoredUntil, d.Healed = fromMS(ignored), fromMS(healed)
	return err
}

// keyBlob is a fingerprint as stored: its bytes, NULL for none.
func keyBlob(f model.Fingerprint) (any, error) {
	if f == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(string(f))
	if err != nil || len(b) != 32 {
		return nil, errors.New("fingerprint is not 64 hex digits")
	}
	return b, nil
}

// Devices are all devices known of that address, ours included when it is our own, active or not, in the order of their
// numbers.
func (t omemoReads) Devices(account model.AccountID, jid model.JID) ([]model.Device, error) {
	all, err := t.OMEMODevices(account, jid)
	out := make([]model.Device, len(all))
	for i, d := range all {
		out[i] = d.Device
	}
	return out, err
}

// OMEMODevices is Devices with everything.
func (t omemoReads) OMEMODevices(account model.AccountID, jid model.JID) ([]OMEMODevice, error) {
	out, err := list(t.r, scanDevice, "SELECT "+deviceColumns+" WHERE d.account_id = ? AND d.jid = ? ORDER BY d.id", account, jid)
	if err != nil {
		return nil, fmt.Errorf("read devices: %w", err)
	}
	return out, nil
}

// Device is one device; ErrNotFound.
func (t omemoReads) Device(account model.AccountID, jid model.JID, id model.DeviceID) (model.Device, error) {
	d, err := t.OMEMODevice(Peer{account, jid, id})
	return d.Device, err
}

// OMEMODevice is Device with everything; ErrNotFound.
func (t omemoReads) OMEMODevice(p Peer) (OMEMODevice, error) {
	var d OMEMODevice
	err := t.r.get(func(row scanner) error { return scanDevice(row, &d) },
		"SELECT "+deviceColumns+" WHERE d.account_id = ? AND d.jid = ? AND d.id = ?", p.Account, p.JID, p.Device)
	if err != nil {
		return OMEMODevice{}, fmt.Errorf("read device: %w", err)
	}
	return d, nil
}

// SaveOMEMODevice stores a device. Its trust is not stored here: that belongs to the key; see SetTrust.
func (t omemoWrites) SaveOMEMODevice(account model.AccountID, d OMEMODevice) error {
	key, err := keyBlob(d.Fingerprint)
	if err == nil {
		_, err = t.w.exec(`INSERT OR REPLACE INTO omemo_device
			(account_id, jid, id, key, active, own, first_ms, last_ms, failures, ignored_until_ms, healed_ms, rekeys, silent)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`, account, d.JID, d.ID, key, d.Active, d.Own, d.FirstSeenMS, d.LastSeenMS,
			d.Failures, toMS(d.IgnoredUntil), toMS(d.Healed), d.Rekeys, d.Silent)
	}
	if err != nil {
		return fmt.Errorf("save device: %w", err)
	}
	return nil
}

// DeleteOMEMODevice removes a device with its session; its key keeps its trust.
func (t omemoWrites) DeleteOMEMODevice(p Peer) error {
	if err := t.DeleteSession(p); err != nil {
		return err
	}
	_, err := t.w.exec("DELETE FROM omemo_device WHERE account_id = ? AND jid = ? AND id = ?", p.Account, p.JID, p.Device)
	if err != nil {
		return fmt.Errorf("delete device: %w", err)
	}
	return nil
}

// Trust is what a key of that address is worth; false when it was never seen or decided about.
func (t omemoReads) Trust(account model.AccountID, jid model.JID, f model.Fingerprint) (model.Trust, bool, error) {
	var trust model.Trust
	key, err := keyBlob(f)
	if err == nil {
		err = t.r.value([]any{&trust}, "SELECT trust FROM omemo_trust WHERE account_id = ? AND jid = ? AND key = ?", account, jid, key)
	}
	if errors.Is(err, ErrNotFound) {
		return model.Undecided, false, nil
	}
	if err != nil {
		return model.Undecided, false, fmt.Errorf("read trust: %w", err)
	}
	return trust, true, nil
}

// AnyVerified says whether the person has compared any key of that address.
func (t omemoReads) AnyVerified(account model.AccountID, jid model.JID) (bool, error) {
	var found bool
	err := t.r.value([]any{&found}, "SELECT EXISTS (SELECT 1 FROM omemo_trust WHERE account_id = ? AND jid = ? AND trust = ?)",
		account, jid, model.Verified)
	if err != nil {
		return false, fmt.Errorf("read trust: %w", err)
	}
	return found, nil
}

// SetTrust stores what a key is worth, also one that no device has shown yet. Other keys of the address keep theirs: those
// trusted blindly so far stay, but from the first Verified one on package crypto takes new keys as Undecided.
func (t omemoWrites) SetTrust(account model.AccountID, jid model.JID, f model.Fingerprint, trust model.Trust) error {
	key, err := keyBlob(f)
	if err == nil && key == nil {
		err = errors.New("no fingerprint")
	}
	if err == nil {
		_, err = t.w.exec("INSERT OR REPLACE INTO omemo_trust (account_id, jid, key, trust) VALUES (?,?,?,?)", account, jid, key, trust)
	}
	if err != nil {
		return fmt.Errorf("set trust: %w", err)
	}
	return nil
}

// ListSeen is when the list of devices of that address was last seen; zero: never.
func (t omemoReads) ListSeen(account model.AccountID, jid model.JID) (time.Time, error) {
	var ms int64
	err := t.r.value([]any{&ms}, "SELECT seen_ms FROM omemo_list WHERE account_id = ? AND jid = ?", account, jid)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return time.Time{}, fmt.Errorf("read device list: %w", err)
	}
	return fromMS(ms), nil
}

// SetListSeen stores when the list of devices of that address was seen.
func (t omemoWrites) SetListSeen(account model.AccountID, jid model.JID, at time.Time) error {
	_, err := t.w.exec("INSERT OR REPLACE INTO omemo_list (account_id, jid, seen_ms) VALUES (?,?,?)", account, jid, toMS(at))
	if err != nil {
		return fmt.Errorf("save device list: %w", err)
	}
	return nil
}
