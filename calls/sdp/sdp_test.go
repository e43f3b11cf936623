package sdp_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/calls/sdp"
	"kith/core/wire"
)

// TestRefusals changes one thing of an offer that is fine, and says what is wrong with it then.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *sdp.Session)
		want   error
	}{
		"nothing":            {func(*sdp.Session) {}, nil},
		"no fingerprint":     {func(s *sdp.Session) { s.Contents[1].Transport.Fingerprint = nil }, sdp.ErrInsecure},
		"sealed":             {func(s *sdp.Session) { seal(s.Contents[0].Transport.Fingerprint) }, sdp.ErrInsecure},
		"SHA-1":              {func(s *sdp.Session) { s.Contents[0].Transport.Fingerprint.Hash = "sha-1" }, sdp.ErrInsecure},
		"no setup":           {func(s *sdp.Session) { s.Contents[0].Transport.Fingerprint.Setup = "" }, sdp.ErrInsecure},
		"no credentials":     {func(s *sdp.Session) { s.Contents[0].Transport.Ufrag, s.Contents[0].Transport.Pwd = "", "" }, sdp.ErrIncompatible},
		"no transport":       {func(s *sdp.Session) { s.Contents[0].Transport = nil }, sdp.ErrIncompatible},
		"no description":     {func(s *sdp.Session) { s.Contents[0].Description = nil }, sdp.ErrIncompatible},
		"no codec of ours":   {func(s *sdp.Session) { s.Contents[0].Description.Payloads[0].Name = "speex" }, sdp.ErrIncompatible},
		"opus with one side": {func(s *sdp.Session) { s.Contents[0].Description.Payloads[0].Channels = 1 }, sdp.ErrIncompatible},
		"only repetitions":   {func(s *sdp.Session) { s.Contents[1].Description.Payloads = s.Contents[1].Description.Payloads[1:] }, sdp.ErrIncompatible},
		"opus as a picture":  {func(s *sdp.Session) { s.Contents[0].Description.Media = "video" }, sdp.ErrIncompatible},
		"nothing at all":     {func(s *sdp.Session) { s.Contents = nil }, sdp.ErrIncompatible},
		"a name too long": {func(s *sdp.Session) {
			*s = sdp.Session{Contents: s.Only("audio").Contents}
			s.Contents[0].Name = strings.Repeat("n", 17)
		}, sdp.ErrMalformed},
		"a name twice":        {func(s *sdp.Session) { s.Contents[1].Name = "audio" }, sdp.ErrMalformed},
		"two transports":      {func(s *sdp.Session) { s.Bundle = nil }, sdp.ErrMalformed},
		"one left out":        {func(s *sdp.Session) { s.Bundle = []string{"audio"} }, sdp.ErrMalformed},
		"RTCP apart, bundled": {func(s *sdp.Session) { s.Contents[0].Description.RTCPMux = false }, nil},
		"RTCP apart": {func(s *sdp.Session) {
			*s = sdp.Session{Contents: s.Only("audio").Contents}
			s.Contents[0].Description.RTCPMux = false
		}, sdp.ErrIncompatible},
	} {
		s := load(t, "kith-offer")
		c.change(&s)
		if _, err := s.Offer(wire.Initiator, sdp.Session{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := load(t, "kith-offer").Offer(wire.BothParties, sdp.Session{}); !errors.Is(err, sdp.ErrMalformed) {
		t.Errorf("by nobody: %v", err)
	}
}

func seal(d *wire.DTLS) {
	d.Value, d.Sealed = "", wire.New(wire.NSOMEMO, "encrypted")
}

// TestNarrowing holds answers against their offer: nothing that was not offered is taken.
func TestNarrowing(t *testing.T) {
	offer := load(t, "kith-offer")
	answer := load(t, "kith-answer")
	audio, video := answer.Contents[0].Description, answer.Contents[1].Description
	audio.Payloads = append([]wire.Payload{{ID: 112, Name: "opus", ClockRate: 48000, Channels: 2}}, audio.Payloads...)
	audio.Payloads[1].Feedback = append(audio.Payloads[1].Feedback, wire.Feedback{Type: "nack"})
	audio.Extensions = append(audio.Extensions, wire.Extension{ID: 9, URI: "urn:ietf:params:rtp-hdrext:toffset", Senders: wire.BothParties})
	video.Extensions[0].ID = 7
	last := wire.Extension{ID: 15, URI: "urn:ietf:params:rtp-hdrext:toffset", Senders: wire.BothParties}
	video.Extensions = append(video.Extensions, last)
	offer.Contents[1].Description.Extensions = append(offer.Contents[1].Description.Extensions, last)
	offer.Contents[1].Senders = wire.Initiator
	text, err := answer.Answer(wire.Responder, offer)
	if err != nil {
		t.Fatal(err)
	}
	belongs(t, text)
	for _, unasked := range []string{"112", "rtcp-fb:111 nack", "extmap:9", "extmap:7", "extmap:15"} {
		if strings.Contains(text, unasked) {
			t.Errorf("takes %s:\n%s", unasked, text)
		}
	}
	if _, picture, _ := strings.Cut(text, "m=video"); !strings.Contains(picture, "a=recvonly\r\n") {
		t.Errorf("takes a picture from who was not asked for one:\n%s", text)
	}

	other := load(t, "kith-answer")
	other.Contents[0].Description.Payloads[0].ID = 112
	if _, err := other.Answer(wire.Responder, offer); !errors.Is(err, sdp.ErrIncompatible) {
		t.Errorf("another number: %v", err)
	}
	other = load(t, "kith-answer")
	pictures := other.Contents[1].Description
	repeats := slices.IndexFunc(offer.Contents[1].Description.Payloads, func(p wire.Payload) bool { return p.Name == "rtx" })
	number := offer.Contents[1].Description.Payloads[repeats].ID
	pictures.Payloads = []wire.Payload{pictures.Payloads[0], {ID: number, Name: "VP8", ClockRate: 90000, Channels: 1}}
	if text, err := other.Answer(wire.Responder, offer); err != nil || strings.Contains(text, fmt.Sprintf("rtpmap:%d VP8", number)) {
		t.Errorf("a number of ours for another codec: %v\n%s", err, text)
	}
	if _, err := load(t, "kith-answer").Answer(wire.Responder, offer.Only("audio")); !errors.Is(err, sdp.ErrMalformed) {
		t.Errorf("a content too much: %v", err)
	}
	alone := offer
	alone.Bundle = nil
	if _, err := load(t, "kith-answer").Answer(wire.Responder, alone); !errors.Is(err, sdp.ErrMalformed) {
		t.Errorf("bundled unasked: %v", err)
	}
}

// TestTwice offers what may be there only once.
func TestTwice(t *testing.T) {
	s := load(t, "kith-offer")
	audio, first := s.Contents[0].Description, s.Contents[0].Description.Extensions[0]
	audio.Extensions = append(audio.Extensions,
		wire.Extension{ID: first.ID, URI: "urn:ietf:params:rtp-hdrext:toffset"}, wire.Extension{ID: 9, URI: first.URI})
	audio.Payloads = append(audio.Payloads, audio.Payloads[0])
	audio.Payloads[0].Feedback = append(audio.Payloads[0].Feedback, audio.Payloads[0].Feedback[0])
	text, err := s.Offer(wire.Initiator, sdp.Session{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := load(t, "kith-offer").Offer(wire.Initiator, sdp.Session{})
	if err != nil || text != want {
		t.Errorf("%v: got\n%s\nwant\n%s", err, text, want)
	}
}

// TestGrowing says a session again after a content came and another one went.
func TestGrowing(t *testing.T) {
	s := load(t, "kith-offer")
	text, err := s.Only("video").Offer(wire.Responder, s)
	if err != nil {
		t.Fatal(err)
	}
	audio, video := strings.Index(text, "m=audio 0 "), strings.Index(text, "m=video 9 ")
	if audio < 0 || video < audio || !strings.Contains(text, "a=group:BUNDLE video\r\n") {
		t.Errorf("the sound is gone:\n%s", text)
	}
	text, err = s.Offer(wire.Responder, s.Only("video"))
	if err != nil {
		t.Fatal(err)
	}
	if audio, video = strings.Index(text, "m=audio 9 "), strings.Index(text, "m=video 9 "); video < 0 || audio < video {
		t.Errorf("sound came to a picture:\n%s", text)
	}
	known := load(t, "kith-offer").Only("video")
	known.Contents[0].Creator = wire.Initiator
	back, err := sdp.ParseOffer(text, wire.Responder, known)
	if err != nil || len(back.Contents) != 2 {
		t.Fatal(back, err)
	}
	if got := []wire.Party{back.Contents[0].Creator, back.Contents[1].Creator}; !slices.Equal(got, []wire.Party{wire.Initiator, wire.Responder}) {
		t.Errorf("created by %q", got)
	}
}

// TestParseRefusals reads what is no description, or none that Kith could keep to.
func TestParseRefusals(t *testing.T) {
	good, err := load(t, "kith-offer").Offer(wire.Initiator, sdp.Session{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":        {"", sdp.ErrMalformed},
		"no media":       {"v=0\r\n", sdp.ErrIncompatible},
		"no fingerprint": {strings.ReplaceAll(good, "a=fingerprint", "a=finger"), sdp.ErrInsecure},
		"no name":        {strings.ReplaceAll(good, "a=mid:", "a=x:"), sdp.ErrMalformed},
		"one name":       {strings.ReplaceAll(good, "a=mid:video", "a=mid:audio"), sdp.ErrMalformed},
		"other codecs":   {strings.ReplaceAll(good, "opus/", "speex/"), sdp.ErrIncompatible},
		"all rejected":   {strings.ReplaceAll(strings.ReplaceAll(good, "m=audio 9", "m=audio 0"), "m=video 9", "m=video 0"), sdp.ErrIncompatible},
		"many formats":   {strings.Replace(good, "SAVPF 111", "SAVPF"+strings.Repeat(" 1", 65), 1), sdp.ErrMalformed},
		"much":           {good + strings.Repeat("a=x\r\n", 60000), sdp.ErrMalformed},
		"many media":     {good + strings.Repeat("m=audio 9 x 0\r\n", 9), sdp.ErrMalformed},
	} {
		if _, err := sdp.ParseOffer(c.text, wire.Initiator, sdp.Session{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := sdp.ParseOffer(good, wire.NoParty, sdp.Session{}); !errors.Is(err, sdp.ErrMalformed) {
		t.Errorf("by nobody: %v", err)
	}
}

// TestSession holds the parts of sessions against what they are for.
func TestSession(t *testing.T) {
	s := load(t, "conversations-offer")
	if one := s.Only("1", "x"); len(one.Contents) != 1 || one.Contents[0].Name != "1" || !slices.Equal(one.Bundle, []string{"1"}) {
		t.Errorf("a part: %+v", one)
	}
	for _, c := range s.Contents {
		if !sdp.Speaks(c) {
			t.Errorf("does not speak %s", c.Name)
		}
		if c.Foreign = true; sdp.Speaks(c) {
			t.Errorf("speaks what is foreign")
		}
	}
}

// TestSources: streams are told in the words that SDP has for them, and what there are none for is left out.
func TestSources(t *testing.T) {
	offer := load(t, "kith-offer").Only("video")
	d := offer.Contents[0].Description
	param := func(name, value string) []wire.Parameter { return []wire.Parameter{{Name: name, Value: value}} }
	d.Sources = []wire.Source{
		{SSRC: 11, Params: param("cname", "one")},
		{SSRC: 12, Params: param("cname", "two words")},
		{SSRC: 13, Params: param("msid", "two words")},
		{SSRC: 14, Params: param("msid", "three words here")},
		{SSRC: 15, Params: param("mslabel", "old")},
		{SSRC: 16},
	}
	d.SourceGroups = []wire.SourceGroup{
		{Semantics: "FID", SSRCs: []uint32{21, 22}},
		{Semantics: "FID", SSRCs: []uint32{23}},
		{Semantics: "FID", SSRCs: []uint32{24, 25, 26}},
		{Semantics: "SIM", SSRCs: []uint32{27, 28}},
		{Semantics: "FID"},
	}
	text, err := offer.Offer(wire.Initiator, sdp.Session{})
	if err != nil {
		t.Fatal(err)
	}
	belongs(t, text)
	var got []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "a=ssrc") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if want := []string{"a=ssrc-group:FID 21 22", "a=ssrc:11 cname:one", "a=ssrc:13 msid:two words"}; !slices.Equal(got, want) {
		t.Errorf("said %q", got)
	}
}

func TestCandidates(t *testing.T) {
	for _, line := range []string{
		"", "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active", "candidate:1 1 udp 1 4c1f.local 9 typ host", "candidate:1 3 udp 1 192.0.2.1 9 typ host",
		"candidate:1 1 udp 1 192.0.2.1 0 typ host", "candidate:1 1 udp 1 192.0.2.1 65536 typ host", "candidate:1 1 udp -1 192.0.2.1 9 typ host",
		"candidate:a_b 1 udp 1 192.0.2.1 9 typ host", "candidate:1 1 udp 1 192.0.2.1 9 typ magic", "candidate:1 1 udp 1 fe80::1%eth0 9 typ host",
		"candidate:1 1 udp 1 192.0.2.1 9 host typ", "candidate:1 1 udp 1 192.0.2.1 9 typ host" + strings.Repeat(" a b", 40),
	} {
		if c, ok := sdp.ParseCandidate(line); ok {
			t.Errorf("%s: %+v", line, c)
		}
	}
	const line = "candidate:7 1 udp 5 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 7 generation 1 network-id 2"
	c, ok := sdp.ParseCandidate(line)
	if got, again := sdp.FormatCandidate(c); !ok || !again || got != line {
		t.Errorf("got %s, want %s", got, line)
	}
	if c.Component = 2; c.ID == "" {
		t.Error("without the id that XEP-0176 demands")
	}
	if got, ok := sdp.FormatCandidate(c); ok {
		t.Errorf("takes a candidate of RTCP alone: %s", got)
	}
}
