package core

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// Devices is the OMEMO side of people: which devices they have, and what their keys are worth.
type Devices struct{ c *Client }

// List returns everybody's known devices; jid may be our own bare address.
func (d *Devices) List(_ context.Context, id model.AccountID, jid model.JID) ([]model.Device, error) {
	return d.c.store.Devices(id, jid)
}

// Listed says whether the list of somebody's devices was ever received: before that, no known device does not mean none.
func (d *Devices) Listed(_ context.Context, id model.AccountID, jid model.JID) (bool, error) {
	seen, err := d.c.store.ListSeen(id, jid)
	return !seen.IsZero(), err
}

// Trust sets what an identity key is worth. Messages that waited for the decision leave at once.
func (d *Devices) Trust(ctx context.Context, id model.AccountID, jid model.JID, fp model.Fingerprint, t model.Trust) error {
	err := d.c.store.UpdateDurable(ctx, func(tx *storage.Tx) error { return tx.SetTrust(id, jid, fp, t) })
	if err != nil {
		return err
	}
	d.c.feed.put(DevicesChanged{Account: id, JID: jid})
	if a := d.c.account(id); a != nil {
		a.nudge()
	}
	return nil
}

// Reset forgets every session with somebody's devices; the next message begins new ones.
func (d *Devices) Reset(ctx context.Context, id model.AccountID, jid model.JID) error {
	row, err := d.c.store.Account(id)
	if err != nil {
		return err
	}
	var b *crypto.Batch
	err = d.c.store.UpdateDurable(ctx, func(tx *storage.Tx) error {
		if b, err = d.c.omemo.Begin(tx, id, row.JID); err != nil {
			return err
		}
		if err := b.Reset(jid); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return err
	}
	b.Committed()
	return d.Refresh(ctx, id, jid)
}

// Refresh has the list of somebody's devices fetched again. It does not wait for it.
func (d *Devices) Refresh(_ context.Context, id model.AccountID, jid model.JID) error {
	a, err := d.c.runs(id)
	if err != nil {
		return err
	}
	a.out.refreshDevices(jid)
	a.nudge()
	return nil
}

// URI is our own address with the keys of our devices, for a QR code or to be sent by other means. Other devices are in it
// only once this one has verified them.
func (d *Devices) URI(_ context.Context, id model.AccountID) (string, error) {
	row, err := d.c.store.Account(id)
	if err != nil {
		return "", err
	}
	devices, err := d.c.store.Devices(id, row.JID)
	if err != nil {
		return "", err
	}
	u := crypto.KeyURI{JID: row.JID, Devices: map[model.DeviceID]model.Fingerprint{row.Device: row.Fingerprint}}
	for _, dev := range devices {
		if dev.Active && dev.Trust == model.Verified && dev.Fingerprint != "" {
			u.Devices[dev.ID] = dev.Fingerprint
		}
	}
	return u.String(), nil
}

// pep takes in what somebody published (XEP-0163). Only the owner's bare address speaks for a node, and only the lists of
// people we know are kept.
func (r opener) pep(from model.JID, ev wire.PubSubEvent) error {
	if from == "" {
		from = r.a.own
	}
	if from == r.a.own {
		r.ownNode(ev.Node)
		if ev.Node == wire.NSDisplayed {
			return receipts(r).displayed(ev.Items)
		}
	}
	if !from.IsBare() || ev.Node != wire.NodeDevices || len(ev.Items) == 0 {
		return nil
	}
	if !r.isContact(from) {
		if _, ok, err := r.tx.ChatWith(r.a.id, from); err != nil || !ok {
			return err
		}
	}
	ids, ok := wire.ParseDeviceList(ev.Items[0].Payload)
	if !ok {
		return nil
	}
	change, err := keyring{r.a}.setDevices(r.tx, r.omemo, from, ids)
	if err != nil {
		return err
	}
	r.after = append(r.after, func() { keyring{r.a}.listChanged(from, change) })
	return nil
}

// ownNode has our bundle at the server looked at when something of ours was published: another program that takes our number for
// its own publishes the list of devices as well. The first list of a stream is the server's reminder (XEP-0163 §4.3.4).
func (r opener) ownNode(node string) {
	device, _ := r.omemo.Device()
	if node == wire.NodeBundle(device) || node == wire.NodeDevices && r.a.in.reminded {
		r.after = append(r.after, func() { r.a.out.publishKeys(republishDelay) })
	}
	r.a.in.reminded = r.a.in.reminded || node == wire.NodeDevices
}

// doubt has our bundle looked at when somebody began a session that we cannot read: they may have been given other keys.
func (r opener) doubt(x wire.Encrypted) {
	device, _ := r.omemo.Device()
	begun := slices.ContainsFunc(x.Keys, func(k wire.Key) bool { return k.RID == device && k.PreKey })
	if since := r.now.Sub(r.a.in.doubted); !begun || since >= 0 && since < lookUpEvery {
		return
	}
	r.a.in.doubted = r.now
	r.after = append(r.after, func() { r.a.out.publishKeys(republishDelay) })
}

// Bounds of what others may have us remember and encrypt for: no person has so many devices at once, or ever.
const (
	maxListed  = 100
	maxDevices = 1000
)

// setDevices stores a list of devices. Of somebody else's overlong one those count first whose keys we know.
func (a keyring) setDevices(tx *storage.Tx, b *crypto.Batch, jid model.JID, ids []model.DeviceID) (crypto.ListChange, error) {
	if jid == a.own {
		return b.SetDevices(jid, ids, time.Now().UTC())
	}
	all, err := tx.Devices(a.id, jid)
	if err != nil {
		return crypto.ListChange{}, err
	}
	return b.SetDevices(jid, boundedList(all, ids), time.Now().UTC())
}

func boundedList(known []model.Device, ids []model.DeviceID) []model.DeviceID {
	if len(ids) <= maxListed && len(known)+len(ids) <= maxDevices {
		return ids
	}
	rank := make(map[model.DeviceID]int, len(known))
	for _, d := range known {
		if rank[d.ID] = 1; d.Fingerprint != "" {
			rank[d.ID] = 2
		}
	}
	if len(known) >= maxDevices {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id model.DeviceID) bool { return rank[id] == 0 })
	}
	ids = slices.SortedStableFunc(slices.Values(ids), func(x, y model.DeviceID) int { return rank[y] - rank[x] })
	return ids[:min(len(ids), maxListed)]
}

// lookUpEvery is how often one person's messages may have us fetch the list of their devices.
const lookUpEvery = 10 * time.Minute

// lookUp has a list fetched that a message has shown to be out of date.
func (r opener) lookUp(jid model.JID) {
	if last, ok := r.a.in.lookedUp[jid]; ok && r.now.Sub(last) < lookUpEvery {
		return
	}
	maps.DeleteFunc(r.a.in.lookedUp, func(_ model.JID, at time.Time) bool { return r.now.Sub(at) >= lookUpEvery })
	r.a.in.lookedUp[jid] = r.now
	r.a.out.refreshDevices(jid)
}

// listLife is how long the list of somebody counts as known whose server does not tell us of changes, because we do not see
// their presence (XEP-0163 §4.3).
const listLife = 10 * time.Minute

// emptyListLife is the same for anybody's list without a device: who had none may have got one, and to look costs one question
// for a message that could not leave otherwise.
const emptyListLife = 2 * time.Second

// silentLife is how long a server that did not answer is not asked for a list again by a message that can leave without.
const silentLife = time.Minute

// staleList says whether the list of somebody's devices should be fetched before it is used, and whether there is a device that a
// message could leave for without.
func (a keyring) staleList(jid model.JID) (stale, known bool, err error) {
	if jid == a.own {
		return false, true, nil
	}
	seen, err := a.c.store.ListSeen(a.id, jid)
	if err != nil {
		return false, false, err
	}
	all, err := a.c.store.Devices(a.id, jid)
	if err != nil {
		return false, false, err
	}
	if !slices.ContainsFunc(all, func(d model.Device) bool { return d.Active }) {
		return time.Since(seen) > emptyListLife, false, nil
	}
	c, ok, err := a.c.store.Contact(a.id, jid)
	told := ok && (c.Subscription == model.SubTo || c.Subscription == model.SubBoth)
	stale = !told && time.Since(later(seen, a.out.hiddenSince(jid))) > listLife && !a.out.silentLately(jid)
	return stale, true, err
}

// refusedLately says whether we were not shown somebody's list the last time we asked, not long ago.
func (a keyring) refusedLately(jid model.JID) bool {
	return !a.out.hiddenSince(jid).IsZero()
}

// heard takes the devices of somebody whose list we are not shown from what they wrote.
func (a keyring) heard(ctx context.Context, jid model.JID) error {
	var change crypto.ListChange
	err := a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) (err error) {
		change, err = b.Unreadable(jid)
		return err
	})
	if err == nil {
		a.listChanged(jid, change)
	}
	return err
}

// listChanged tells the interface about a list, and publishes our own again if it lacks us.
func (a keyring) listChanged(jid model.JID, change crypto.ListChange) {
	if jid == a.own && change.MissingUs {
		a.out.publishKeys(time.Second)
	}
	if change.First || len(change.New)+len(change.Back)+len(change.Lost) > 0 {
		a.c.feed.put(DevicesChanged{Account: a.id, JID: jid, New: change.New})
	}
}

// tellSilent makes a row in the chat with each owner of devices that a batch has given up, as nobody looks at a list of devices
// by himself, and the events about it.
func (a *account) tellSilent(tx *storage.Tx, b *crypto.Batch) (told []Event, err error) {
	for _, d := range b.Silenced() {
		told = append(told, DevicesChanged{Account: a.id, JID: d.JID})
		chat, ok, err := tx.ChatWith(a.id, d.JID)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		m := model.Message{Chat: chat.ID, Kind: model.Notice, Body: model.NoticeSilent, Device: d.ID, Time: time.Now().UTC()}
		if _, err := tx.AddMessage(&m); err != nil {
			return nil, err
		}
		ev, err := messageEvent(tx, m.ID)
		if err != nil {
			return nil, err
		}
		told = append(told, ev)
	}
	return told, nil
}

// fetchDevices asks for somebody's device list and stores it. An answer that there is none counts as an empty list; one that
// we may not see it, or that is no list, leaves what is known, and then whoever wrote to us can be answered.
func (a keyring) fetchDevices(ctx context.Context, jid model.JID) ([]model.DeviceID, error) {
	items, err := a.fetchItems(ctx, jid, wire.NodeDevices)
	a.out.setSilent(jid, errors.Is(err, link.ErrTimeout))
	if err != nil && passing(err) {
		return nil, err
	}
	var ids []model.DeviceID
	readable := err == nil || none(err)
	if len(items) > 0 {
		ids, readable = wire.ParseDeviceList(items[0].Payload)
	}
	a.out.setHidden(jid, !readable)
	if !readable && jid != a.own {
		return nil, a.heard(ctx, jid)
	}
	var change crypto.ListChange
	err = a.inBatch(ctx, func(tx *storage.Tx, b *crypto.Batch) (err error) {
		if !readable {
			if ids, err = activeDevices(tx, a.id, jid); err != nil {
				return err
			}
		}
		change, err = a.setDevices(tx, b, jid, ids)
		return err
	})
	if err == nil {
		a.listChanged(jid, change)
	}
	return ids, err
}

// none says whether an error means that there is no such node, or no place for one (XEP-0060 §6.5.9).
func none(err error) bool {
	var se *wire.StanzaError
	return errors.As(err, &se) && slices.Contains([]string{wire.ItemNotFound, wire.ServiceUnavailable, wire.FeatureNotImplemented}, se.Condition)
}

// activeDevices is the list of somebody's devices as it is known.
func activeDevices(tx *storage.Tx, account model.AccountID, jid model.JID) (ids []model.DeviceID, err error) {
	all, err := tx.Devices(account, jid)
	for _, d := range all {
		if d.Active && !d.Own {
			ids = append(ids, d.ID)
		}
	}
	return ids, err
}

// fetchBundle asks for one device's keys and begins a session with it. A device whose bundle is missing or wrong is left
// alone for a while; only a passing failure of the network is worth telling the caller apart.
func (a keyring) fetchBundle(ctx context.Context, d model.Device) error {
	items, err := a.fetchItems(ctx, d.JID, wire.NodeBundle(d.ID))
	if err != nil && passing(err) {
		return err
	}
	var bundle wire.Bundle
	ok := false
	for _, item := range items {
		if bundle, ok = wire.ParseBundle(item.Payload); ok {
			break
		}
	}
	var refused error
	err = a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) error {
		now := time.Now().UTC()
		if !ok {
			refused = crypto.ErrBadBundle
			return b.BundleFailed(d, now)
		}
		refused = b.AddBundle(d, bundle, now)
		if errors.Is(refused, crypto.ErrBadBundle) || errors.Is(refused, crypto.ErrIdentityChanged) {
			return b.BundleFailed(d, now)
		}
		return refused
	})
	if err == nil && refused == nil {
		a.c.feed.put(DevicesChanged{Account: a.id, JID: d.JID}) // its key is known now
	}
	return cmp.Or(err, refused)
}

// inBatch runs a piece of OMEMO work in a transaction of its own.
func (a keyring) inBatch(ctx context.Context, do func(*storage.Tx, *crypto.Batch) error) error {
	var b *crypto.Batch
	err := a.c.store.UpdateDurable(ctx, func(tx *storage.Tx) (err error) {
		if b, err = a.c.omemo.Begin(tx, a.id, a.own); err != nil {
			return err
		}
		if err := do(tx, b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err == nil {
		b.Committed()
	}
	return err
}

// itemsTime is how long a question for keys may keep what leaves waiting: a server that is silent about them may well take messages.
const itemsTime = 5 * time.Second

func (a keyring) fetchItems(ctx context.Context, jid model.JID, node string) ([]wire.Item, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, itemsTime, link.ErrTimeout)
	defer cancel()
	el, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeGet, To: jid, Payload: wire.ItemsRequest(node, 0)})
	if err != nil {
		return nil, err
	}
	_, items, _ := wire.ParseItems(el.First())
	return items, nil
}
