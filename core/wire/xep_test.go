package wire_test

import (
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

func TestXEP0059(t *testing.T) {
	understands(t, wire.ParseResultSet,
		example[wire.ResultSet]{"xep0059/page", wire.ResultSet{First: "a-1", Last: "a-50", Count: 1200}},
		example[wire.ResultSet]{"xep0059/empty", wire.ResultSet{}},
		example[wire.ResultSet]{"<q><set xmlns='http://jabber.org/protocol/rsm'><count>-1</count></set></q>", wire.ResultSet{Count: -1}},
	)
	refuses(t, wire.ParseResultSet, "<q><set/></q>", "<set xmlns='http://jabber.org/protocol/rsm'/>")
	writes(t, "xep0059/request", wire.Paging{Max: 50, Last: true}.Element())
	const count = "<set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set>"
	if got := (wire.Paging{Count: true}).Element().String(); got != count {
		t.Errorf("got %s, want %s", got, count)
	}
	if e := (wire.Paging{}).Element(); e != nil {
		t.Errorf("asks for %s", e)
	}
	const want = "<set xmlns='http://jabber.org/protocol/rsm'><before>a-9</before></set>"
	if got := (wire.Paging{Before: "a-9"}).Element().String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestXEP0085(t *testing.T) {
	understands(t, always(wire.ParseChatState),
		example[wire.ChatState]{"xep0085/composing", wire.Composing},
		example[wire.ChatState]{"<message><thinking xmlns='http://jabber.org/protocol/chatstates'/></message>", ""},
		example[wire.ChatState]{"<message><active/></message>", ""},
	)
	writes(t, "xep0085/composing", wire.New(wire.NSClient, "message").Add(wire.Composing.Element()))
	for _, s := range []wire.ChatState{wire.Active, wire.Composing, wire.Paused, wire.Inactive, wire.Gone} {
		if got := wire.ParseChatState(wire.New(wire.NSClient, "message").Add(s.Element())); got != s {
			t.Errorf("%s read as %q", s, got)
		}
	}
}

func TestXEP0184(t *testing.T) {
	understands(t, always(wire.WantsReceipt), example[bool]{"xep0184/request", true}, example[bool]{"xep0184/received", false})
	understands(t, wire.ParseReceipt, example[string]{"xep0184/received", "m1"})
	refuses(t, wire.ParseReceipt, "<message><received xmlns='urn:xmpp:receipts'/></message>", "<message><received id='m1'/></message>")
	writes(t, "xep0184/received", wire.New(wire.NSClient, "message").Add(wire.Receipt("m1")))
	writes(t, "xep0184/request", wire.New(wire.NSClient, "message").Set("id", "m1").Add(wire.BodyElement("Hello"), wire.ReceiptRequest()))
}

func TestXEP0333(t *testing.T) {
	understands(t, always(wire.IsMarkable), example[bool]{"xep0333/markable", true}, example[bool]{"xep0333/displayed", false})
	understands(t, wire.ParseDisplayed, example[string]{"xep0333/displayed", "m1"})
	refuses(t, wire.ParseDisplayed, "<message><displayed xmlns='urn:xmpp:chat-markers:0'/></message>", "<message><displayed id='m1'/></message>")
	writes(t, "xep0333/displayed", wire.New(wire.NSClient, "message").Add(wire.Displayed("m1")))
	writes(t, "xep0333/markable", wire.New(wire.NSClient, "message").Set("id", "m1").Add(wire.BodyElement("Hello"), wire.Markable()))
}

func TestXEP0198(t *testing.T) {
	const ns = " xmlns='urn:xmpp:sm:3'"
	understands(t, wire.ParseSMEnabled,
		example[wire.SMEnabled]{"xep0198/enabled", wire.SMEnabled{ID: "s-77", Resume: true, Max: 10 * time.Minute, Location: "[2001:db8::1]:5222"}},
		example[wire.SMEnabled]{"<enabled" + ns + "/>", wire.SMEnabled{}},
		example[wire.SMEnabled]{"<enabled" + ns + " id='s'/>", wire.SMEnabled{}},
		example[wire.SMEnabled]{"<enabled" + ns + " resume='true' max='-1'/>", wire.SMEnabled{}},
	)
	refuses(t, wire.ParseSMEnabled, "<enabled/>", "<enable"+ns+"/>")

	type resumed struct {
		previd string
		h      uint32
	}
	read := func(e *wire.Element) (resumed, bool) {
		previd, h, ok := wire.ParseSMResumed(e)
		return resumed{previd, h}, ok
	}
	understands(t, read, example[resumed]{"xep0198/resumed", resumed{"s-77", 12}})
	refuses(t, read, "<resumed"+ns+" previd='s'/>", "<resumed"+ns+" previd='s' h='4294967296'/>", "<resumed h='1'/>")
	understands(t, given(wire.ParseSMFailed),
		example[*wire.SMFailed]{"xep0198/failed", &wire.SMFailed{Condition: wire.ItemNotFound, H: 11, HasH: true}},
		example[*wire.SMFailed]{"<failed" + ns + " h='x'/>", &wire.SMFailed{Condition: wire.UndefinedCondition}},
	)
	refuses(t, given(wire.ParseSMFailed), "<failed/>")
	understands(t, wire.ParseSMAnswer, example[uint32]{"xep0198/answer", 0},
		example[uint32]{"<a" + ns + " h='4294967295'/>", 4294967295})
	refuses(t, wire.ParseSMAnswer, "<a"+ns+"/>", "<a"+ns+" h='-1'/>", "<a"+ns+" h='+1'/>", "<a"+ns+" h='1 '/>", "<a h='1'/>")
	writes(t, "xep0198/answer", wire.SMAnswer(0))
	writes(t, "xep0198/resume", wire.SMResume("s-77", 4294967295))
	if got := wire.SMEnable(true).String() + wire.SMEnable(false).String(); got != "<enable"+ns+" resume='true'/><enable"+ns+"/>" {
		t.Error(got)
	}
	if !wire.IsSMRequest(wire.SMRequest()) || wire.IsSMRequest(wire.SMAnswer(1)) || wire.IsStanza(wire.SMRequest()) {
		t.Error("a request for an answer is not told from the rest")
	}
}

func TestXEP0199(t *testing.T) {
	ping, ok := wire.ParseIQ(load(t, "xep0199/ping"))
	if !ok || !wire.IsPing(ping) {
		t.Error("ping not understood")
	}
	writes(t, "xep0199/ping", wire.IQ{ID: "c2s1", Type: wire.TypeGet, From: "kith.test", Payload: wire.Ping()}.Element())
	ping.Type = wire.TypeResult
	if wire.IsPing(ping) || wire.IsPing(wire.IQ{Type: wire.TypeGet}) {
		t.Error("not a ping")
	}
}

func TestXEP0203(t *testing.T) {
	note := wire.Delay{From: "kith.test", Stamp: stamp.Add(789 * time.Millisecond)}
	understands(t, always(wire.Delays), example[[]wire.Delay]{"xep0203/two", []wire.Delay{note, {Stamp: stamp}}})
	writes(t, "xep0203/delay", note.Element())
}

func TestXEP0082(t *testing.T) {
	for s, want := range map[string]time.Time{
		"2026-02-03T04:05:06Z":              stamp,
		"2026-02-03T04:05:06.5Z":            stamp.Add(500 * time.Millisecond),
		"2026-02-02T23:05:06-05:00":         stamp,
		"2026-02-03T04:05:06.000000000000Z": stamp,
		"1970-01-01T00:00:00Z":              time.Unix(0, 0).UTC(),
		"2100-12-31T23:59:59Z":              time.Date(2100, 12, 31, 23, 59, 59, 0, time.UTC),
		"2101-01-01T00:30:00+01:00":         time.Date(2100, 12, 31, 23, 30, 0, 0, time.UTC),
	} {
		if got, ok := wire.ParseTime(s); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: got %v, %v; want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{
		"", "2026-02-03", "20260203T04:05:06", "2026-02-03T04:05:06", "2026-02-30T04:05:06Z", "2026-02-03T25:05:06Z",
		"1969-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "99999-01-01T00:00:00Z",
		"2026-02-03T04:05:06.0000000000000000000000000000000000000000000000Z", "2026-02-03T04:05:06Z ",
	} {
		if got, ok := wire.ParseTime(s); ok {
			t.Errorf("%q taken as %v", s, got)
		}
	}
	zone := time.FixedZone("", 3600)
	if got := wire.FormatTime(time.Date(2026, 2, 3, 5, 5, 6, 7e6, zone)); got != "2026-02-03T04:05:06.007Z" {
		t.Error(got)
	}
}

func TestXEP0280(t *testing.T) {
	inner := load(t, "xep0297/forwarded").Child(wire.NSClient, "message")
	for file, sent := range map[string]bool{"xep0280/received": false, "xep0280/sent": true} {
		c, ok := wire.ParseCarbon(load(t, file))
		if !ok || c.Sent != sent || dump(c.Message) != dump(inner) {
			t.Errorf("%s: got %+v, %v", file, c, ok)
		}
	}
	const open, end = "<message xmlns='jabber:client'>", "</message>"
	refuses(t, wire.ParseCarbon,
		open+end,
		open+"<received xmlns='urn:xmpp:carbons:2'/>"+end,
		open+"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></received>"+end,
		open+"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='u'/></forwarded></received>"+end,
		open+"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/><message xmlns='jabber:client'/></forwarded></received>"+end,
		open+"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded></received><sent xmlns='urn:xmpp:carbons:2'/>"+end,
	)
	if got := wire.CarbonsEnable().String() + wire.CarbonPrivate().String(); got != "<enable xmlns='urn:xmpp:carbons:2'/><private xmlns='urn:xmpp:carbons:2'/>" {
		t.Error(got)
	}
}

func TestXEP0297(t *testing.T) {
	e := load(t, "xep0297/forwarded")
	f, ok := wire.ParseForwarded(wire.New("u", "outer").Add(e))
	if !ok || !f.Stamp.Equal(stamp) || wire.ID(f.Message) != "m1" {
		t.Errorf("got %+v, %v", f, ok)
	}
	writes(t, "xep0297/forwarded", f.Element())
}

func TestXEP0313(t *testing.T) {
	writes(t, "xep0313/query", wire.ArchiveQuery{
		ID: "q1", With: "bert@kith.test", Start: stamp, End: stamp.Add(24 * time.Hour), BeforeID: "a-9", AfterID: "a-1",
		Paging: wire.Paging{Max: 250, After: "a-2"},
	}.Element())
	writes(t, "xep0313/query-all", wire.ArchiveQuery{}.Element())
	writes(t, "xep0313/query-flip", wire.ArchiveQuery{Paging: wire.Paging{Max: 1, Last: true}, Flip: true}.Element())

	r, ok := wire.ParseArchiveResult(load(t, "xep0313/result"))
	if !ok || r.QueryID != "q1" || r.ID != "a-3" || !r.Stamp.Equal(stamp) || wire.ID(r.Message) != "m1" {
		t.Errorf("got %+v, %v", r, ok)
	}
	understands(t, wire.ParseArchiveResult, example[wire.ArchiveResult]{
		"xep0313/removed",
		wire.ArchiveResult{QueryID: "q1", ID: "a-4", Forwarded: wire.Forwarded{Stamp: stamp.Add(time.Second)}},
	})
	refuses(t, wire.ParseArchiveResult, "<message/>", "<message><result xmlns='urn:xmpp:mam:2' id='1'/></message>",
		"<message><result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'/></result></message>")
	understands(t, wire.ParseArchiveFin,
		example[wire.ArchiveFin]{"xep0313/fin", wire.ArchiveFin{Complete: true, Set: wire.ResultSet{First: "a-1", Last: "a-4", Count: 4}}},
		example[wire.ArchiveFin]{"xep0313/fin-short", wire.ArchiveFin{Stable: true, Set: wire.ResultSet{Count: -1}}},
	)
	refuses(t, wire.ParseArchiveFin, "<fin/>", "<query xmlns='urn:xmpp:mam:2'/>")
}

func TestXEP0334(t *testing.T) {
	e := load(t, "xep0334/store")
	if !wire.HasHint(e, wire.HintStore) || wire.HasHint(e, wire.HintNoStore) {
		t.Error("hint not understood")
	}
	writes(t, "xep0334/store", wire.New(wire.NSClient, "message").Add(wire.HintStore.Element()))
}

func TestXEP0352(t *testing.T) {
	writes(t, "xep0352/inactive", wire.ClientState(false))
	if got := wire.ClientState(true).String(); got != "<active xmlns='urn:xmpp:csi:0'/>" {
		t.Error(got)
	}
}

func TestXEP0359(t *testing.T) {
	cases := []struct {
		file, origin string
		by           model.JID
		id           string
	}{
		{"xep0359/both", "o-1", "anna@kith.test", "a-1"},
		{"xep0359/both", "o-1", "other.test", "x-1"},
		{"xep0359/both", "o-1", "bert@kith.test", ""},
		{"xep0359/both", "o-1", "", ""},
		{"xep0359/twice", "", "anna@kith.test", ""},
		{"xep0085/composing", "", "anna@kith.test", ""},
	}
	for _, c := range cases {
		e := load(t, c.file)
		if origin, id := wire.OriginID(e), wire.StanzaID(e, c.by); origin != c.origin || id != c.id {
			t.Errorf("%s by %q: got %q, %q; want %q, %q", c.file, string(c.by), origin, id, c.origin, c.id)
		}
	}
	if got := wire.OriginID(wire.New(wire.NSClient, "message").Add(wire.OriginIDElement("o"))); got != "o" {
		t.Errorf("got %q", got)
	}
}

func TestXEP0380(t *testing.T) {
	type note struct{ namespace, name string }
	read := func(e *wire.Element) (note, bool) {
		namespace, name, ok := wire.ParseEncryption(e)
		return note{namespace, name}, ok
	}
	understands(t, read, example[note]{"xep0380/omemo", note{wire.NSOMEMO, "OMEMO"}})
	refuses(t, read, "<message/>", "<message><encryption xmlns='urn:xmpp:eme:0' name='OMEMO'/></message>")
	writes(t, "xep0380/omemo", wire.New(wire.NSClient, "message").Add(wire.Encryption(wire.NSOMEMO, "OMEMO")))
}
