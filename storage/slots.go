package storage

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"kith/core/model"
)

// SlotKind is a way to unlock the data key.
type SlotKind uint8

// The kinds of slot.
const (
	Keychain   SlotKind = iota + 1 // a random key kept by the operating system
	Passphrase                     // a key stretched from words (Argon2id, RFC 9106)
)

var slotNames = [...]string{Keychain: "keychain", Passphrase: "passphrase"}

// String is the word in keys.json.
func (k SlotKind) String() string {
	if int(k) < len(slotNames) {
		return slotNames[k]
	}
	return ""
}

// MarshalText writes the word in keys.json.
func (k SlotKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the word in keys.json. An unknown word is from a newer Kith.
func (k *SlotKind) UnmarshalText(b []byte) error {
	for i, name := range slotNames {
		if name != "" && name == string(b) {
			*k = SlotKind(i)
			return nil
		}
	}
	return ErrNewer
}

// Slot is one way to unlock, with what it takes.
type Slot struct {
	kind  SlotKind
	words model.Secret
}

// PassphraseSlot unlocks with words that the person knows.
func PassphraseSlot(words model.Secret) Slot { return Slot{kind: Passphrase, words: words} }

// KeychainSlot unlocks with the operating system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.
func KeychainSlot() Slot { return Slot{kind: Keychain} }

// Format hides the passphrase in every verb: fmt does not ask unexported fields how they want to be shown.
func (s Slot) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.kind.String())) }

// LogValue hides the passphrase from slog.
func (s Slot) LogValue() slog.Value { return slog.StringValue(s.kind.String()) }

// stretch is the price of a guess at the passphrase.
type stretch struct {
	Salt      []byte `json:"salt"`
	Time      uint32 `json:"time"`
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
}

// About 0.2 s on a desktop.
const (
	stretchTime      = 3
	stretchMemoryKiB = 64 << 10
	stretchThreads   = 2
	saltBytes        = 16
)

// valid bounds what a damaged or planted file can cost: 1 GiB and a few seconds.
func (s stretch) valid() bool {
	return len(s.Salt) >= 8 && len(s.Salt) <= 64 && s.Time >= 1 && s.Time <= 16 &&
		s.MemoryKiB >= 8<<10 && s.MemoryKiB <= 1<<20 && s.Threads >= 1 && s.Threads <= 8
}

// key stretches the words. What that takes of memory, 64 MiB and more, goes back to the system at once: it would otherwise be
// half of what an idle Kith holds, for nothing.
func (s stretch) key(words model.Secret) []byte {
	defer debug.FreeOSMemory()
	return argon2.IDKey([]byte(words), s.Salt, s.Time, s.MemoryKiB, s.Threads, chacha20poly1305.KeySize)
}

// sealedSlot is a slot as keys.json holds it: the data key, sealed with XChaCha20-Poly1305 under the slot's own key.
type sealedSlot struct {
	Kind    SlotKind `json:"kind"`
	Name    string   `json:"name,omitempty"`    // of the keychain's entry
	Stretch *stretch `json:"stretch,omitempty"` // of the passphrase
	Sealed  []byte   `json:"sealed"`            // nonce, data key, tag
}

const sealedKeyBytes = chacha20poly1305.NonceSizeX + keyBytes + chacha20poly1305.Overhead

func (s sealedSlot) valid() error {
	ok := len(s.Sealed) == sealedKeyBytes
	switch s.Kind {
	case Passphrase:
		ok = ok && s.Stretch != nil && s.Stretch.valid()
	case Keychain:
		ok = ok && s.Name != "" && len(s.Name) <= 64
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("read key slot: %w", ErrDamaged)
	}
	return nil
}

// forget removes what the slot left outside of keys.json.
func (s sealedSlot) forget() error {
	if s.Kind != Keychain {
		return nil
	}
	return forgetInKeychain(s.Name)
}

// bound is the additional data of the seal: everything in the slot but the seal.
func (s sealedSlot) bound() ([]byte, error) {
	s.Sealed = nil
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode key slot: %w", err)
	}
	return append([]byte("kith slot v1\n"), b...), nil
}

// seal makes the slot that opens with s.
func (s Slot) seal(k Key) (sealedSlot, error) {
	out := sealedSlot{Kind: s.kind}
	var wrap []byte
	switch s.kind {
	case Passphrase:
		if s.words == "" {
			return sealedSlot{}, ErrPassphrase
		}
		out.Stretch = &stretch{Salt: make([]byte, saltBytes), Time: stretchTime, MemoryKiB: stretchMemoryKiB, Threads: stretchThreads}
		if _, err := rand.Read(out.Stretch.Salt); err != nil {
			return sealedSlot{}, fmt.Errorf("make salt: %w", err)
		}
		wrap = out.Stretch.key(s.words)
	case Keychain:
		var err error
		if out.Name, wrap, err = makeInKeychain(); err != nil {
			return sealedSlot{}, err
		}
	default:
		return sealedSlot{}, fmt.Errorf("make key slot: %w", ErrNotFound)
	}
	defer clear(wrap)
	return out.wrap(wrap, k)
}

func (s sealedSlot) wrap(wrap []byte, k Key) (sealedSlot, error) {
	aead, err := chacha20poly1305.NewX(wrap)
	if err != nil {
		return sealedSlot{}, fmt.Errorf("make slot cipher: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), sealedKeyBytes)
	if _, err := rand.Read(nonce); err != nil {
		return sealedSlot{}, fmt.Errorf("make nonce: %w", err)
	}
	bound, err := s.bound()
	if err != nil {
		return sealedSlot{}, err
	}
	s.Sealed = aead.Seal(nonce, nonce, k.bytes(), bound)
	return s, nil
}

// open is the inverse of seal. The seal's tag is the check of the passphrase.
func (s sealedSlot) open(with Slot) (Key, error) {
	var wrap []byte
	wrong := ErrPassphrase
	if s.Kind == Keychain {
		var err error
		if wrap, err = findInKeychain(s.Name); err != nil {
			return Key{}, err
		}
		wrong = ErrDamaged
	} else {
		wrap = s.Stretch.key(with.words)
	}
	defer clear(wrap)
	aead, err := chacha20poly1305.NewX(wrap)
	if err != nil {
		return Key{}, fmt.Errorf("make slot cipher: %w", err)
	}
	bound, err := s.bound()
	if err != nil {
		return Key{}, err
	}
	n := aead.NonceSize()
	b, err := aead.Open(nil, s.Sealed[:n], s.Sealed[n:], bound)
	if err != nil {
		return Key{}, wrong
	}
	defer clear(b)
	return keyFrom(b)
}
