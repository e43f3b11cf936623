package transport

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"kith/core/wire"
)

// TestMailbox: however much happens before somebody looks, nobody waits, and what counts is there.
func TestMailbox(t *testing.T) {
	found := func(name, ufrag string, ports ...uint16) Found {
		t := wire.Transport{Ufrag: ufrag}
		for _, p := range ports {
			t.Candidates = append(t.Candidates, wire.Candidate{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{9, 9, 9, 9}), p)})
		}
		return Found{[]wire.Content{{Name: name, Transport: &t}}}
	}
	m := newMailbox()
	for _, ev := range []Event{
		Linked{},
		found("audio", "old", 1),
		Lost{},
		found("video", "v", 2), found("audio", "new", 3), found("audio", "new", 4),
		Linked{},
		Failed{wire.ReasonSecurity},
		Linked{},
	} {
		m.put(ev)
	}
	var got string
	for _, ev := range m.unread() {
		if f, ok := ev.(Found); ok {
			for _, c := range f.Contents {
				got += fmt.Sprintf("%s %s %d, ", c.Name, c.Transport.Ufrag, len(c.Transport.Candidates))
			}
			continue
		}
		got += fmt.Sprintf("%T%v, ", ev, ev)
	}
	if want := "audio new 2, video v 1, transport.Failed{security-error}, "; got != want {
		t.Errorf("got %s", got)
	}
	if len(m.unread()) != 0 {
		t.Error("something is left")
	}
}

// TestServers chooses those that can be asked.
func TestServers(t *testing.T) {
	now := time.Now()
	turn := func(kind, carrier string) wire.ExternalService {
		return wire.ExternalService{Type: kind, Host: "turn.test", Port: 3478, Transport: carrier, Username: "anna", Password: "secret"}
	}
	expired, removed, unknown := turn("turn", "udp"), turn("turn", "udp"), turn("turn", "udp")
	expired.Expires, removed.Removed, unknown.Password = now.Add(-time.Minute), true, ""
	stun := wire.ExternalService{Type: "stun", Host: "2001:db8::1", Port: 3478}
	all := []wire.ExternalService{
		expired, removed, unknown, stun,
		{Type: "stuns", Host: "stun.test", Port: 5349},
		turn("turn", ""), turn("turns", ""), turn("turn", "tcp"),
		turn("turns", "udp"), turn("turn", "udp"), stun, stun,
	}
	var got string
	for _, s := range servers(all, false, now) {
		got += s.URLs[0] + " "
	}
	want := "stun:[2001:db8::1]:3478 turn:turn.test:3478?transport=udp turns:turn.test:3478?transport=tcp turn:turn.test:3478?transport=tcp " +
		"turns:turn.test:3478?transport=udp stun:[2001:db8::1]:3478 "
	if got != want {
		t.Errorf("asked are %s", got)
	}
	if got := servers([]wire.ExternalService{stun, unknown}, true, now); len(got) != 0 {
		t.Errorf("hides behind %+v", got)
	}
	if got := servers([]wire.ExternalService{stun, turn("turn", "udp"), stun}, true, now); len(got) != 1 || got[0].URLs[0] != "turn:turn.test:3478?transport=udp" {
		t.Errorf("who hides asks %+v", got)
	}
}

// TestHiddenAddresses: to whom our addresses are to be hidden, none but those of relays are told, and of these not what is behind them, even if
// Pion should find others.
func TestHiddenAddresses(t *testing.T) {
	for _, hidden := range []bool{true, false} {
		g := &group{paths: New(Config{Relay: hidden})}
		for i, kind := range []webrtc.ICECandidateType{
			webrtc.ICECandidateTypeHost, webrtc.ICECandidateTypeSrflx, webrtc.ICECandidateTypePrflx, webrtc.ICECandidateTypeRelay,
		} {
			c := webrtc.ICECandidate{
				Foundation: "1", Priority: 1, Address: "192.0.2.1", Protocol: webrtc.ICEProtocolUDP, Port: uint16(4000 + i), Typ: kind, Component: 1,
			}
			if kind != webrtc.ICECandidateTypeHost {
				c.RelatedAddress, c.RelatedPort = "10.0.0.7", 9
			}
			g.candidate(&c)
		}
		var got string
		for _, f := range g.found {
			got += fmt.Sprint(f.candidate.Type, " ", f.candidate.Related.IsValid(), ", ")
		}
		want := map[bool]string{true: "relay false, ", false: "host false, srflx true, prflx true, relay true, "}[hidden]
		if got != want {
			t.Errorf("hidden: %v; told: %s", hidden, got)
		}
	}
}
