package transport

import (
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"kith/calls/media"
	"kith/core/wire"
)

// TestRenew: credentials that were renewed are those of the next search, and of PeerConnections that come later.
func TestRenew(t *testing.T) {
	s, err := media.New(media.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	relay := wire.ExternalService{Type: "turn", Host: "192.0.2.1", Port: 3478, Username: "old", Password: "x", Expires: time.Now().Add(time.Hour)}
	p := New(Config{Media: s, Initiator: true}) // without servers its search is over at once
	defer func() { _ = p.Close() }()
	if _, _, err := p.Offer(true); err != nil {
		t.Fatal(err)
	}
	for _, g := range p.groups {
		<-webrtc.GatheringCompletePromise(g.pc)
	}
	relay.Username = "new"
	if err := p.Renew([]wire.ExternalService{relay}); err != nil {
		t.Fatal(err)
	}
	for i, g := range p.groups {
		if servers := g.pc.GetConfiguration().ICEServers; len(servers) != 1 || servers[0].Username != "new" {
			t.Errorf("group %d asks %+v", i, servers)
		}
	}
	if c, err := p.configuration(); err != nil || c.ICEServers[0].Username != "new" {
		t.Errorf("a later one would ask %+v, %v", c.ICEServers, err)
	}
}
