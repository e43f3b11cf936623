package crypto

import (
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// maxPreview is how far a Preview looks ahead in a chain: a few milliseconds' work.
const maxPreview = 20_000

// Preview reads messages before their turn. A ratchet opens messages in the order in which they were sealed and looks only so
// far ahead, but a person who was away wants to see the newest ones first. A preview moves nothing on and keeps nothing in
// the database: every message that it opened has to go through Decrypt in its turn. What it opens is as genuine as what
// Decrypt opens; only that it came before is not noticed. It belongs to one goroutine, and to one catch-up.
type Preview struct{ chains map[previewChain]receiving }

type previewChain struct {
	peer    storage.Peer
	ratchet point
}

// NewPreview is a preview that knows no chains yet.
func NewPreview() *Preview { return &Preview{make(map[previewChain]receiving)} }

// Open reads a message that the server says came from the address from. ErrNotForUs, ErrReflection, ErrNoSession, ErrOldFormat,
// ErrBad and ErrIdentityChanged mean that it cannot be read now; Decrypt may still open it in its turn.
func (p *Preview) Open(b *Batch, from model.JID, x wire.Encrypted) (Opened, error) {
	from = from.Bare()
	if from == b.own && x.SID == b.us.device {
		return Opened{}, ErrReflection
	}
	err := ErrNotForUs
	for _, k := range x.Keys {
		if k.RID != b.us.device {
			continue
		}
		o, e := p.openKey(b, from, x, k)
		if e == nil {
			return o, nil
		}
		if err = telling(err, e); !ours(e) {
			return Opened{}, e
		}
	}
	return Opened{}, err
}

func (p *Preview) openKey(b *Batch, from model.JID, x wire.Encrypted, k wire.Key) (Opened, error) {
	d, _, err := b.device(from, x.SID)
	if err != nil {
		return Opened{}, err
	}
	peer := b.peer(from, x.SID)
	s, err := b.session(peer)
	if err != nil {
		return Opened{}, err
	}
	t := attempt{ledger: &b.ledger, me: b.us, peer: peer, device: d, session: s}
	var plain []byte
	err = guard(func() error {
		s, m, err := t.preview(k)
		if err != nil {
			return err
		}
		key, err := p.read(peer, s, b.us, m)
		if err != nil {
			return err
		}
		plain, err = openPayload(x, key)
		return err
	})
	return Opened{Plain: plain, From: d.Device}, err
}

// preview is the session that the key's message belongs to, with a state for it if it starts one.
func (t *attempt) preview(k wire.Key) (*session, envelope, error) {
	if !k.PreKey {
		m, err := parseEnvelope(k.Data)
		if err == nil && t.session == nil {
			err = ErrNoSession
		}
		return t.session, m, err
	}
	inv, err := parseInvitation(k.Data)
	if err != nil {
		return nil, envelope{}, err
	}
	if f := t.device.Fingerprint; f != "" && f != inv.identity.fingerprint() {
		return nil, envelope{}, ErrIdentityChanged
	}
	if t.session.has(inv.base) {
		return t.session, inv.message, nil
	}
	signed, oneTime, err := t.preKeys(inv)
	if err != nil {
		return nil, envelope{}, err
	}
	st, err := accept(t.me.keyPair, signed, oneTime, inv)
	if err != nil {
		return nil, envelope{}, err
	}
	return t.session.with(inv.identity, st), inv.message, nil
}

// read opens m with a chain met before, or with one of the session's.
func (p *Preview) read(peer storage.Peer, s *session, me us, m envelope) ([]byte, error) {
	key := previewChain{peer, m.ratchet}
	if c, ok := p.chains[key]; ok {
		return p.walk(key, c, m, s.peer, me.public)
	}
	for i := range s.states {
		st := s.states[i].clone()
		var c receiving
		if n := st.chain(m.ratchet); n >= 0 {
			c = st.receiving[n]
		} else if begun, _, err := st.begin(m); err == nil {
			c = begun
		} else {
			continue
		}
		if plain, err := p.walk(key, c, m, s.peer, me.public); err == nil {
			return plain, nil
		}
	}
	return nil, ErrBad
}

// walk goes along the chain to m, and remembers where it stood so that the next message does not walk the same way again.
func (p *Preview) walk(key previewChain, c receiving, m envelope, from, to point) ([]byte, error) {
	if m.counter < c.index || m.counter-c.index > maxPreview {
		return nil, ErrBad
	}
	k := c.library()
	for k.Index() < m.counter {
		k = k.NextKey()
	}
	plain, err := messageKeysOf(k.MessageKeys()).open(m, from, to)
	if err != nil {
		return nil, err
	}
	c.chainKey = chainKeyOf(k.NextKey())
	p.chains[key] = c
	return plain, nil
}
