package crypto

import (
	"slices"
	"time"

	"kith/core/model"
	"kith/storage"
)

// silent is how long an own device may say nothing before it is dropped from our list.
const silent = 42 * 24 * time.Hour

// ListChange is what a list of devices told.
type ListChange struct {
	New       []model.Device // not known before
	Back      []model.Device // listed again, or at last: a message of theirs came first
	Lost      []model.Device // no longer listed; their keys, sessions and trust stay
	First     bool           // no list of this address was seen before
	MissingUs bool           // our own list does not name this device: publish OwnList
}

// SetDevices takes over a list of devices that was received, fetched or found missing (no ids). A device that was gone and is
// back gets what it had. When our own list names our number before we ever published, somebody else has it, and this
// installation takes another.
func (b *Batch) SetDevices(jid model.JID, ids []model.DeviceID, now time.Time) (ListChange, error) {
	jid = jid.Bare()
	if jid == b.own && b.identity.Offered == 0 && slices.Contains(ids, b.us.device) {
		if err := b.renumber(ids); err != nil {
			return ListChange{}, err
		}
	}
	seen, err := b.tx.ListSeen(b.account, jid)
	if err != nil {
		return ListChange{}, err
	}
	all, err := b.tx.OMEMODevices(b.account, jid)
	if err != nil {
		return ListChange{}, err
	}
	c := ListChange{First: seen.IsZero(), MissingUs: jid == b.own && !slices.Contains(ids, b.us.device)}
	listed := make(map[model.DeviceID]bool, len(ids))
	for _, id := range ids {
		listed[id] = true
	}
	for _, d := range all {
		if err := b.relist(&c, d, listed[d.ID]); err != nil {
			return ListChange{}, err
		}
		delete(listed, d.ID)
	}
	for _, id := range ids {
		if !listed[id] {
			continue
		}
		delete(listed, id)
		var d storage.OMEMODevice
		d.JID, d.ID, d.Active, d.FirstSeenMS = jid, id, true, now.UnixMilli()
		if err := b.saveDevice(d); err != nil {
			return ListChange{}, err
		}
		c.New = append(c.New, d.Device)
	}
	return c, b.tx.SetListSeen(b.account, jid, now)
}

// relist notes whether a known device is in its owner's list.
func (l *ledger) relist(c *ListChange, d storage.OMEMODevice, listed bool) error {
	if d.Own || d.Active == listed {
		return nil
	}
	d.Active, d.Rekeys, d.Silent = listed, 0, false
	if listed {
		c.Back = append(c.Back, d.Device)
	} else {
		c.Lost = append(c.Lost, d.Device)
	}
	return l.saveDevice(d)
}

// maxHeard bounds how many devices of somebody are encrypted for because they wrote to us.
const maxHeard = 100

// Unreadable has the devices of somebody whose list nobody may read count as listed that have written to us, as long as a list
// that we did read cannot have left them out: one that was on none when the list was last seen stays out.
func (l *ledger) Unreadable(jid model.JID) (ListChange, error) {
	jid = jid.Bare()
	seen, err := l.tx.ListSeen(l.account, jid)
	if err != nil {
		return ListChange{}, err
	}
	all, err := l.tx.OMEMODevices(l.account, jid)
	if err != nil {
		return ListChange{}, err
	}
	var c ListChange
	n := 0
	for _, d := range all {
		if d.Active {
			n++
		}
	}
	for _, d := range all {
		late := seen.IsZero() || d.FirstSeenMS >= seen.UnixMilli()
		if d.Active || d.LastSeenMS == 0 || !late || n >= maxHeard {
			continue
		}
		if err := l.relist(&c, d, true); err != nil {
			return ListChange{}, err
		}
		n++
	}
	return c, nil
}

// OwnList is our list of devices to publish: what was received last, and this device. Others that said nothing for 42 days are
// left out.
func (b *Batch) OwnList() ([]model.DeviceID, error) {
	all, err := b.tx.Devices(b.account, b.own)
	if err != nil {
		return nil, err
	}
	var ids []model.DeviceID
	for _, d := range all {
		heard := time.UnixMilli(max(d.FirstSeenMS, d.LastSeenMS, b.seen[b.peer(b.own, d.ID)]))
		if d.Own || d.Active && b.started.Sub(heard) < silent {
			ids = append(ids, d.ID)
		}
	}
	return ids, nil
}
