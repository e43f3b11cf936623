package crypto

import (
	"crypto/hmac"
	"crypto/sha256"

	"go.mau.fi/libsignal/cipher"
	"go.mau.fi/libsignal/keys/message"
	"go.mau.fi/libsignal/serialize"
)

const (
	versionByte = 0x33 // version 3 of the message format, in both halves
	macSize     = 8
	blockSize   = 16
	// maxMessage bounds what a <key/> may hold; a prekey message with 48 bytes inside takes about 250.
	maxMessage = 1024
)

// envelope is one message of a ratchet (SignalMessage), parsed and not yet authenticated.
type envelope struct {
	ratchet  point
	counter  uint32
	previous uint32 // length of the sender's chain before this one, as far as it is right about it
	body     []byte // a multiple of the block size, never empty
	covered  []byte // the bytes as they came, which the MAC is computed over
	mac      []byte
}

// invitation is a message that starts a session (PreKeySignalMessage).
type invitation struct {
	preKey   uint32
	signed   uint32
	base     point
	identity point
	message  envelope
}

// parseEnvelope checks everything that can be checked without a key.
func parseEnvelope(b []byte) (envelope, error) {
	if len(b) < 1+macSize || len(b) > maxMessage || b[0] != versionByte {
		return envelope{}, ErrBad
	}
	s, err := (&serialize.ProtoBufSignalMessageSerializer{}).Deserialize(b)
	if err != nil {
		return envelope{}, ErrBad
	}
	ratchet, err := parsePoint(s.RatchetKey)
	if err != nil {
		return envelope{}, err
	}
	if len(s.CipherText) == 0 || len(s.CipherText)%blockSize != 0 {
		return envelope{}, ErrBad
	}
	cut := len(b) - macSize
	return envelope{
		ratchet: ratchet, counter: s.Counter, previous: s.PreviousCounter,
		body: s.CipherText, covered: b[:cut], mac: b[cut:],
	}, nil
}

// parseInvitation does the same for the first messages of a session. One without a one-time prekey is refused.
func parseInvitation(b []byte) (invitation, error) {
	if len(b) < 2 || len(b) > maxMessage || b[0] != versionByte {
		return invitation{}, ErrBad
	}
	s, err := (&serialize.ProtoBufPreKeySignalMessageSerializer{}).Deserialize(b)
	if err != nil || s.PreKeyID.IsEmpty {
		return invitation{}, ErrBad
	}
	inv := invitation{preKey: s.PreKeyID.Value, signed: s.SignedPreKeyID}
	if inv.base, err = parsePoint(s.BaseKey); err != nil {
		return invitation{}, err
	}
	if inv.identity, err = parsePoint(s.IdentityKey); err != nil {
		return invitation{}, err
	}
	inv.message, err = parseEnvelope(s.Message)
	return inv, err
}

// messageKeys decrypt one message.
type messageKeys struct {
	cipher, mac [32]byte
	iv          [blockSize]byte
}

func messageKeysOf(k *message.Keys) messageKeys {
	return messageKeys{cipher: [32]byte(k.CipherKey()), mac: [32]byte(k.MacKey()), iv: [blockSize]byte(k.Iv())}
}

// open authenticates m, sent from one identity key to another, and decrypts it. The MAC is computed over the bytes that
// came: libsignal would encode the message again and refuse what another encoder ordered differently.
func (k messageKeys) open(m envelope, from, to point) ([]byte, error) {
	h := hmac.New(sha256.New, k.mac[:])
	h.Write(from.wire())
	h.Write(to.wire())
	h.Write(m.covered)
	if !hmac.Equal(h.Sum(nil)[:macSize], m.mac) {
		return nil, ErrBad
	}
	body := append([]byte(nil), m.body...) // decrypted in place
	plain, err := cipher.Decrypt(k.iv[:], k.cipher[:], body)
	if err != nil {
		return nil, ErrBad
	}
	return plain, nil
}

// bytes is k as stored.
func (k messageKeys) bytes() []byte {
	return append(append(append(make([]byte, 0, messageKeysSize), k.cipher[:]...), k.mac[:]...), k.iv[:]...)
}

const messageKeysSize = 32 + 32 + blockSize

// parseMessageKeys is the inverse of bytes.
func parseMessageKeys(b []byte) (messageKeys, error) {
	if len(b) != messageKeysSize {
		return messageKeys{}, errRecord
	}
	return messageKeys{cipher: [32]byte(b), mac: [32]byte(b[32:]), iv: [blockSize]byte(b[64:])}, nil
}
