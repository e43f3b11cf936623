package wire

import (
	"strings"

	"kith/core/model"
)

// Namespaces of DTLS-SRTP in Jingle (XEP-0320 v1.0.0), and of the draft that seals its fingerprints with OMEMO.
const (
	NSDTLS       = "urn:xmpp:jingle:apps:dtls:0"
	NSSealedDTLS = "http://gultsch.de/xmpp/drafts/omemo/dlts-srtp-verification" // spelt so on the wire
)

// DTLS is the fingerprint of the certificate that the transport's DTLS handshake will show (XEP-0320 §1).
type DTLS struct {
	Hash   string   // "sha-256"
	Setup  string   // "actpass", "active", "passive"; "holdconn" is refused
	Value  string   // colon-separated upper-case hex; empty while Sealed holds it
	Sealed *Element // an OMEMO <encrypted/> of Value, of the draft NSSealedDTLS
}

// DeviceSealed is the child of a proceed that tells which OMEMO device will verify the fingerprints (draft NSSealedDTLS).
func DeviceSealed(id model.DeviceID) *Element {
	return New(NSSealedDTLS, "device").Set("id", deviceText(id))
}

// parseDTLS reads a transport's fingerprint: the sealed one where there is one, else the first with a hash that is still good.
// It is nil when there is none: without it a call must not begin.
func parseDTLS(transport *Element) *DTLS {
	for c := range transport.Named(NSSealedDTLS, "fingerprint") {
		d := DTLS{Hash: strings.ToLower(c.Attr("hash")), Setup: c.Attr("setup"), Sealed: c.Child(NSOMEMO, "encrypted")}
		if digestBytes(d.Hash) != 0 && isSetup(d.Setup) && d.Sealed != nil {
			return &d
		}
	}
	for c := range transport.Named(NSDTLS, "fingerprint") {
		d := DTLS{Hash: strings.ToLower(c.Attr("hash")), Setup: c.Attr("setup")}
		if d.Open(c.Text()) && isSetup(d.Setup) {
			return &d
		}
	}
	return nil
}

// Open puts a fingerprint into d, the one that Sealed held. It says whether that is one, of the length that Hash makes; d stays
// as it is otherwise.
func (d *DTLS) Open(value string) bool {
	value = strings.ToUpper(strings.TrimSpace(value))
	if n := digestBytes(d.Hash); n == 0 || len(value) != 3*n-1 {
		return false
	}
	for i := range len(value) {
		if i%3 == 2 && value[i] != ':' || i%3 != 2 && strings.IndexByte("0123456789ABCDEF", value[i]) < 0 {
			return false
		}
	}
	d.Value, d.Sealed = value, nil
	return true
}

// digestBytes is how long the digests of a hash are; 0 for one that is unknown or broken, as SHA-1.
func digestBytes(hash string) int {
	switch hash {
	case "sha-256":
		return 32
	case "sha-384":
		return 48
	case "sha-512":
		return 64
	}
	return 0
}

func isSetup(s string) bool { return s == "actpass" || s == "active" || s == "passive" }

func (d *DTLS) element() *Element {
	space := NSDTLS
	if d.Sealed != nil {
		space = NSSealedDTLS
	}
	e := New(space, "fingerprint").Set("hash", d.Hash).SetIf("setup", d.Setup)
	if d.Sealed != nil {
		return e.Add(d.Sealed)
	}
	return e.AddText(d.Value)
}
