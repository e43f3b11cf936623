package core

import (
	"context"
	"errors"

	"kith/core/link"
	"kith/core/model"
	"kith/storage"
)

// What a screen must tell apart. None of the texts holds an address or anything a person wrote.
var (
	ErrAddress  = model.ErrJID                               // the text is not an address that can be written to
	ErrExists   = errors.New("this account is here already") // the account was added before
	ErrNotFound = storage.ErrNotFound                        // no such account, chat or message
	ErrOffline  = link.ErrOffline                            // needs the network now and has none
	ErrBusy     = errors.New("another call is going on")
	ErrNoCalls  = errors.New("no call is possible here")
	ErrNoRelay  = errors.New("the server has no relay for calls") // and this one must not show our addresses
	ErrClear    = errors.New("this chat is not set to clear text")
	ErrClosed   = errors.New("kith is closing")

	// ErrListFight is the Err of an account that is online: others cannot write to this device, because another program of the
	// same person keeps taking it out of the list of their devices, or puts other keys in the place of its own.
	ErrListFight = errors.New("another program keeps removing this device from the device list")
	// ErrKeysRefused is the Err of an account that is online: others cannot write to this device, because the server does not keep
	// the keys for it. It may hold no such things (XEP-0163) or have no room left.
	ErrKeysRefused = errors.New("the server does not keep the keys of this device")
)

// FailKind is why an account is not online, as far as the person has to act differently.
type FailKind uint8

// The kinds of failure.
const (
	FailNone FailKind = iota
	FailPassword
	FailCertificate
	FailUnreachable
	FailAddress
	FailRefused
	FailNoTLS
	FailDowngrade
	FailConflict
	FailDiskFull
	FailOther
)

var failNames = [...]string{"", "password", "certificate", "unreachable", "address", "refused", "no-tls", "downgrade", "conflict", "disk-full", "other"}

// String is the name that kith-headless uses as error.data.kind.
func (k FailKind) String() string { return failNames[min(int(k), len(failNames)-1)] }

// failKinds in the order they are tried.
var failKinds = []struct {
	err  error
	kind FailKind
}{
	{link.ErrPassword, FailPassword},
	{link.ErrNoTLS, FailNoTLS},
	{link.ErrDowngrade, FailDowngrade},
	{link.ErrConflict, FailConflict},
	{link.ErrNoServer, FailUnreachable},
	{link.ErrUnreachable, FailUnreachable},
	{link.ErrOffline, FailUnreachable},
	{link.ErrRefused, FailRefused},
	{ErrAddress, FailAddress},
	{storage.ErrDiskFull, FailDiskFull},
}

// KindOf sorts an error of this package for a screen. A nil error is FailNone.
func KindOf(err error) FailKind {
	if err == nil {
		return FailNone
	}
	if CertificateFault(err) != "" {
		return FailCertificate
	}
	for _, k := range failKinds {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	return FailOther
}

// CertificateFault says what is wrong with the server's certificate: "expired", "not-yet" (our clock is behind, or the server's is ahead), "foreign" (signed by nobody this system
// knows) or "other-name"; empty when err is not about a certificate.
func CertificateFault(err error) string {
	var c *link.CertificateError
	if !errors.As(err, &c) {
		return ""
	}
	switch c.Reason {
	case link.Expired:
		return "expired"
	case link.NotYet:
		return "not-yet"
	case link.OtherName:
		return "other-name"
	case link.Foreign:
	}
	return "foreign"
}

// isBroken says that the store cannot hold anything now, as opposed to refusing one stanza.
func isBroken(err error) bool {
	for _, b := range []error{storage.ErrDiskFull, storage.ErrReadOnly, storage.ErrDamaged, storage.ErrClosed, context.Canceled} {
		if errors.Is(err, b) {
			return true
		}
	}
	return false
}

// isRefusal says that the store would refuse the same change again, however healthy it is.
func isRefusal(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrExists)
}
