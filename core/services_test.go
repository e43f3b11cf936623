package core

import (
	"testing"

	"kith/core/wire"
)

// TestCredited: a service keeps its port and transport, whichever of its host's credentials come, and takes its own where they are among them.
func TestCredited(t *testing.T) {
	turn := func(port uint16, transport, user string) wire.ExternalService {
		return wire.ExternalService{Type: "turn", Host: "turn.kith.test", Port: port, Transport: transport, Username: user}
	}
	other := turn(443, "tcp", "other")
	other.Host = "turn.evil.test"
	for name, c := range map[string]struct {
		got  []wire.ExternalService
		user string
	}{
		"its own":         {[]wire.ExternalService{turn(443, "tcp", "u")}, "u"},
		"others before":   {[]wire.ExternalService{turn(3478, "udp", "no"), turn(443, "tcp", "u"), turn(3478, "tcp", "no")}, "u"},
		"of another port": {[]wire.ExternalService{turn(3478, "udp", "u")}, "u"},
		"of another host": {[]wire.ExternalService{other}, ""},
		"without a name":  {[]wire.ExternalService{turn(443, "tcp", "")}, ""},
		"none":            {nil, ""},
	} {
		if got := credited(turn(443, "tcp", ""), c.got); got != turn(443, "tcp", c.user) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
