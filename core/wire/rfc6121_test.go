package wire_test

import (
	"reflect"
	"strings"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

func TestPresence(t *testing.T) {
	away := wire.Presence{From: "bert@kith.test/desk", ID: "p1", Show: "xa", Status: "In the garden & away", Priority: -5}
	ask := wire.Presence{To: "anna@kith.test", From: "carl@other.test", Type: wire.TypeSubscribe}
	understands(t, wire.ParsePresence,
		example[wire.Presence]{"rfc6121/presence-away", away},
		example[wire.Presence]{"rfc6121/presence-subscribe", ask},
		example[wire.Presence]{"<presence xmlns='jabber:client'><show>here</show><priority>200</priority></presence>", wire.Presence{}},
		example[wire.Presence]{
			"<presence xmlns='jabber:client'><status>" + strings.Repeat("é", 3000) + "</status></presence>",
			wire.Presence{Status: strings.Repeat("é", 2048)},
		},
		example[wire.Presence]{
			"<presence xmlns='jabber:client'><status>x" + strings.Repeat("é", 3000) + "</status></presence>",
			wire.Presence{Status: "x" + strings.Repeat("é", 2047)},
		},
	)
	writes(t, "rfc6121/presence-away", away.Element())
	writes(t, "rfc6121/presence-subscribe", ask.Element())
	refuses(t, wire.ParsePresence, "<presence/>", "<message xmlns='jabber:client'/>",
		"<presence xmlns='jabber:client' type='odd'/>", "<presence xmlns='jabber:client' from='@'/>", "<presence xmlns='jabber:client' to='/'/>")
}

func TestAvailability(t *testing.T) {
	cases := []struct {
		p    wire.Presence
		want model.Presence
	}{
		{wire.Presence{}, model.Available},
		{wire.Presence{Show: "chat"}, model.Available},
		{wire.Presence{Show: "away"}, model.Away},
		{wire.Presence{Show: "xa"}, model.Away},
		{wire.Presence{Show: "dnd"}, model.Away},
		{wire.Presence{Type: wire.TypeUnavailable, Show: "away"}, model.Unavailable},
		{wire.Presence{Type: wire.TypeError}, model.Unavailable},
	}
	for _, c := range cases {
		if got := c.p.Availability(); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.p, got, c.want)
		}
	}
}

func TestRoster(t *testing.T) {
	understands(t, wire.ParseRoster,
		example[wire.Roster]{"rfc6121/roster-push", wire.Roster{Version: "42", Items: []wire.RosterItem{
			{JID: "bert@kith.test", Name: "Bert", Subscription: model.SubBoth, Approved: true, Groups: []string{"Family", "Choir"}},
			{JID: "carl@other.test", Asked: true},
			{JID: "dora@other.test", Removed: true},
		}}},
		example[wire.Roster]{
			"<query xmlns='jabber:iq:roster'><item jid='a@b/c'/><item jid='A@B' subscription='odd'/></query>",
			wire.Roster{Items: []wire.RosterItem{{JID: "a@b"}}},
		},
	)
	refuses(t, wire.ParseRoster, "<query/>", "<query xmlns='jabber:iq:roster'>"+strings.Repeat("<item jid='a@b'/>", 10001)+"</query>")
	cases := []struct {
		got  *wire.Element
		want string
	}{
		{wire.RosterGet(false, "7"), "<query xmlns='jabber:iq:roster'/>"},
		{wire.RosterGet(true, ""), "<query xmlns='jabber:iq:roster' ver=''/>"},
		{wire.RosterGet(true, "7"), "<query xmlns='jabber:iq:roster' ver='7'/>"},
		{
			wire.RosterSet(wire.RosterItem{JID: "a@b", Name: "A", Subscription: model.SubBoth, Asked: true, Groups: []string{"G"}}),
			"<query xmlns='jabber:iq:roster'><item jid='a@b' name='A'><group>G</group></item></query>",
		},
		{
			wire.RosterSet(wire.RosterItem{JID: "a@b", Name: "A", Removed: true, Groups: []string{"G"}}),
			"<query xmlns='jabber:iq:roster'><item jid='a@b' subscription='remove'/></query>",
		},
	}
	for _, c := range cases {
		if got := c.got.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestMessage(t *testing.T) {
	cases := []struct {
		in, typ, id, body, thread string
		has                       bool
	}{
		{"<message/>", "normal", "", "", "", false},
		{"<message type='chat' id='m1'><body>Hi</body><thread>t</thread></message>", "chat", "m1", "Hi", "t", true},
		{"<message type='odd'><body/></message>", "normal", "", "", "", true},
		{"<message type='headline'><body xml:lang='de'>Hallo</body><body>Hi</body><body>Ho</body></message>", "headline", "", "Hi", "", true},
		{"<message type='groupchat'><body xml:lang='de'>Hallo</body><body xml:lang='fr'>Salut</body></message>", "groupchat", "", "Hallo", "", true},
		{"<message type='error'><body xmlns='u'>no</body></message>", "error", "", "", "", false},
		{"<message><body>a<![CDATA[<b>]]>c</body></message>", "normal", "", "a<b>c", "", true},
		{"<message id='" + strings.Repeat("i", 1025) + "'/>", "normal", "", "", "", false},
	}
	for _, c := range cases {
		e := parse(t, strings.Replace(c.in, "<message", "<message xmlns='jabber:client'", 1))
		body, has := wire.Body(e)
		if wire.MessageType(e) != c.typ || wire.ID(e) != c.id || body != c.body || has != c.has || wire.Thread(e) != c.thread {
			t.Errorf("%.80s: got %q %q %q %v %q", c.in, wire.MessageType(e), wire.ID(e), body, has, wire.Thread(e))
		}
		if !wire.IsMessage(e) || !wire.IsStanza(e) {
			t.Errorf("%.80s: not seen as a message", c.in)
		}
	}
	e := wire.NewMessage("bert@kith.test", wire.TypeChat, "m1").Add(wire.BodyElement("a<b"), wire.ThreadElement("t"))
	const want = "<message xmlns='jabber:client' to='bert@kith.test' type='chat' id='m1'><body>a&lt;b</body><thread>t</thread></message>"
	if got := e.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestGetters checks that every getter may be called on what is not there, as callers chain them.
func TestGetters(t *testing.T) {
	var none *wire.Element
	if none.Attr("a") != "" || none.Lang() != "" || none.Is("", "") || none.Child("", "") != nil || none.First() != nil || none.Text() != "" {
		t.Error("a getter finds something in nothing")
	}
	for range none.Children() {
		t.Error("nothing has children")
	}
	e := parse(t, "<a xml:lang='de' lang='x'>1<b/>2<c/><b n='2'/>3</a>")
	var names []string
	for c := range e.Children() {
		names = append(names, c.Local)
	}
	second := ""
	for c := range e.Named("", "b") {
		second = c.Attr("n")
	}
	for range e.Named("", "b") {
		break
	}
	if !reflect.DeepEqual(names, []string{"b", "c", "b"}) || second != "2" || e.Text() != "123" || e.Lang() != "de" || e.Attr("lang") != "x" {
		t.Errorf("got %v, %q, %q, %q, %q", names, second, e.Text(), e.Lang(), e.Attr("lang"))
	}
}

func FuzzRFC6121(f *testing.F) {
	fuzz(f, "rfc6121", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParsePresence, wire.Presence.Element)
		survive(t, e, wire.ParseRoster, nil)
		if body, ok := wire.Body(e); !ok && body != "" {
			t.Error("a body that is not there")
		}
		if wire.MessageType(e) == "" || len(wire.ID(e)) > 1024 || len(wire.Thread(e)) > 1024 {
			t.Error("a value out of bounds")
		}
	})
}
