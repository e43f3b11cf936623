package crypto

import (
	"errors"
	"fmt"
	"time"

	"kith/core/model"
	"kith/storage"
)

// ledger is what a batch has changed and read, with the way back.
type ledger struct {
	tx       *storage.Tx
	account  model.AccountID
	memory   memory                    // what the manager remembers
	loaded   map[storage.Peer]*session // read besides that
	sessions map[storage.Peer]*session // moved on, not yet written
	devices  map[storage.Peer]storage.OMEMODevice
	seen     map[storage.Peer]int64 // new LastSeenMS, not yet written
	silenced []model.Device         // given up
	undo     []func()
}

func newLedger(tx *storage.Tx, a model.AccountID) ledger {
	return ledger{
		tx: tx, account: a,
		loaded:   map[storage.Peer]*session{},
		sessions: map[storage.Peer]*session{},
		devices:  map[storage.Peer]storage.OMEMODevice{},
		seen:     map[storage.Peer]int64{},
	}
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

// session is the one with a device as this batch left it; nil when there is none.
func (l *ledger) session(p storage.Peer) (*session, error) {
	if s, ok := l.sessions[p]; ok {
		return s, nil
	}
	if s, ok := l.memory.sessions[p]; ok {
		return s, nil
	}
	if s, ok := l.loaded[p]; ok {
		return s, nil
	}
	record, err := l.tx.Session(p)
	if err != nil || record == nil {
		return nil, err
	}
	s, err := parseRecord(record)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrDamaged, err)
	}
	l.loaded[p] = s
	return s, nil
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

// maxStrangers bounds the devices remembered of one address that its list does not name: anybody can make up more.
const maxStrangers = 100

// stranger is a device seen for the first time, which its owner's list does not name as far as we know.
func (l *ledger) stranger(d storage.OMEMODevice, now time.Time) (storage.OMEMODevice, error) {
	all, err := l.tx.Devices(l.account, d.JID)
	if err != nil {
		return d, err
	}
	n := 0
	for _, other := range all {
		if !other.Active {
			n++
		}
	}
	if n >= maxStrangers {
		return d, ErrBad
	}
	d.FirstSeenMS = now.UnixMilli()
	return d, nil
}
