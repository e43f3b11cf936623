package sdp

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"strconv"
	"strings"

	"kith/core/wire"
)

// FormatCandidate is a candidate of the peer for AddICECandidate. It is refused when it is damaged, or of RTCP alone: Kith has
// RTCP beside RTP.
func FormatCandidate(c wire.Candidate) (string, bool) {
	c, ok := readCandidate(c)
	return formatCandidate(c), ok && c.Component == 1
}

// readCandidate is the candidate as core/wire would read it.
func readCandidate(c wire.Candidate) (wire.Candidate, bool) {
	content := wire.Content{Name: "c", Creator: wire.Initiator, Transport: &wire.Transport{Candidates: []wire.Candidate{c}}}
	j, ok := wire.ParseJingle(wire.Jingle{Action: wire.TransportInfo, SID: "s", Contents: []wire.Content{content}}.Element())
	if !ok || len(j.Contents[0].Transport.Candidates) != 1 {
		return wire.Candidate{}, false
	}
	return j.Contents[0].Transport.Candidates[0], true
}

// formatCandidate writes candidate-attribute of RFC 8839 §5.1.
func formatCandidate(c wire.Candidate) string {
	s := fmt.Sprintf("candidate:%s %d udp %d %s %d typ %s", c.Foundation, c.Component, c.Priority, c.Addr.Addr(), c.Addr.Port(), c.Type)
	if c.Related.IsValid() {
		s += fmt.Sprintf(" raddr %s rport %d", c.Related.Addr(), c.Related.Port())
	}
	if c.Generation != 0 {
		s += fmt.Sprintf(" generation %d", c.Generation)
	}
	if c.Network != 0 {
		s += fmt.Sprintf(" network-id %d", c.Network)
	}
	return s
}

// ParseCandidate reads a candidate of a PeerConnection, as its ICECandidateInit has it. It refuses those that Jingle has no
// words for, of TCP or with a name in place of the address.
func ParseCandidate(line string) (wire.Candidate, bool) {
	fields := strings.Fields(strings.TrimPrefix(line, "candidate:"))
	if len(fields) < 8 || len(fields) > 64 || !strings.EqualFold(fields[2], "udp") || fields[6] != "typ" {
		return wire.Candidate{}, false
	}
	component, componentErr := strconv.ParseUint(fields[1], 10, 8)
	priority, priorityErr := strconv.ParseUint(fields[3], 10, 32)
	port, portErr := strconv.ParseUint(fields[5], 10, 16)
	addr, addrErr := netip.ParseAddr(fields[4])
	if errors.Join(componentErr, priorityErr, portErr, addrErr) != nil {
		return wire.Candidate{}, false
	}
	id := fnv.New32a() // XEP-0176 wants one, and nobody looks at it
	_, _ = id.Write([]byte(line))
	c := wire.Candidate{
		ID: fmt.Sprintf("c%08x", id.Sum32()), Foundation: fields[0], Component: uint8(component), Priority: uint32(priority),
		Addr: netip.AddrPortFrom(addr, uint16(port)), Type: fields[7],
	}
	extend(&c, fields[8:])
	return readCandidate(c)
}

// extend reads the pairs of names and values that end a candidate.
func extend(c *wire.Candidate, pairs []string) {
	var related netip.Addr
	var port uint64
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1]
		small, _ := strconv.ParseUint(value, 10, 8)
		switch pairs[i] {
		case "raddr":
			related, _ = netip.ParseAddr(value)
		case "rport":
			port, _ = strconv.ParseUint(value, 10, 16)
		case "generation":
			c.Generation = uint8(small)
		case "network-id":
			c.Network = uint8(small)
		}
	}
	if related.IsValid() {
		c.Related = netip.AddrPortFrom(related, uint16(port))
	}
}
