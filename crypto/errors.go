package crypto

import "errors"

// What a caller has to tell apart. Errors from the database are returned as they are, wrapped.
var (
	// ErrDuplicate says that the message was decrypted before, or is older than what is remembered: nothing to do.
	ErrDuplicate = errors.New("message was decrypted before")
	// ErrNoSession says that nothing is shared with that device (any more): park the message, then heal.
	ErrNoSession = errors.New("no session with this device")
	// ErrNotForUs says that the sender did not encrypt for this device.
	ErrNotForUs = errors.New("not encrypted for this device")
	// ErrOldFormat says that the authentication tag is missing from the encrypted key: an outdated client.
	ErrOldFormat = errors.New("outdated encryption format")
	// ErrBad says that the message is malformed, forged or out of step with every session.
	ErrBad = errors.New("message cannot be decrypted")
	// ErrReflection says that this very device sent the message.
	ErrReflection = errors.New("message of this device")
	// ErrBadBundle says that a published bundle is malformed or not signed by its identity key.
	ErrBadBundle = errors.New("bundle is not valid")
	// ErrIdentityChanged says that a device shows another identity key than the one known for it: alarm, never accept.
	ErrIdentityChanged = errors.New("identity key of the device changed")
	// ErrUndecided says that the person has not allowed encrypting for one of the devices.
	ErrUndecided = errors.New("device is not trusted")
)
