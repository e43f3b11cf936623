//go:build (linux && !android) || (darwin && !ios) || windows

package storage

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
	"golang.org/x/crypto/chacha20poly1305"
)

// keychainService is what people see in their keychain's own window.
const keychainService = "Kith"

// makeInKeychain leaves a new random key in the system's keychain, under a random name.
func makeInKeychain() (name string, wrap []byte, err error) {
	b := make([]byte, 8+chacha20poly1305.KeySize)
	if _, err := rand.Read(b); err != nil {
		return "", nil, fmt.Errorf("make keychain key: %w", err)
	}
	name, wrap = "profile-"+hex.EncodeToString(b[:8]), b[8:]
	if err := keyring.Set(keychainService, name, base64.StdEncoding.EncodeToString(wrap)); err != nil {
		return "", nil, ErrNoKeychain
	}
	// Some keychains accept and forget: better known now than at the next start.
	again, err := findInKeychain(name)
	if err != nil {
		return "", nil, err
	}
	clear(again)
	return name, wrap, nil
}

func findInKeychain(name string) ([]byte, error) {
	s, err := keyring.Get(keychainService, name)
	if err != nil {
		return nil, ErrNoKeychain
	}
	wrap, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(wrap) != chacha20poly1305.KeySize {
		return nil, ErrNoKeychain
	}
	return wrap, nil
}

// forgetInKeychain removes the key; one that is gone already is no error.
func forgetInKeychain(name string) error {
	if err := keyring.Delete(keychainService, name); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return ErrNoKeychain
	}
	return nil
}
