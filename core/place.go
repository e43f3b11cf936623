package core

import (
	"iter"
	"time"

	"kith/core/model"
	"kith/storage"
)

// Where a message goes among the rows of its chat. A stamp of a whole second says little of that; what else is known is the order of
// the page that brings it, what stood there before, and what came live since.

// behind is the place for a message that comes in the order of the archive, whose page has brought last before. What is newer than
// the gap that it fills is left where it is.
func (o *order) behind(tx *storage.Tx, m *model.Message, last metRow) (p place, err error) {
	end := m.Time.Add(time.Second)
	if n, ok := o.taken[m.Time.Unix()]; ok && m.Time.Nanosecond() == 0 {
		end = slot(m.Time, n)
	}
	if last.at.Before(end) && !end.After(last.until) {
		return place{later(m.Time, last.at), last.until}, nil
	}
	next, err := tx.NextPlace(model.MessageIDAt(m.Chat, m.Time.Add(time.Millisecond)))
	switch {
	case err != nil:
		return p, err
	case next == 0:
		return place{m.Time, never}, nil
	case !next.Time().Before(end):
		return place{m.Time, next.Time()}, nil
	}
	p.until = end
	p.at, _, err = behind(tx, m.Chat, m.Time, end, o.side(m, beyond))
	return p, err
}

// never is after every message.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// room is what is left at most before a message that was kept for us: for what of its second the newest page holds, and for hundreds
// that were missed before that.
const room = 125 * time.Millisecond

// last is the time for a live message: behind all of its second. What our server kept for us while we were away comes before the
// newest page is stored, with a stamp of a whole second; the first of its second leaves room for what was missed before it.
func (o *order) last(tx *storage.Tx, m *model.Message) (time.Time, error) {
	end := m.Time.Add(time.Second)
	at, _, err := behind(tx, m.Chat, m.Time, end, o.side(m, sooner))
	if err != nil || m.Time.Nanosecond() != 0 || o.late == nil {
		return at, err
	}
	if here := (chatSecond{m.Chat, m.Time.Unix()}); !o.late[here] {
		o.late[here] = true
		at = at.Add(min(end.Sub(at)/8, room)) // and leaves most of it to what is newer
	}
	return at, nil
}

// sharing is how many messages of a chat have room in one place (see model.MessageID).
const sharing = 4

// before is the time for a message of the newest page: before what of the same page stands in its second already, as what was kept
// for us does, and what came live and was stored when a catch-up was broken off. It goes as near to that as the page allows: what
// was missed before the page comes after it, and needs the room in front of it.
func (o *order) before(tx *storage.Tx, m *model.Message) (time.Time, error) {
	at, next, err := behind(tx, m.Chat, m.Time.Truncate(time.Second), m.Time, o.side(m, o.besideNewest))
	if err != nil || next == nil {
		return m.Time, err
	}
	until, ok := o.seats[next.ServerID]
	if !ok {
		until.n = len(o.seats) // behind the page
	}
	between := (until.n - o.seats[m.ServerID].n + sharing - 1) / sharing
	at = later(at, next.ID.Time().Add(-time.Duration(between)*time.Second/slots))
	o.keep(at)
	return at, nil
}

// met are the last rows that archive queries have brought, by chat: what a query brings next of a chat stands behind its last row.
type met map[model.ChatID]metRow

type metRow struct {
	query string
	place
}

// place is where a message goes among the rows of its chat.
type place struct {
	at    time.Time
	until time.Time // what comes next of the page, before this time, stands right behind; zero: it has to be looked for
}

// note takes a row that is stored.
func (m met) note(env *envelope, row model.MessageID, until time.Time) {
	last := m[row.Chat()]
	if last.until = until; env.query != "" {
		last.query, last.at = env.query, row.Time()
	}
	m[row.Chat()] = last
}

// placer is the archive as it puts messages in their places.
type placer struct{ *archive }

// place finds a message's place.
func (ar placer) place(tx *storage.Tx, env *envelope, m *model.Message, rows met) (p place, err error) {
	last := rows[m.Chat]
	if last.query != env.query {
		last = metRow{}
	}
	switch {
	case env.live:
		if ar.on && (!ar.topped || len(ar.ranges) > 1) {
			ar.order.came(m)
		}
		p.at, err = ar.order.last(tx, m)
		return p, err
	case ar.forwards(env.query):
		return ar.order.behind(tx, m, last)
	}
	if p.at = m.Time; env.query == ar.newest {
		p.at, err = ar.order.before(tx, m)
	}
	if last.at.After(p.at) && last.at.Before(p.at.Add(time.Second)) {
		p.at = last.at
	}
	return p, err
}

// put stores a message in its place, unless it is stored already.
func (ar placer) put(tx *storage.Tx, env *envelope, m *model.Message, rows met) (isNew bool, err error) {
	place, err := ar.place(tx, env, m, rows)
	if err != nil {
		return false, err
	}
	if m.Time = place.at; env.first {
		isNew, err = true, tx.AddNew(m)
	} else {
		isNew, err = tx.AddMessage(m)
	}
	if err != nil {
		return false, err
	}
	if !isNew {
		place.until = time.Time{} // it stands elsewhere
	}
	rows.note(env, m.ID, place.until)
	return isNew, nil
}

// maxFresh bounds how many live messages are noted while something is missing.
const maxFresh = 10_000

// side is where a stored row stands, as seen from a message.
type side uint8

const (
	unknown side = iota
	older
	newer
)

// side tells of each stored row what the batch at hand says of it: pages come in order. What came live and is not in the page is
// where live says. A live message is behind everything.
func (o *order) side(m *model.Message, live func(arrival) side) func(storage.Place) side {
	mine, ok := o.seats[m.ServerID]
	return func(row storage.Place) side {
		other, in := o.seats[row.ServerID]
		came, fresh := o.fresh[row.ServerID]
		switch {
		case !ok, in && other.n < mine.n:
			return older
		case in:
			return newer
		case fresh:
			return live(came)
		}
		return unknown
	}
}

// sooner is where what came live stands as seen from what comes live.
func sooner(arrival) side { return older }

// beyond is where it stands as seen from a page that is read forwards: that one begins where nothing is missing.
func beyond(arrival) side { return newer }

// besideNewest is where it stands as seen from the newest page that it is not in: behind the page, if that reaches back to what was
// stored before. Otherwise what was kept for us is what we missed first, and comes before the page.
func (o *order) besideNewest(a arrival) side {
	if o.reach {
		return newer
	}
	if a.kept {
		return older
	}
	for id := range o.seats {
		if in, ok := o.fresh[id]; ok && in.n > a.n {
			return older
		}
	}
	return newer
}

// reaches notes that a row of the newest page is stored already.
func (o *order) reaches(id string) {
	if _, ok := o.fresh[id]; !ok {
		o.reach = true
	}
}

// came notes a live message.
func (o *order) came(m *model.Message) {
	if len(o.fresh) < maxFresh && m.ServerID != "" {
		o.fresh[m.ServerID] = arrival{len(o.fresh), m.Time.Nanosecond() == 0}
	}
}

// behind is the time that puts a message behind what its chat holds before end, if that is not before it already: stamps of whole
// seconds, of archives and of what was kept for us, and clocks that differ would put it before what came sooner. What is newer
// than the message stays behind it; next is the first row of that, nil if there is none.
func behind(tx *storage.Tx, chat model.ChatID, at, end time.Time, of func(storage.Place) side) (place time.Time, next *storage.Place, err error) {
	place = at
	found := false // the last row that is before next, as far as is known
	for row, err := range placesBefore(tx, model.MessageIDAt(chat, at.Add(time.Millisecond)), model.MessageIDAt(chat, end)) {
		if err != nil {
			return place, next, err
		}
		which := of(row)
		switch {
		case which == newer: // and so is what was found behind it
			place, next, found = at, &row, false
		case !found:
			place, found = row.ID.Time(), true
		}
		if which == older {
			break
		}
	}
	return place, next, nil
}

// placesBefore goes back from end to first. Mostly the first place settles it; but hundreds can be of one second.
func placesBefore(tx *storage.Tx, first, end model.MessageID) iter.Seq2[storage.Place, error] {
	return func(yield func(storage.Place, error) bool) {
		for limit := 1; ; limit *= 16 {
			rows, err := tx.PlacesBefore(first, end, limit)
			if err != nil {
				yield(storage.Place{}, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
				end = row.ID
			}
			if len(rows) < limit {
				return
			}
		}
	}
}
