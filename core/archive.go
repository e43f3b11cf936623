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

// archive is the catch-up with the account's message archive (XEP-0313). It belongs to the inbox goroutine.
//
// What is known of the archive is a list of ranges, newest first, each contiguous: every message between its two ends is
// stored. A fresh stream opens a new range with the newest page, so that the screen has something to show at once. Then it
// fills what was missed from its older end forwards, because a ratchet opens messages in the order they were sealed and
// looks only so far ahead; where the next older range has grown up to the new one, the two are joined. When one range is
// left, it grows backwards to the beginning of the archive. A range moves in the same transaction as the rows of its page, so
// it never claims a message that is not stored; what lies between two ranges is a Gap that the person can see.
type archive struct {
	ranges  []storage.Range   // newest first; [0] is the live one once the first page is in
	page    *page             // the page that is being received; nil: none
	newest  string            // queryid of the newest page
	ended   string            // queryid of the page that ended in the batch at hand
	forward bool              // that page was read forwards
	older   map[string]string // open queries for one chat: query id → id of the request

	offered   bool      // our account has an archive
	on        bool      // this stream has asked its archive
	topped    bool      // the newest page is in: live messages are contiguous with ranges[0]
	walking   bool      // pages are being asked for
	awaySince time.Time // what is newer was missed while away; zero: everything is history from before this device
	ever      bool      // the archive was never read before this stream
	done      int       // messages received in this walk
	pending   string    // archive id of a live message that came before the newest page was in
	pendAt    time.Time
	tries     int // how often the present page was asked for in vain
	calm      int // how many pages came since
	answers   int // how many pages came on this stream

	backwards bool            // the gap between the two newest ranges is filled from its newer end
	blocked   bool            // which cannot be: the page before it does not come
	left      []storage.Range // what was left out and is not stored yet

	behindLeft time.Time // what was left out is older; zero: nothing was
	isles      isles

	preview *crypto.Preview // reads what is newer than a gap
	order   order
}

// page is one page on its way.
type page struct {
	query  string // queryid
	iq     string // id of its request
	kind   pageKind
	byTime bool // asked by time, because the server does not know the id any more
	single bool // asked for one message
	isle   bool // asked from a time on, behind what the server cannot give
	ids    map[string]bool
	from   string    // archive id of the first message seen, the oldest
	to     string    // of the last one
	first  time.Time // the place of the oldest one
	last   time.Time // newest stamp seen
}

// pageKind is where a page was asked from.
type pageKind uint8

const (
	newestPage   pageKind = iota // the end of the archive
	forwardPage                  // behind the newer end of ranges[1]
	backwardPage                 // before the older end of ranges[0]
	countPage                    // nowhere: only how many messages there are
)

const (
	firstPage = 50  // what a screen shows
	nextPage  = 250 // servers give what they like; fewer, larger pages cost them less
	// slack is how far stamps are mistrusted: clocks are wrong, ours first of all. A page must reach so far behind the end of
	// an older range before the range counts as met although its end was not seen: servers expire messages, and then the id
	// never comes.
	slack = 24 * time.Hour
	// maxPageIDs bounds what is noted of one page.
	maxPageIDs = 10_000
	// pageTries is how often a page is asked for that does not come in time, or that the server has no time for.
	pageTries = 3
)

func (ar *archive) open() bool { return ar.page != nil }

// endedBy says whether ev is the answer that ends the open page.
func (ar *archive) endedBy(ev link.Event) bool {
	ans, ok := ev.(link.Answer)
	return ok && ar.page != nil && ans.ID == ar.page.iq
}

// endsIn says whether a batch holds the answer that ends a query.
func (ar *archive) endsIn(batch []link.Event, query string) bool {
	iq := ar.older[query]
	if ar.page != nil && ar.page.query == query {
		iq = ar.page.iq
	}
	return slices.ContainsFunc(batch, func(ev link.Event) bool {
		ans, ok := ev.(link.Answer)
		return ok && ans.ID == iq
	})
}

// expects says whether a result belongs to a query that is open now, or was until the end of the batch at hand.
func (ar *archive) expects(query string) bool {
	return query != "" && (query == ar.ended || (ar.page != nil && ar.page.query == query) || ar.older[query] != "")
}

// gap says whether messages that were missed lie between what is stored and what comes now. Then the ratchets stand before the
// gap, and what comes from behind it must not move them.
func (ar *archive) gap() bool {
	return ar.walking && (len(ar.ranges) > 1 || (!ar.topped && len(ar.ranges) > 0))
}

// forwards says whether a query is for a page that is read in the order of the archive.
func (ar *archive) forwards(query string) bool {
	if query != "" && query == ar.ended {
		return ar.forward
	}
	return ar.page != nil && ar.page.query == query && ar.page.kind == forwardPage
}

// behindGap says whether a message comes from behind the gap.
func (ar *archive) behindGap(env *envelope) bool {
	return ar.gap() && (env.live || env.query == ar.newest)
}

// covers says whether a message that is new to our account cannot be as old as that, because the archive held younger ones
// before.
func (ar *archive) covers(at time.Time) bool {
	return ar.topped && len(ar.ranges) > 0 && at.Before(ar.ranges[0].To.Add(-slack))
}

// firstEver says whether what arrives from the archive is history from before this device.
func (ar *archive) firstEver() bool { return ar.ever }

// missed says whether an archived message came while we were away. Some servers keep whole seconds only.
func (ar *archive) missed(at time.Time) bool {
	return !ar.awaySince.IsZero() && !at.Before(ar.awaySince.Truncate(time.Second))
}

// catchUp starts the walk on a fresh stream.
func (a intake) catchUp(ctx context.Context) {
	ranges, err := a.c.store.Ranges(a.id, a.own)
	if err != nil {
		a.log.Error("read archive ranges", "err", err)
		return
	}
	a.in.archive = archive{
		ranges: ranges, offered: true, on: true, walking: true, ever: len(ranges) == 0,
		older: make(map[string]string), preview: crypto.NewPreview(), order: a.in.archive.order,
	}
	a.in.archive.order.fresh, a.in.archive.order.reach = make(map[string]arrival), false
	if len(ranges) > 0 {
		a.in.archive.awaySince = ranges[0].To
	}
	if err := (detour{&a.in.archive}).recall(a); err != nil {
		a.log.Error("read archive ranges", "err", err)
	}
	a.out.setCaughtUp(false)
	a.setStatus(func(s *AccountStatus) { s.Syncing = true })
	a.c.feed.put(SyncChanged{Account: a.id, Active: true})
	a.askPage(ctx, detour{&a.in.archive}.newest(), newestPage)
}

// askPage sends one query of the walk.
func (a intake) askPage(ctx context.Context, q wire.ArchiveQuery, kind pageKind) {
	if ar := &a.in.archive; kind != newestPage && len(ar.ranges) > 0 {
		ar.order.keep(ar.ranges[0].From)
	}
	p := &page{query: stanzaID(), kind: kind, ids: make(map[string]bool)}
	q.ID, q.Paging.Max = p.query, detour{&a.in.archive}.size(kind)
	p.single, p.isle = q.Paging.Max == 1, kind == forwardPage && a.in.archive.isles.probing
	q.Flip = p.single && kind != forwardPage
	p.iq = a.ask(ctx, wire.IQ{Type: wire.TypeSet, Payload: q.Element()}, pageAnswer)
	if p.iq == "" {
		a.in.unasked = func(ctx context.Context) { a.askPage(ctx, q, kind) }
		return
	}
	a.in.archive.page = p
	if kind == newestPage {
		a.in.archive.newest = p.query
	}
}

// ahead looks through a batch before it is stored: it notes what the open page brought and, when its end has come, moves
// the ranges and asks for the next page at once, so that the server works while this batch is decrypted and stored.
func (ar *archive) ahead(ctx context.Context, a intake, batch []link.Event) {
	ar.order.plan(batch, ar.expects,
		func(query string) bool {
			return ar.page == nil || ar.page.query != query || ar.page.kind != forwardPage
		},
		func(query string) bool {
			return ar.endsIn(batch, query) || (ar.page != nil && ar.page.query == query && ar.page.single)
		})
	for _, ev := range batch {
		switch ev := ev.(type) {
		case link.Stanza:
			ar.note(ev.Element)
		case link.Answer:
			if p := ar.page; p != nil && ev.ID == p.iq {
				ar.finish(ctx, a, p, ev)
			}
		}
	}
}

func (ar *archive) note(el *wire.Element) {
	p := ar.page
	if p == nil || el.Local != "message" {
		return
	}
	res, ok := wire.ParseArchiveResult(el)
	if !ok || res.QueryID != p.query {
		return
	}
	ar.done++
	if p.to = res.ID; p.from == "" {
		p.from = res.ID
	}
	if len(p.ids) < maxPageIDs {
		p.ids[res.ID] = true
	}
	now := time.Now().UTC()
	if at := earlier(ar.order.seats[res.ID].at, now); !at.IsZero() && (p.first.IsZero() || at.Before(p.first)) {
		p.first = at
	}
	p.last = later(p.last, earlier(res.Stamp, now))
}

// finish computes what the end of a page means and asks for the page behind it. The ranges it changes are stored by
// pageAnswer, in the transaction that stores the page.
func (ar *archive) finish(ctx context.Context, a intake, p *page, ans link.Answer) {
	ar.page, ar.ended, ar.forward = nil, p.query, p.kind == forwardPage
	fin, ok := wire.ParseArchiveFin(ans.Element.First())
	if p.kind == countPage {
		detour{ar}.counted(ctx, a, fin, ans.Err)
		return
	}
	if ans.Err != nil {
		fin, ok = detour{ar}.partly(p, ans.Err)
	}
	if !ok {
		ar.failed(ctx, a, p, ans.Err)
		return
	}
	detour{ar}.came(p.kind, ans.Err == nil)
	if p.isle && len(p.ids) == 0 {
		detour{ar}.aside(ctx, a, p.kind)
		return
	}
	fin.Complete = fin.Complete && (p.kind != newestPage || ar.behindLeft.IsZero())
	if fin.Set.First == "" || fin.Set.Last == "" {
		fin.Set.First, fin.Set.Last = p.from, p.to
	}
	if ar.stuck(p, fin) {
		a.log.Warn("archive brings the same page again")
		ar.walking = false
		return
	}
	ar.extend(p, fin)
	ar.join(p, fin)
	ar.next(ctx, a)
}

// stuck says whether a page brought nothing beyond the edge that it was asked from: to go on would be to go in circles.
func (ar *archive) stuck(p *page, fin wire.ArchiveFin) bool {
	switch {
	case len(p.ids) == 0 || fin.Complete || p.isle:
		return false
	case p.kind == forwardPage:
		return len(ar.ranges) > 1 && fin.Set.Last == ar.ranges[1].ToID
	case p.kind == backwardPage:
		return len(ar.ranges) > 0 && fin.Set.First == ar.ranges[0].FromID
	}
	return false
}

// next asks for the page that is due: first what was missed, then what is older than everything stored.
func (ar *archive) next(ctx context.Context, a intake) {
	switch {
	case len(ar.ranges) > 1 && ar.backwards:
		a.askPage(ctx, wire.ArchiveQuery{Paging: wire.Paging{Before: ar.ranges[0].FromID}}, backwardPage)
	case len(ar.ranges) > 1 && ar.ranges[1].ToID == "":
		a.askPage(ctx, wire.ArchiveQuery{Start: ar.ranges[1].To.Add(-slack)}, forwardPage)
	case len(ar.ranges) > 1:
		a.askPage(ctx, wire.ArchiveQuery{Paging: wire.Paging{After: ar.ranges[1].ToID}}, forwardPage)
	case len(ar.ranges) == 1 && !ar.ranges[0].Complete:
		a.askPage(ctx, wire.ArchiveQuery{Paging: wire.Paging{Before: ar.ranges[0].FromID}}, backwardPage)
	}
	ar.walking = ar.page != nil || a.in.unasked != nil
}

// failed handles a refused query: an id that the server has expired is asked again by time, what may pass is asked again a few
// times, everything else ends the walk until the next fresh stream.
func (ar *archive) failed(ctx context.Context, a intake, p *page, err error) {
	var se *wire.StanzaError
	if errors.As(err, &se) && se.Condition == wire.ItemNotFound && !p.byTime {
		switch {
		case p.kind == forwardPage && len(ar.ranges) > 1:
			a.askPage(ctx, wire.ArchiveQuery{Start: ar.ranges[1].To.Add(-slack)}, p.kind)
		case p.kind == backwardPage && len(ar.ranges) > 0:
			a.askPage(ctx, wire.ArchiveQuery{End: ar.ranges[0].From.Add(time.Second), Paging: wire.Paging{Last: true}}, p.kind)
		}
		if ar.page != nil {
			ar.page.byTime = true
			return
		}
	}
	if err != nil && passing(err) && !errors.Is(err, link.ErrOffline) {
		ar.calm = 0
		switch ar.tries++; {
		case ar.tries < pageTries:
			ar.again(ctx, a, p.kind)
			return
		case errors.Is(err, link.ErrTimeout):
			detour{ar}.around(ctx, a, p.kind)
			return
		}
	}
	a.log.Warn("archive query ended", "err", err)
	ar.walking = false
}

// again asks for a page that did not come.
func (ar *archive) again(ctx context.Context, a intake, kind pageKind) {
	if kind == newestPage {
		a.askPage(ctx, detour{ar}.newest(), newestPage)
		ar.walking = ar.page != nil || a.in.unasked != nil
		return
	}
	ar.next(ctx, a)
}

// pageAnswer stores the ranges as finish left them, in the transaction that stored the page.
func pageAnswer(r *receiver, _ *wire.Element, _ error) error {
	ar := &r.a.in.archive
	if err := r.storeRanges(); err != nil {
		return err
	}
	if !ar.walking && ar.on {
		return r.caughtUp()
	}
	if ar.topped && len(ar.ranges) <= 1 {
		if err := r.caughtUp(); err != nil { // what was missed is in; the rest is old history
			return err
		}
	}
	done := ar.done
	r.after = append(r.after, func() { r.a.c.feed.put(SyncChanged{Account: r.a.id, Active: true, Done: done}) })
	return nil
}

// caughtUp ends a catch-up: what could not be read meanwhile is tried again, now that every message that could carry its
// key is in; receipts and repairs may leave.
func (r *receiver) caughtUp() error {
	if r.a.out.isCaughtUp() {
		if !r.a.in.archive.walking {
			r.after = append(r.after, intake{r.a}.syncEnded)
		}
		return nil
	}
	r.paying = true
	if err := (opener{r}).retryParked(); err != nil {
		return err
	}
	if err := r.omemo.CatchUpDone(r.now); err != nil {
		return err
	}
	if err := (receipts{r}).displayedLate(); err != nil {
		return err
	}
	if err := (callers{r}).read(); err != nil {
		return err
	}
	r.after = append(r.after, func() {
		r.a.out.setCaughtUp(true)
		r.a.nudge()
		if !r.a.in.archive.walking {
			intake{r.a}.syncEnded()
		}
	})
	return nil
}

func (a intake) syncEnded() {
	done := a.in.archive.done
	a.setStatus(func(s *AccountStatus) { s.Syncing = false })
	a.c.feed.put(SyncChanged{Account: a.id, Done: done, Total: done})
}

// olderPage asks for the messages of one chat before its oldest stored one. The answer reports whether there may be more.
func (a intake) olderPage(ctx context.Context, chat model.Chat, before string, end time.Time, reply chan<- olderResult) {
	q := wire.ArchiveQuery{ID: stanzaID(), With: chat.JID, Paging: wire.Paging{Max: firstPage, Before: before}}
	if before == "" {
		q.End, q.Paging.Last = end, true
	}
	a.in.archive.order.keep(end)
	if a.in.archive.older == nil {
		a.in.archive.older = make(map[string]string)
	}
	id := a.ask(ctx, wire.IQ{Type: wire.TypeSet, Payload: q.Element()}, func(r *receiver, payload *wire.Element, err error) error {
		fin, ok := wire.ParseArchiveFin(payload)
		res := olderResult{more: ok && !fin.Complete && fin.Set.First != "", err: err}
		r.after = append(r.after, func() { delete(a.in.archive.older, q.ID); reply <- res })
		if err != nil || !ok || res.more {
			return nil //nolint:nilerr // whoever asked is told
		}
		r.delta(chat.ID)
		return r.tx.SetComplete(chat.ID, true)
	})
	if id == "" {
		reply <- olderResult{err: ErrOffline}
		return
	}
	a.in.archive.older[q.ID] = id
}

type olderResult struct {
	more bool
	err  error
}
