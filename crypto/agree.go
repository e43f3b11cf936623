package crypto

import (
	"go.mau.fi/libsignal/keys/identity"
	secret "go.mau.fi/libsignal/keys/session"
	"go.mau.fi/libsignal/ratchet"
)

// offer is what of a checked bundle one session start uses.
type offer struct {
	identity point
	signed   point
	signedID uint32
	preKey   point
	preKeyID uint32
}

func identityPair(k keyPair) *identity.KeyPair {
	p := k.library()
	return identity.NewKeyPair(identity.NewKey(p.PublicKey()), p.PrivateKey())
}

// invite agrees on keys with the device that published o (X3DH, the initiator's side) and takes the first ratchet step.
func invite(us keyPair, o offer) (state, error) {
	base, err := newKeyPair()
	if err != nil {
		return state{}, err
	}
	ours, err := newKeyPair()
	if err != nil {
		return state{}, err
	}
	p := ratchet.NewEmptySenderParameters()
	p.SetOurIdentityKey(identityPair(us))
	p.SetOurBaseKey(base.library())
	p.SetTheirIdentityKey(identity.NewKey(o.identity.library()))
	p.SetTheirSignedPreKey(o.signed.library())
	p.SetTheirRatchetKey(o.signed.library())
	p.SetTheirOneTimePreKey(o.preKey.library())
	agreed, err := ratchet.CalculateSenderSession(p)
	if err != nil {
		return state{}, ErrBad
	}
	out, err := agreed.RootKey.CreateChain(o.signed.library(), ours.library())
	if err != nil {
		return state{}, ErrBad
	}
	return newState(base.public, ours, out, &pending{preKey: o.preKeyID, signed: o.signedID}), nil
}

// accept agrees on keys with the sender of an invitation that used our signed and one-time prekey.
func accept(us, signed, oneTime keyPair, inv invitation) (state, error) {
	p := ratchet.NewEmptyReceiverParameters()
	p.SetOurIdentityKeyPair(identityPair(us))
	p.SetOurSignedPreKey(signed.library())
	p.SetOurRatchetKey(signed.library())
	p.SetOurOneTimePreKey(oneTime.library())
	p.SetTheirIdentityKey(identity.NewKey(inv.identity.library()))
	p.SetTheirBaseKey(inv.base.library())
	agreed, err := ratchet.CalculateReceiverSession(p)
	if err != nil {
		return state{}, ErrBad
	}
	return newState(inv.base, signed, agreed, nil), nil
}

func newState(base point, ours keyPair, keys *secret.KeyPair, p *pending) state {
	return state{
		base:    base,
		root:    [32]byte(keys.RootKey.Bytes()),
		ratchet: ours,
		sending: chainKeyOf(keys.ChainKey.Current()),
		pending: p,
	}
}
