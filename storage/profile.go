package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a profile, all in one folder that only its owner may read.
const (
	dbName    = "kith.db"
	keysName  = "keys.json"
	lockName  = "lock"
	mediaName = "media"
)

// Profile is the folder with everything Kith keeps, held by this process alone. Not safe for concurrent use.
type Profile struct {
	dir  string
	lock *os.File
	ring slotRing
}

// Hold makes the folder where it is missing and takes its lock. ErrInUse: another process has it. Close gives it back.
func Hold(dir string) (*Profile, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find profile folder: %w", withoutPath(err))
	}
	if err := os.MkdirAll(filepath.Join(dir, mediaName), 0o700); err != nil {
		return nil, fmt.Errorf("make profile folder: %w", diskFault(err))
	}
	// A folder that was there before may be open to others.
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("close profile folder to others: %w", diskFault(err))
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	p := &Profile{dir: dir, lock: lock}
	_ = os.Remove(p.path(keysName + newEnd)) // a slot that a power cut kept from being added
	if p.ring, err = readSlots(filepath.Join(dir, keysName)); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return p, nil
}

// New says that the profile has no key yet: nothing was ever stored in it, and Create comes before Open.
func (p *Profile) New() bool { return len(p.ring.Slots) == 0 }

// Slots are the ways in which the key can be unlocked.
func (p *Profile) Slots() []SlotKind {
	kinds := make([]SlotKind, len(p.ring.Slots))
	for i, s := range p.ring.Slots {
		kinds[i] = s.Kind
	}
	return kinds
}

// Create makes the data key of a new profile and its first slot. It refuses (ErrExists) where there is a key or a database
// already: a new key would make what is stored unreadable for ever.
func (p *Profile) Create(s Slot) (Key, error) {
	if !p.New() {
		return Key{}, ErrExists
	}
	for _, end := range []string{"", logEnd} {
		if n, err := sizeOf(p.path(dbName + end)); err != nil || n > 0 {
			return Key{}, errors.Join(err, fmt.Errorf("the key to what is stored here is gone, with %s: a history %w", keysName, ErrExists))
		}
	}
	k, err := newKey()
	if err != nil {
		return Key{}, err
	}
	check, err := k.check()
	if err != nil {
		return Key{}, err
	}
	ring := slotRing{Format: keysFormat, Check: check}
	if err := p.add(ring, k, s); err != nil {
		return Key{}, err
	}
	return k, nil
}

// Unlock opens the slot of s's kind. ErrPassphrase: the wrong one. ErrNoKeychain: the system has no keychain, it is locked,
// or holds nothing for this profile. ErrNotFound: there is no such slot.
func (p *Profile) Unlock(s Slot) (Key, error) {
	for _, sealed := range p.ring.Slots {
		if sealed.Kind == s.kind {
			return p.unlock(sealed, s)
		}
	}
	return Key{}, ErrNotFound
}

func (p *Profile) unlock(sealed sealedSlot, s Slot) (Key, error) {
	k, err := sealed.open(s)
	if err != nil {
		return Key{}, err
	}
	if err := p.belongs(k); err != nil {
		return Key{}, ErrDamaged
	}
	return k, nil
}

// AddSlot adds a way to unlock the key, or replaces the one of the same kind (a new passphrase).
func (p *Profile) AddSlot(k Key, s Slot) error {
	if err := p.belongs(k); err != nil {
		return err
	}
	return p.add(p.ring, k, s)
}

func (p *Profile) add(ring slotRing, k Key, s Slot) error {
	sealed, err := s.seal(k)
	if err != nil {
		return err
	}
	gone := ring.Slots
	ring.Slots = append(ring.without(s.kind), sealed)
	if err := ring.write(p.path(keysName)); err != nil {
		return err // perhaps it is written all the same: what it needs stays in the keychain
	}
	p.ring = ring
	for _, old := range gone {
		if old.Kind == s.kind {
			_ = old.forget() // the new one works; what is left opens nothing any more
		}
	}
	return nil
}

// RemoveSlot removes a way to unlock the key, but never the last one (ErrExists). ErrNotFound: there is no such slot.
func (p *Profile) RemoveSlot(kind SlotKind) error {
	rest := p.ring.without(kind)
	switch {
	case len(rest) == len(p.ring.Slots):
		return ErrNotFound
	case len(rest) == 0:
		return ErrExists
	}
	gone := p.ring.Slots
	ring := p.ring
	ring.Slots = rest
	if err := ring.write(p.path(keysName)); err != nil {
		return err
	}
	p.ring = ring
	for _, s := range gone {
		if s.Kind == kind {
			return s.forget()
		}
	}
	return nil
}

// made notes that there is a database.
func (p *Profile) made() error {
	ring := p.ring
	ring.Made = true
	if err := ring.write(p.path(keysName)); err != nil {
		return err
	}
	p.ring = ring
	return nil
}

// Close gives the folder back. Close the Store first.
func (p *Profile) Close() error {
	return withoutPath(p.lock.Close())
}

func (p *Profile) path(name string) string { return filepath.Join(p.dir, name) }

// belongs compares a key with the profile's; ErrWrongKey.
func (p *Profile) belongs(k Key) error {
	check, err := k.check()
	if err != nil {
		return err
	}
	if !bytes.Equal(check, p.ring.Check) {
		return ErrWrongKey
	}
	return nil
}

// slotRing is keys.json.
type slotRing struct {
	Format int          `json:"format"` // of the pages and of this file
	Check  []byte       `json:"check"`
	Made   bool         `json:"made"` // there is a database
	Slots  []sealedSlot `json:"slots"`
}

const (
	keysFormat   = 1
	maxKeysBytes = 64 << 10
)

// without is a new list of all slots but those of one kind.
func (r slotRing) without(kind SlotKind) []sealedSlot {
	rest := make([]sealedSlot, 0, len(r.Slots)+1)
	for _, s := range r.Slots {
		if s.Kind != kind {
			rest = append(rest, s)
		}
	}
	return rest
}

// readSlots reads keys.json; an empty slotRing when there is none.
func readSlots(path string) (slotRing, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return slotRing{}, nil
	}
	if err == nil && st.Size() > maxKeysBytes {
		return slotRing{}, fmt.Errorf("read keys: %w", ErrDamaged)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return slotRing{}, fmt.Errorf("read keys: %w", withoutPath(err))
	}
	return parseSlots(b)
}

func parseSlots(b []byte) (slotRing, error) {
	var r slotRing
	if err := json.Unmarshal(b, &r); errors.Is(err, ErrNewer) {
		return slotRing{}, ErrNewer
	} else if err != nil {
		return slotRing{}, fmt.Errorf("read keys: %w", ErrDamaged)
	}
	if r.Format > keysFormat {
		return slotRing{}, ErrNewer
	}
	if r.Format < 1 || len(r.Slots) == 0 || len(r.Slots) > len(slotNames) {
		return slotRing{}, fmt.Errorf("read keys: %w", ErrDamaged)
	}
	for _, s := range r.Slots {
		if err := s.valid(); err != nil {
			return slotRing{}, err
		}
	}
	return r, nil
}

// write replaces keys.json as a whole: after a power cut there is the old one or the new one.
func (r slotRing) write(path string) (err error) {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return fmt.Errorf("encode keys: %w", err)
	}
	f, err := os.OpenFile(path+newEnd, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write keys: %w", diskFault(err))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write keys: %w", diskFault(errors.Join(err, os.Remove(f.Name()))))
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// withoutPath takes the file's name out of an error: it may hold the name of the person.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return fmt.Errorf("%s: %w", l.Op, l.Err)
	}
	return err
}
