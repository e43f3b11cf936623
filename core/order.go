package core

import (
	"maps"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// slots is how many places a second has for messages whose server keeps whole seconds.
const slots = 1000

// restOfPage is how many messages of one second may still come of a page that arrives in pieces: as many as a page is asked for.
const restOfPage = nextPage

// order gives archived messages their places. Some servers stamp whole seconds; a row's place in its chat is its time, and pages
// that are read newest first would stand in the second in the order in which they were read. So what comes from a page that
// is read backwards goes to the end of its second, and the next older page before it; what comes in the order of the archive,
// pages that are read forwards and live messages, goes behind what stands in its second (behind).
//
// Where a page that is read again after a restart holds rows that are stored, they bound the places of the others. Which
// places a second had left is remembered as the time of a range's older end.
type order struct {
	taken map[int64]int       // by Unix second: the first place that a newer page has taken
	runs  map[string]run      // by query: pages of which a part is in
	seats map[string]seat     // of the batch at hand, by archive id
	late  map[chatSecond]bool // where messages that were kept for us stand apart from what is stored
	fresh map[string]arrival  // by archive id: what came live before everything that was missed is in
	reach bool                // the newest page holds a row that was stored before this stream
	now   time.Time           // of the batch at hand
}

// chatSecond is a second of a chat, in Unix time.
type chatSecond struct {
	chat   model.ChatID
	second int64
}

// arrival is when a live message came: the how manyth, and whether our server had kept it for us.
type arrival struct {
	n    int
	kept bool
}

// seat is where a result belongs, and its number among those of its query in the batch.
type seat struct {
	at time.Time
	n  int
}

// run is the second at which the first part of a page ended, and the places that are kept in it for the rest.
type run struct {
	second    int64
	next, end int
}

func newOrder() order {
	return order{
		taken: make(map[int64]int), runs: make(map[string]run), seats: make(map[string]seat), late: make(map[chatSecond]bool),
		fresh: make(map[string]arrival),
	}
}

// results are the messages of one query in a batch, in the order of the archive.
type results struct {
	ids    []string
	stamps []time.Time
}

// plan finds the places of the results in a batch, one that has lost its stamp beside its neighbour. backwards and ended say
// of a query how it is read and whether all of its results are in, expected whether it is ours.
func (o *order) plan(batch []link.Event, expected, backwards, ended func(query string) bool) {
	if o.seats == nil {
		*o = newOrder()
	}
	clear(o.seats)
	o.now = time.Now()
	maps.DeleteFunc(o.runs, func(query string, _ run) bool { return !expected(query) })
	found := make(map[string]*results)
	for _, ev := range batch {
		st, ok := ev.(link.Stanza)
		if !ok || st.Element.Local != "message" {
			continue
		}
		res, ok := wire.ParseArchiveResult(st.Element)
		if !ok || !expected(res.QueryID) {
			continue
		}
		all := found[res.QueryID]
		if all == nil {
			all = new(results)
			found[res.QueryID] = all
		}
		all.ids, all.stamps = append(all.ids, res.ID), append(all.stamps, res.Stamp)
	}
	for query, all := range found {
		all.date()
		if backwards(query) {
			all.stamps = o.place(query, all.stamps, ended(query))
		}
		for i, t := range all.stamps {
			if !t.IsZero() {
				o.seats[all.ids[i]] = seat{t, i}
			}
		}
	}
}

// date gives those without a stamp that of the one before, or behind.
func (all *results) date() {
	for i := 1; i < len(all.stamps); i++ {
		if all.stamps[i].IsZero() {
			all.stamps[i] = all.stamps[i-1]
		}
	}
	for i := len(all.stamps) - 2; i >= 0; i-- {
		if all.stamps[i].IsZero() {
			all.stamps[i] = all.stamps[i+1]
		}
	}
}

// place moves stamps without a fraction of a second to the end of their second, each group before what stands there already. Of
// a page that has not ended, the last second is left room behind what is in.
func (o *order) place(query string, stamps []time.Time, ended bool) []time.Time {
	out := make([]time.Time, len(stamps))
	done := o.goOn(query, stamps, out)
	count := make(map[int64]int)
	for _, t := range stamps[done:] {
		if t.Nanosecond() == 0 {
			count[t.Unix()]++
		}
	}
	begin := make(map[int64]int)
	for second, n := range count {
		end := o.free(second)
		if !ended && second == stamps[len(stamps)-1].Unix() {
			keep := min(restOfPage, max(end-n, 0)/4) // older pages may come in pieces, too
			o.runs[query] = run{second: second, next: end - keep, end: end}
			end -= keep
		}
		begin[second], o.taken[second] = end-n, max(end-n, 0)
	}
	seen := make(map[int64]int)
	for i, t := range stamps[done:] {
		second := t.Unix()
		n := count[second]
		if t.Nanosecond() != 0 {
			out[done+i] = t
			continue
		}
		at := begin[second] + seen[second]
		if begin[second] < 0 { // more than a second has places for: they share, in order
			at = seen[second] * (begin[second] + n) / n
		}
		seen[second]++
		out[done+i] = slot(t, at)
	}
	if ended {
		delete(o.runs, query)
	}
	return out
}

// free is the first place of a second that must be left to what is newer. What the archive holds of the present second came before
// what is still to come in it.
func (o *order) free(second int64) int {
	if end, ok := o.taken[second]; ok {
		return end
	}
	if o.now.Unix() == second {
		return placeOf(o.now)
	}
	return slots
}

// keep leaves the rest of its second to what is newer: a message that came before the newest page, or the older end of a
// range.
func (o *order) keep(at time.Time) {
	if o.taken != nil {
		o.taken[at.Unix()] = min(o.free(at.Unix()), placeOf(at))
	}
}

// placeOf is the place of a time in its second.
func placeOf(t time.Time) int { return t.Nanosecond() / int(time.Second/slots) }

// goOn places those at the beginning that belong to the second at which the part before ended, and returns their number.
func (o *order) goOn(query string, stamps, out []time.Time) (done int) {
	r, ok := o.runs[query]
	if !ok {
		return 0
	}
	for done < len(stamps) && stamps[done].Unix() == r.second && stamps[done].Nanosecond() == 0 {
		out[done] = slot(stamps[done], min(r.next, slots-1))
		r.next = min(r.next+1, r.end)
		done++
	}
	o.runs[query] = r
	return done
}

func slot(second time.Time, place int) time.Time {
	return second.Add(time.Duration(place) * time.Second / slots)
}
