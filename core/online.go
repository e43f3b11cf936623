package core

import (
	"context"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// online greets a new connection. A resumed stream goes on where it was, unless a question of ours was lost when it was cut; a
// fresh one asks for everything anew: what the archive can do and the roster first, so that what follows them is judged rightly,
// then carbons, our presence, the archive.
func (a intake) online(ctx context.Context, ev link.Online) {
	err := a.c.store.Update(ctx, func(tx *storage.Tx) error {
		row, err := tx.Account(a.id)
		if err != nil {
			return err
		}
		row.Pins = ev.Pins
		return tx.SaveAccount(row)
	})
	if err != nil && ctx.Err() == nil {
		a.log.Error("keep login pins", "err", err)
	}
	a.mu.Lock()
	a.full = ev.JID
	a.mu.Unlock()
	again := a.in.unasked
	a.in.unasked = nil
	switch {
	case !ev.Resumed:
		a.freshStream(ctx, ev.Features.RosterVersions)
	case again != nil:
		again(ctx)
	}
	a.out.setOnline(true, !ev.Resumed)
	a.setStatus(func(s *AccountStatus) { s.State, s.Err = model.Online, nil })
	a.nudge()
}

// freshStream asks the first questions of a stream that knows nothing of us.
func (a intake) freshStream(ctx context.Context, versions bool) {
	clear(a.in.answers)
	a.in.archive = archive{order: newOrder()}
	a.in.sids, a.in.reminded = false, false
	a.allUnavailable()
	ver := ""
	if row, err := a.c.store.Account(a.id); err == nil && versions {
		ver = row.RosterVersion
	}
	offers := a.ask(ctx, wire.IQ{Type: wire.TypeGet, To: a.own, Payload: wire.DiscoInfoRequest("")}, discoAnswer)
	contacts := a.ask(ctx, wire.IQ{Type: wire.TypeGet, Payload: wire.RosterGet(versions, ver)}, func(r *receiver, el *wire.Element, err error) error {
		if err := (roster{r}).rosterAnswer(el, err); err != nil {
			return err
		}
		r.after = append(r.after, func() { a.appear(ctx) })
		return nil
	})
	if offers == "" || contacts == "" {
		a.in.unasked = func(ctx context.Context) { a.freshStream(ctx, versions) }
	}
}

// discoAnswer learns what our own account offers (XEP-0030): only an archive that says so stamps ids we may believe.
func discoAnswer(r *receiver, el *wire.Element, err error) error {
	info, ok := wire.ParseDiscoInfo(el)
	if err != nil || !ok {
		return nil //nolint:nilerr // a server that does not say offers nothing
	}
	r.a.in.archive.offered = info.Has(wire.NSArchive)
	r.a.in.sids = r.a.in.archive.offered || info.Has(wire.NSStanzaID)
	return nil
}

// appear makes us seen: copies of what our other devices do, our presence, and then the archive.
func (a intake) appear(ctx context.Context) {
	a.ask(ctx, wire.IQ{Type: wire.TypeSet, Payload: wire.CarbonsEnable()}, func(_ *receiver, _ *wire.Element, err error) error {
		if err != nil {
			a.log.Warn("carbons", "err", err)
		}
		return nil
	})
	// On the wire before the question for the archive, and so from here: what comes between an answer and our presence would be
	// neither in the one nor sent to the other.
	if err := a.link.Send(ctx, "", wire.Presence{}.Element().Add(ownCaps(a.c.Calls.manager != nil).Element()).Append(nil, wire.NSClient)); err != nil {
		a.log.Debug("presence not sent", "err", err)
		a.in.unasked = a.appear
		return
	}
	a.out.publishKeys(0)
	a.nudge()
	if a.in.archive.offered {
		a.catchUp(ctx)
		a.askDisplayed(ctx)
		return
	}
	a.out.setCaughtUp(true)
}

// offline notes that the connection is gone, and whether anybody has to do something about it.
func (a intake) offline(ev link.Offline) {
	a.out.setOnline(false, false)
	a.out.rejected(ev.Err)
	a.setStatus(func(s *AccountStatus) {
		s.State, s.Err, s.Syncing, s.RetryAt = model.Connecting, ev.Err, false, time.Now().Add(ev.RetryIn)
		if ev.Final {
			s.State, s.RetryAt = model.AuthFailed, time.Time{}
		}
	})
}
