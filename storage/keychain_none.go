//go:build !((linux && !android) || (darwin && !ios) || windows)

package storage

// Where the keychain library has no back end there is no keychain slot; a passphrase always works.

func makeInKeychain() (name string, wrap []byte, err error) { return "", nil, ErrNoKeychain }
func findInKeychain(string) ([]byte, error)                 { return nil, ErrNoKeychain }
func forgetInKeychain(string) error                         { return ErrNoKeychain }
