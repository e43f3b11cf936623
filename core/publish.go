package core

import (
	"context"
	"errors"
	"slices"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// Somebody who keeps dropping us from our own device list, or puts other keys in the place of ours, is another program of ours
// that is broken: after a few tries Kith stops the ping-pong and says so.
const (
	maxRepublish    = 3
	republishPeriod = 10 * time.Minute
)

// publishKeys makes what the server has of our OMEMO keys right: the bundle first, then the device list with us in it, never
// the other way round (XEP-0384 0.3 §4.3). The list is joined with what stands there, never replaced. Outbox goroutine.
func (a keyring) publishKeys(ctx context.Context) {
	there, err := a.fetchDevices(ctx, a.own)
	var list []model.DeviceID
	if err == nil {
		list, err = a.ownList(ctx)
	}
	if err == nil && !sameDevices(list, there) && often(&a.out.republished, time.Now()) {
		err = ErrListFight
	}
	if err == nil {
		err = a.publishBundle(ctx, there)
	}
	if err == nil && !sameDevices(list, there) {
		a.out.republished = append(a.out.republished, time.Now())
		err = a.publishOpen(ctx, wire.NodeDevices, wire.DeviceList(list))
	}
	if refusesKeys(err) {
		err = errors.Join(ErrKeysRefused, err)
	}
	a.tellKeys(err)
	switch {
	case err == nil:
	case errors.Is(err, ErrListFight), errors.Is(err, ErrKeysRefused):
		a.log.Warn("publish keys", "err", err)
		a.out.publishKeys(republishPeriod)
	case errors.Is(err, link.ErrTimeout): // it may only be slow
		a.out.publishKeys(2 * itemsTime)
	case passing(err):
		a.out.publishKeys(30 * time.Second)
	default:
		a.log.Warn("publish keys", "err", err)
	}
	select {
	case <-a.offered:
	default:
		close(a.offered)
	}
}

// keysWait bounds how long signing in waits for a server that is slow with our keys.
const keysWait = 10 * time.Second

// keysOut waits until our keys were first published, or could not be: before that nobody can write to this device, and to
// somebody who tries we look like a person without OMEMO.
func (a *account) keysOut(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, keysWait)
	defer cancel()
	select {
	case <-a.offered:
	case <-a.ended:
	case <-ctx.Done():
	}
}

// publishBundle publishes our keys if the server has not got the present ones, if another program has replaced them, or if we
// are not in the list as it stands there: a server that lost the list may have lost the bundle too.
func (a keyring) publishBundle(ctx context.Context, there []model.DeviceID) error {
	var bundle wire.Bundle
	var device model.DeviceID
	needed := false
	err := a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) error {
		device, _ = b.Device()
		needed = b.Stale() || !slices.Contains(there, device)
		return nil
	})
	if err != nil {
		return err
	}
	if !needed {
		there, foreign, err := a.bundleThere(ctx, device)
		switch {
		case err != nil, there && !foreign:
			return err
		case foreign && often(&a.restored, time.Now()):
			return ErrListFight
		case foreign:
			a.restored = append(a.restored, time.Now())
		}
	}
	err = a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) (err error) {
		bundle, err = b.Bundle(time.Now().UTC())
		return err
	})
	if err != nil {
		return err
	}
	if err := a.publishOpen(ctx, wire.NodeBundle(device), bundle.Element()); err != nil {
		return err
	}
	return a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) error { return b.Published() })
}

// bundleThere says whether the server has keys of this device, and whether they are another program's. What it will not show is
// taken for right.
func (a keyring) bundleThere(ctx context.Context, device model.DeviceID) (there, foreign bool, err error) {
	items, err := a.fetchItems(ctx, a.own, wire.NodeBundle(device))
	var se *wire.StanzaError
	switch {
	case errors.As(err, &se) && se.Condition == wire.ItemNotFound:
		return false, false, nil
	case err != nil && passing(err):
		return false, false, err
	case err != nil:
		return true, false, nil //nolint:nilerr // what the server will not show is taken for right
	}
	ours := false
	err = a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) (err error) {
		for _, item := range items {
			x, ok := wire.ParseBundle(item.Payload)
			if !ok {
				continue
			}
			if ours, err = b.Offers(x); ours || err != nil {
				return err
			}
		}
		return nil
	})
	return len(items) > 0, len(items) > 0 && !ours, err
}

// ownList is the device list as it should stand there.
func (a keyring) ownList(ctx context.Context) (list []model.DeviceID, err error) {
	err = a.inBatch(ctx, func(_ *storage.Tx, b *crypto.Batch) (err error) {
		list, err = b.OwnList()
		return err
	})
	return list, err
}

// refusesKeys says whether the server has told that it does not keep our keys: it has no place for anybody's, or none left for ours.
func refusesKeys(err error) bool {
	var se *wire.StanzaError
	return errors.As(err, &se) && (!passing(err) || se.Condition == wire.ResourceConstraint)
}

// tellKeys shows, or no longer shows, why others cannot write to this device.
func (a keyring) tellKeys(err error) {
	about := func(err error) bool { return errors.Is(err, ErrListFight) || errors.Is(err, ErrKeysRefused) }
	switch now := a.status(); {
	case about(err) && now.State == model.Online && (now.Err == nil || about(now.Err)):
		a.setStatus(func(s *AccountStatus) { s.Err = err })
	case !about(err) && about(now.Err):
		a.setStatus(func(s *AccountStatus) { s.Err = nil })
	}
}

// often says whether something was done as often as is reasonable lately. It forgets what was not lately.
func often(times *[]time.Time, now time.Time) bool {
	*times = slices.DeleteFunc(*times, func(t time.Time) bool { return now.Sub(t) > republishPeriod })
	return len(*times) >= maxRepublish
}

func sameDevices(x, y []model.DeviceID) bool {
	x, y = slices.Clone(x), slices.Clone(y)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// publishOpen publishes an item that everybody may read. A node that exists with another configuration is set right first;
// what then still refuses is published without options and its configuration left to the server (XEP-0384 0.3 §4.3).
func (a keyring) publishOpen(ctx context.Context, node string, payload *wire.Element) error {
	item := wire.Item{ID: "current", Payload: payload}
	err := a.publish(ctx, wire.Publish(node, item, wire.PEPOptions(wire.AccessOpen)...))
	var se *wire.StanzaError
	if !errors.As(err, &se) || (se.App != wire.PreconditionNotMet && se.Condition != wire.Conflict) {
		return err
	}
	if err := a.configureNode(ctx, node, wire.PEPOptions(wire.AccessOpen)); err != nil && passing(err) {
		return err
	}
	if err = a.publish(ctx, wire.Publish(node, item, wire.PEPOptions(wire.AccessOpen)...)); err == nil || passing(err) {
		return err
	}
	return a.publish(ctx, wire.Publish(node, item))
}

func (a keyring) publish(ctx context.Context, payload *wire.Element) error {
	_, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeSet, Payload: payload})
	return err
}

// configureNode gives a node of ours these options.
func (a keyring) configureNode(ctx context.Context, node string, options []wire.Field) error {
	el, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeGet, Payload: wire.ConfigRequest(node)})
	if err != nil {
		return err
	}
	form, ok := wire.ParseConfig(el.First())
	if !ok {
		return errors.New("read node configuration: no form")
	}
	return a.publish(ctx, wire.ConfigSubmit(node, form.Answer(options...)))
}
