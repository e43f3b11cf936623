package crypto

import (
	"errors"
	"slices"

	"go.mau.fi/libsignal/cipher"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/serialize"
	"go.mau.fi/libsignal/util/optional"

	"kith/core/model"
)

const (
	// maxStates bounds how many key agreements with one device are remembered, the current one included.
	maxStates = 11
	// exhausted is how many messages may go out without an answer before a fresh session is started: receivers refuse
	// to look further ahead than 1,000 messages.
	exhausted = 900
)

// session is everything shared with one device. It is immutable: seal and open return the next value, and whoever keeps
// the old one has not lost anything. That is what makes a forged message, a failed attempt and a rolled-back transaction
// harmless.
type session struct {
	peer   point   // the identity key it is pinned to
	closed bool    // not to be sent on any more: the person reset it
	states []state // the one to send on first, then the others, most recently used first
}

// us is our side of every session of an account.
type us struct {
	keyPair
	device model.DeviceID
}

// opened is what a genuine message leads to.
type opened struct {
	next    *session
	plain   []byte
	skipped []skippedKey // to be remembered
	late    bool         // one remembered key was used and must be forgotten
	reply   bool         // an empty answer is due
}

// lookup finds the remembered keys of a message that was skipped.
type lookup func(ratchet point, counter uint32) (messageKeys, bool, error)

// secrets finds our signed and one-time prekey that an invitation names.
type secrets func(invitation) (signed, oneTime keyPair, err error)

// guard is the second line behind the checks of message.go: should libsignal still panic on something, the input counts
// as bad and nothing has changed, as sessions are values.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrBad
		}
	}()
	return f()
}

// open decrypts a message of an existing session.
func (s *session) open(me us, m envelope, late lookup) (opened, error) {
	known := slices.IndexFunc(s.states, func(st state) bool { return st.chain(m.ratchet) >= 0 })
	if known < 0 || m.counter < s.states[known].receiving[s.states[known].chain(m.ratchet)].index {
		keys, ok, err := late(m.ratchet, m.counter)
		if err != nil {
			return opened{}, err
		}
		if ok {
			plain, err := keys.open(m, s.peer, me.public)
			return opened{next: s, plain: plain, late: true}, err
		}
	}
	if known >= 0 {
		return s.try(known, me, m) // a ratchet key belongs to one state only
	}
	for i := range s.states {
		o, err := s.try(i, me, m)
		if err == nil || !errors.Is(err, ErrBad) {
			return o, err
		}
	}
	return opened{}, ErrBad
}

// try decrypts m with a copy of one state, which becomes the current one when that works.
func (s *session) try(i int, me us, m envelope) (opened, error) {
	st := s.states[i].clone()
	r, err := st.receive(m, s.peer, me.public)
	if err != nil {
		return opened{}, err
	}
	next := &session{peer: s.peer, closed: s.closed, states: slices.Clone(s.states)}
	next.states = slices.Insert(slices.Delete(next.states, i, i+1), 0, st)
	return opened{next: next, plain: r.plain, skipped: r.skipped, reply: r.beat}, nil
}

// join decrypts the message inside an invitation: on the state that it started before, or on a new one agreed with our
// prekeys, which becomes the current one. s may be nil. The caller has compared the identity key with the pinned one.
func (s *session) join(me us, inv invitation, late lookup, prekeys secrets) (opened, error) {
	if s.has(inv.base) {
		return s.open(me, inv.message, late)
	}
	signed, oneTime, err := prekeys(inv)
	if err != nil {
		return opened{}, err
	}
	st, err := accept(me.keyPair, signed, oneTime, inv)
	if err != nil {
		return opened{}, err
	}
	o, err := s.with(inv.identity, st).try(0, me, inv.message)
	if errors.Is(err, ErrDuplicate) {
		err = ErrBad // nothing was received on a new state
	}
	return o, err
}

// with is the session after another key agreement; s may be nil. Older states stay to read what is still on its way.
func (s *session) with(peer point, st state) *session {
	next := &session{peer: peer, states: []state{st}}
	if s != nil {
		next.states = append(next.states, s.states...)
	}
	next.states = next.states[:min(len(next.states), maxStates)]
	return next
}

// has says whether the session already contains the state that an invitation with this base key starts.
func (s *session) has(base point) bool {
	return s != nil && slices.ContainsFunc(s.states, func(st state) bool { return st.base == base })
}

// usable says whether there is a session to send on.
func (s *session) usable() bool { return s != nil && !s.closed }

// exhausted says whether a fresh session should be begun before the next message goes out.
func (s *session) exhausted() bool { return s.usable() && s.states[0].sending.index >= exhausted }

// ready says whether the next message should go out on this session.
func (s *session) ready() bool { return s.usable() && !s.exhausted() }

// seal encrypts plain on the current state. preKey says that the other side may still have to build the session from it.
func (s *session) seal(me us, plain []byte) (next *session, data []byte, preKey bool, err error) {
	st := s.states[0].clone()
	k := st.sending.library()
	keys := k.MessageKeys()
	body, err := cipher.Encrypt(keys.Iv(), keys.CipherKey(), plain)
	if err != nil {
		return nil, nil, false, ErrBad
	}
	ours, theirs := identity.NewKey(me.public.library()), identity.NewKey(s.peer.library())
	m, err := protocol.NewSignalMessage(protocol.CurrentVersion, k.Index(), st.previous, keys.MacKey(),
		st.ratchet.public.library(), body, ours, theirs, &serialize.ProtoBufSignalMessageSerializer{})
	if err != nil {
		return nil, nil, false, ErrBad
	}
	data = m.Serialize()
	if st.pending != nil {
		pk, err := protocol.NewPreKeySignalMessage(protocol.CurrentVersion, uint32(me.device),
			optional.NewOptionalUint32(st.pending.preKey), st.pending.signed, st.base.library(), ours, m,
			&serialize.ProtoBufPreKeySignalMessageSerializer{}, &serialize.ProtoBufSignalMessageSerializer{})
		if err != nil {
			return nil, nil, false, ErrBad
		}
		data = pk.Serialize()
	}
	st.sending = chainKeyOf(k.NextKey())
	next = &session{peer: s.peer, closed: s.closed, states: slices.Clone(s.states)}
	next.states[0] = st
	return next, data, st.pending != nil, nil
}
