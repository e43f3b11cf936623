package crypto

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The stored form of a session: a format byte, then the fields in order; keys as they are, numbers as varints, lists
// after their length. A session with one state and two receiving chains takes about 390 bytes.
const recordFormat = 1

// errRecord says that a stored session cannot be read, which means a damaged database or a newer Kith.
var errRecord = errors.New("stored session is not readable")

// record is s as bytes.
func (s *session) record() []byte {
	b := append(make([]byte, 0, 512), recordFormat, flag(s.closed))
	b = append(b, s.peer[:]...)
	b = append(b, byte(len(s.states)))
	for _, st := range s.states {
		b = st.append(b)
	}
	return b
}

func (st state) append(b []byte) []byte {
	b = append(b, st.base[:]...)
	b = append(b, st.root[:]...)
	b = append(b, st.ratchet.secret[:]...)
	b = append(b, st.ratchet.public[:]...)
	b = st.sending.append(b)
	b = binary.AppendUvarint(b, uint64(st.previous))
	b = append(b, flag(st.pending != nil))
	if st.pending != nil {
		b = binary.AppendUvarint(b, uint64(st.pending.preKey))
		b = binary.AppendUvarint(b, uint64(st.pending.signed))
	}
	b = append(b, byte(len(st.receiving)))
	for _, r := range st.receiving {
		b = append(b, r.ratchet[:]...)
		b = r.chainKey.append(b)
		b = binary.AppendUvarint(b, uint64(r.length))
		b = append(b, flag(r.beat))
	}
	return b
}

func (c chainKey) append(b []byte) []byte {
	return binary.AppendUvarint(append(b, c.key[:]...), uint64(c.index))
}

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// parseRecord is the inverse of record.
func parseRecord(b []byte) (*session, error) {
	r := recordReader{rest: b}
	if r.byte() != recordFormat {
		return nil, fmt.Errorf("read session: %w", errRecord)
	}
	s := &session{closed: r.byte() == 1, peer: r.key()}
	for range r.count(maxStates) {
		s.states = append(s.states, r.state())
	}
	if r.bad || len(r.rest) != 0 || len(s.states) == 0 {
		return nil, fmt.Errorf("read session: %w", errRecord)
	}
	return s, nil
}

// recordReader takes a record apart; after the first thing that does not fit, it is bad and yields zeros.
type recordReader struct {
	rest []byte
	bad  bool
}

func (r *recordReader) take(n int) []byte {
	if len(r.rest) < n {
		r.bad, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *recordReader) byte() byte    { return r.take(1)[0] }
func (r *recordReader) key() [32]byte { return [32]byte(r.take(32)) }

func (r *recordReader) count(limit int) int {
	n := int(r.byte())
	if n > limit {
		r.bad = true
		return 0
	}
	return n
}

func (r *recordReader) number() uint32 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > 1<<32-1 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return uint32(v)
}

func (r *recordReader) chainKey() chainKey { return chainKey{key: r.key(), index: r.number()} }

func (r *recordReader) state() state {
	st := state{base: r.key(), root: r.key()}
	st.ratchet = keyPair{secret: r.key(), public: r.key()}
	st.sending = r.chainKey()
	st.previous = r.number()
	if r.byte() == 1 {
		st.pending = &pending{preKey: r.number(), signed: r.number()}
	}
	for range r.count(maxReceiving) {
		c := receiving{ratchet: r.key(), chainKey: r.chainKey()}
		c.length, c.beat = r.number(), r.byte() == 1
		st.receiving = append(st.receiving, c)
	}
	return st
}
