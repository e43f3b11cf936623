package crypto

import (
	"fmt"
	"slices"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// listLife is how long a list of devices counts as known when no notification of a change came.
const listLife = 2 * time.Hour

// Targets are the devices that a message to somebody has to reach, our own others included. Devices that the person
// distrusts, those whose bundle could not be had lately, and silent ones beside others, are in none of the lists.
type Targets struct {
	Ready     []model.Device // Encrypt can be called with them
	NoBundle  []model.Device // fetch the bundle, then AddBundle or BundleFailed, then ask for Targets again
	Undecided []model.Device // sending waits for the person
	Unknown   []model.JID    // fetch the list of devices, then SetDevices
}

// Targets are the devices for a message to peer. A peer whose list is known and who is in none of the lists has no device
// that could read it.
func (b *Batch) Targets(peer model.JID) (Targets, error) {
	var t Targets
	owners := []model.JID{peer.Bare(), b.own}
	for _, jid := range slices.Compact(owners) {
		seen, err := b.tx.ListSeen(b.account, jid)
		if err != nil {
			return Targets{}, err
		}
		if seen.IsZero() || jid != b.own && b.started.Sub(seen) > listLife {
			t.Unknown = append(t.Unknown, jid)
		}
		all, err := b.tx.OMEMODevices(b.account, jid)
		if err != nil {
			return Targets{}, err
		}
		all = slices.DeleteFunc(all, unused)
		live := live(all)
		for _, d := range all {
			if err := b.sort(&t, d, &live); err != nil {
				return Targets{}, err
			}
		}
	}
	return t, nil
}

// unused says whether nothing is ever encrypted for a device.
func unused(d storage.OMEMODevice) bool { return d.Own || !d.Active || d.Trust == model.Distrusted }

// sort puts a device where it belongs, unless it is silent, or has to be given up now, and its owner has other live ones.
func (b *Batch) sort(t *Targets, d storage.OMEMODevice, live *int) error {
	spare := *live > 1 || d.JID == b.own
	if d.Silent && (spare || *live > 0) {
		return nil
	}
	if d.Fingerprint != "" && d.Trust == model.Undecided {
		t.Undecided = append(t.Undecided, d.Device)
		return nil
	}
	s, err := b.session(b.peer(d.JID, d.ID))
	if err != nil {
		return err
	}
	ignored := b.started.Before(d.IgnoredUntil)
	switch {
	case spare && s.exhausted() && d.Rekeys >= maxRekeys:
		*live--
		return b.silence(d)
	case s.ready(), ignored && s.usable(): // better an overlong chain than no message
		t.Ready = append(t.Ready, d.Device)
	case !ignored:
		t.NoBundle = append(t.NoBundle, d.Device)
	}
	return nil
}

// Encrypt encrypts plain for all of to, or returns an error: ErrNoSession when a bundle is missing, ErrUndecided when one of
// them must not read it. With plain nil it makes a message without content, for which trust does not matter. The result must
// not leave before the transaction was committed durably, as the sessions have moved on.
func (b *Batch) Encrypt(plain []byte, to []model.Device) (wire.Encrypted, error) {
	return encrypt(b, plain, to, plain != nil)
}

// Seal encrypts for one device something that is no secret from it whatever its key is worth: the proof that it is us who speak. As with
// Encrypt.
func (b *Batch) Seal(plain []byte, to model.Device) (wire.Encrypted, error) {
	return encrypt(b, plain, []model.Device{to}, false)
}

func encrypt(b *Batch, plain []byte, to []model.Device, trusted bool) (wire.Encrypted, error) {
	x, secret, err := sealPayload(plain)
	if err != nil {
		return wire.Encrypted{}, fmt.Errorf("encrypt: %w", err)
	}
	x.SID = b.us.device
	next := make(map[storage.Peer]*session, len(to))
	for _, d := range to {
		p := b.peer(d.JID.Bare(), d.ID)
		if next[p] != nil {
			continue
		}
		s, err := b.target(p, trusted)
		if err != nil {
			return wire.Encrypted{}, err
		}
		after, data, preKey, err := s.seal(b.us, secret)
		if err != nil {
			return wire.Encrypted{}, err
		}
		next[p] = after
		x.Keys = append(x.Keys, wire.Key{RID: d.ID, PreKey: preKey, Data: data})
	}
	for p, s := range next {
		put(&b.ledger, b.sessions, p, s)
	}
	return x, nil
}

// target is the session with a device that may be sent to. Trust is read anew: it may have changed since Targets.
func (l *ledger) target(p storage.Peer, trusted bool) (*session, error) {
	if trusted {
		d, err := l.tx.OMEMODevice(p)
		if err != nil {
			return nil, err
		}
		if !sendable(d.Trust) || d.Own {
			return nil, ErrUndecided
		}
	}
	s, err := l.session(p)
	if err == nil && !s.usable() {
		err = ErrNoSession
	}
	return s, err
}

// AddBundle starts a session with the device that published x, in place of the one there may be. ErrBadBundle: it is
// malformed or not signed by its identity key. ErrIdentityChanged: the device had another identity key before.
func (b *Batch) AddBundle(d model.Device, x wire.Bundle, now time.Time) error {
	o, err := offerOf(x)
	if err != nil {
		return err
	}
	jid := d.JID.Bare()
	row, known, err := b.device(jid, d.ID)
	if err != nil {
		return err
	}
	if row.Fingerprint != "" && row.Fingerprint != o.identity.fingerprint() {
		return ErrIdentityChanged
	}
	p := b.peer(jid, d.ID)
	s, err := b.session(p)
	if err != nil {
		return err
	}
	var st state
	if err := guard(func() error { st, err = invite(b.us.keyPair, o); return err }); err != nil {
		return err
	}
	if !known {
		row.FirstSeenMS = now.UnixMilli()
	}
	row.Failures, row.IgnoredUntil = 0, time.Time{}
	if s.exhausted() {
		row.Rekeys++
	}
	if row.Fingerprint == "" {
		_, err = b.learnKey(row, o.identity)
	} else {
		err = b.saveDevice(row)
	}
	if err != nil {
		return err
	}
	put(&b.ledger, b.sessions, p, s.with(o.identity, st))
	return nil
}

// Bounds of how long a device is left alone after its bundle could not be had.
const (
	ignoreFirst = time.Minute
	ignoreMost  = 2 * time.Hour
)

// BundleFailed notes that the bundle of a device could not be had, or was refused: the device is left out of Targets for one
// minute, doubling up to two hours with every further failure. It must not keep the others from getting the message.
func (b *Batch) BundleFailed(d model.Device, now time.Time) error {
	row, known, err := b.device(d.JID.Bare(), d.ID)
	if err != nil || !known {
		return err
	}
	wait := min(ignoreFirst<<min(row.Failures, 10), ignoreMost)
	row.Failures++
	row.IgnoredUntil = now.Add(wait)
	s, err := b.session(b.peer(row.JID, row.ID))
	if err != nil {
		return err
	}
	if s.exhausted() {
		row.Rekeys++
	}
	return b.saveDevice(row)
}
