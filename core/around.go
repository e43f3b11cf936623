package core

import (
	"context"
	"errors"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Some servers cannot read every message that they have stored, and answer no question that touches one: Prosody 0.12 with an
// element that has the prefix xml. Anybody can send such a message, so the walk goes around it: smaller pages up to it, then what
// is younger (isles.go), then from its other side, and what then still lies between becomes a Gap that the person sees and the walk
// leaves alone.

// detour is the archive as it goes around what the server cannot give.
type detour struct{ *archive }

// calmPages is how many pages in a row must come before larger ones are asked for again.
const calmPages = 16

// size is how many messages a page is asked for: fewer with every try that was in vain, at last one.
func (ar detour) size(kind pageKind) int {
	usual := nextPage
	switch kind {
	case newestPage:
		usual = firstPage
	case countPage:
		return 0
	case forwardPage, backwardPage:
	}
	switch ar.tries {
	case 0:
		return usual
	case 1:
		return usual / 8
	}
	return 1
}

// came notes that a page has come. Backwards, where a page comes whole or not at all, the next is not larger at once; and where one
// that is read forwards broke off, the first message behind it is to blame or none.
func (ar detour) came(kind pageKind, whole bool) {
	switch {
	case kind == forwardPage && !whole:
		ar.tries = pageTries - 1
	case kind != backwardPage:
		ar.tries = 0
	}
	ar.isles.probing = false
	ar.answers++
	if ar.calm++; ar.calm >= calmPages && ar.tries > 0 {
		ar.calm, ar.tries = 0, ar.tries-1
	}
}

// partly is the end of a page of which a part came before the server fell silent: forwards it is whole that far. Prosody looks at one
// message more than it is asked for, and before it sends a page backwards; so one message is asked for in the other order.
func (ar detour) partly(p *page, err error) (wire.ArchiveFin, bool) {
	if (p.kind != forwardPage && len(p.ids) != 1) || p.to == "" || !errors.Is(err, link.ErrTimeout) {
		return wire.ArchiveFin{}, false
	}
	return wire.ArchiveFin{Set: wire.ResultSet{First: p.from, Last: p.to}}, true
}

// beginning is what is known of an archive whose older end cannot be reached backwards: that it begins some time.
func beginning() storage.Range {
	epoch := time.Unix(0, 0).UTC()
	return storage.Range{From: epoch, To: epoch.Add(slack), Complete: true}
}

// around goes on where a page does not come however small it is.
func (ar detour) around(ctx context.Context, a intake, kind pageKind) {
	ar.tries, ar.calm = 0, 0
	if kind != newestPage && ar.answers == 0 { // it gives nothing at all: no message is to blame, and the next stream may get all
		a.log.Warn("archive does not answer")
		ar.walking = false
		return
	}
	a.log.Warn("archive has a message that the server cannot give", "kind", int(kind))
	if kind == forwardPage && ar.beyond(ctx, a) {
		return
	}
	ar.aside(ctx, a, kind)
}

// aside goes on from the other side of what cannot be had, or leaves it.
func (ar detour) aside(ctx context.Context, a intake, kind pageKind) {
	ar.isles.probing = false
	switch {
	case kind == newestPage: // as if it held nothing but what comes live
		at := time.Now().UTC()
		if ar.pending != "" {
			at = ar.pendAt
		}
		if len(ar.ranges) == 0 {
			ar.ranges = []storage.Range{beginning()}
		}
		ar.ranges = append([]storage.Range{{FromID: ar.pending, ToID: ar.pending, From: at, To: at}}, ar.ranges...)
		ar.topped = true
	case kind == forwardPage && ar.ranges[0].FromID != "" && !ar.blocked:
		ar.backwards = true
	case kind == backwardPage && len(ar.ranges) == 1: // from the other end
		ar.ranges = append(ar.ranges, beginning())
		ar.blocked = true
		a.out.setCaughtUp(false)
	default:
		ar.leave()
	}
	ar.next(ctx, a)
}

// leave makes one range of the two newest ones although something between them cannot be had.
func (ar detour) leave() {
	live, old := ar.ranges[0], ar.ranges[1]
	if live.ToID == "" { // nothing came behind it yet: the next stream may see its other side
		ar.ranges, ar.topped = ar.ranges[1:], false
		ar.onward()
		return
	}
	edge := live.From.Add(-time.Millisecond) // rows have places beyond their stamps
	ar.left = append(ar.left, storage.Range{FromID: live.FromID, ToID: old.ToID, From: live.From, To: edge})
	ar.merge()
}

// leftOut is the name under which the stretches of an archive are kept that the server cannot give.
func leftOut(archive model.JID) model.JID { return archive + "/unreadable" }

// newest asks for the end of the archive, as far as it lies behind all that was left out.
func (ar detour) newest() wire.ArchiveQuery {
	return wire.ArchiveQuery{Start: ar.behindLeft, Paging: wire.Paging{Last: true}}
}

// recall reads what was left out before.
func (ar detour) recall(a intake) error {
	left, err := a.c.store.Ranges(a.id, leftOut(a.own))
	if err == nil && len(left) > 0 && len(ar.ranges) > 0 {
		ar.behindLeft = left[0].From.Truncate(time.Second).Add(time.Second)
	}
	return err
}

// storeLeft keeps what was left out. There it stays: what else lies in it comes when one chat alone is asked for, as FillGap does.
func (ar detour) storeLeft(r *receiver) error {
	for _, row := range ar.left {
		row.Account, row.Archive = r.a.id, leftOut(r.a.own)
		if err := r.tx.PutRange(&row); err != nil {
			return err
		}
	}
	r.after = append(r.after, func() { ar.left = nil })
	return nil
}
