package storage

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
)

const keyBytes = 32

// Key is the data key of a profile, from which the keys of its files are derived. Copies share the same memory; Wipe ends all
// of them. It hides itself in every format, in logs and in JSON.
type Key struct{ b *[keyBytes]byte }

func newKey() (Key, error) {
	k := Key{b: new([keyBytes]byte)}
	if _, err := rand.Read(k.b[:]); err != nil {
		return Key{}, fmt.Errorf("make data key: %w", err)
	}
	return k, nil
}

func keyFrom(b []byte) (Key, error) {
	if len(b) != keyBytes {
		return Key{}, ErrDamaged
	}
	k := Key{b: new([keyBytes]byte)}
	copy(k.b[:], b)
	return k, nil
}

func (k Key) bytes() []byte {
	if k.b == nil {
		return nil
	}
	return k.b[:]
}

// check is a value by which a profile recognises its key without opening anything.
func (k Key) check() ([]byte, error) {
	if k.b == nil {
		return nil, ErrWrongKey
	}
	b, err := hkdf.Key(sha256.New, k.bytes(), nil, "kith key check v1", 16)
	if err != nil {
		return nil, fmt.Errorf("derive key check: %w", err)
	}
	return b, nil
}

// Wipe overwrites the key. An open Store goes on: it has keys of its own.
func (k Key) Wipe() {
	if k.b != nil {
		clear(k.b[:])
	}
}

const hidden = "[key]"

// Format hides the key in every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the key from slog.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key from JSON and XML.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }
