package crypto

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"
)

// The helpers here use the standard library and big numbers only, so that they check the package independently.

func hexBytes(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func pointOfHex(tb testing.TB, s string) point {
	tb.Helper()
	return point(hexBytes(tb, s))
}

func sharedSecret(ours keyPair, theirs point) ([]byte, error) {
	k, err := ecdh.X25519().NewPrivateKey(ours.secret[:])
	if err != nil {
		return nil, err
	}
	p, err := ecdh.X25519().NewPublicKey(theirs[:])
	if err != nil {
		return nil, err
	}
	return k.ECDH(p)
}

// montgomery is the u-coordinate (1+y)/(1-y) of the Ed25519 public key of seed, as little-endian hex.
func montgomery(tb testing.TB, seed []byte) string {
	tb.Helper()
	pub := slices.Clone(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	pub[31] &= 0x7f
	slices.Reverse(pub)
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	y := new(big.Int).SetBytes(pub)
	num := new(big.Int).Add(big.NewInt(1), y)
	den := new(big.Int).ModInverse(new(big.Int).Mod(new(big.Int).Sub(big.NewInt(1), y), p), p)
	u := num.Mul(num, den).Mod(num, p).FillBytes(make([]byte, 32))
	slices.Reverse(u)
	return hex.EncodeToString(u)
}
