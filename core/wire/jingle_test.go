package wire_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

const (
	fingerprint = "02:1A:CC:54:27:AB:EB:9C:53:3F:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1:7A:03:A2:7D:F9:B0:7F:46:19:B2"
	ufrag       = "8hhy"
	pwd         = "asd88fgpdd777uzjYhagZg"
)

// offer is what testdata/xep0166/initiate.xml means.
func offer(t testing.TB) wire.Jingle {
	video := &wire.Description{
		Media: "video",
		Payloads: []wire.Payload{{
			ID: 96, Name: "VP8", ClockRate: 90000, Channels: 1, Feedback: []wire.Feedback{{"nack", ""}, {"nack", "pli"}}, TRRInt: 100,
		}},
		Feedback: []wire.Feedback{{"ccm", "fir"}}, TRRInt: 5,
		Sources:      []wire.Source{{SSRC: 1}, {SSRC: 2}},
		SourceGroups: []wire.SourceGroup{{Semantics: "FID", SSRCs: []uint32{1, 2}}},
	}
	audio := &wire.Description{
		Media: "audio",
		Payloads: []wire.Payload{
			{
				ID: 111, Name: "opus", ClockRate: 48000, Channels: 2, PTime: 20, MaxPTime: 60,
				Params:   []wire.Parameter{{"minptime", "10"}, {"useinbandfec", "1"}},
				Feedback: []wire.Feedback{{"transport-cc", ""}},
			},
			{ID: 126, Name: "telephone-event", ClockRate: 8000, Channels: 1, Params: []wire.Parameter{{"", "0-15"}}},
		},
		Extensions: []wire.Extension{
			{1, "urn:ietf:params:rtp-hdrext:sdes:mid", wire.BothParties},
			{14, "urn:ietf:params:rtp-hdrext:ssrc-audio-level", wire.Initiator},
		},
		AllowMixed: true, RTCPMux: true,
		Sources: []wire.Source{{4294967295, []wire.Parameter{{"cname", "Yv/wvbCdsDW2Prgd"}, {"msid", "stream track"}}}},
	}
	contents := slices.Collect(load(t, "xep0166/initiate").Named(wire.NSJingle, "content"))
	sealed := contents[1].Child(wire.NSICE, "transport").Child(wire.NSSealedDTLS, "fingerprint").Child(wire.NSOMEMO, "encrypted")
	return wire.Jingle{
		Action: wire.SessionInitiate, SID: "s-1", Initiator: "anna@kith.test/phone", Bundle: []string{"audio", "video"},
		Contents: []wire.Content{
			{
				Name: "audio", Creator: wire.Initiator, Senders: wire.BothParties, Description: audio,
				Transport: &wire.Transport{
					Ufrag: ufrag, Pwd: pwd, Trickle: true, Renomination: true, Complete: true,
					Fingerprint: &wire.DTLS{Hash: "sha-256", Setup: "actpass", Value: fingerprint},
					Candidates: []wire.Candidate{
						{ID: "c1", Foundation: "1", Component: 1, Network: 1, Priority: 2130706431, Addr: netip.MustParseAddrPort("10.0.1.1:8998"), Type: "host"},
						{
							ID: "c2", Foundation: "2+/", Component: 2, Generation: 3, Priority: 1694498815, Type: "srflx",
							Addr: netip.MustParseAddrPort("[2001:db8::9:1]:45664"), Related: netip.MustParseAddrPort("10.0.1.1:8998"),
						},
					},
				},
			},
			{
				Name: "video", Creator: wire.Initiator, Senders: wire.Initiator, Description: video,
				Transport: &wire.Transport{
					Ufrag: "9uB6", Pwd: "YH75Fviy6338Vbrhrlp8Yh",
					Fingerprint: &wire.DTLS{Hash: "sha-256", Setup: "actpass", Sealed: sealed},
				},
			},
		},
	}
}

func TestXEP0166(t *testing.T) {
	terminate := wire.Jingle{Action: wire.SessionTerminate, SID: "s-1", Reason: wire.ReasonConnectivity, ReasonText: "The path was lost."}
	mute := wire.Jingle{Action: wire.SessionInfo, SID: "s-1", Info: wire.Info{Kind: "mute", Creator: wire.Responder, Name: "audio"}}
	const open = "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='session-info'>"
	info := func(i wire.Info) wire.Jingle { return wire.Jingle{Action: wire.SessionInfo, SID: "s", Info: i} }
	understands(t, wire.ParseJingle,
		example[wire.Jingle]{"xep0166/initiate", offer(t)},
		example[wire.Jingle]{"xep0166/terminate", terminate},
		example[wire.Jingle]{"xep0166/mute", mute},
		example[wire.Jingle]{
			"<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='session-terminate'><reason><x xmlns='u'/><text>So.</text><gone/><busy/></reason></jingle>",
			wire.Jingle{Action: wire.SessionTerminate, SID: "s", Reason: wire.ReasonGone, ReasonText: "So."},
		},
		example[wire.Jingle]{open + "</jingle>", info(wire.Info{})},
		example[wire.Jingle]{open + "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle>", info(wire.Info{Kind: "hold"})},
		example[wire.Jingle]{open + "<mute xmlns='urn:xmpp:jingle:apps:rtp:info:1' creator='me' name='a b'/></jingle>", info(wire.Info{Kind: "mute"})},
		example[wire.Jingle]{open + "<dance xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle>", info(wire.Info{Unknown: true})},
		example[wire.Jingle]{open + "<checksum xmlns='urn:xmpp:jingle:apps:file-transfer:5'/></jingle>", info(wire.Info{Unknown: true})},
		example[wire.Jingle]{
			"<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='description-info' initiator='@' responder='bert@kith.test/desk'/>",
			wire.Jingle{Action: "description-info", SID: "s", Responder: "bert@kith.test/desk"},
		},
	)
	writes(t, "xep0166/initiate", offer(t).Element())
	writes(t, "xep0166/terminate", terminate.Element())
	writes(t, "xep0166/mute", mute.Element())
	many := ""
	for i := range 9 {
		many += fmt.Sprintf("<content name='c%d' creator='initiator'/>", i)
	}
	const start = "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='content-add'>"
	refuses(t, wire.ParseJingle,
		"<jingle sid='s' action='content-add'/>",
		"<jingle xmlns='urn:xmpp:jingle:1' action='content-add'/>",
		"<jingle xmlns='urn:xmpp:jingle:1' sid='s'/>",
		"<jingle xmlns='urn:xmpp:jingle:1' sid='a b' action='content-add'/>",
		"<jingle xmlns='urn:xmpp:jingle:1' sid='a&#xA;b' action='content-add'/>",
		"<jingle xmlns='urn:xmpp:jingle:1' sid='"+strings.Repeat("s", 257)+"' action='content-add'/>",
		start+"<content creator='initiator'/></jingle>",
		start+"<content name='a b'/></jingle>",
		start+"<content name='a&#xD;&#xA;m=audio'/></jingle>",
		start+"<content name='"+strings.Repeat("n", 65)+"'/></jingle>",
		start+"<content name='a' creator='both'/></jingle>",
		start+"<content name='a' senders='all'/></jingle>",
		start+"<content name='a'/><content name='a' creator='initiator'/></jingle>",
		start+many+"</jingle>",
	)
}

// contentOf reads a content with those children.
func contentOf(t *testing.T, attrs, children string) wire.Content {
	t.Helper()
	j, ok := wire.ParseJingle(parse(t, "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='content-add'><content name='a' "+attrs+">"+
		children+"</content></jingle>"))
	if !ok || len(j.Contents) != 1 {
		t.Fatalf("%.300s: refused", children)
	}
	return j.Contents[0]
}

func TestForeign(t *testing.T) {
	const rtp, ice = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>", "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'/>"
	for _, s := range []string{
		"<description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/>" + ice,
		"<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='application'/>" + ice,
		rtp + "<transport xmlns='urn:xmpp:jingle:transports:ibb:1'/>",
		rtp + ice + "<security xmlns='urn:xmpp:jingle:security:xtls:0'/>",
		rtp + rtp + ice, rtp + ice + ice,
		rtp + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8hhy'/>",
		rtp + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8hhy' pwd='short'/>",
		rtp + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8hhy' pwd='asd88fgpdd777uzjYhagZg&#xD;&#xA;a=x'/>",
		rtp + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8h y' pwd='asd88fgpdd777uzjYhagZg'/>",
	} {
		if !contentOf(t, "", s).Foreign {
			t.Errorf("%s: not foreign", s)
		}
	}
	if !contentOf(t, "disposition='early-session'", rtp+ice).Foreign {
		t.Error("early media: not foreign")
	}
	for _, s := range []string{"", rtp, ice, rtp + ice, rtp + ice + "<x xmlns='u'/>"} {
		if c := contentOf(t, "disposition='session'", s); c.Foreign || c.Creator != wire.Initiator || c.Senders != wire.BothParties {
			t.Errorf("%s: %+v", s, c)
		}
	}
}

func TestXEP0167(t *testing.T) {
	payloads := func(s string) []wire.Payload {
		return contentOf(t, "", "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>"+s+"</description>").Description.Payloads
	}
	for _, bad := range []string{
		"<payload-type name='x'/>", "<payload-type id='128'/>", "<payload-type id='-1'/>", "<payload-type id='1' name='a b'/>",
		"<payload-type id='1' name='a&#xA;a=b'/>", "<payload-type id='1' clockrate='x'/>", "<payload-type id='1' channels='256'/>",
		"<payload-type xmlns='u' id='1'/>",
	} {
		if got := payloads(bad); len(got) != 0 {
			t.Errorf("%s: %+v", bad, got)
		}
	}
	got := payloads("<payload-type id='0'/><payload-type id='0' name='PCMU'/><payload-type id='8' channels='0'>" +
		"<parameter/><parameter name='a&#xA;b' value='c'/><parameter name='a' value='c&#xA;d'/><parameter name='a' value='b c'/></payload-type>")
	want := []wire.Payload{{Channels: 1}, {ID: 8, Channels: 1, Params: []wire.Parameter{{"a", "b c"}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, "<payload-type id='%d'/>", i)
	}
	if got := payloads(many.String()); len(got) != 64 {
		t.Errorf("%d payload types, want 64", len(got))
	}
	params := strings.Repeat("<parameter name='a'/>", 100)
	if got := payloads("<payload-type id='1'>" + params + "</payload-type>"); len(got[0].Params) != 32 {
		t.Errorf("%d parameters, want 32", len(got[0].Params))
	}
}

// TestDescriptionParts tries XEP-0293, XEP-0294, XEP-0338 and XEP-0339 with what must be left out.
func TestDescriptionParts(t *testing.T) {
	d := contentOf(t, "", "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'>"+
		"<rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0'/><rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='nack' subtype='a b'/>"+
		"<rtcp-fb-trr-int xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' value='-1'/>"+
		"<rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='0' uri='u'/><rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='4352' uri='u'/>"+
		"<rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='u v'/><rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='u' senders='x'/>"+
		"<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='4294967296'/><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='1 2'/>"+
		"<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='FID'/><ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='A B'><source ssrc='1'/></ssrc-group>"+
		"<encryption><crypto crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:x' tag='1'/></encryption>"+
		"</description>").Description
	if want := (&wire.Description{Media: "video"}); !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v", d)
	}
	sources := ""
	for i := range 40 {
		sources += fmt.Sprintf("<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='%d'/>", i)
	}
	d = contentOf(t, "", "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'>"+sources+"</description>").Description
	if len(d.Sources) != 32 {
		t.Errorf("%d sources, want 32", len(d.Sources))
	}
	many := ""
	for i := range 9 {
		many += fmt.Sprintf("<content name='c%d'/>", i)
	}
	for s, want := range map[string][]string{
		"<group semantics='LS'><content name='a'/></group><group semantics='BUNDLE'><content name='a'/><content name='b'/></group>": {"a", "b"},
		"<group semantics='BUNDLE'/>": nil,
		"<group semantics='BUNDLE'><content name='a'/><content name='a'/></group>": nil,
		"<group semantics='BUNDLE'><content name='a b'/></group>":                  nil,
		"<group semantics='BUNDLE'>" + many + "</group>":                           nil,
	} {
		s = strings.ReplaceAll(s, "<group", "<group xmlns='urn:xmpp:jingle:apps:grouping:0'")
		j, ok := wire.ParseJingle(parse(t, "<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='session-accept'>"+s+"</jingle>"))
		if !ok || !slices.Equal(j.Bundle, want) {
			t.Errorf("%s: %q, %v", s, j.Bundle, ok)
		}
	}
}

func TestXEP0176(t *testing.T) {
	const good = "<candidate component='1' foundation='1' generation='0' id='c' ip='10.0.1.1' network='1' port='8998' priority='5' protocol='udp' type='host'/>"
	candidates := func(s string) []wire.Candidate {
		return contentOf(t, "", "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>"+s+"</transport>").Transport.Candidates
	}
	with := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in the example", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, s := range []string{
		with("10.0.1.1", "4c1f1a0e-0b6d.local"), with("10.0.1.1", "kith.test"), with("10.0.1.1", "fe80::1%eth0"), with("10.0.1.1", "0.0.0.0"),
		with("10.0.1.1", "224.0.0.1"), with("10.0.1.1", "10.0.1.1 1 typ host&#xD;&#xA;a=x"), with("'udp'", "'tcp'"), with("'8998'", "'0'"),
		with("'8998'", "'65536'"), with("component='1'", "component='3'"), with("component='1'", "component='0'"), with("component='1'", ""),
		with("foundation='1'", "foundation='a b'"), with("foundation='1'", "foundation='"+strings.Repeat("1", 33)+"'"), with("foundation='1'", ""),
		with("'host'", "'magic'"), with("priority='5'", "priority='21149780477'"), with("priority='5'", ""),
	} {
		if got := candidates(s); len(got) != 0 {
			t.Errorf("%s: %+v", s, got)
		}
	}
	want := candidates(good)[0]
	want.Network, want.ID = 0, ""
	for _, s := range []string{with("generation='0' id='c'", "id='a b'"), with("network='1'", "network='x'"), with("'udp'", "'UDP'"), with("10.0.1.1", "::ffff:10.0.1.1")} {
		got := candidates(s)
		if len(got) != 1 {
			t.Fatalf("%s: refused", s)
		}
		if got[0].Network, got[0].ID = 0, ""; got[0] != want {
			t.Errorf("%s: %+v", s, got)
		}
	}
	monal := candidates(with("'host'", "'srflx' rel-addr='10.0.0.9' rel_port='7'"))
	if len(monal) != 1 || monal[0].Related != netip.MustParseAddrPort("10.0.0.9:7") {
		t.Errorf("Monal's: %+v", monal)
	}
	two := strings.Repeat("<content name='%s'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>"+strings.Repeat(good, 70)+"</transport></content>", 2)
	j, ok := wire.ParseJingle(parse(t, fmt.Sprintf("<jingle xmlns='urn:xmpp:jingle:1' sid='s' action='transport-info'>"+two+"</jingle>", "a", "b")))
	if !ok || len(j.Contents[0].Transport.Candidates)+len(j.Contents[1].Transport.Candidates) != 100 {
		t.Error("more than 100 candidates in a stanza")
	}
}

func TestXEP0320(t *testing.T) {
	read := func(s string) *wire.DTLS {
		return contentOf(t, "", "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>"+s+"</transport>").Transport.Fingerprint
	}
	tag := func(attrs, value string) string {
		return "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' " + attrs + ">" + value + "</fingerprint>"
	}
	const both = "hash='sha-256' setup='active'"
	good := wire.DTLS{Hash: "sha-256", Setup: "active", Value: fingerprint}
	sha1 := tag("hash='sha-1' setup='active'", fingerprint[:59])
	for _, s := range []string{
		tag(both, fingerprint), tag(both, "\n  "+strings.ToLower(fingerprint)+"\n"), tag("hash='SHA-256' setup='active'", fingerprint),
		sha1 + tag(both, fingerprint) + tag(both, strings.Repeat("00:", 31)+"00"),
	} {
		if got := read(s); !reflect.DeepEqual(got, &good) {
			t.Errorf("%s: %+v", s, got)
		}
	}
	for _, s := range []string{
		"", sha1, tag("setup='active'", fingerprint), tag("hash='sha-256'", fingerprint), tag("hash='sha-256' setup='holdconn'", fingerprint),
		tag("hash='sha-512' setup='active'", fingerprint), tag(both, fingerprint[3:]), tag(both, fingerprint[:94]+"G"), tag(both, ""),
		tag(both, strings.ReplaceAll(fingerprint, ":", "")), tag(both, strings.Replace(fingerprint, ":", "\n", 1)),
		"<fingerprint xmlns='http://gultsch.de/xmpp/drafts/omemo/dlts-srtp-verification' " + both + "/>",
	} {
		if got := read(s); got != nil {
			t.Errorf("%s: %+v", s, got)
		}
	}
	sealed := read(tag(both, fingerprint) + "<fingerprint xmlns='http://gultsch.de/xmpp/drafts/omemo/dlts-srtp-verification' " + both +
		"><encrypted xmlns='eu.siacs.conversations.axolotl'/></fingerprint>")
	if sealed == nil || sealed.Sealed == nil || sealed.Value != "" {
		t.Fatalf("sealed: %+v", sealed)
	}
	if sealed.Open("00") || sealed.Sealed == nil || sealed.Value != "" {
		t.Errorf("opened with rubbish: %+v", sealed)
	}
	if !sealed.Open(fingerprint) || *sealed != good {
		t.Errorf("opened: %+v", sealed)
	}
}

func TestJingleErrors(t *testing.T) {
	request := parse(t, "<iq xmlns='jabber:client' from='bert@kith.test/desk' id='q1' type='set'><jingle xmlns='urn:xmpp:jingle:1'/></iq>")
	writes(t, "xep0166/error", wire.JingleError(request, wire.ItemNotFound, wire.UnknownSession))
	if got, want := wire.JingleError(request, wire.BadRequest, "").String(), wire.ErrorReply(request, wire.BadRequest).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := wire.ParseError(load(t, "xep0166/error")); got.Condition != wire.ItemNotFound || got.App != wire.UnknownSession {
		t.Errorf("%+v", got)
	}
	if got := wire.JingleError(load(t, "xep0166/error"), wire.Conflict, wire.TieBreak); got != nil {
		t.Errorf("an error answered: %s", got)
	}
}

func TestXEP0353(t *testing.T) {
	propose := wire.CallMessage{Verb: wire.CallPropose, SID: "s-1", Audio: true, Video: true}
	proceed := wire.CallMessage{Verb: wire.CallProceed, SID: "s-1", Device: 77}
	reject := wire.CallMessage{Verb: wire.CallReject, SID: "s-1", Reason: wire.ReasonExpired, TieBreak: true}
	finish := wire.CallMessage{Verb: wire.CallFinish, SID: "s-1", Reason: wire.ReasonExpired, Migrated: "s-2"}
	simple := func(verb wire.CallVerb) example[wire.CallMessage] {
		return example[wire.CallMessage]{"<message><" + string(verb) + " xmlns='urn:xmpp:jingle-message:0' id='s'/></message>", wire.CallMessage{Verb: verb, SID: "s"}}
	}
	const open = "<message xmlns='jabber:client'><"
	understands(t, wire.ParseCallMessage,
		example[wire.CallMessage]{"xep0353/propose", propose}, example[wire.CallMessage]{"xep0353/proceed", proceed},
		example[wire.CallMessage]{"xep0353/reject", reject}, example[wire.CallMessage]{"xep0353/finish", finish},
		simple(wire.CallRinging), simple(wire.CallProceed), simple(wire.CallAccept), simple(wire.CallReject), simple(wire.CallRetract), simple(wire.CallFinish),
		example[wire.CallMessage]{ // Conversations
			open + "reject xmlns='urn:xmpp:jingle-message:0' id='s'><description xmlns='urn:xmpp:jingle:apps:rtp:1'/></reject></message>",
			wire.CallMessage{Verb: wire.CallReject, SID: "s"},
		},
		example[wire.CallMessage]{ // Monal
			open + "finish xmlns='urn:xmpp:jingle-message:0' id='s'><migrated xmlns='urn:xmpp:jingle:1' to='s-2'/></finish></message>",
			wire.CallMessage{Verb: wire.CallFinish, SID: "s", Migrated: "s-2"},
		},
	)
	for name, m := range map[string]wire.CallMessage{"proceed": proceed, "reject": reject, "finish": finish} {
		writes(t, "xep0353/"+name, wire.NewMessage("anna@kith.test/phone", wire.TypeChat, "").Add(m.Element()))
	}
	writes(t, "xep0353/propose", wire.New(wire.NSClient, "message").Set("from", "anna@kith.test/phone").Set("to", "bert@kith.test").
		Set("type", "chat").Set("id", "jm-propose-s-1").Add(propose.Element(), wire.ReceiptRequest(), wire.HintStore.Element()))
	refuses(t, wire.ParseCallMessage,
		open+"propose xmlns='urn:xmpp:jingle-message:0' id='s'/></message>",
		open+"propose xmlns='urn:xmpp:jingle-message:0' id='s'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/></propose></message>",
		open+"ringing xmlns='urn:xmpp:jingle-message:0'/></message>", open+"ringing xmlns='urn:xmpp:jingle-message:0' id='a&#xA;b'/></message>",
		open+"dance xmlns='urn:xmpp:jingle-message:0' id='s'/></message>", open+"ringing id='s'/></message>",
	)
}

func TestXEP0215(t *testing.T) {
	services := []wire.ExternalService{
		{Type: "stun", Host: "stun.kith.test", Port: 9998, Transport: "udp"},
		{
			Type: "turn", Host: "192.0.2.1", Port: 3478, Transport: "udp", Restricted: true, Username: "1770091506:anna",
			Password: "c2VjcmV0", Expires: stamp,
		},
		{Type: "turns", Host: "2001:db8::1", Port: 5349, Transport: "tcp", Restricted: true},
	}
	understands(t, wire.ParseServices,
		example[[]wire.ExternalService]{"xep0215/services", services},
		example[[]wire.ExternalService]{"xep0215/request", nil},
		example[[]wire.ExternalService]{"xep0215/credentials", []wire.ExternalService{{Type: "turn", Host: "turn.kith.test", Port: 3478}}},
		example[[]wire.ExternalService]{"xep0215/push", []wire.ExternalService{
			{Type: "turn", Host: "turn.kith.test", Port: 9999, Transport: "udp", Username: "u", Password: "p"},
			{Type: "turn", Host: "192.0.2.1", Port: 8889, Removed: true},
			{Type: "turn", Host: "192.0.2.2", Port: 8889, Removed: true},
		}},
	)
	writes(t, "xep0215/request", wire.ServicesRequest(""))
	if got := wire.ServicesRequest("turn").Attr("type"); got != "turn" {
		t.Errorf("asks for %q", got)
	}
	writes(t, "xep0215/credentials", wire.CredentialsRequest(wire.ExternalService{Type: "turn", Host: "turn.kith.test", Port: 3478}))
	refuses(t, wire.ParseServices, "<services/>", "<x xmlns='urn:xmpp:extdisco:2'/>")
	list := func(s string) []wire.ExternalService {
		got, _ := wire.ParseServices(parse(t, "<services xmlns='urn:xmpp:extdisco:2'>"+s+"</services>"))
		return got
	}
	for _, s := range []string{
		"<service type='turn'/>", "<service type='turn' host='a?transport=tcp'/>", "<service type='turn' host='a b'/>", "<service type='turn' host='fe80::1%x'/>",
		"<service type='turn' host='a' port='0'/>", "<service type='turn' host='a' port='x'/>", "<service type='turn' host='a' transport='sctp'/>",
		"<service type='x' host='a' port='1'/>", "<service type='turn' host='a' username='" + strings.Repeat("u", 513) + "'/>",
		"<service type='turn' host='" + strings.Repeat("h", 254) + "'/>",
	} {
		if got := list(s); len(got) != 0 {
			t.Errorf("%s: %+v", s, got)
		}
	}
	if got := list(strings.Repeat("<service type='stun' host='a'/>", 50)); len(got) != 32 {
		t.Errorf("%d services, want 32", len(got))
	}
	if text := fmt.Sprintf("%+v", services); strings.Contains(text, string(model.Secret("c2VjcmV0"))) {
		t.Error("a password shows")
	}
}
