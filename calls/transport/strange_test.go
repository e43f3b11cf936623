package transport_test

import (
	"slices"
	"testing"

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
