package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"

	"kith/core/wire"
)

const (
	contentKeySize = 16 // AES-128
	tagSize        = 16
	ivSize         = 12 // sent; 16 is read too
)

// sealPayload encrypts plain with a new key (XEP-0384 v0.3.0 §4.5). secret is what each <key/> carries: the key, then the
// authentication tag. With plain nil there is no payload, and secret is the key alone (§4.6).
func sealPayload(plain []byte) (x wire.Encrypted, secret []byte, err error) {
	secret = make([]byte, contentKeySize, contentKeySize+tagSize)
	x.IV = make([]byte, ivSize)
	if _, err := rand.Read(secret); err != nil {
		return wire.Encrypted{}, nil, err
	}
	if _, err := rand.Read(x.IV); err != nil {
		return wire.Encrypted{}, nil, err
	}
	if plain == nil {
		return x, secret, nil
	}
	aead, err := contentCipher(secret, ivSize)
	if err != nil {
		return wire.Encrypted{}, nil, err
	}
	sealed := aead.Seal(nil, x.IV, plain, nil)
	x.Payload, x.HasPayload = sealed[:len(plain)], true
	return x, append(secret, sealed[len(plain):]...), nil
}

// openPayload decrypts the payload of x with what its <key/> held. It returns nil, and no error, for a message without
// payload. A key without the tag is refused (ErrOldFormat): whoever else got that key could forge the payload.
func openPayload(x wire.Encrypted, secret []byte) ([]byte, error) {
	switch {
	case len(secret) < contentKeySize:
		return nil, ErrBad
	case !x.HasPayload:
		return nil, nil
	case len(secret) < contentKeySize+tagSize:
		return nil, ErrOldFormat
	case len(x.IV) != ivSize && len(x.IV) != 16:
		return nil, ErrBad
	}
	aead, err := contentCipher(secret[:contentKeySize], len(x.IV))
	if err != nil {
		return nil, ErrBad
	}
	// A tag that seems too long is the end of the ciphertext and the tag.
	sealed := append(append([]byte(nil), x.Payload...), secret[contentKeySize:]...)
	plain, err := aead.Open(sealed[:0], x.IV, sealed, nil)
	if err != nil {
		return nil, ErrBad
	}
	if plain == nil {
		plain = []byte{} // an empty text is not a message without payload
	}
	return plain, nil
}

func contentCipher(key []byte, iv int) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithNonceSize(block, iv)
}
