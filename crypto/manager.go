package crypto

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"kith/core/model"
	"kith/storage"
)

// Manager remembers, between transactions, our identities and the ratchets that were used. One per open store. Its methods
// may be called from any goroutine.
type Manager struct {
	mu       sync.Mutex
	accounts map[model.AccountID]memory
}

// memory is what is remembered of one account. It is never changed, only replaced, and holds only as long as the database is
// of the same generation: another transaction may begin before Committed was called for the one before.
type memory struct {
	seed       string // of the identity that pair was computed from
	pair       keyPair
	generation int64
	sessions   map[storage.Peer]*session
}

// maxRemembered bounds the sessions kept in memory, about 500 bytes each; beyond it they are read again when needed.
const maxRemembered = 5000

// New is a manager that remembers nothing yet.
func New() *Manager {
	silence()
	return &Manager{accounts: map[model.AccountID]memory{}}
}

// Begin starts the OMEMO work of one transaction of an account whose bare address is own. At the first use of the account
// it makes identity, device number and prekeys, and fills in Device and Fingerprint of the account's row.
//
// A batch ends with Flush, as the last thing inside the transaction, and Committed after it. One batch per account and
// transaction, for one goroutine.
func (m *Manager) Begin(tx *storage.Tx, a model.AccountID, own model.JID) (*Batch, error) {
	b := &Batch{manager: m, self: self{own: own.Bare(), started: time.Now(), ledger: newLedger(tx, a)}}
	id, err := tx.OMEMOIdentity(a)
	if errors.Is(err, storage.ErrNotFound) {
		if err := b.create(); err != nil {
			return nil, err
		}
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if b.memory, err = m.recall(id); err != nil {
		return nil, err
	}
	b.identity, b.us = id, us{b.memory.pair, id.Device}
	return b, nil
}

// Forget drops what is remembered of an account, after it was removed.
func (m *Manager) Forget(a model.AccountID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.accounts, a)
}

// recall is what is remembered of an account, as far as it is still true.
func (m *Manager) recall(id storage.OMEMOIdentity) (memory, error) {
	m.mu.Lock()
	mem := m.accounts[id.Account]
	m.mu.Unlock()
	if mem.seed != string(id.Seed) {
		pair, err := identityOf(id.Seed)
		if err != nil {
			return memory{}, fmt.Errorf("read identity: %w", storage.ErrDamaged)
		}
		mem = memory{seed: string(id.Seed), pair: pair}
	}
	if mem.generation != id.Generation || len(mem.sessions) > maxRemembered {
		mem.sessions = nil
	}
	return mem, nil
}

// keep remembers what a batch left behind. When a later one was faster, recall notices.
func (m *Manager) keep(a model.AccountID, mem memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accounts[a] = mem
}
