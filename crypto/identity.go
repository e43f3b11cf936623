package crypto

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"kith/core/model"
	"kith/storage"
)

const maxDeviceID = 1<<31 - 1

// self is our own side of a batch: who we are, and our prekeys.
type self struct {
	ledger
	own      model.JID
	us       us
	identity storage.OMEMOIdentity
	started  time.Time
}

// create makes the account's identity: seed, device number, prekeys.
func (s *self) create() error {
	id := storage.OMEMOIdentity{Account: s.account, Seed: make([]byte, 32), Changed: 1}
	if _, err := rand.Read(id.Seed); err != nil {
		return fmt.Errorf("make identity: %w", err)
	}
	pair, err := identityOf(id.Seed)
	if err != nil {
		return err
	}
	s.us.keyPair = pair
	if id.Device, err = s.freeDeviceID(nil); err != nil {
		return err
	}
	if err := s.rotate(&id, s.started); err != nil {
		return err
	}
	if err := s.fill(&id); err != nil {
		return err
	}
	return s.become(id)
}

// become stores the identity, our own device and what the account's row repeats of them.
func (s *self) become(id storage.OMEMOIdentity) error {
	if err := s.save(id); err != nil {
		return err
	}
	var d storage.OMEMODevice
	d.JID, d.ID, d.Fingerprint = s.own, id.Device, s.us.public.fingerprint()
	d.Active, d.Own, d.FirstSeenMS = true, true, s.started.UnixMilli()
	if err := s.saveDevice(d); err != nil {
		return err
	}
	a, err := s.tx.Account(s.account)
	if err != nil {
		return err
	}
	a.Device, a.Fingerprint = s.us.device, s.us.public.fingerprint()
	return s.tx.SaveAccount(a)
}

// save stores a changed identity.
func (s *self) save(id storage.OMEMOIdentity) error {
	if err := s.tx.SaveOMEMOIdentity(id); err != nil {
		return err
	}
	old, me := s.identity, s.us
	s.undo = append(s.undo, func() { s.identity, s.us = old, me })
	s.identity, s.us.device = id, id.Device
	return nil
}

// renumber gives this installation another device number, as somebody else has ours. Only before the bundle was ever handed
// out: afterwards others know us by it.
func (s *self) renumber(taken []model.DeviceID) error {
	id := s.identity
	if err := s.tx.DeleteOMEMODevice(s.peer(s.own, id.Device)); err != nil {
		return err
	}
	delete(s.devices, s.peer(s.own, id.Device))
	var err error
	if id.Device, err = s.freeDeviceID(taken); err != nil {
		return err
	}
	return s.become(id)
}

// freeDeviceID draws a device number that no device of ours is known by.
func (s *self) freeDeviceID(taken []model.DeviceID) (model.DeviceID, error) {
	used := map[model.DeviceID]bool{}
	for _, id := range taken {
		used[id] = true
	}
	all, err := s.tx.Devices(s.account, s.own)
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
