package sdp_test

import (
	"errors"
	"strings"
	"testing"

	"kith/calls/sdp"
	"kith/core/wire"
)

// TestRed: packets that repeat sound are taken however it is said what they repeat, if that is Opus alone; Jingle never has it from us.
func TestRed(t *testing.T) {
	for name, c := range map[string]struct {
		params []wire.Parameter
		taken  bool
	}{
		"unsaid":          {nil, true},
		"as in SDP":       {[]wire.Parameter{{Value: "111/111"}}, true},
		"three":           {[]wire.Parameter{{Value: "111/111/111"}}, true},
		"one by one":      {[]wire.Parameter{{Name: "encodings", Value: "111"}, {Name: "encodings", Value: "111"}}, true},
		"something else":  {[]wire.Parameter{{Value: "0/0"}}, false},
		"a mixture":       {[]wire.Parameter{{Value: "111/0"}}, false},
		"that is nothing": {[]wire.Parameter{{Value: "/"}}, false},
	} {
		s := load(t, "kith-offer")
		d := s.Contents[0].Description
		d.Payloads[1].Params = c.params
		text, err := s.Offer(wire.Initiator, sdp.Session{})
		if err != nil {
			t.Fatal(err)
		}
		belongs(t, text)
		if taken := strings.Contains(text, "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"); taken != c.taken || taken != strings.Contains(text, "red") {
			t.Errorf("%s: %v\n%s", name, taken, text)
		}
		back, err := sdp.ParseOffer(text, wire.Initiator, sdp.Session{})
		if err != nil || len(back.Contents[0].Description.Payloads) > 1 && back.Contents[0].Description.Payloads[1].Params != nil {
			t.Errorf("%s: %v, %+v", name, err, back.Contents[0].Description.Payloads)
		}
	}
	alone := load(t, "kith-answer")
	alone.Contents[0].Description.Payloads[0].ID = 110
	if _, err := alone.Answer(wire.Responder, load(t, "kith-offer")); !errors.Is(err, sdp.ErrIncompatible) {
		t.Errorf("an answer with nothing but repetitions: %v", err)
	}
}

// TestRedOfPion: who offers it gets it, under their own numbers; who does not, as Dino, does not.
func TestRedOfPion(t *testing.T) {
	for _, offers := range []bool{true, false} {
		offer := load(t, "conversations-offer").Only("0")
		d := offer.Contents[0].Description
		d.Payloads[0].ID = 96
		d.Payloads[1] = wire.Payload{ID: 98, Name: "red", ClockRate: 48000, Channels: 2}
		if !offers {
			d.Payloads = d.Payloads[:1]
		}
		pc := connection(t)
		carry(t, pc, "audio")
		answered := answerTo(t, pc, offer, sdp.Session{}).Contents[0].Description.Payloads
		red := len(answered) == 2 && answered[1].ID == 98 && answered[1].Name == "red"
		if answered[0].ID != 96 || red != offers {
			t.Errorf("offered %+v, answered %+v", d.Payloads, answered)
		}
	}
}
