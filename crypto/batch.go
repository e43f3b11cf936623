package crypto

import (
	"fmt"
	"maps"
	"time"

	"kith/core/model"
	"kith/storage"
)

// Batch is the OMEMO work of one transaction of one account. Its methods leave it as it was when they return an error of
// this package. Any other error comes from the database and must end the transaction.
type Batch struct {
	ledger
	manager  *Manager
	memory   memory // taken from manager
	own      model.JID
	us       us
	identity storage.OMEMOIdentity
	started  time.Time
}

// Mark is a point in a batch to which it can be taken back.
type Mark struct{ changes int }

// Mark names the present state. It goes with a savepoint of the transaction:
//
//	mark := b.Mark()
//	if err := tx.Savepoint(work); err != nil {
//		b.Rewind(mark)
//	}
func (b *Batch) Mark() Mark { return Mark{len(b.undo)} }

// Rewind takes the batch back to m, after what was written since then was undone.
func (b *Batch) Rewind(m Mark) {
	for len(b.undo) > m.changes {
		b.undo[len(b.undo)-1]()
		b.undo = b.undo[:len(b.undo)-1]
	}
}

// Flush writes every session that moved on, once, and when devices were heard of. It is the last use of the batch inside its
// transaction.
func (b *Batch) Flush() error {
	for p, ms := range b.seen {
		d, _, err := b.device(p.JID, p.Device)
		if err != nil {
			return err
		}
		d.LastSeenMS = ms
		if err := b.tx.SaveOMEMODevice(b.account, d); err != nil {
			return err
		}
	}
	for p, s := range b.sessions {
		if err := b.tx.SaveSession(p, s.record()); err != nil {
			return err
		}
	}
	if len(b.sessions) == 0 {
		return nil
	}
	b.identity.Generation++
	return b.tx.SaveOMEMOIdentity(b.identity)
}

// Committed makes what the batch did known to later ones. Call it once, after the transaction was committed; a batch whose
// transaction was rolled back is simply dropped.
func (b *Batch) Committed() {
	if b.memory.sessions == nil {
		b.memory = memory{seed: string(b.identity.Seed), pair: b.us.keyPair, sessions: map[storage.Peer]*session{}}
	}
	maps.Copy(b.memory.sessions, b.sessions)
	b.memory.generation = b.identity.Generation
	b.manager.keep(b.account, b.memory)
}

// Device is this installation: its number and its identity key.
func (b *Batch) Device() (model.DeviceID, model.Fingerprint) {
	return b.us.device, b.us.public.fingerprint()
}

// saveIdentity stores a changed identity.
func (b *Batch) saveIdentity(id storage.OMEMOIdentity) error {
	if err := b.tx.SaveOMEMOIdentity(id); err != nil {
		return err
	}
	old, me := b.identity, b.us
	b.undo = append(b.undo, func() { b.identity, b.us = old, me })
	b.identity, b.us.device = id, id.Device
	return nil
}

// session is the one with a device as this batch left it; nil when there is none.
func (b *Batch) session(p storage.Peer) (*session, error) {
	if s, ok := b.sessions[p]; ok {
		return s, nil
	}
	if s, ok := b.memory.sessions[p]; ok {
		return s, nil
	}
	record, err := b.tx.Session(p)
	if err != nil || record == nil {
		return nil, err
	}
	s, err := parseRecord(record)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrDamaged, err)
	}
	if b.memory.sessions != nil {
		b.memory.sessions[p] = s // as it is in the database, whatever becomes of this batch
	}
	return s, nil
}
