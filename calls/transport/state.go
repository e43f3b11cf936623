package transport

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"strings"

	"github.com/pion/webrtc/v4"

	"kith/core/wire"
)

// state is how a group stands.
type state uint8

const (
	waiting state = iota
	linked
	lost
	failed
)

// changed looks how the PeerConnection stands.
func (g *group) changed() {
	p := g.paths
	p.mu.Lock()
	defer p.mu.Unlock()
	now := g.state
	switch g.pc.ConnectionState() { // as it is at this moment: Pion's news overtake each other
	case webrtc.PeerConnectionStateConnected:
		if hasPath(g.pc) {
			now = linked
		}
	case webrtc.PeerConnectionStateDisconnected:
		if g.was {
			now = lost
		}
	case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		if now = failed; g.was {
			now = lost // a restart may help
		}
	case webrtc.PeerConnectionStateConnecting:
		if g.state == linked {
			now = waiting // for a restart
		}
	case webrtc.PeerConnectionStateNew, webrtc.PeerConnectionStateUnknown:
	}
	if now == g.state || g.gone {
		return
	}
	g.state, g.was = now, g.was || now == linked
	if now == failed {
		g.reason = g.why()
	}
	p.judge()
}

// hasPath says whether there is one now: a restart gives it up before the PeerConnection says that it is not connected.
func hasPath(pc *webrtc.PeerConnection) bool {
	pair, err := pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	return err == nil && pair != nil
}

// why is the reason for which a group failed.
func (g *group) why() wire.Reason {
	dtls := g.pc.SCTP().Transport()
	shown := dtls.GetRemoteCertificate()
	switch state := dtls.State(); {
	case shown != nil && !shows(shown, g.key):
		return wire.ReasonSecurity
	case state == webrtc.DTLSTransportStateFailed || state == webrtc.DTLSTransportStateClosed:
		return wire.ReasonFailedTransport
	default:
		return wire.ReasonConnectivity
	}
}

// shows says whether a certificate has that fingerprint.
func shows(certificate []byte, key wire.DTLS) bool {
	var sum []byte
	switch key.Hash {
	case "sha-256":
		s := sha256.Sum256(certificate)
		sum = s[:]
	case "sha-384":
		s := sha512.Sum384(certificate)
		sum = s[:]
	case "sha-512":
		s := sha512.Sum512(certificate)
		sum = s[:]
	}
	return strings.EqualFold(strings.ReplaceAll(key.Value, ":", ""), fmt.Sprintf("%x", sum))
}

// judge tells how all groups together stand, after one of them changed. The caller holds the lock.
func (p *Paths) judge() {
	all, missing := true, false
	for _, g := range p.groups {
		switch {
		case !g.ready: // what is only offered does not count
		case g.extra && g.state == failed && g.reason != wire.ReasonSecurity:
			if !g.missed {
				g.missed = true
				p.mail.put(Missed{g.label.Name, g.reason})
			}
		case g.state == failed:
			p.mail.put(Failed{g.reason})
			return
		case g.state == lost:
			missing = true
		case g.state == waiting:
			all = false
		}
	}
	switch {
	case missing && !p.missing:
		p.missing = true
		p.mail.put(Lost{})
	case !missing && all:
		p.missing = false
		p.mail.put(Linked{})
	}
}
