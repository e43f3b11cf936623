package transport

import (
	"errors"

	"kith/calls/sdp"
	"kith/core/wire"
)

// Error says why a call cannot go on, in words that the other side understands too.
type Error struct {
	Reason wire.Reason
	Err    error
}

// Error is what went wrong, without addresses.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

var (
	errClosed      = errors.New("the paths are closed")
	errNoRelay     = errors.New("no relay to hide behind")
	errUnknown     = errors.New("no such content")
	errUnsettled   = errors.New("nothing is agreed yet")
	errNothingNew  = errors.New("nothing new to restart with")
	errFingerprint = errors.New("another fingerprint than was agreed")
	errPion        = errors.New("the connection refused it") // what it says exactly may hold addresses
)

// wrong makes an Error of what sdp says of a description.
func wrong(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sdp.ErrInsecure):
		return &Error{wire.ReasonSecurity, err}
	case errors.Is(err, sdp.ErrIncompatible):
		return &Error{wire.ReasonNoApplications, err}
	default:
		return &Error{wire.ReasonIncompatible, err}
	}
}

// refused makes an Error of what Pion says. Its own words are not kept: they may be those of the other side.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return &Error{wire.ReasonFailedTransport, errPion}
}
