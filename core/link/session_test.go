package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

var plain = stage{mechanisms: []string{"SCRAM-SHA-1"}}

// note is a message from romeo.
func note(id string) string {
	return "<message from='romeo@example.test/a' id='" + id + "'><body>body of a message</body></message>"
}

func expect(text string) coretest.Step { return coretest.Expect(text) }
func send(text string) coretest.Step   { return coretest.Send(text) }

// TestCountInOrder answers pings at once, but counts them behind what core has not handled.
func TestCountInOrder(t *testing.T) {
	coretest.CheckGoroutines(t)
	ping := "<iq type='get' id='p%d' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>"
	r := "<r " + sm + "/>"
	handled := make(chan struct{})
	c, script := play(t, briskly(), nil, plain.enter(), one(
		send(fmt.Sprintf(ping, 1)+r), expect("id='p1' type='result'"), expect("h='1'"),
		send(note("1")+fmt.Sprintf(ping, 2)+note("2")+"<iq type='result' id='nobody'/>"+r),
		expect("id='p2' type='result'"), expect("h='1'"),
		coretest.Run(func() { close(handled) }),
		expect("h='5'"), // told without being asked
		send("<message"), send("/>"+r), expect("h='5'"),
	))
	want[Online](c)
	want[Stanza](c)
	want[Stanza](c)
	<-handled
	c.Handled(1)
	c.Handled(1)
	want[Stanza](c)
	script.Wait(t)
}

func TestAcknowledgements(t *testing.T) {
	coretest.CheckGoroutines(t)
	asked := make(chan struct{})
	c, _ := play(t, briskly(), nil, plain.enter(), one(
		expect("id='a'"), expect("<r "), coretest.Run(func() { close(asked) }),
		expect("id='b'"), send("<a "+sm+" h='2'/>"), // one question for both
		expect("id='c'"), send("<a "+sm+" h='9'/>"), coretest.NextConn(),
	), plain.enter())
	want[Online](c)
	c.say("romeo@example.test", "a")
	<-asked
	c.say("romeo@example.test", "b")
	if ids := want[Acked](c).IDs; !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("acknowledged %q", ids)
	}
	c.say("romeo@example.test", "c")
	if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) || off.Final {
		t.Errorf("offline: %+v", off)
	}
	if on := want[Online](c); on.Resumed {
		t.Error("went on after a wrong count")
	}
}

// TestFailedResumption takes the server's last count, ends what was open, and begins anew.
func TestFailedResumption(t *testing.T) {
	coretest.CheckGoroutines(t)
	fresh := plain.enter()
	refused := append(plain.signIn(), expect("previd='earlier' h='1'"),
		send("<failed "+sm+" h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"))
	c, script := play(t, briskly(), nil, plain.enter(), one(
		send(note("1")), expect("id='open'"), coretest.Hangup(), coretest.NextConn(),
	), refused, fresh[len(plain.signIn()):], one(send(note("2")+"<r "+sm+"/>"), expect("h='0'")))
	want[Online](c)
	want[Stanza](c)
	c.Handled(1)
	c.say("romeo@example.test", "a")
	c.say("romeo@example.test", "b")
	if _, err := c.Request(t.Context(), wire.IQ{ID: "open", Type: wire.TypeGet, To: "example.test", Payload: wire.Ping()}); err != nil {
		t.Fatal(err)
	}
	want[Offline](c)
	if ids := want[Acked](c).IDs; !slices.Equal(ids, []string{"a"}) {
		t.Errorf("acknowledged %q", ids)
	}
	if a := want[Answer](c); a.ID != "open" || !errors.Is(a.Err, ErrOffline) {
		t.Errorf("answer: %s", show(a))
	}
	if on := want[Online](c); on.Resumed {
		t.Error("resumed")
	}
	c.Handled(1) // the failed Answer: counts nothing
	want[Stanza](c)
	script.Wait(t)
	if strings.Count(script.Seen(), "id='b'") != 1 {
		t.Error("a forgotten stanza was sent again")
	}
}

// TestWrongCountOnResumption begins anew: trying again would bring the same.
func TestWrongCountOnResumption(t *testing.T) {
	coretest.CheckGoroutines(t)
	c, _ := play(t, briskly(), nil, plain.enter(), one(coretest.Reset(), coretest.NextConn()), plain.reenter(0, 5),
		one(coretest.NextConn()), plain.enter())
	want[Online](c)
	want[Offline](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) || off.Final {
		t.Errorf("offline: %+v", off)
	}
	if on := want[Online](c); on.Resumed {
		t.Error("resumed")
	}
}

// TestLostWhileResuming keeps the session when only the network fails.
func TestLostWhileResuming(t *testing.T) {
	coretest.CheckGoroutines(t)
	c, _ := play(t, briskly(), nil, plain.enter(), one(coretest.Reset(), coretest.NextConn()), plain.signIn(),
		one(expect("previd='earlier'"), coretest.Reset(), coretest.NextConn()), plain.reenter(0, 0))
	want[Online](c)
	want[Offline](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrUnreachable) {
		t.Errorf("offline: %+v", off)
	}
	if on := want[Online](c); !on.Resumed {
		t.Error("not resumed")
	}
}

// TestSpoofedAnswer waits for the one who was asked.
func TestSpoofedAnswer(t *testing.T) {
	coretest.CheckGoroutines(t)
	answer := "<iq type='result' id='q' from='%s'><query xmlns='x'/></iq>"
	tests := []struct {
		to           model.JID
		spoofer, own string
	}{
		{"romeo@example.test", "mallory@example.test", "romeo@example.test"},
		{"romeo@example.test", "romeo@example.test/x", "romeo@example.test"},
		{"", "mallory@example.test", "juliet@example.test"},
		{"", "juliet@example.test/other", "juliet@example.test/kith"},
		{"example.test", "mallory@example.org", "example.test"},
	}
	for _, test := range tests {
		t.Run(string(test.to)+" "+test.spoofer, func(t *testing.T) {
			c, script := play(t, briskly(), nil, plain.enter(), one(expect("id='q'"),
				send(fmt.Sprintf(answer, test.spoofer)+fmt.Sprintf(answer, test.own)+fmt.Sprintf(answer, test.own)+"<r "+sm+"/>"),
				expect("h='3'")))
			want[Online](c)
			e := c.query(wire.IQ{ID: "q", Type: wire.TypeGet, To: test.to, Payload: wire.New("x", "query")})
			if from := e.Attr("from"); from != test.own {
				t.Errorf("believed %s", from)
			}
			script.Wait(t)
		})
	}
}

func TestQueryFails(t *testing.T) {
	coretest.CheckGoroutines(t)
	timing := briskly()
	timing.query, timing.request = 50*time.Millisecond, 50*time.Millisecond
	c, _ := play(t, timing, nil, plain.enter(), one(expect("id='late'"), expect("id='never'"), expect("id='bad'"),
		send("<iq type='error' id='bad' from='example.test'><error type='wait'><policy-violation "+
			"xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")))
	ask := wire.IQ{ID: "early", Type: wire.TypeGet, To: "example.test", Payload: wire.Ping()}
	if _, err := c.Query(t.Context(), ask); !errors.Is(err, ErrOffline) {
		t.Errorf("before the sign-in: %v", err)
	}
	want[Online](c)
	ask.ID = "late"
	if _, err := c.Query(t.Context(), ask); !errors.Is(err, ErrTimeout) {
		t.Errorf("without an answer: %v", err)
	}
	ask.ID = "never"
	if _, err := c.Request(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
	if a := want[Answer](c); a.ID != "never" || !errors.Is(a.Err, ErrTimeout) {
		t.Errorf("answer: %s", show(a))
	}
	c.shared.timing.query = patient // no query is open
	ask.ID = "bad"
	var refused *wire.StanzaError
	if _, err := c.Query(t.Context(), ask); !errors.As(err, &refused) || refused.Condition != wire.PolicyViolation {
		t.Errorf("refused: %v", err)
	}
	_ = c.Close()
	if _, err := c.Query(t.Context(), ask); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestHostileStream ends the connection and does not resume it: the same would come again.
func TestHostileStream(t *testing.T) {
	coretest.CheckGoroutines(t)
	for name, text := range map[string]string{
		"malformed": "<message><body></message></body>",
		"comment":   "<!-- x -->",
		"entity":    "<message>&lol;</message>",
		"huge":      "<r " + sm + "><a>" + strings.Repeat("a", wire.MaxStanza) + "</a></r>", // no stanza: see TestSkippedStanzas
		"deep":      "<r " + sm + ">" + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "</r>",
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := play(t, briskly(), nil, plain.enter(), one(send(text), coretest.NextConn()), plain.enter())
			want[Online](c)
			if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) || off.Final {
				t.Errorf("offline: %+v", off)
			}
			if on := want[Online](c); on.Resumed {
				t.Error("resumed")
			}
		})
	}
}

// TestStrangeStanzas are passed over, answered or delivered; nothing ends the connection.
func TestStrangeStanzas(t *testing.T) {
	coretest.CheckGoroutines(t)
	c, _ := play(t, briskly(), nil, plain.enter(), one(
		send("<iq type='get' id='1' from='a@example.test'/>"), expect("bad-request"),
		send("<iq type='odd' id='2'/><iq id='3' type='result' from='@@'/><iq type='error' id='4'/><what xmlns='ever'/><a "+sm+"/>"+
			"<a "+sm+" h='-1'/><failed "+sm+"/><other/><r "+sm+"/>"), expect("h='4'"),
		send("<iq type='set' id='5' from='example.test'><x xmlns='y'/></iq>")))
	want[Online](c)
	if s := want[Stanza](c); wire.ID(s.Element) != "5" {
		t.Errorf("got %s", show(s))
	}
}

func TestStreamErrors(t *testing.T) {
	coretest.CheckGoroutines(t)
	tests := []struct {
		condition string
		want      error
	}{
		{"system-shutdown", ErrUnreachable},
		{"host-unknown", ErrNoServer},
		{"not-authorized", ErrUnreachable},
		{"not-well-formed", ErrProtocol},
		{"something-new", ErrUnreachable},
	}
	for _, test := range tests {
		t.Run(test.condition, func(t *testing.T) {
			timing := briskly()
			timing.retry = patient
			c, _ := play(t, timing, nil, plain.enter(), one(send("<stream:error><"+test.condition+
				" xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")))
			want[Online](c)
			if off := want[Offline](c); !errors.Is(off.Err, test.want) || off.Final {
				t.Errorf("offline: %+v", off)
			}
		})
	}
}

// TestConflict takes another resource once, and after that leaves the other one in peace for long.
func TestConflict(t *testing.T) {
	coretest.CheckGoroutines(t)
	timing := briskly()
	timing.maxRetry = time.Hour
	conflict := one(send("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"))
	c, _ := play(t, timing, nil, plain.enter(), conflict, one(coretest.NextConn()), plain.enter(), conflict)
	want[Online](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrConflict) || off.RetryIn != 0 {
		t.Errorf("offline: %+v", off)
	}
	if on := want[Online](c); on.Resumed || !strings.HasPrefix(on.JID.Resource(), "kith-") {
		t.Errorf("online: %s", show(on))
	}
	if off := want[Offline](c); !errors.Is(off.Err, ErrConflict) || off.Final || off.RetryIn != time.Hour {
		t.Errorf("offline: %+v", off)
	}
}

// TestSeeOtherHost goes where the server says, and starts over from there.
func TestSeeOtherHost(t *testing.T) {
	coretest.CheckGoroutines(t)
	var proxy *coretest.Proxy
	away := coretest.Answer("</auth>", func(string, *tls.ConnectionState) string {
		return "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>" + proxy.Addr() +
			"</see-other-host></stream:error>"
	})
	c, _ := play(t, briskly(), func(cfg *Config) {
		proxy = coretest.StartProxy(t, fmt.Sprintf("%s:%d", cfg.Host, cfg.Port))
	}, plain.greet(), one(away, coretest.Hangup(), coretest.NextConn(),
		expect("<stream:stream"), send(header+features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")),
		expect("<starttls"), send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")), plain.enter())
	if off := want[Offline](c); off.RetryIn != 0 {
		t.Errorf("offline: %+v", off)
	}
	want[Online](c)
	if proxy.BytesUp() == 0 {
		t.Error("went elsewhere")
	}
}

// TestDoubtfulRefusal tries a password that has worked again before it calls a person.
func TestDoubtfulRefusal(t *testing.T) {
	coretest.CheckGoroutines(t)
	refuse := append(one(coretest.Hangup(), coretest.NextConn()), plain.greet()...)
	refuse = append(refuse, expect("</auth>"), send("<failure "+sasl+"><not-authorized/></failure>"))
	c, _ := play(t, briskly(), nil, plain.enter(), refuse, refuse, refuse)
	want[Online](c)
	want[Offline](c)
	for i := range maxDoubts + 1 {
		if off := want[Offline](c); !errors.Is(off.Err, ErrPassword) || off.Final != (i == maxDoubts) {
			t.Errorf("refusal %d: %+v", i, off)
		}
	}
}

// TestFloodOfPings ends the connection to a server that asks for answers and takes none.
func TestFloodOfPings(t *testing.T) {
	coretest.CheckGoroutines(t)
	iq := wire.IQ{ID: strings.Repeat("x", 900), Type: wire.TypeGet, From: "example.test", Payload: wire.Ping()}
	ping, pong := iq.Element().Append(nil, wire.NSClient), wire.Result(iq, nil).Append(nil, wire.NSClient)
	enough := maxOwedBytes/len(pong) + 2
	c, _ := play(t, alone(), nil, plain.enter(), one(send(strings.Repeat(string(ping), enough-1)), send(string(ping))))
	want[Online](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) {
		t.Errorf("offline: %v", off.Err)
	}
}

// TestSendWaits holds back what a server that acknowledges nothing would let grow.
func TestSendWaits(t *testing.T) {
	coretest.CheckGoroutines(t)
	acknowledge := make(chan struct{})
	c, _ := play(t, briskly(), nil, plain.enter(), one(expect("<r "), coretest.Run(func() { <-acknowledge }),
		send("<a "+sm+" h='1'/>")))
	want[Online](c)
	big := []byte("<message>" + strings.Repeat("a", maxKeptBytes) + "</message>")
	if err := c.Send(t.Context(), "1", big); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Send(ctx, "2", big); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no room: %v", err)
	}
	close(acknowledge)
	if err := c.Send(t.Context(), "2", []byte("<message/>")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestWithoutManagement acknowledges by pings where the server has no XEP-0198.
func TestWithoutManagement(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := plain
	s.features = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
	pong := coretest.Answer("</iq>", pongTo)
	c, _ := play(t, briskly(), nil, s.enter(), one(expect("id='a'"), pong, coretest.Hangup(), coretest.NextConn()), s.enter())
	want[Online](c)
	c.say("romeo@example.test", "a")
	if ids := want[Acked](c).IDs; !slices.Equal(ids, []string{"a"}) {
		t.Errorf("acknowledged %q", ids)
	}
	want[Offline](c)
	if on := want[Online](c); on.Resumed {
		t.Error("resumed")
	}
}

// pongTo answers the last request of what was received.
func pongTo(received string, _ *tls.ConnectionState) string {
	id := received[strings.LastIndex(received, "<iq"):]
	id = id[strings.Index(id, "id='")+4:]
	return "<iq type='result' from='example.test' id='" + id[:strings.IndexByte(id, '\'')] + "'/>"
}

// TestSentWhileAsking asks about what was sent while a ping was unanswered, as soon as it is answered.
func TestSentWhileAsking(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := plain
	s.features = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
	asked, first := make(chan struct{}), ""
	c, _ := play(t, briskly(), nil, s.enter(), one(
		coretest.Answer("</iq>", func(received string, tls *tls.ConnectionState) string {
			first = pongTo(received, tls)
			close(asked)
			return " "
		}),
		coretest.Answer("id='b'", func(string, *tls.ConnectionState) string { return first }),
		coretest.Answer("</iq>", pongTo)))
	want[Online](c)
	c.say("romeo@example.test", "a")
	<-asked
	c.say("romeo@example.test", "b")
	for _, id := range []string{"a", "b"} {
		if ids := want[Acked](c).IDs; !slices.Equal(ids, []string{id}) {
			t.Errorf("acknowledged %q", ids)
		}
	}
}

// TestEarlyStanza gets a message before stream management is on: it reaches core and is not counted.
func TestEarlyStanza(t *testing.T) {
	coretest.CheckGoroutines(t)
	steps, told := plain.enter(), make(chan struct{})
	steps = append(steps[:len(steps)-1], send(note("1")+"<enabled "+sm+" id='earlier' resume='true'/>"+note("2")+"<r "+sm+"/>"),
		expect("h='0'"), coretest.Run(func() { close(told) }), expect("h='1'"))
	c, script := play(t, briskly(), nil, steps)
	want[Online](c)
	for _, id := range []string{"1", "2"} {
		if s := want[Stanza](c); wire.ID(s.Element) != id {
			t.Errorf("got %s", show(s))
		}
	}
	<-told
	c.Handled(2)
	script.Wait(t)
}

// TestClientState tells the server whether a person is looking, again on every connection.
func TestClientState(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := plain
	s.features = usualF + "<csi xmlns='urn:xmpp:csi:0'/>"
	enabled := one(expect("<enable"), send("<enabled "+sm+" id='earlier' resume='true'/>"))
	c, script := play(t, briskly(), nil, s.enter(), enabled, one(expect("<inactive"), coretest.Reset(), coretest.NextConn()),
		s.reenter(0, 0), one(expect("<inactive"), expect("<active")))
	want[Online](c)
	c.SetActive(false)
	c.SetActive(false)
	want[Offline](c)
	want[Online](c)
	c.SetActive(true)
	script.Wait(t)
	if n := strings.Count(script.Seen(), "<inactive"); n != 2 {
		t.Errorf("said %d times", n)
	}
}

// TestBindRefused tells what a server may say instead of an address.
func TestBindRefused(t *testing.T) {
	coretest.CheckGoroutines(t)
	failed := func(condition string) string {
		return "<iq type='error' id='bind'><error type='cancel'><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
	}
	tests := []struct {
		name, answer string
		want         error
	}{
		{"conflict", failed("conflict"), ErrConflict},
		{"too many", failed("resource-constraint"), ErrUnreachable},
		{"not allowed", failed("not-allowed"), ErrProtocol},
		{"no address", "<iq type='result' id='bind'/>", ErrProtocol},
		{"bare address", "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b</jid></bind></iq>", ErrProtocol},
		{"stanzas without end", strings.Repeat(note("1"), maxEarly+1), ErrProtocol},
		{"hung up", "</stream:stream>", ErrUnreachable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := play(t, alone(), nil, plain.signIn(), one(expect("</bind></iq>"), send(test.answer)))
			if off := want[Offline](c); !errors.Is(off.Err, test.want) || off.Final {
				t.Errorf("offline: %+v", off)
			}
		})
	}
}

// TestOldServer gets what RFC 3921 demanded and RFC 6121 dropped: a session.
func TestOldServer(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := plain
	s.features = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
	c, _ := play(t, alone(), nil, s.enter(), one(expect("xmpp-session'/></iq>"), send("<iq type='result' id='session'/>")))
	if on := want[Online](c); on.JID != "juliet@example.test/kith" {
		t.Errorf("online: %s", show(on))
	}
}
