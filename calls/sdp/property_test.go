package sdp_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"kith/calls/sdp"
	"kith/core/wire"
)

// grammar is every line that a description of ours may have.
var grammar = regexp.MustCompile(`^(` + strings.Join([]string{
	`v=0`, `o=- 1 1 IN IP4 0\.0\.0\.0`, `s=-`, `t=0 0`, `c=IN IP4 0\.0\.0\.0`,
	`m=(audio|video) [09] UDP/TLS/RTP/SAVPF( \d{1,3}){1,64}`,
	`a=group:BUNDLE( ` + token + `){1,8}`, `a=mid:` + token,
	`a=(sendrecv|sendonly|recvonly|inactive|rtcp-mux|extmap-allow-mixed|end-of-candidates)`,
	`a=ice-(ufrag|pwd):[A-Za-z0-9+/]{4,256}`, `a=ice-options:(trickle|renomination|trickle renomination)`,
	`a=fingerprint:sha-(256|384|512) ([0-9A-F]{2}:)+[0-9A-F]{2}`, `a=setup:(actpass|active|passive)`,
	`a=rtpmap:\d{1,3} (opus/48000/2|red/48000/2|VP8/90000|rtx/90000)`, `a=fmtp:\d{1,3} ([a-z-]+=\d+(;[a-z-]+=\d+)*|\d{1,3}/\d{1,3})`,
	`a=rtcp-fb:(\d{1,3}|\*) (nack|nack pli|ccm fir|goog-remb|transport-cc)`,
	`a=extmap:\d{1,2}(/(sendonly|recvonly|inactive))? (urn|http):[!-~]+`,
	`a=ssrc-group:FID \d+ \d+`, `a=ssrc:\d+ (cname:[!-~]+|msid:[!-~]+( [!-~]+)?)`, `a=` + candidate,
}, "|") + `)$`)

const (
	token     = `[^ "(),/:;<=>?@\[\\\]\x00-\x1F\x7F-\x{10FFFF}]{1,16}`
	candidate = `candidate:[A-Za-z0-9+/]{1,32} 1 udp \d+ [0-9a-f.:]+ \d+ typ (host|srflx|prflx|relay)( raddr [0-9a-f.:]+ rport \d+)?( generation \d+)?( network-id \d+)?`
)

// belongs checks that a description has only lines of the grammar.
func belongs(t *testing.T, text string) {
	t.Helper()
	body, complete := strings.CutSuffix(text, "\r\n")
	if !complete {
		t.Fatalf("cut off: %q", text)
	}
	for line := range strings.SplitSeq(body, "\r\n") {
		if !grammar.MatchString(line) {
			t.Fatalf("no line of ours: %q", line)
		}
	}
}

// TestIdentity sends sessions of all kinds that Kith speaks through descriptions, and expects them back as they were.
func TestIdentity(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		s := anySession(r)
		from := pick(r, wire.Initiator, wire.Responder)
		text, err := s.Offer(from, sdp.Session{})
		if err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		belongs(t, text)
		back, err := sdp.ParseOffer(text, from, s)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, c := range back.Contents {
			for i := range c.Transport.Candidates {
				c.Transport.Candidates[i].ID = "" // SDP has none
			}
		}
		if !reflect.DeepEqual(back, s) {
			t.Fatalf("got  %s\nwant %s\nby\n%s", jingle("x", back), jingle("x", s), text)
		}
		answer, err := s.Answer(from, s)
		if err != nil || answer != text {
			t.Fatalf("as an answer to itself: %v\n%s", err, answer)
		}
	}
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// some are a few of these, in their order; nil when none.
func some[T any](r *rand.Rand, from ...T) (out []T) {
	for _, v := range from {
		if r.IntN(2) == 0 {
			out = append(out, v)
		}
	}
	return out
}

func letters(r *rand.Rand, least, most int) string {
	b := make([]byte, least+r.IntN(most-least+1))
	for i := range b {
		b[i] = "abcXYZ019+/"[r.IntN(11)]
	}
	return string(b)
}

func anySession(r *rand.Rand) (s sdp.Session) {
	for _, name := range []string{"audio", "video", "screen"}[:1+r.IntN(3)] {
		s.Contents = append(s.Contents, anyContent(r, name))
		s.Bundle = append(s.Bundle, name)
	}
	return s
}

func anyContent(r *rand.Rand, name string) wire.Content {
	parties := []wire.Party{wire.Initiator, wire.Responder, wire.BothParties, wire.NoParty}
	d := &wire.Description{Media: "video", RTCPMux: true, AllowMixed: r.IntN(2) == 0}
	hash := pick(r, "sha-256", "sha-384", "sha-512")
	size := map[string]int{"sha-256": 32, "sha-384": 48, "sha-512": 64}[hash]
	tr := &wire.Transport{
		Ufrag: letters(r, 4, 256), Pwd: letters(r, 22, 256), Trickle: r.IntN(2) == 0, Renomination: r.IntN(2) == 0, Complete: r.IntN(2) == 0,
		Fingerprint: &wire.DTLS{Hash: hash, Setup: pick(r, "actpass", "active", "passive"), Value: strings.Repeat("A9:", size-1) + "0F"},
	}
	for range r.IntN(4) {
		tr.Candidates = append(tr.Candidates, anyCandidate(r))
	}
	feedback := some(r, wire.Feedback{Type: "nack"}, wire.Feedback{Type: "nack", Subtype: "pli"}, wire.Feedback{Type: "ccm", Subtype: "fir"},
		wire.Feedback{Type: "goog-remb"}, wire.Feedback{Type: "transport-cc"})
	first := map[string]int{"audio": 97, "video": 107, "screen": 117}[name] // what shares a transport shares its numbers, too
	if id := uint8(first + r.IntN(8)); name == "audio" {
		d.Media = "audio"
		params := some(r, wire.Parameter{Name: "minptime", Value: "10"}, wire.Parameter{Name: "useinbandfec", Value: "1"}, wire.Parameter{Name: "cbr", Value: "0"})
		d.Payloads = []wire.Payload{{ID: id, Name: "opus", ClockRate: 48000, Channels: 2, Params: params, Feedback: feedback}}
		d.Payloads = append(d.Payloads, some(r, wire.Payload{ID: id - 1, Name: "red", ClockRate: 48000, Channels: 2})...)
	} else {
		apt := []wire.Parameter{{Name: "apt", Value: fmt.Sprint(id)}}
		d.Payloads = []wire.Payload{{ID: id, Name: "VP8", ClockRate: 90000, Channels: 1, Feedback: feedback}}
		d.Payloads = append(d.Payloads, some(r, wire.Payload{ID: id + 1, Name: "rtx", ClockRate: 90000, Channels: 1, Params: apt})...)
		d.Feedback = some(r, wire.Feedback{Type: "nack"})
		d.SourceGroups = some(r, wire.SourceGroup{Semantics: "FID", SSRCs: []uint32{r.Uint32(), r.Uint32()}})
	}
	d.Extensions = some(r,
		wire.Extension{ID: 1, URI: "urn:ietf:params:rtp-hdrext:sdes:mid", Senders: wire.BothParties},
		wire.Extension{ID: 14, URI: "urn:3gpp:video-orientation", Senders: pick(r, parties...)})
	d.Sources = some(r, wire.Source{SSRC: r.Uint32(), Params: []wire.Parameter{{Name: "cname", Value: "a-b"}, {Name: "msid", Value: "s t"}}})
	return wire.Content{Name: name, Creator: pick(r, parties[:2]...), Senders: pick(r, parties...), Description: d, Transport: tr}
}

func anyCandidate(r *rand.Rand) wire.Candidate {
	c := wire.Candidate{
		Foundation: letters(r, 1, 32), Component: 1, Generation: uint8(r.IntN(3)), Network: uint8(r.IntN(3)), Priority: r.Uint32(),
		Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(r.Uint32())}), uint16(1+r.IntN(65535))),
		Type: pick(r, "host", "srflx", "prflx", "relay"),
	}
	if r.IntN(2) == 0 {
		c.Addr = netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x20, 1, 0xD, 0xB8, 15: byte(r.Uint32())}), 9)
		c.Related = netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(r.IntN(2)))
	}
	return c
}

// FuzzJingle writes what strangers send, from either side, and expects lines of the grammar only, which say the same again.
func FuzzJingle(f *testing.F) {
	files, err := filepath.Glob("testdata/*-*er.xml")
	if err != nil || len(files) < 8 {
		f.Fatal("no examples", err)
	}
	for _, name := range files {
		s := load(f, strings.TrimSuffix(filepath.Base(name), ".xml"))
		f.Add(jingle("x", s))
		f.Add(jingle("x", s.Only("audio")))
		f.Add(jingle("x", s.Only("video")))
	}
	offer := load(f, "kith-offer")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := wire.Parse(text)
		if err != nil {
			return
		}
		j, ok := wire.ParseJingle(e)
		if !ok {
			return
		}
		s := sdp.Session{Contents: j.Contents, Bundle: j.Bundle}
		for _, from := range []wire.Party{wire.Initiator, wire.Responder} {
			for _, known := range []sdp.Session{{}, offer} {
				if text, err := s.Offer(from, known); err == nil {
					belongs(t, text)
					settled(t, text, from, known)
				}
			}
			if text, err := s.Answer(from, offer); err == nil {
				belongs(t, text)
				if _, err := sdp.ParseAnswer(text, from, offer); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
			}
		}
		for _, c := range j.Contents {
			sdp.Speaks(c)
			if c.Transport == nil {
				continue
			}
			for _, candidate := range c.Transport.Candidates {
				if line, ok := sdp.FormatCandidate(candidate); ok {
					belongs(t, "a="+line+"\r\n")
				}
			}
		}
	})
}

// settled checks that a description which was understood is written as it was.
func settled(t *testing.T, text string, from wire.Party, known sdp.Session) {
	t.Helper()
	s, err := sdp.ParseOffer(text, from, sdp.Session{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again, err := s.Offer(from, known)
	if err != nil || again != text {
		t.Fatalf("%v: written as\n%s\nthen as\n%s", err, text, again)
	}
}

// FuzzSDP reads anything, and expects to write what it understood so that it is understood the same.
func FuzzSDP(f *testing.F) {
	for _, name := range []string{"dino-offer", "conversations-offer", "monal-offer", "kith-offer"} {
		s := load(f, name)
		for _, part := range []sdp.Session{s, s.Only("audio")} {
			if text, err := part.Offer(wire.Initiator, sdp.Session{}); err == nil {
				f.Add(text)
			}
		}
	}
	offer := load(f, "kith-offer")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := sdp.ParseOffer(text, wire.Responder, offer); err == nil {
			j := wire.Jingle{Action: wire.SessionInitiate, SID: "s", Contents: s.Contents, Bundle: s.Bundle}
			if back, ok := wire.ParseJingle(j.Element()); !ok || len(back.Contents) != len(s.Contents) {
				t.Fatalf("cannot be sent: %+v", s)
			}
			if again, err := s.Offer(wire.Responder, sdp.Session{}); err == nil {
				belongs(t, again)
				settled(t, again, wire.Responder, sdp.Session{})
			}
		}
		if s, err := sdp.ParseAnswer(text, wire.Responder, offer); err == nil && len(s.Contents) > 2 {
			t.Fatalf("answers what was not asked: %+v", s)
		}
	})
}

func FuzzCandidate(f *testing.F) {
	for _, s := range []string{
		"candidate:1 1 udp 2130706431 192.0.2.1 9 typ host", "candidate:a+/ 1 UDP 1 2001:db8::1 65535 typ srflx raddr 0.0.0.0 rport 0 generation 1 network-id 2",
		"candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active", "candidate:1 1 udp 1 a.local 9 typ host",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := sdp.ParseCandidate(s)
		if !ok {
			return
		}
		line, ok := sdp.FormatCandidate(c)
		if !ok {
			if c.Component == 2 {
				return
			}
			t.Fatalf("understood and not written: %q, %+v", s, c)
		}
		belongs(t, "a="+line+"\r\n")
		again, ok := sdp.ParseCandidate(line)
		again.ID = c.ID
		if !ok || again != c {
			t.Fatalf("%q is %+v, then %+v", s, c, again)
		}
	})
}

// FuzzInjection puts one string into each place of an offer in turn, past the reader of stanzas.
func FuzzInjection(f *testing.F) {
	for _, s := range []string{"a\r\nm=audio 9 x 0", "a b", "a;b=c", "1", "0.0.0.0 9 typ host\r\na=x:y", "é", "\x00", strings.Repeat("a", 300), ""} {
		f.Add(s)
	}
	places := []func(c *wire.Content) *string{
		func(c *wire.Content) *string { return &c.Name },
		func(c *wire.Content) *string { return (*string)(&c.Creator) },
		func(c *wire.Content) *string { return (*string)(&c.Senders) },
		func(c *wire.Content) *string { return &c.Description.Media },
		func(c *wire.Content) *string { return &c.Description.Payloads[0].Name },
		func(c *wire.Content) *string { return &c.Description.Payloads[0].Params[0].Name },
		func(c *wire.Content) *string { return &c.Description.Payloads[0].Params[0].Value },
		func(c *wire.Content) *string { return &c.Description.Payloads[0].Feedback[0].Type },
		func(c *wire.Content) *string { return &c.Description.Payloads[0].Feedback[0].Subtype },
		func(c *wire.Content) *string { return &c.Description.Extensions[0].URI },
		func(c *wire.Content) *string { return (*string)(&c.Description.Extensions[0].Senders) },
		func(c *wire.Content) *string { return &c.Description.Sources[0].Params[0].Name },
		func(c *wire.Content) *string { return &c.Description.Sources[0].Params[0].Value },
		func(c *wire.Content) *string { return &c.Description.Sources[0].Params[1].Value },
		func(c *wire.Content) *string { return &c.Transport.Ufrag },
		func(c *wire.Content) *string { return &c.Transport.Pwd },
		func(c *wire.Content) *string { return &c.Transport.Fingerprint.Hash },
		func(c *wire.Content) *string { return &c.Transport.Fingerprint.Setup },
		func(c *wire.Content) *string { return &c.Transport.Fingerprint.Value },
		func(c *wire.Content) *string { return &c.Transport.Candidates[0].Foundation },
		func(c *wire.Content) *string { return &c.Transport.Candidates[0].ID },
		func(c *wire.Content) *string { return &c.Transport.Candidates[0].Type },
	}
	offer := load(f, "kith-offer").Only("audio")
	text := jingle("x", offer)
	f.Fuzz(func(t *testing.T, value string) {
		for _, place := range places {
			s := session(t, text)
			*place(&s.Contents[0]) = value
			if text, err := s.Offer(wire.Initiator, sdp.Session{}); err == nil {
				belongs(t, text)
			}
			s.Bundle = append(s.Bundle, value)
			if text, err := s.Answer(wire.Initiator, offer); err == nil {
				belongs(t, text)
			}
			if line, ok := sdp.FormatCandidate(s.Contents[0].Transport.Candidates[0]); ok {
				belongs(t, "a="+line+"\r\n")
			}
		}
	})
}
