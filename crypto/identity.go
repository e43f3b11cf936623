package crypto

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

const (
	preKeyCount   = 100
	maxPreKeyID   = 1<<24 - 2 // libsignal takes 0 for none and never deletes 0xffffff
	maxDeviceID   = 1<<31 - 1
	rotateAfter   = 7 * 24 * time.Hour
	keepRetired   = 30 * 24 * time.Hour
	clockDistrust = 24 * time.Hour // a signed prekey from further in the future was made by a clock that was wrong
)

// create makes the account's identity: seed, device number, prekeys.
func (b *Batch) create() error {
	id := storage.OMEMOIdentity{Account: b.account, Seed: make([]byte, 32), Changed: 1}
	if _, err := rand.Read(id.Seed); err != nil {
		return fmt.Errorf("make identity: %w", err)
	}
	pair, err := identityOf(id.Seed)
	if err != nil {
		return err
	}
	b.us.keyPair = pair
	if id.Device, err = b.freeDeviceID(nil); err != nil {
		return err
	}
	if err := b.rotate(&id, b.started); err != nil {
		return err
	}
	if err := b.fill(&id); err != nil {
		return err
	}
	return b.become(id)
}

// become stores the identity, our own device and what the account's row repeats of them.
func (b *Batch) become(id storage.OMEMOIdentity) error {
	if err := b.saveIdentity(id); err != nil {
		return err
	}
	var d storage.OMEMODevice
	d.JID, d.ID, d.Fingerprint = b.own, id.Device, b.us.public.fingerprint()
	d.Active, d.Own, d.FirstSeenMS = true, true, b.started.UnixMilli()
	if err := b.saveDevice(d); err != nil {
		return err
	}
	a, err := b.tx.Account(b.account)
	if err != nil {
		return err
	}
	a.Device, a.Fingerprint = b.Device()
	return b.tx.SaveAccount(a)
}

// renumber gives this installation another device number, as somebody else has ours. Only before the bundle was ever handed
// out: afterwards others know us by it.
func (b *Batch) renumber(taken []model.DeviceID) error {
	id := b.identity
	if err := b.tx.DeleteOMEMODevice(b.peer(b.own, id.Device)); err != nil {
		return err
	}
	delete(b.devices, b.peer(b.own, id.Device))
	var err error
	if id.Device, err = b.freeDeviceID(taken); err != nil {
		return err
	}
	return b.become(id)
}

// freeDeviceID draws a device number that no device of ours is known by.
func (b *Batch) freeDeviceID(taken []model.DeviceID) (model.DeviceID, error) {
	used := map[model.DeviceID]bool{}
	for _, id := range taken {
		used[id] = true
	}
	all, err := b.tx.Devices(b.account, b.own)
	if err != nil {
		return 0, err
	}
	for _, d := range all {
		used[d.ID] = true
	}
	for {
		n, err := draw(maxDeviceID)
		if err != nil || !used[model.DeviceID(n)] {
			return model.DeviceID(n), err
		}
	}
}

// draw is a random number from 1 to most.
func draw(most int64) (uint32, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(most))
	if err != nil {
		return 0, fmt.Errorf("draw number: %w", err)
	}
	return uint32(n.Int64() + 1), nil
}

// rotate makes a new signed prekey.
func (b *Batch) rotate(id *storage.OMEMOIdentity, now time.Time) error {
	all, err := b.tx.SignedPreKeys(b.account)
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
	return b.tx.AddSignedPreKey(b.account, storage.SecretKey{
		ID: number, Secret: k.secret[:], Signature: b.us.sign(k.public), Made: now,
	})
}

// fill makes one-time prekeys until there are enough that nobody has used.
func (b *Batch) fill(id *storage.OMEMOIdentity) error {
	have, err := b.tx.PreKeys(b.account)
	if err != nil {
		return err
	}
	for n := len(have); n < preKeyCount; {
		number, err := draw(maxPreKeyID)
		if err != nil {
			return err
		}
		if _, taken, err := b.tx.PreKey(b.account, number); err != nil || taken {
			if err != nil {
				return err
			}
			continue
		}
		k, err := newKeyPair()
		if err != nil {
			return err
		}
		if err := b.tx.AddPreKey(b.account, storage.SecretKey{ID: number, Secret: k.secret[:]}); err != nil {
			return err
		}
		id.Changed++
		n++
	}
	return nil
}

// usePreKey takes a one-time prekey out of the bundle.
func (b *Batch) usePreKey(number uint32) error {
	if err := b.tx.UsePreKey(b.account, number); err != nil {
		return err
	}
	id := b.identity
	id.Changed++
	return b.saveIdentity(id)
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
	if err := b.saveIdentity(id); err != nil {
		return wire.Bundle{}, err
	}
	return b.bundle()
}

// bundle reads the bundle as it is.
func (b *Batch) bundle() (wire.Bundle, error) {
	signed, err := b.tx.SignedPreKeys(b.account)
	if err != nil {
		return wire.Bundle{}, err
	}
	oneTime, err := b.tx.PreKeys(b.account)
	if err != nil {
		return wire.Bundle{}, err
	}
	if len(signed) == 0 {
		return wire.Bundle{}, fmt.Errorf("read bundle: %w", storage.ErrDamaged)
	}
	out := wire.Bundle{
		IdentityKey: b.us.public.wire(), Signature: signed[0].Signature, SignedPreKeyID: signed[0].ID,
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

// Stale says that the server does not hold the present bundle: publish Bundle, at the end of catching up or some seconds
// after the last change.
func (b *Batch) Stale() bool {
	return b.identity.Published != b.identity.Changed || rotationDue(b.identity, b.started)
}

// Published notes that the server has taken the bundle that was handed out last.
func (b *Batch) Published() error {
	id := b.identity
	id.Published = id.Offered
	return b.saveIdentity(id)
}

// CatchUpDone deletes the one-time prekeys that were used and the signed prekeys that retired 30 days ago. Call it when all
// archives are read: until then a message may turn up that was encrypted for one of them.
func (b *Batch) CatchUpDone(now time.Time) error {
	if err := b.tx.DeleteUsedPreKeys(b.account); err != nil {
		return err
	}
	return b.tx.DeleteSignedPreKeys(b.account, now.Add(-keepRetired))
}
