package core

import (
	"time"

	"kith/core/wire"
	"kith/storage"
)

// What pages and live messages do to the ranges of an archive.

// extend adds a page to the range it was asked for, or opens the live range with the newest page.
func (ar *archive) extend(p *page, fin wire.ArchiveFin) {
	empty := len(p.ids) == 0
	switch p.kind {
	case newestPage:
		ar.top(p, fin, empty)
		return
	case forwardPage:
		if p.isle && fin.Set.Last != ar.ranges[1].ToID {
			detour{ar}.land(p, fin)
			return
		}
		if old := &ar.ranges[1]; !empty {
			old.ToID = fin.Set.Last
			old.To = later(old.To, p.last)
		}
		return
	case backwardPage:
		if live := &ar.ranges[0]; !empty {
			live.FromID = fin.Set.First
			if !p.first.IsZero() && p.first.Before(live.From) {
				live.From = p.first
			}
		}
		ar.ranges[0].Complete = fin.Complete || empty
	case countPage:
	}
}

// top opens the live range.
func (ar *archive) top(p *page, fin wire.ArchiveFin, empty bool) {
	ar.topped = true
	if empty {
		if len(ar.ranges) == 0 { // an archive without messages has been read to its end as well
			at := time.Now().UTC()
			ar.ranges = []storage.Range{{FromID: ar.pending, ToID: ar.pending, From: at, To: at, Complete: true}}
		}
		return
	}
	if p.first.IsZero() { // nobody says when: not as long ago as to close a gap
		p.first, p.last = time.Now().UTC(), time.Now().UTC()
	}
	r := storage.Range{FromID: fin.Set.First, ToID: fin.Set.Last, From: p.first, To: p.last, Complete: fin.Complete}
	if ar.pending != "" && !p.ids[ar.pending] && ar.pendAt.After(r.To) {
		r.ToID, r.To = ar.pending, ar.pendAt
	}
	ar.ranges = append([]storage.Range{r}, ar.ranges...)
}

// join makes one range of the live one and the next older one where the page has shown that they meet. What a page forwards
// has closed is one gap; of the next one it knows nothing.
func (ar *archive) join(p *page, fin wire.ArchiveFin) {
	for len(ar.ranges) > 1 && ar.meet(p, fin) {
		if ar.ranges[0].Complete && p.kind != forwardPage {
			ar.ranges[1].FromID, ar.ranges[1].From = ar.ranges[0].FromID, ar.ranges[0].From
		}
		ar.merge()
		if p.kind == forwardPage {
			return
		}
	}
}

// merge makes one range of the live one and the next older one.
func (ar *archive) merge() {
	live, old := &ar.ranges[0], ar.ranges[1]
	if live.ID == 0 {
		live.ID = old.ID // the row of the old range becomes the joined one
	}
	if live.ToID == "" {
		live.ToID = old.ToID
	}
	live.FromID, live.From, live.Complete = old.FromID, old.From, live.Complete || old.Complete
	live.To = later(live.To, old.To)
	ar.ranges = append(ar.ranges[:1:1], ar.ranges[2:]...)
	detour{ar}.onward()
}

// meet says whether the page has closed the gap between the two newest ranges. Where the server has expired the message at
// the edge, its id never comes; then the page has to reach well beyond the edge's time.
func (ar *archive) meet(p *page, fin wire.ArchiveFin) bool {
	live, old := &ar.ranges[0], &ar.ranges[1]
	switch p.kind {
	case forwardPage:
		return p.ids[live.FromID] || fin.Complete || len(p.ids) == 0
	case newestPage, backwardPage, countPage:
	}
	return (old.ToID != "" && p.ids[old.ToID]) || live.Complete || live.From.Before(old.To.Add(-slack))
}

func later(x, y time.Time) time.Time {
	if y.After(x) {
		return y
	}
	return x
}

func earlier(x, y time.Time) time.Time {
	if y.Before(x) {
		return y
	}
	return x
}

// storeRanges makes the store's ranges those in memory.
func (r *receiver) storeRanges() error {
	ar := &r.a.in.archive
	if err := (detour{ar}).storeLeft(r); err != nil {
		return err
	}
	stored, err := r.tx.Ranges(r.a.id, r.a.own)
	if err != nil {
		return err
	}
	keep := make(map[int64]bool, len(ar.ranges))
	for i := range ar.ranges {
		ar.ranges[i].Account, ar.ranges[i].Archive = r.a.id, r.a.own
		if err := r.tx.PutRange(&ar.ranges[i]); err != nil {
			return err
		}
		keep[ar.ranges[i].ID] = true
	}
	for _, old := range stored {
		if !keep[old.ID] {
			if err := r.tx.DeleteRange(old.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// live moves the newer end of the live range over a message that just came and is stored in this transaction. Before the
// newest page is in, nothing is known of what lies between, so the message is only remembered.
func (ar *archive) live(r *receiver, id string, at time.Time) error {
	if !ar.on {
		return nil
	}
	if !ar.topped || len(ar.ranges) == 0 {
		ar.pending, ar.pendAt = id, at
		return nil
	}
	top := &ar.ranges[0]
	top.Account, top.Archive, top.ToID = r.a.id, r.a.own, id
	if top.FromID == "" {
		top.FromID, top.From = id, at
	}
	if at.After(top.To) {
		top.To = at
	}
	return r.tx.PutRange(top)
}
