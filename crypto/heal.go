package crypto

import (
	"slices"
	"time"

	"kith/core/model"
	"kith/storage"
)

// healEvery is how often a session with one device is repaired without being asked to.
const healEvery = 24 * time.Hour

// Heal asks whether the session with a device whose message could not be read may be repaired now, and notes that it is. To
// repair: fetch its bundle, AddBundle, and send it a message without content. Never more than once in 24 hours, not for a silent
// device, and only for devices that their owner lists or that we have talked with: numbers can be made up.
func (b *Batch) Heal(d model.Device, now time.Time) (bool, error) {
	row, known, err := b.device(d.JID.Bare(), d.ID)
	if err != nil || !known || row.Own {
		return false, err
	}
	if !row.Active && row.Fingerprint == "" {
		return false, nil
	}
	if since := now.Sub(row.Healed); since < healEvery && since > -healEvery {
		return false, nil
	}
	if row.Rekeys >= maxRekeys {
		all, err := b.tx.OMEMODevices(b.account, row.JID)
		if all = slices.DeleteFunc(all, unused); err != nil || live(all) < 2 {
			return false, err
		}
		return false, b.silence(row)
	}
	row.Healed = now
	row.Rekeys++
	return true, b.saveDevice(row)
}

// Reset makes the next message to jid start new sessions with all its devices, when the person asks for it. What the other
// side has sent already can still be read.
func (b *Batch) Reset(jid model.JID) error {
	all, err := b.tx.OMEMODevices(b.account, jid.Bare())
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Own {
			continue
		}
		d.Failures, d.IgnoredUntil, d.Healed, d.Rekeys, d.Silent = 0, time.Time{}, time.Time{}, 0, false
		if err := b.saveDevice(d); err != nil {
			return err
		}
		if err := b.close(d); err != nil {
			return err
		}
	}
	return nil
}

// Renew makes the next message to jid start new sessions with all its devices: what was sent on those that are there is not known
// here. Unlike Reset it forgives nothing.
func (b *Batch) Renew(jid model.JID) error {
	all, err := b.tx.OMEMODevices(b.account, jid.Bare())
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := b.close(d); err != nil {
			return err
		}
	}
	return nil
}

// close has nothing more sent on the session with a device, if there is one.
func (l *ledger) close(d storage.OMEMODevice) error {
	p := l.peer(d.JID, d.ID)
	s, err := l.session(p)
	if err != nil || !s.usable() {
		return err
	}
	closed := *s
	closed.closed = true
	put(l, l.sessions, p, &closed)
	return nil
}
