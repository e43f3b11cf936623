package transport

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"kith/core/wire"
)

const (
	lostAfter   = 2500 * time.Millisecond // without anything from the other side
	failAfter   = 25 * time.Second        // more: then a path is given up, which a restart revives
	keepAlive   = time.Second
	mostChecks  = 25 // of a pair of addresses, one every 200 ms: a call is made, too, where answers take seconds, and new paths are found after a cut
	askSTUN     = 3 * time.Second
	repeatDTLS  = 200 * time.Millisecond // a lost packet of the handshake
	waitSrflx   = 200 * time.Millisecond // for a better pair, before one of that kind is taken
	waitPrflx   = 300 * time.Millisecond
	waitRelay   = time.Second
	mostSTUN    = 2
	mostRelays  = 4
	relayScheme = "turn"
)

// settings are those of a PeerConnection.
func settings(n *network, relay bool) webrtc.SettingEngine {
	s := webrtc.SettingEngine{LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}}
	s.SetNet(n)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // XEP-0176 has addresses, not names
	s.SetICETimeouts(lostAfter, failAfter, keepAlive)
	s.SetICEMaxBindingRequests(mostChecks)
	s.SetSTUNGatherTimeout(askSTUN)
	s.SetSrflxAcceptanceMinWait(waitSrflx)
	s.SetPrflxAcceptanceMinWait(waitPrflx)
	s.SetRelayAcceptanceMinWait(waitRelay)
	if relay {
		s.SetRelayAcceptanceMinWait(0) // nothing better will come
	}
	s.SetHandleUndeclaredSSRCWithoutAnswer(true) // Dino declares none
	s.SetDTLSInsecureSkipHelloVerify(true)       // ICE has verified the address already: a round trip less
	s.SetDTLSRetransmissionInterval(repeatDTLS)
	return s
}

// servers are the STUN and TURN servers to ask. Those that are gone, that want credentials which we do not have, and those beyond
// a few are left out: each is asked over each network.
func servers(all []wire.ExternalService, relay bool, now time.Time) []webrtc.ICEServer {
	var out []webrtc.ICEServer
	stuns, relays := 0, 0
	for _, s := range all {
		if s.Removed || !s.Expires.IsZero() && s.Expires.Before(now) {
			continue
		}
		where := net.JoinHostPort(s.Host, strconv.Itoa(int(s.Port)))
		switch {
		case s.Type == "stun" && s.Transport != "tcp" && !relay && stuns < mostSTUN:
			stuns++
			out = append(out, webrtc.ICEServer{URLs: []string{"stun:" + where}})
		case (s.Type == relayScheme || s.Type == "turns") && s.Username != "" && s.Password != "" && relays < mostRelays:
			relays++
			out = append(out, webrtc.ICEServer{
				URLs:     []string{fmt.Sprintf("%s:%s?transport=%s", s.Type, where, carrier(s))},
				Username: s.Username, Credential: string(s.Password),
			})
		}
	}
	return out
}

// carrier is what carries the packets to a relay (RFC 7065 §3.1 for those that do not tell).
func carrier(s wire.ExternalService) string {
	switch {
	case s.Transport != "":
		return s.Transport
	case s.Type == relayScheme:
		return "udp"
	default:
		return "tcp"
	}
}
