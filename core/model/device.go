package model

import "fmt"

// DeviceID is an OMEMO device number, 1…2^31−1 (XEP-0384).
type DeviceID uint32

// Fingerprint is a Curve25519 identity key without its type byte: 64 lower-case hex digits. Show it with Blocks.
type Fingerprint string

// Blocks is the fingerprint as people compare it: eight groups of eight digits.
func (f Fingerprint) Blocks() []string {
	if len(f) != 64 {
		return nil
	}
	out := make([]string, 8)
	for i := range out {
		out[i] = string(f[i*8 : i*8+8])
	}
	return out
}

// Trust is what an identity key is worth. The zero value is Undecided: a forgotten field is never trusted.
type Trust uint8

// The trusts.
const (
	Undecided  Trust = iota // new after a verification: the person has to decide, sending waits
	Blind                   // trusted before any verification of this contact
	Verified                // compared by the person
	Distrusted              // refused by the person: nothing is encrypted for it
)

var trustNames = [...]string{"undecided", "blind", "verified", "distrusted"}

// String is the name that kith-headless uses.
func (t Trust) String() string { return trustNames[t&3] }

// ParseTrust is the inverse of String.
func ParseTrust(s string) (Trust, error) {
	for i, n := range trustNames {
		if n == s {
			return Trust(i), nil
		}
	}
	return 0, fmt.Errorf("parse trust: no such word")
}

// Device is one OMEMO device of somebody, or of ours.
type Device struct {
	JID         JID // bare
	ID          DeviceID
	Fingerprint Fingerprint // empty until its bundle or a message from it was seen
	Trust       Trust
	Active      bool // in the owner's device list
	Own         bool // this very installation
	Silent      bool // given up: several new sessions brought no answer, and nothing is encrypted for it until one comes
	FirstSeenMS int64
	LastSeenMS  int64 // of a message from it; 0: never
}
