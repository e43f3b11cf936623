package link

import (
	"slices"

	"kith/core/model"
)

// session is what outlives a connection (XEP-0198 §4, §5): what the server must still acknowledge and what we must. Its
// counters are 32 bit and wrap. The Link's lock guards it.
type session struct {
	id       string // names the session for resumption; empty: cannot be resumed
	counting bool   // stream management is on
	jid      model.JID

	arrived uint32   // stanzas received
	handled uint32   // of these on disk, or answered here: what we acknowledge
	open    []uint32 // for each event that core has not handled: by how much its handling moves the counter
	skip    uint32   // stanzas the server repeats that core has got already

	acked     uint32 // stanzas the server has acknowledged
	kept      []kept // sent and not acknowledged, oldest first
	keptBytes int
}

// kept is a stanza that the server has not acknowledged.
type kept struct {
	id    string // as given to Send; empty for what the Link sends by itself
	bytes []byte
}

// fresh begins a new session. Core may still hold events of the old one: their handling counts nothing any more.
func (s *session) fresh() {
	clear(s.open)
	*s = session{open: s.open}
}

// enable begins to count, with the id to resume by.
func (s *session) enable(id string) { s.counting, s.id = true, id }

// repeated says whether the stanza that comes now is one that core has got already; it must be dropped.
func (s *session) repeated() bool {
	if s.skip == 0 {
		return false
	}
	s.skip--
	return true
}

// arrive counts a stanza from the server. toCore: core gets an event and will report it by Handled.
func (s *session) arrive(toCore bool) {
	var n uint32
	if s.counting {
		n = 1
		s.arrived++
	}
	switch {
	case toCore:
		s.open = append(s.open, n)
	case len(s.open) > 0:
		s.open[len(s.open)-1] += n // in order: only after the events before it
	default:
		s.handled += n
	}
}

// event makes room for an event that core counts although nothing arrived.
func (s *session) event() { s.open = append(s.open, 0) }

// handle moves the counter for the oldest n events.
func (s *session) handle(n int) {
	n = min(max(n, 0), len(s.open))
	for _, moves := range s.open[:n] {
		s.handled += moves
	}
	s.open = slices.Delete(s.open, 0, n)
}

// keep remembers a stanza until it is acknowledged.
func (s *session) keep(id string, stanza []byte) {
	s.kept = append(s.kept, kept{id, stanza})
	s.keptBytes += len(stanza)
}

// ack takes the server's count of what it received, and returns the ids that it newly covers. ok is false for a count of
// stanzas that were never sent.
func (s *session) ack(h uint32) (ids []string, ok bool) {
	n := h - s.acked
	if uint64(n) > uint64(len(s.kept)) {
		return nil, false
	}
	return s.drop(int(n)), true
}

// drop forgets the oldest n stanzas, as acknowledged.
func (s *session) drop(n int) []string {
	var ids []string
	for i := range s.kept[:n] {
		s.keptBytes -= len(s.kept[i].bytes)
		if s.kept[i].id != "" {
			ids = append(ids, s.kept[i].id)
		}
	}
	s.kept = slices.Delete(s.kept, 0, n)
	s.acked += uint32(n)
	return ids
}

// resume prepares for the repetition of everything behind the handled count, and returns that.
func (s *session) resume() (h uint32) {
	s.skip = s.arrived - s.handled
	return s.handled
}

// again is everything that is not acknowledged, to be sent once more.
func (s *session) again() []byte {
	all := make([]byte, 0, s.keptBytes)
	for _, k := range s.kept {
		all = append(all, k.bytes...)
	}
	return all
}
