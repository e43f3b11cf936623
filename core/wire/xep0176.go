package wire

import (
	"net/netip"

	"kith/core/model"
)

// Namespaces of the ICE-UDP transport (XEP-0176 v1.1.1), DTLS-SRTP in it (XEP-0320 v1.0), and drafts in use beside them.
const (
	NSICE        = "urn:xmpp:jingle:transports:ice-udp:1"
	NSDTLS       = "urn:xmpp:jingle:apps:dtls:0"
	NSICEOption  = "http://gultsch.de/xmpp/drafts/jingle/transports/ice-udp/option"
	NSSealedDTLS = "http://gultsch.de/xmpp/drafts/omemo/dlts-srtp-verification" // spelt so on the wire
)

// Transport is an ICE-UDP transport (XEP-0176 §5.3).
type Transport struct {
	Ufrag, Pwd   string
	Candidates   []Candidate
	Fingerprint  *DTLS
	Trickle      bool
	Renomination bool
	Complete     bool // no more candidates will follow
}

// DTLS is the fingerprint of the certificate that the transport's DTLS handshake will show (XEP-0320 §2).
type DTLS struct {
	Hash   string   // "sha-256"
	Setup  string   // "actpass", "active", "passive"; "holdconn" is refused
	Value  string   // colon-separated upper-case hex; empty while Sealed holds it
	Sealed *Element // an OMEMO <encrypted/> of Value, of the draft NSSealedDTLS
}

// Candidate is an address that may reach its sender (XEP-0176 §5.3). Only those of UDP are kept.
type Candidate struct {
	ID         string
	Foundation string
	Component  uint8
	Generation uint8
	Network    uint8
	Priority   uint32
	Addr       netip.AddrPort
	Type       string         // "host", "srflx", "prflx", "relay"
	Related    netip.AddrPort // invalid when absent
}

// DeviceSealed is the child of a proceed that tells which OMEMO device will verify the fingerprints (draft NSSealedDTLS).
func DeviceSealed(id model.DeviceID) *Element {
	return New(NSSealedDTLS, "device").Set("id", deviceText(id))
}
