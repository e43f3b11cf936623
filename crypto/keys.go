package crypto

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"fmt"

	"go.mau.fi/libsignal/ecc"

	"kith/core/model"
)

// point is a Curve25519 public key without its type byte.
type point [32]byte

// keyPair is a Curve25519 key pair.
type keyPair struct {
	secret [32]byte
	public point
}

// pointSize is the length of a public key on the wire: the type byte 0x05 and 32 bytes.
const pointSize = 33

// smallOrder are the u-coordinates of the points of small order, as little-endian hex without the unused top bit: key
// agreement with one of them gives zero whatever our secret is, and libsignal does not look at the result.
var smallOrder = [...]string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// parsePoint reads a public key from the wire. It refuses every length but 33, every type but 0x05 and small-order points.
func parsePoint(b []byte) (point, error) {
	if len(b) != pointSize || b[0] != ecc.DjbType {
		return point{}, ErrBad
	}
	p := point(b[1:])
	if p.weak() {
		return point{}, ErrBad
	}
	return p, nil
}

// weak says whether p has small order.
func (p point) weak() bool {
	p[31] &= 0x7f
	text := hex.EncodeToString(p[:])
	for _, s := range smallOrder {
		if s == text {
			return true
		}
	}
	return false
}

// library is p in libsignal's form.
func (p point) library() ecc.ECPublicKeyable { return ecc.NewDjbECPublicKey(p) }

// wire is p with its type byte.
func (p point) wire() []byte { return append([]byte{ecc.DjbType}, p[:]...) }

// fingerprint is what people compare.
func (p point) fingerprint() model.Fingerprint { return model.Fingerprint(hex.EncodeToString(p[:])) }

// newKeyPair draws a key pair.
func newKeyPair() (keyPair, error) {
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return keyPair{}, fmt.Errorf("draw key: %w", err)
	}
	return keyPair{secret: [32]byte(k.Bytes()), public: point(k.PublicKey().Bytes())}, nil
}

// keyPairOf is the pair that belongs to a secret key of 32 bytes.
func keyPairOf(secret []byte) (keyPair, error) {
	k, err := ecdh.X25519().NewPrivateKey(secret)
	if err != nil {
		return keyPair{}, fmt.Errorf("read secret key: %w", ErrBad)
	}
	return keyPair{secret: [32]byte(secret), public: point(k.PublicKey().Bytes())}, nil
}

// identityOf derives the identity key from the account's Ed25519 seed: the clamped scalar of that Ed25519 key is the
// Curve25519 secret here, so that one seed serves this protocol and the newer one, which shows the Ed25519 form.
func identityOf(seed []byte) (keyPair, error) {
	h := sha512.Sum512(seed)
	h[0] &= 248
	h[31] &= 127
	h[31] |= 64
	return keyPairOf(h[:32])
}

// library is k in libsignal's form.
func (k keyPair) library() *ecc.ECKeyPair {
	return ecc.NewECKeyPair(k.public.library(), ecc.NewDjbECPrivateKey(k.secret))
}

// sign is the XEdDSA signature of a public key on the wire, in the variant of libsignal (sign bit in the last byte).
func (k keyPair) sign(p point) []byte {
	s := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(k.secret), p.wire())
	return s[:]
}

// signed says whether sig is p's signature by the key signer.
func (p point) signed(signer point, sig []byte) bool {
	return len(sig) == 64 && ecc.VerifySignature(signer.library(), p.wire(), [64]byte(sig))
}
