package crypto

import (
	"errors"

	"kith/core/model"
	"kith/storage"
)

// ledger is what a batch has changed and read, with the way back.
type ledger struct {
	tx       *storage.Tx
	account  model.AccountID
	sessions map[storage.Peer]*session // moved on, not yet written
	devices  map[storage.Peer]storage.OMEMODevice
	seen     map[storage.Peer]int64 // new LastSeenMS, not yet written
	undo     []func()
}

// put sets a key of one of the ledger's maps and notes the way back.
func put[V any](l *ledger, m map[storage.Peer]V, p storage.Peer, v V) {
	old, had := m[p]
	m[p] = v
	l.undo = append(l.undo, func() {
		if had {
			m[p] = old
		} else {
			delete(m, p)
		}
	})
}

func (l *ledger) peer(jid model.JID, id model.DeviceID) storage.Peer {
	return storage.Peer{Account: l.account, JID: jid, Device: id}
}

// device is a device as stored; false when it is not known.
func (l *ledger) device(jid model.JID, id model.DeviceID) (storage.OMEMODevice, bool, error) {
	p := l.peer(jid, id)
	if d, ok := l.devices[p]; ok {
		return d, true, nil
	}
	d, err := l.tx.OMEMODevice(p)
	if errors.Is(err, storage.ErrNotFound) {
		d.JID, d.ID = jid, id
		return d, false, nil
	}
	if err != nil {
		return storage.OMEMODevice{}, false, err
	}
	l.devices[p] = d
	return d, true, nil
}

// saveDevice stores a device.
func (l *ledger) saveDevice(d storage.OMEMODevice) error {
	if err := l.tx.SaveOMEMODevice(l.account, d); err != nil {
		return err
	}
	put(l, l.devices, l.peer(d.JID, d.ID), d)
	return nil
}

// learnKey stores a device whose identity key was not known, with the trust that a new key of its owner deserves.
func (l *ledger) learnKey(d storage.OMEMODevice, key point) (storage.OMEMODevice, error) {
	trust, err := l.newTrust(d.JID, key.fingerprint())
	if err != nil {
		return d, err
	}
	d.Fingerprint, d.Trust = key.fingerprint(), trust
	return d, l.saveDevice(d)
}
