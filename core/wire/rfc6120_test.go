package wire_test

import (
	"errors"
	"strings"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

func TestIQ(t *testing.T) {
	get := wire.IQ{
		ID: "v1", Type: wire.TypeGet, To: "anna@kith.test/phone", From: "kith.test", Payload: wire.New("jabber:iq:version", "query"),
	}
	result := wire.IQ{ID: "r 1", Type: wire.TypeResult, To: "bert@kith.test/desk"}
	failed := wire.IQ{
		ID: "p7", Type: wire.TypeError, From: "pep.kith.test", Payload: wire.New(wire.NSPubSub, "pubsub"),
		Error: &wire.StanzaError{Type: "modify", Condition: wire.Conflict, Text: "There is one already."},
	}
	understands(t, wire.ParseIQ, example[wire.IQ]{"rfc6120/iq-get", get}, example[wire.IQ]{"rfc6120/iq-result", result},
		example[wire.IQ]{"rfc6120/iq-error", failed})
	writes(t, "rfc6120/iq-get", get.Element())
	writes(t, "rfc6120/iq-result", result.Element())
	writes(t, "rfc6120/iq-error", failed.Element())
	refuses(t, wire.ParseIQ,
		"<iq id='1' type='result'/>",
		"<iq xmlns='jabber:client' type='result'/>",
		"<iq xmlns='jabber:client' id='1'/>",
		"<iq xmlns='jabber:client' id='1' type='ask'/>",
		"<iq xmlns='jabber:client' id='1' type='get'/>",
		"<iq xmlns='jabber:client' id='1' type='set'>text</iq>",
		"<iq xmlns='jabber:client' id='1' type='result' from='@'/>",
		"<iq xmlns='jabber:client' id='1' type='result' to='a@b@c'/>",
		"<iq xmlns='jabber:client' id='"+strings.Repeat("1", 1025)+"' type='result'/>",
		"<message xmlns='jabber:client' id='1' type='result'/>",
	)
}

func TestAnswers(t *testing.T) {
	request := load(t, "rfc6120/iq-get")
	iq, ok := wire.ParseIQ(request)
	if !ok {
		t.Fatal("request not understood")
	}
	cases := []struct {
		name string
		got  *wire.Element
		want string
	}{
		{"result", wire.Result(iq, nil), "<iq xmlns='jabber:client' to='kith.test' id='v1' type='result'/>"},
		{
			"result with payload", wire.Result(iq, wire.New("u", "a")),
			"<iq xmlns='jabber:client' to='kith.test' id='v1' type='result'><a xmlns='u'/></iq>",
		},
		{
			"error", wire.ErrorReply(request, wire.ServiceUnavailable),
			"<iq xmlns='jabber:client' to='kith.test' id='v1' type='error'><error type='cancel'>" +
				"<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		},
		{
			"error to our server", wire.ErrorReply(parse(t, "<iq xmlns='jabber:client' id='1' type='set'/>"), wire.BadRequest),
			"<iq xmlns='jabber:client' id='1' type='error'><error type='modify'>" +
				"<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		},
	}
	for _, c := range cases {
		if got := c.got.String(); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
	for _, s := range []string{
		"<iq xmlns='jabber:client' id='1' type='error'/>", "<iq xmlns='jabber:client' id='1' type='result'/>",
		"<iq xmlns='jabber:client' type='get'/>", "<message xmlns='jabber:client' id='1' type='get'/>",
	} {
		if e := wire.ErrorReply(parse(t, s), wire.BadRequest); e != nil {
			t.Errorf("%s: answered by %s", s, e)
		}
	}
}

func TestStanzaError(t *testing.T) {
	const open, end = "<message xmlns='jabber:client' type='error'><error", "</error></message>"
	const ns = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
	understands(t, given(wire.ParseError),
		example[*wire.StanzaError]{open + " type='auth'><forbidden" + ns + end, &wire.StanzaError{Type: "auth", Condition: wire.Forbidden}},
		example[*wire.StanzaError]{open + " type='odd'><resource-constraint" + ns + end, &wire.StanzaError{Type: "wait", Condition: wire.ResourceConstraint}},
		example[*wire.StanzaError]{open + "><my-secret" + ns + end, &wire.StanzaError{Type: "cancel", Condition: wire.UndefinedCondition}},
		example[*wire.StanzaError]{open + "><forbidden xmlns='u'/>" + end, &wire.StanzaError{Type: "cancel", Condition: wire.UndefinedCondition, App: "forbidden"}},
		example[*wire.StanzaError]{"<iq xmlns='jabber:client' type='error'/>", &wire.StanzaError{Type: "cancel", Condition: wire.UndefinedCondition}},
		example[*wire.StanzaError]{"xep0060/precondition", &wire.StanzaError{Type: "cancel", Condition: wire.Conflict, App: wire.PreconditionNotMet}},
	)
	refuses(t, given(wire.ParseError), "<message xmlns='jabber:client'><error/></message>")
	var failure *wire.StanzaError
	if err := error(wire.ParseError(load(t, "rfc6120/iq-error"))); !errors.As(err, &failure) || err.Error() != "conflict" {
		t.Errorf("as an error: %v, want conflict and nothing that a peer wrote", err)
	}
}

func TestAddresses(t *testing.T) {
	cases := []struct {
		from string
		want model.JID
		ok   bool
	}{
		{"", "", true},
		{" from=''", "", true},
		{" from='ANNA@Kith.test/Phone'", "anna@kith.test/Phone", true},
		{" from='@kith.test'", "", false},
		{" from='a@b/" + strings.Repeat("x", 4000) + "'", "", false},
	}
	for _, c := range cases {
		got, ok := wire.From(parse(t, "<message"+c.from+"/>"))
		if got != c.want || ok != c.ok {
			t.Errorf("%.40s: got %q, %v; want %q, %v", c.from, string(got), ok, string(c.want), c.ok)
		}
	}
}

func TestFeatures(t *testing.T) {
	understands(t, wire.ParseFeatures,
		example[wire.Features]{"rfc6120/features-old", wire.Features{StartTLS: true, StartTLSRequired: true}},
		example[wire.Features]{"rfc6120/features-login", wire.Features{
			Mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}, Bindings: []string{"tls-exporter", "tls-server-end-point"},
		}},
		example[wire.Features]{"rfc6120/features-session", wire.Features{
			Bind: true, SM: true, CSI: true, RosterVersions: true, PreApproval: true,
			Caps: wire.Caps{Node: "http://server.kith.test", Ver: "QgayPKawpkPSDYmwT/WM94uAlu0="},
		}},
		example[wire.Features]{
			"<features xmlns='http://etherx.jabber.org/streams'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></features>",
			wire.Features{Session: true},
		},
	)
	refuses(t, wire.ParseFeatures, "<features xmlns='jabber:client'/>", "<error xmlns='http://etherx.jabber.org/streams'/>")
	many := "<features xmlns='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" +
		strings.Repeat("<mechanism>X</mechanism>", 1000) + "</mechanisms></features>"
	if f, _ := wire.ParseFeatures(parse(t, many)); len(f.Mechanisms) != 64 {
		t.Errorf("%d mechanisms, want 64 at most", len(f.Mechanisms))
	}
}

func TestStreamError(t *testing.T) {
	conflict := &wire.StreamError{Condition: wire.Conflict, Text: "Replaced by a newer connection"}
	understands(t, given(wire.ParseStreamError),
		example[*wire.StreamError]{"rfc6120/stream-error", conflict},
		example[*wire.StreamError]{"rfc6120/stream-error-host", &wire.StreamError{Condition: "see-other-host", OtherHost: "[2001:db8::1]:5222"}},
		example[*wire.StreamError]{
			"<error xmlns='http://etherx.jabber.org/streams'><odd xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
			&wire.StreamError{Condition: wire.UndefinedCondition},
		},
	)
	refuses(t, given(wire.ParseStreamError), "<error xmlns='jabber:client'/>")
	const want = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
	if got := string(conflict.Append(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOpenStream reads what is sent with the Reader.
func TestOpenStream(t *testing.T) {
	sent := string(wire.OpenStream("kith.test", "anna@kith.test", "de")) +
		string((&wire.StreamError{Condition: "reset"}).Append(nil)) + string(wire.CloseStream())
	r := wire.NewReader(strings.NewReader(sent))
	h, err := r.Header()
	if want := (wire.Header{From: "anna@kith.test", To: "kith.test", Version: "1.0", Lang: "de"}); err != nil || h != want {
		t.Fatalf("got %+v, %v; want %+v", h, err, want)
	}
	e, err := r.Next()
	if err != nil || wire.ParseStreamError(e) == nil {
		t.Errorf("got %v, %v; want a stream error", e, err)
	}
	const bare = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='kith.test'>"
	if got := string(wire.OpenStream("kith.test", "", "")); got != bare {
		t.Errorf("got %s, want %s", got, bare)
	}
}

func TestSASL(t *testing.T) {
	cases := []struct {
		name string
		got  *wire.Element
		want string
	}{
		{"no initial response", wire.Auth("X", nil), "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X'/>"},
		{"empty initial response", wire.Auth("X", []byte{}), "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X'>=</auth>"},
		{"initial response", wire.Auth("X", []byte("n,,")), "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X'>biws</auth>"},
		{"response", wire.Response([]byte("n,,")), "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>biws</response>"},
		{"empty response", wire.Response(nil), "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"},
		{"abort", wire.Abort(), "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"},
	}
	for _, c := range cases {
		if got := c.got.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	const ns = " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
	understands(t, wire.ParseChallenge,
		example[[]byte]{"<challenge" + ns + ">biws</challenge>", []byte("n,,")},
		example[[]byte]{"<challenge" + ns + ">\n bi\tws </challenge>", []byte("n,,")},
		example[[]byte]{"<challenge" + ns + ">=</challenge>", []byte{}},
		example[[]byte]{"<challenge" + ns + "/>", []byte{}},
	)
	refuses(t, wire.ParseChallenge, "<challenge/>", "<success"+ns+">biws</success>", "<challenge"+ns+">bi*s</challenge>",
		"<challenge"+ns+">"+strings.Repeat("AAAA", 1<<15)+"</challenge>")
	understands(t, wire.ParseSuccess, example[[]byte]{"<success" + ns + ">dj0=</success>", []byte("v=")})
	understands(t, given(wire.ParseSASLFailure),
		example[*wire.SASLFailure]{"rfc6120/sasl-failure", &wire.SASLFailure{Condition: "account-disabled", Text: "Ask your administrator."}},
		example[*wire.SASLFailure]{"<failure" + ns + "/>", &wire.SASLFailure{Condition: wire.NotAuthorized}},
		example[*wire.SASLFailure]{"<failure" + ns + "><password-was-hunter2/></failure>", &wire.SASLFailure{Condition: wire.NotAuthorized}},
	)
	refuses(t, given(wire.ParseSASLFailure), "<failure/>")
}

func TestBind(t *testing.T) {
	if got := wire.BindRequest("a&b").String(); got != "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>a&amp;b</resource></bind>" {
		t.Error(got)
	}
	if got := wire.BindRequest("").String(); got != "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>" {
		t.Error(got)
	}
	understands(t, wire.ParseBind, example[model.JID]{"rfc6120/bound", "anna@kith.test/phone"})
	refuses(t, wire.ParseBind, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
		"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>anna@kith.test</jid></bind>",
		"<bind><jid>anna@kith.test/phone</jid></bind>")
}

func TestTLS(t *testing.T) {
	if got := wire.StartTLS().String(); got != "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" {
		t.Error(got)
	}
	for s, want := range map[string]bool{
		"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>": true,
		"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>": false,
		"<proceed/>": false,
	} {
		if got := wire.IsProceed(parse(t, s)); got != want {
			t.Errorf("%s: got %v", s, got)
		}
	}
}

func FuzzRFC6120(f *testing.F) {
	fuzz(f, "rfc6120", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseIQ, wire.IQ.Element)
		survive(t, e, given(wire.ParseError), nil)
		survive(t, e, wire.ParseFeatures, nil)
		survive(t, e, given(wire.ParseStreamError), nil)
		survive(t, e, given(wire.ParseSASLFailure), nil)
		survive(t, e, wire.ParseChallenge, nil)
		survive(t, e, wire.ParseBind, nil)
		if reply := wire.ErrorReply(e, wire.BadRequest); reply != nil && wire.ErrorReply(reply, wire.BadRequest) != nil {
			t.Error("an error is answered by an error")
		}
	})
}
