package transport_test

import (
	"maps"
	"net/netip"
	"slices"
	"testing"

	"kith/core/coretest"
	"kith/core/wire"
)

// TestStrangeOffers: descriptions that contradict themselves, or have less than Kith needs, are refused with a reason, and those that have more
// are answered with what both speak.
func TestStrangeOffers(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]wire.Content)
		reason wire.Reason // empty: it is answered
	}{
		"numbers that clash": {func(c []wire.Content) {
			for i, p := range c[1].Description.Payloads {
				if p.Name == "VP8" {
					c[1].Description.Payloads[i].ID = c[0].Description.Payloads[0].ID
				}
			}
		}, wire.ReasonIncompatible},
		"no rtcp-mux, not bundled": {func(c []wire.Content) {
			c[0].Description.RTCPMux, c[1].Description.RTCPMux = false, false
		}, wire.ReasonNoApplications},
		"names that are too long": {func(c []wire.Content) { c[0].Name = "a name of more than sixteen" }, wire.ReasonNoApplications},
		"a picture in nothing that we speak": {func(c []wire.Content) {
			c[1].Description.Payloads = []wire.Payload{{ID: 100, Name: "AV1", ClockRate: 90000, Channels: 1}}
		}, ""},
		"codecs and extensions that we do not speak": {func(c []wire.Content) {
			c[0].Description.Payloads = append([]wire.Payload{{ID: 9, Name: "G722", ClockRate: 8000, Channels: 1}}, c[0].Description.Payloads...)
			c[1].Description.Extensions = append(c[1].Description.Extensions, wire.Extension{ID: 13, URI: "urn:nobody", Senders: wire.BothParties})
		}, ""},
		"streams that are not declared": {func(c []wire.Content) { undeclared(c) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, b, _ := newCall(t, 0)
			offer, bundle := a.offer(true)
			c.change(offer)
			if name == "no rtcp-mux, not bundled" {
				bundle = nil
			}
			answer, _, err := b.paths.Answer(offer, bundle)
			switch {
			case c.reason != "" && reasonOf(err) != c.reason:
				t.Errorf("%v (%s), answered %v", err, reasonOf(err), contentNames(answer))
			case c.reason == "" && (err != nil || !slices.Contains(contentNames(answer), "audio")):
				t.Errorf("%v, answered %v", err, contentNames(answer))
			}
		})
	}
}

// TestStrangeAddresses: of what they say are addresses of theirs, those are tried that could be, of the transport that was agreed.
func TestStrangeAddresses(t *testing.T) {
	coretest.CheckGoroutines(t)
	i := newInternet(t, 0)
	a := newSide(t, options{hz: 440, initiator: true, net: i.server("27.1.1.1")})
	b := newSide(t, options{hz: 1000, net: i.server("28.1.1.1")})
	a.other, b.other, a.keep, b.keep = b, a, true, true // they do not meet
	i.start()
	offer, bundle := a.offer(false)
	offer[0].Transport.Candidates = nil
	answer, bundle := b.answer(offer, bundle)
	answer[0].Transport.Candidates = nil
	a.must(a.paths.Apply(answer, bundle))
	say := func(ufrag string, addresses ...string) {
		c := wire.Content{Name: "audio", Creator: wire.Initiator, Transport: &wire.Transport{Ufrag: ufrag}}
		for n, address := range addresses {
			c.Transport.Candidates = append(c.Transport.Candidates, wire.Candidate{
				Foundation: "1", Component: 1, Priority: 1 << 30, Addr: netip.AddrPortFrom(netip.MustParseAddr(address), uint16(9+n)), Type: "host",
			})
		}
		a.paths.Reach([]wire.Content{c})
	}
	const possible = nobody + "1.1"
	say("another", nobody+"9.9")
	say(answer[0].Transport.Ufrag, "127.0.0.1", "0.0.0.0", "169.254.7.7", "224.0.0.9", "255.255.255.255", possible)
	tried := func() []string {
		i.mu.Lock()
		defer i.mu.Unlock()
		return slices.Sorted(maps.Keys(i.tried))
	}
	eventually(t, "the address that could be is tried", a, b, func() bool { return slices.Contains(tried(), possible) })
	if got := tried(); len(got) != 1 {
		t.Errorf("tried are %q", got)
	}
}
