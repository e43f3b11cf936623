// Package sdp turns the contents of a Jingle session (XEP-0166, XEP-0167, XEP-0176 and what belongs to them) into the session
// descriptions that a PeerConnection understands (RFC 8866, RFC 8829), and back. It writes and reads only what Kith speaks:
// Opus, VP8 with retransmission, one transport with DTLS-SRTP for all of a description's contents, RTCP beside RTP on one port.
//
// A description serves one PeerConnection. Which contents share one, and which do not (decision 18), the caller says by what it
// gives: Only takes a part of an answer, Dual puts the parts of an offer together.
//
// Everything is a pure function of values: no network, no clock, no goroutine. The contents come from strangers. They are taken
// as core/wire would read them, so nothing in them can begin a line, and no error tells what stood in them.
package sdp

import (
	"errors"
	"slices"

	"kith/core/wire"
)

// What may be wrong with a description.
var (
	// ErrInsecure: a content comes without a fingerprint, or with one that is still sealed. The session ends with
	// wire.ReasonSecurity.
	ErrInsecure = errors.New("no fingerprint")
	// ErrIncompatible: a content has nothing in common with what Kith speaks, or an answer with the offer.
	ErrIncompatible = errors.New("nothing in common")
	// ErrMalformed: it is no description, or one that contradicts itself.
	ErrMalformed = errors.New("malformed description")
)

// Session is what one description says.
type Session struct {
	Contents []wire.Content // in the description's order
	Bundle   []string       // names of those that share a transport by XEP-0338; nil: the description has no group
}

// content is the content of that name; nil when there is none.
func (s Session) content(name string) *wire.Content {
	for i := range s.Contents {
		if s.Contents[i].Name == name {
			return &s.Contents[i]
		}
	}
	return nil
}

// Only is the part of s with those contents: for a PeerConnection that carries no others.
func (s Session) Only(names ...string) Session {
	var out Session
	for _, c := range s.Contents {
		if slices.Contains(names, c.Name) {
			out.Contents = append(out.Contents, c)
		}
	}
	for _, name := range s.Bundle {
		if slices.Contains(names, name) {
			out.Bundle = append(out.Bundle, name)
		}
	}
	return out
}

// Dual is an offer to a peer of whom nobody knows whether it bundles: whole, with the transports of apart for the contents
// that are there too. Whoever bundles talks to the PeerConnection that made whole, as the transport of a bundle is that of its
// first content, which therefore must not be in apart. Whoever does not talks to both.
func Dual(whole, apart Session) Session {
	out := Session{Contents: slices.Clone(whole.Contents), Bundle: whole.Bundle}
	for i, c := range out.Contents {
		if other := apart.content(c.Name); other != nil {
			out.Contents[i].Transport = other.Transport
		}
	}
	return out
}
