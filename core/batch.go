package core

import (
	"time"

	"kith/core/link"
)

// batchLimit is how many stanzas one transaction takes when more wait; pageLimit the same while an archive page arrives.
const (
	batchLimit = 64
	pageLimit  = 600
	pageWait   = time.Second // how long a batch waits for the rest of its page
)

// collect gathers what waits behind first: at most batchLimit stanzas, or the whole of the archive page on its way. next is an
// event that ended the batch because it is not a stanza.
func (ar *archive) collect(first link.Event, events <-chan link.Event) (batch []link.Event, next link.Event) {
	batch = append(make([]link.Event, 0, batchLimit), first)
	timer := time.NewTimer(pageWait)
	defer timer.Stop()
	open := ar.open() && !ar.endedBy(first)
	for {
		limit := batchLimit
		if open {
			limit = pageLimit
		}
		if len(batch) >= limit {
			return batch, nil
		}
		ev, ok := following(events, open, timer.C)
		if !ok {
			return batch, nil
		}
		switch ev.(type) {
		case link.Stanza, link.Answer:
			batch = append(batch, ev)
			open = open && !ar.endedBy(ev)
		default:
			return batch, ev
		}
	}
}

// following is the next event if one is there already; with wait, if one comes before the timer ends.
func following(events <-chan link.Event, wait bool, timer <-chan time.Time) (link.Event, bool) {
	if wait {
		select {
		case ev, ok := <-events:
			return ev, ok
		case <-timer:
			return nil, false
		}
	}
	select {
	case ev, ok := <-events:
		return ev, ok
	default:
		return nil, false
	}
}
