package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"kith/core/model"
	"kith/storage"
)

var errPassphraseFile = errors.New("the passphrase file cannot be used")

// maxPassphraseBytes bounds what is read of a passphrase file.
const maxPassphraseBytes = 4096

// unlock finds the profile's data key, or makes one in a new profile. Without a passphrase file the system's keychain holds
// it; history is never stored without a key.
func unlock(p *storage.Profile, passphraseFile string) (storage.Key, error) {
	slot := storage.KeychainSlot()
	if passphraseFile == "" && !p.New() && !slices.Contains(p.Slots(), storage.Keychain) {
		return storage.Key{}, fmt.Errorf("%w: give -passphrase-file", storage.ErrNoKeychain)
	}
	if passphraseFile != "" {
		secret, err := readPassphrase(passphraseFile)
		if err != nil {
			return storage.Key{}, err
		}
		slot = storage.PassphraseSlot(secret)
	}
	open := p.Unlock
	if p.New() {
		open = p.Create
	}
	key, err := open(slot)
	if errors.Is(err, storage.ErrNoKeychain) {
		return key, fmt.Errorf("%w: give -passphrase-file", err)
	}
	return key, err
}

// readPassphrase reads the first line of a file.
func readPassphrase(name string) (model.Secret, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errPassphraseFile, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPassphraseBytes+1))
	if err != nil {
		return "", fmt.Errorf("%w: %w", errPassphraseFile, err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 || len(line) > maxPassphraseBytes {
		return "", fmt.Errorf("%w: its first line is empty or too long", errPassphraseFile)
	}
	return model.Secret(line), nil
}
