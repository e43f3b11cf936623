package crypto

import (
	"slices"

	"go.mau.fi/libsignal/kdf"
	"go.mau.fi/libsignal/keys/chain"
	"go.mau.fi/libsignal/keys/root"
	secret "go.mau.fi/libsignal/keys/session"
)

const (
	maxAhead     = 2000 // messages of one chain that may be missing before the next
	maxSkipped   = 1000 // keys of missing messages kept per session
	maxReceiving = 5    // chains of the other side kept per state
	heartbeat    = 53   // messages of one chain after which we answer, so that the keys move on
)

// chainKey is a position in a symmetric chain.
type chainKey struct {
	key   [32]byte
	index uint32
}

// receiving is a chain of the other side.
type receiving struct {
	ratchet point
	chainKey
	length uint32 // how long it got, as the message that opened the next one says; 0: not known
	beat   bool   // the heartbeat of this chain was asked for
}

// pending is what must accompany our messages until the other side has answered once.
type pending struct {
	preKey, signed uint32
}

// state is one double ratchet: the outcome of one key agreement. It is a value; change a clone only.
type state struct {
	base      point // the initiator's ephemeral key, which names the state
	root      [32]byte
	ratchet   keyPair
	sending   chainKey
	previous  uint32 // length of our sending chain before this one
	pending   *pending
	receiving []receiving // oldest first
}

// skippedKey decrypts a message that has not come yet.
type skippedKey struct {
	ratchet point
	counter uint32
	keys    messageKeys
}

func (c chainKey) library() *chain.Key { return chain.NewKey(kdf.DeriveSecrets, c.key[:], c.index) }

func chainKeyOf(k *chain.Key) chainKey { return chainKey{key: [32]byte(k.Key()), index: k.Index()} }

func (st state) clone() state {
	st.receiving = slices.Clone(st.receiving)
	return st
}

// chain is the index of the receiving chain with that ratchet key, or -1.
func (st *state) chain(ratchet point) int {
	return slices.IndexFunc(st.receiving, func(r receiving) bool { return r.ratchet == ratchet })
}

// begin is the receiving chain for the new ratchet key of m, and the root key behind it.
func (st *state) begin(m envelope) (receiving, secret.RootKeyable, error) {
	in, err := root.NewKey(kdf.DeriveSecrets, st.root[:]).CreateChain(m.ratchet.library(), st.ratchet.library())
	if err != nil {
		return receiving{}, nil, ErrBad
	}
	return receiving{ratchet: m.ratchet, chainKey: chainKeyOf(in.ChainKey.Current())}, in.RootKey, nil
}

// turn is the second half of the Diffie-Hellman ratchet, after m proved genuine: in becomes the newest receiving chain,
// and a sending chain with a new key of ours follows. The oldest receiving chain may have to go; it is returned, for its
// late messages.
func (st *state) turn(m envelope, in receiving, behind secret.RootKeyable) (gone receiving, err error) {
	ours, err := newKeyPair()
	if err != nil {
		return receiving{}, err
	}
	out, err := behind.CreateChain(m.ratchet.library(), ours.library())
	if err != nil {
		return receiving{}, ErrBad
	}
	if n := len(st.receiving); n > 0 {
		st.receiving[n-1].length = m.previous
	}
	st.receiving = append(st.receiving, in)
	if len(st.receiving) > maxReceiving {
		gone, st.receiving = st.receiving[0], st.receiving[1:]
	}
	st.previous = st.sending.index // libsignal takes one less here, and 2^32-1 for none; others rely on the true length
	st.root = [32]byte(out.RootKey.Bytes())
	st.ratchet = ours
	st.sending = chainKeyOf(out.ChainKey.Current())
	return gone, nil
}

// until walks the chain to the message with that counter. It is an error when that lies behind or too far ahead.
func (r receiving) until(counter uint32) (*chain.Key, error) {
	if counter < r.index {
		return nil, ErrDuplicate
	}
	if counter-r.index > maxAhead {
		return nil, ErrBad
	}
	k := r.library()
	for k.Index() < counter {
		k = k.NextKey()
	}
	return k, nil
}

// missing are the keys of the chain's messages before the one with that counter, at most the last maxSkipped.
func (r receiving) missing(counter uint32) []skippedKey {
	if counter <= r.index || counter-r.index > maxAhead {
		return nil // also what a sender tells that counts wrong
	}
	var keys []skippedKey
	for k := r.library(); k.Index() < counter; k = k.NextKey() {
		if counter-k.Index() <= maxSkipped {
			keys = append(keys, skippedKey{r.ratchet, k.Index(), messageKeysOf(k.MessageKeys())})
		}
	}
	return keys
}

// received is what a genuine message yields.
type received struct {
	plain   []byte
	skipped []skippedKey
	beat    bool // an answer is due, so that the keys move on
}

// receive decrypts m and moves st on. When it returns an error, st is spoilt and must be thrown away. Whatever is not
// needed to check the MAC is done after it, which keeps forgeries cheap.
func (st *state) receive(m envelope, from, to point) (received, error) {
	if i := st.chain(m.ratchet); i >= 0 {
		return st.receiving[i].receive(m, from, to, st)
	}
	c, behind, err := st.begin(m)
	if err != nil {
		return received{}, err
	}
	r, err := c.receive(m, from, to, st)
	if err != nil {
		return received{}, err
	}
	gone, err := st.turn(m, c, behind)
	if err != nil {
		return received{}, err
	}
	r.skipped = append(gone.missing(gone.length), r.skipped...)
	return r, nil
}

// receive decrypts m, moves the chain on and notes in st that the other side has the session.
func (r *receiving) receive(m envelope, from, to point, st *state) (received, error) {
	k, err := r.until(m.counter)
	if err != nil {
		return received{}, err
	}
	plain, err := messageKeysOf(k.MessageKeys()).open(m, from, to)
	if err != nil {
		return received{}, err
	}
	got := received{plain: plain, skipped: r.missing(m.counter), beat: m.counter >= heartbeat && !r.beat}
	r.chainKey = chainKeyOf(k.NextKey())
	r.beat = r.beat || got.beat
	st.pending = nil
	return got, nil
}
