package core

import (
	"time"

	"kith/core/link"
	"kith/core/wire"
)

// slots is how many places a second has for messages whose server keeps whole seconds.
const slots = 1000

// order gives archived messages of one second their places in it. Some servers stamp whole seconds; a row's place in its chat
// is its time, and pages that are read newest first would stand in the second in the order in which they were read. So what
// comes from a page that is read backwards goes to the end of its second, and the next older page before it; pages that are
// read forwards fill the second from its beginning, and need no help.
type order struct {
	taken map[int64]int        // by Unix second: the first place that a newer page has taken
	times map[string]time.Time // of the batch at hand, by archive id
}

func newOrder() order {
	return order{taken: make(map[int64]int), times: make(map[string]time.Time)}
}

// plan finds the places of all results in a batch whose queries are read backwards. A batch holds a page as a whole as long as
// the server does not dawdle in the middle of it.
func (o *order) plan(batch []link.Event, backwards func(query string) bool) {
	if o.times == nil {
		*o = newOrder()
	}
	clear(o.times)
	var ids []string
	var stamps []time.Time
	for _, ev := range batch {
		st, ok := ev.(link.Stanza)
		if !ok || st.Element.Local != "message" {
			continue
		}
		if res, ok := wire.ParseArchiveResult(st.Element); ok && !res.Stamp.IsZero() && backwards(res.QueryID) {
			ids, stamps = append(ids, res.ID), append(stamps, res.Stamp)
		}
	}
	for i, t := range o.place(stamps) {
		o.times[ids[i]] = t
	}
}

// place moves stamps without a fraction of a second to the end of their second, each group before what stands there already.
func (o *order) place(stamps []time.Time) []time.Time {
	count := make(map[int64]int)
	for _, t := range stamps {
		if t.Nanosecond() == 0 {
			count[t.Unix()]++
		}
	}
	out := make([]time.Time, len(stamps))
	seen := make(map[int64]int)
	for i, t := range stamps {
		out[i] = t
		second := t.Unix()
		n, whole := count[second]
		if !whole || t.Nanosecond() != 0 {
			continue
		}
		end, ok := o.taken[second]
		if !ok {
			end = slots
		}
		place := end - n + seen[second]
		if n > end { // more than a second has places for: they share, in order
			place = seen[second] * end / n
		}
		seen[second]++
		out[i] = t.Add(time.Duration(place) * time.Second / slots)
	}
	for second, n := range count {
		end, ok := o.taken[second]
		if !ok {
			end = slots
		}
		o.taken[second] = max(end-n, 0)
	}
	return out
}
