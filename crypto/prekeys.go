package crypto

import (
	"bytes"
	"fmt"
	"maps"
	"time"

	"kith/core/wire"
	"kith/storage"
)

const (
	preKeyCount   = 100
	maxPreKeyID   = 1<<24 - 2 // libsignal takes 0 for none and never deletes 0xffffff
	rotateAfter   = 7 * 24 * time.Hour
	keepRetired   = 30 * 24 * time.Hour
	clockDistrust = 24 * time.Hour // a signed prekey from further in the future was made by a clock that was wrong
)

// rotate makes a new signed prekey.
func (s *self) rotate(id *storage.OMEMOIdentity, now time.Time) error {
	all, err := s.tx.SignedPreKeys(s.account)
	if err != nil {
		return err
	}
	number := uint32(1)
	for _, k := range all {
		number = max(number, k.ID%maxPreKeyID+1)
	}
	k, err := newKeyPair()
	if err != nil {
		return err
	}
	id.Rotated = now
	id.Changed++
	return s.tx.AddSignedPreKey(s.account, storage.SecretKey{
		ID: number, Secret: k.secret[:], Signature: s.us.sign(k.public), Made: now,
	})
}

// fill makes one-time prekeys until there are enough that nobody has used.
func (s *self) fill(id *storage.OMEMOIdentity) error {
	have, err := s.tx.PreKeys(s.account)
	if err != nil {
		return err
	}
	for n := len(have); n < preKeyCount; {
		number, err := draw(maxPreKeyID)
		if err != nil {
			return err
		}
		if _, taken, err := s.tx.PreKey(s.account, number); err != nil || taken {
			if err != nil {
				return err
			}
			continue
		}
		k, err := newKeyPair()
		if err != nil {
			return err
		}
		if err := s.tx.AddPreKey(s.account, storage.SecretKey{ID: number, Secret: k.secret[:]}); err != nil {
			return err
		}
		id.Changed++
		n++
	}
	return nil
}

// usePreKey takes a one-time prekey out of the bundle.
func (s *self) usePreKey(number uint32) error {
	if err := s.tx.UsePreKey(s.account, number); err != nil {
		return err
	}
	id := s.identity
	id.Changed++
	return s.save(id)
}

// bundle reads the bundle as it is.
func (s *self) bundle() (wire.Bundle, error) {
	signed, err := s.tx.SignedPreKeys(s.account)
	if err != nil {
		return wire.Bundle{}, err
	}
	oneTime, err := s.tx.PreKeys(s.account)
	if err != nil {
		return wire.Bundle{}, err
	}
	if len(signed) == 0 {
		return wire.Bundle{}, fmt.Errorf("read bundle: %w", storage.ErrDamaged)
	}
	out := wire.Bundle{
		IdentityKey: s.us.public.wire(), Signature: signed[0].Signature, SignedPreKeyID: signed[0].ID,
		PreKeys: make(map[uint32][]byte, len(oneTime)),
	}
	for i, k := range append(signed[:1:1], oneTime...) {
		pair, err := keyPairOf(k.Secret)
		if err != nil {
			return wire.Bundle{}, fmt.Errorf("read bundle: %w", storage.ErrDamaged)
		}
		if i == 0 {
			out.SignedPreKey = pair.public.wire()
		} else {
			out.PreKeys[k.ID] = pair.public.wire()
		}
	}
	return out, nil
}

func rotationDue(id storage.OMEMOIdentity, now time.Time) bool {
	age := now.Sub(id.Rotated)
	return age >= rotateAfter || age < -clockDistrust
}

// Bundle is what to publish for this device, after the transaction was committed; then call Published. It replaces one-time
// prekeys that were used and, after 7 days, the signed prekey.
func (b *Batch) Bundle(now time.Time) (wire.Bundle, error) {
	id := b.identity
	if rotationDue(id, now) {
		if err := b.rotate(&id, now); err != nil {
			return wire.Bundle{}, err
		}
	}
	if err := b.fill(&id); err != nil {
		return wire.Bundle{}, err
	}
	id.Offered = id.Changed
	if err := b.save(id); err != nil {
		return wire.Bundle{}, err
	}
	return b.bundle()
}

// Stale says that the server does not hold the present bundle: publish Bundle, at the end of catching up or some seconds
// after the last change.
func (b *Batch) Stale() bool {
	return b.identity.Published != b.identity.Changed || rotationDue(b.identity, b.started)
}

// Offers says whether a bundle is the one that was handed out last. Another program under our number may have put its own in
// its place: then nobody who begins a session can be read here.
func (b *Batch) Offers(x wire.Bundle) (bool, error) {
	ours, err := b.bundle()
	if err != nil {
		return false, err
	}
	return bytes.Equal(x.IdentityKey, ours.IdentityKey) && x.SignedPreKeyID == ours.SignedPreKeyID &&
		bytes.Equal(x.SignedPreKey, ours.SignedPreKey) && bytes.Equal(x.Signature, ours.Signature) &&
		maps.EqualFunc(x.PreKeys, ours.PreKeys, bytes.Equal), nil
}

// Published notes that the server has taken the bundle that was handed out last.
func (b *Batch) Published() error {
	id := b.identity
	id.Published = id.Offered
	return b.save(id)
}

// CatchUpDone deletes the one-time prekeys that were used and the signed prekeys that retired 30 days ago. Call it when all
// archives are read: until then a message may turn up that was encrypted for one of them.
func (b *Batch) CatchUpDone(now time.Time) error {
	if err := b.tx.DeleteUsedPreKeys(b.account); err != nil {
		return err
	}
	return b.tx.DeleteSignedPreKeys(b.account, now.Add(-keepRetired))
}
