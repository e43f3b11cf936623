package wire

import (
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
}
