package crypto

import (
	"maps"

	"kith/core/model"
	"kith/storage"
)

// Batch is the OMEMO work of one transaction of one account. Its methods leave it as it was when they return an error of
// this package. Any other error comes from the database and must end the transaction.
type Batch struct {
	self
	manager *Manager
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
	all := make(map[storage.Peer]*session, len(b.memory.sessions)+len(b.loaded))
	maps.Copy(all, b.memory.sessions)
	maps.Copy(all, b.loaded)
	maps.Copy(all, b.sessions)
	b.manager.keep(b.account, memory{
		seed: string(b.identity.Seed), pair: b.us.keyPair, generation: b.identity.Generation, sessions: all,
	})
}

// Device is this installation: its number and its identity key.
func (b *Batch) Device() (model.DeviceID, model.Fingerprint) {
	return b.us.device, b.us.public.fingerprint()
}
