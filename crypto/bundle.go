package crypto

import (
	"crypto/rand"
	"math/big"

	"kith/core/wire"
)

// offerOf checks a published bundle and picks one of its one-time prekeys at random, so that two devices that start a
// session at the same time seldom take the same.
func offerOf(b wire.Bundle) (offer, error) {
	var o offer
	var err error
	if o.identity, err = parsePoint(b.IdentityKey); err != nil {
		return offer{}, ErrBadBundle
	}
	if o.signed, err = parsePoint(b.SignedPreKey); err != nil || !o.signed.signed(o.identity, b.Signature) {
		return offer{}, ErrBadBundle
	}
	o.signedID = b.SignedPreKeyID
	ids := make([]uint32, 0, len(b.PreKeys))
	for id, key := range b.PreKeys {
		if _, err := parsePoint(key); err == nil && id != 0 { // libsignal takes 0 for "none"
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return offer{}, ErrBadBundle
	}
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(ids))))
	if err != nil {
		return offer{}, err
	}
	o.preKeyID = ids[n.Int64()]
	o.preKey, err = parsePoint(b.PreKeys[o.preKeyID])
	return o, err
}
