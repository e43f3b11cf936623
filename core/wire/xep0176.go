package wire

import (
	"math"
	"net/netip"
	"strings"
)

// Namespaces of the ICE-UDP transport (XEP-0176 v1.1.1), and of the options that a draft in use adds to it.
const (
	NSICE       = "urn:xmpp:jingle:transports:ice-udp:1"
	NSICEOption = "http://gultsch.de/xmpp/drafts/jingle/transports/ice-udp/option"
)

// Transport is an ICE-UDP transport (XEP-0176 §5.3).
type Transport struct {
	Ufrag, Pwd   string
	Candidates   []Candidate
	Fingerprint  *DTLS
	Trickle      bool
	Renomination bool
	Complete     bool // no more candidates will follow; said as in XEP-0371, which others pass over
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

// Bounds of a transport. Those of ufrag, pwd and foundation are of RFC 8839 §5.
const (
	maxCandidates = 100 // of a whole stanza
	minUfrag      = 4
	minPwd        = 22
	maxCredential = 256
	maxFoundation = 32
	components    = 2 // RTP, and RTCP where it is apart
)

// parseTransport returns nil for one with damaged credentials. Candidates that Kith cannot use are left out: those of TCP, with
// host names instead of addresses (mDNS too), and beyond what there is room for.
func parseTransport(e *Element, room *int) *Transport {
	t := &Transport{
		Ufrag: e.Attr("ufrag"), Pwd: e.Attr("pwd"), Fingerprint: parseDTLS(e),
		Trickle: e.Child(NSICEOption, "trickle") != nil, Renomination: e.Child(NSICEOption, "renomination") != nil,
		Complete: e.Child(NSICE, "gathering-complete") != nil,
	}
	if t.Ufrag+t.Pwd != "" && (!isICE(t.Ufrag, minUfrag, maxCredential) || !isICE(t.Pwd, minPwd, maxCredential)) {
		return nil
	}
	for c := range e.Named(NSICE, "candidate") {
		if *room == 0 {
			break
		}
		*room--
		if candidate, ok := parseCandidate(c); ok {
			t.Candidates = append(t.Candidates, candidate)
		}
	}
	return t
}

func parseCandidate(e *Element) (c Candidate, ok bool) {
	component, componentOK := number(e.Attr("component"), components)
	priority, priorityOK := number(e.Attr("priority"), math.MaxUint32)
	port, portOK := number(e.Attr("port"), math.MaxUint16)
	addr, addrOK := parseIP(e.Attr("ip"))
	if !componentOK || !priorityOK || !portOK || !addrOK || component == 0 || port == 0 ||
		addr.IsUnspecified() || addr.IsMulticast() || !strings.EqualFold(e.Attr("protocol"), "udp") {
		return Candidate{}, false
	}
	generation, _ := number(e.Attr("generation"), math.MaxUint8) // Conversations leaves out both
	network, _ := number(e.Attr("network"), math.MaxUint8)
	c = Candidate{
		ID: e.Attr("id"), Foundation: e.Attr("foundation"), Component: uint8(component), Generation: uint8(generation),
		Network: uint8(network), Priority: uint32(priority), Addr: netip.AddrPortFrom(addr, uint16(port)), Type: e.Attr("type"),
		Related: parseRelated(e),
	}
	if !isVisible(c.ID, maxNameBytes) {
		c.ID = ""
	}
	return c, isICE(c.Foundation, 1, maxFoundation) && isCandidateType(c.Type)
}

// parseRelated reads where a candidate comes from, which no connection depends on. Monal spells it rel_port.
func parseRelated(e *Element) netip.AddrPort {
	addr, ok := parseIP(e.Attr("rel-addr"))
	if !ok {
		return netip.AddrPort{}
	}
	port, there := e.attr("", "rel-port")
	if !there {
		port = e.Attr("rel_port")
	}
	n, _ := number(port, math.MaxUint16)
	return netip.AddrPortFrom(addr, uint16(n))
}

// parseIP takes addresses without a zone: what follows the "%" is anybody's text.
func parseIP(s string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err == nil && addr.Zone() == ""
}

func isCandidateType(s string) bool {
	return s == "host" || s == "srflx" || s == "prflx" || s == "relay"
}

// isICE says whether s consists of least to most characters that ICE has in its names (ice-char of RFC 8839 §5.1).
func isICE(s string, least, most int) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/') {
			return false
		}
	}
	return least <= len(s) && len(s) <= most
}

func (t *Transport) element() *Element {
	e := New(NSICE, "transport").SetIf("ufrag", t.Ufrag).SetIf("pwd", t.Pwd)
	if t.Fingerprint != nil {
		e.Add(t.Fingerprint.element())
	}
	if t.Trickle {
		e.Add(New(NSICEOption, "trickle"))
	}
	if t.Renomination {
		e.Add(New(NSICEOption, "renomination"))
	}
	for _, c := range t.Candidates {
		e.Add(c.element())
	}
	if t.Complete {
		e.Add(New(NSICE, "gathering-complete"))
	}
	return e
}

func (c Candidate) element() *Element {
	e := New(NSICE, "candidate").
		Set("component", counter(uint32(c.Component))).Set("foundation", c.Foundation).
		Set("generation", counter(uint32(c.Generation))).SetIf("id", c.ID).
		Set("ip", c.Addr.Addr().String()).Set("network", counter(uint32(c.Network))).
		Set("port", counter(uint32(c.Addr.Port()))).Set("priority", counter(c.Priority)).
		Set("protocol", "udp").Set("type", c.Type)
	if c.Related.IsValid() {
		e.Set("rel-addr", c.Related.Addr().String()).Set("rel-port", counter(uint32(c.Related.Port())))
	}
	return e
}
