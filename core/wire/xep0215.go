package wire

import (
	"math"
	"net/netip"
	"strings"
	"time"

	"kith/core/model"
)

// NSServices is the namespace of external service discovery (XEP-0215 v1.0.0).
const NSServices = "urn:xmpp:extdisco:2"

// ExternalService is a STUN or TURN server that our own server names (XEP-0215 §3).
type ExternalService struct {
	Type       string // "stun", "stuns", "turn", "turns"
	Host       string
	Port       uint16
	Transport  string // "udp" or "tcp"; empty when not told
	Restricted bool   // credentials are needed, and have to be asked for when they are not here
	Username   string
	Password   model.Secret
	Expires    time.Time // zero when not told
	Removed    bool      // of a push: it is no longer there
}

const (
	maxServices    = 32
	maxHostBytes   = 253 // of a name in DNS
	maxSecretBytes = 512
)

// ServicesRequest asks for services (XEP-0215 §3.1, §3.2). It is the payload of an IQ of type get. kind may be empty: all.
func ServicesRequest(kind string) *Element {
	return New(NSServices, "services").SetIf("type", kind)
}

// CredentialsRequest asks for what a Restricted service needs (XEP-0215 §3.3). It is the payload of an IQ of type get.
func CredentialsRequest(s ExternalService) *Element {
	service := New(NSServices, "service").Set("type", s.Type).Set("host", s.Host).Set("port", counter(uint32(s.Port)))
	return New(NSServices, "credentials").Add(service)
}

// ParseServices reads the answer to either request, or a push: an IQ of type set that only our own server may send. Services
// that are of no use to calls, damaged ones, and those beyond 32 are left out.
func ParseServices(payload *Element) (out []ExternalService, ok bool) {
	if !payload.Is(NSServices, "services") && !payload.Is(NSServices, "credentials") {
		return nil, false
	}
	for c := range payload.Named(NSServices, "service") {
		if s, ok := parseService(c); ok && len(out) < maxServices {
			out = append(out, s)
		}
	}
	return out, true
}

func parseService(e *Element) (s ExternalService, ok bool) {
	action := e.Attr("action")
	s = ExternalService{
		Type: e.Attr("type"), Host: strings.ToLower(e.Attr("host")), Port: defaultPort(e.Attr("type")),
		Transport: strings.ToLower(e.Attr("transport")), Restricted: boolean(e.Attr("restricted")),
		Username: e.Attr("username"), Password: model.Secret(e.Attr("password")),
		Removed: action == "remove" || action == "delete", // the text of the specification says this, its example that
	}
	if port, there := e.attr("", "port"); there {
		n, _ := number(port, math.MaxUint16)
		s.Port = uint16(n)
	}
	s.Expires, _ = ParseTime(e.Attr("expires"))
	if defaultPort(s.Type) == 0 || s.Port == 0 || !isHost(s.Host) || s.Transport != "" && s.Transport != "udp" && s.Transport != "tcp" {
		return ExternalService{}, false
	}
	return s, len(s.Username) <= maxSecretBytes && len(s.Password) <= maxSecretBytes
}

// defaultPort is that of RFC 8489 §13; 0 for what is neither STUN nor TURN.
func defaultPort(kind string) uint16 {
	switch kind {
	case "stun", "turn":
		return 3478
	case "stuns", "turns":
		return 5349
	}
	return 0
}

// isHost says whether s is an address or a name of DNS: it becomes a part of a URI.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return !strings.Contains(s, "%")
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return s != "" && len(s) <= maxHostBytes
}
