package core

import (
	"context"
	"errors"
	"slices"
	"time"

	"kith/core/link"
	"kith/core/wire"
	"kith/storage"
)

// What lies between two messages that the server cannot give is reached from neither side, as nothing there has a name that we know.
// But it has a time: the archive is asked for what is younger than the first of them, and what comes is an isle, a range of its own,
// from where the walk goes on forwards to the next such message, or up to the live range. Where not even the first message behind a
// time is given, its second is found by asking how many messages there are up to a time, for which no server reads one. What stands in
// the second of such a message is then read backwards from the isle. Only what stands between two of them in one second stays in the
// Gap.

// maxProbes bounds how often a stream is searched for isles: each such question may cost a time-out.
const maxProbes = 32

// isles is what the walk knows of them. Times are whole seconds, as servers keep them.
type isles struct {
	probing bool // the page on its way is asked for from a time on
	probes  int  // how often that was done
	open    int  // isles whose older side was not looked at yet

	from     int64 // what is younger is asked for
	low, top int64 // between which the first message lies that was not given
}

// beyond goes on behind a message at the older edge of the gap. It returns false when nothing can be found there.
func (ar detour) beyond(ctx context.Context, a intake) bool {
	is, old := &ar.isles, ar.ranges[1]
	switch {
	case is.probing:
		is.probing = false
		return ar.locate(ctx, a)
	case old.ToID == "":
		is.from = old.To.Add(-slack).Unix()
		return ar.locate(ctx, a)
	default:
		is.from = old.To.Unix() + 1
		return ar.probe(ctx, a)
	}
}

// probe asks for one message that is not older than isles.from.
func (ar detour) probe(ctx context.Context, a intake) bool {
	is := &ar.isles
	if is.from >= ar.ranges[0].From.Unix() || is.probes >= maxProbes {
		return false
	}
	is.probes++
	is.probing = true
	ar.tries = pageTries - 1
	a.askPage(ctx, wire.ArchiveQuery{Start: time.Unix(is.from, 0)}, forwardPage)
	ar.walking = ar.page != nil || a.in.unasked != nil
	return true
}

// locate begins to look for the second of the first message that is not older than isles.from.
func (ar detour) locate(ctx context.Context, a intake) bool {
	is := &ar.isles
	is.low, is.top = is.from, ar.ranges[0].From.Unix()
	if is.low >= is.top {
		return false
	}
	ar.count(ctx, a)
	return true
}

// count asks whether it lies in the older half of the time where it can be.
func (ar detour) count(ctx context.Context, a intake) {
	is := &ar.isles
	end := time.Unix((is.low+is.top)/2, 0).Add(time.Second - time.Millisecond)
	a.askPage(ctx, wire.ArchiveQuery{Start: time.Unix(is.from, 0), End: end, Paging: wire.Paging{Count: true}}, countPage)
	ar.walking = ar.page != nil || a.in.unasked != nil
}

// counted takes the answer, and asks on until the second is found; then for what is younger. A server that does not even count has
// other trouble than a message, and the next stream may get all.
func (ar detour) counted(ctx context.Context, a intake, fin wire.ArchiveFin, err error) {
	is := &ar.isles
	middle := (is.low + is.top) / 2
	switch {
	case errors.Is(err, link.ErrTimeout), errors.Is(err, link.ErrOffline):
		a.log.Warn("archive does not count", "err", err)
		ar.walking = false
		return
	case err != nil || fin.Set.Count < 0:
		ar.aside(ctx, a, forwardPage)
		return
	case fin.Set.Count > 0:
		is.top = middle
	default:
		is.low = middle + 1
	}
	if is.low < is.top {
		ar.count(ctx, a)
		return
	}
	if is.from = is.low + 1; !ar.probe(ctx, a) {
		ar.aside(ctx, a, forwardPage)
	}
}

// land makes a range of a page that was found behind what cannot be had.
func (ar detour) land(p *page, fin wire.ArchiveFin) {
	isle := storage.Range{FromID: fin.Set.First, ToID: fin.Set.Last, From: p.first, To: p.last}
	if p.first.IsZero() {
		isle.From = time.Unix(ar.isles.from, 0).UTC()
	}
	isle.To = later(isle.To, isle.From)
	ar.ranges = slices.Insert(ar.ranges, 1, isle)
	ar.isles.open++
}

// onward says how the gap that is now the newest one is filled: forwards, unless its older side is known to end at a message that
// cannot be had.
func (ar detour) onward() {
	ar.backwards, ar.blocked = false, false
	if ar.isles.open > 0 {
		ar.isles.open--
		ar.backwards, ar.tries = true, pageTries-1
	}
}
