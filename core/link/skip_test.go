package link

import (
	"errors"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

// TestSkippedStanzas reads on behind what is too much: it counts, in its place, and is told with its beginning.
func TestSkippedStanzas(t *testing.T) {
	coretest.CheckGoroutines(t)
	huge := strings.Repeat("x", 10<<20)
	deep := strings.Repeat("<d>", 100) + strings.Repeat("</d>", 100)
	romeo := " from='romeo@example.test/a' "
	c, script := play(t, briskly(), nil, plain.enter(), one(
		expect("id='asked'"),
		send("<message"+romeo+"id='1'><body>"+huge+"</body></message>"+note("2")),
		send("<presence"+romeo+"><status>"+huge+"</status></presence>"),
		send("<message"+romeo+"id='3'>"+deep+"</message>"),
		send("<message id='"+huge+"'"+romeo+"/>"),                             // not even whose it is is known: only counted
		send("<iq type='get' id='4'"+romeo+"><q xmlns='q'>"+huge+"</q></iq>"), // refused by the Link
		send("<iq type='result' id='asked' from='example.test'><q xmlns='q'>"+huge+"</q></iq>"),
		send("<r "+sm+"/>"),
		expect("to='romeo@example.test/a' id='4' type='error'"), expect("h='0'"),
		send(note("5")), // everything is handled after this one only
		expect("h='8'"),
	))
	want[Online](c)
	if _, err := c.Request(t.Context(), wire.IQ{ID: "asked", Type: wire.TypeGet, To: "example.test", Payload: wire.Ping()}); err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []struct {
		local, id string
		cut       error
	}{{"message", "1", wire.ErrTooLarge}, {"message", "2", nil}, {"presence", "", wire.ErrTooLarge}, {"message", "3", wire.ErrTooDeep}} {
		s := want[Stanza](c)
		if s.Element.Local != wanted.local || wire.ID(s.Element) != wanted.id || !errors.Is(s.Cut, wanted.cut) || (s.Cut == nil) != (wanted.cut == nil) {
			t.Errorf("got %s %s cut by %v, want %v", s.Element.Local, wire.ID(s.Element), s.Cut, wanted)
		}
		if from, ok := wire.From(s.Element); !ok || from != "romeo@example.test/a" {
			t.Errorf("%s %s is from nobody", wanted.local, wanted.id)
		}
	}
	if a := want[Answer](c); a.ID != "asked" || !errors.Is(a.Err, wire.ErrTooLarge) || a.Element != nil {
		t.Errorf("answer: %s", show(a))
	}
	want[Stanza](c)
	c.Handled(6)
	script.Wait(t)
}

// TestEndlessStanza ends the connection, and the next one goes on.
func TestEndlessStanza(t *testing.T) {
	coretest.CheckGoroutines(t)
	c, _ := play(t, briskly(), nil, plain.enter(), one(
		coretest.Flood("<message from='romeo@example.test/a'><body>"+strings.Repeat("x", 40<<20)),
		coretest.NextConn()), plain.enter(), one(send(note("1"))))
	want[Online](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) || off.Final {
		t.Errorf("offline: %+v", off)
	}
	want[Online](c)
	want[Stanza](c)
}

// TestSkippedAndResumed has the server repeat what it was not told of, and drops what was given out already.
func TestSkippedAndResumed(t *testing.T) {
	coretest.CheckGoroutines(t)
	huge := "<message from='romeo@example.test/a' id='%'><body>" + strings.Repeat("x", 2<<20) + "</body></message>"
	nameless := "<message from='" + strings.Repeat("x", 2<<20) + "'/>"
	burst := strings.Replace(huge, "%", "1", 1) + nameless + note("2")
	c, script := play(t, briskly(), nil, plain.enter(), one(send(burst), coretest.Hangup(), coretest.NextConn()),
		plain.reenter(0, 0), one(send(burst+strings.Replace(huge, "%", "3", 1)+"<r "+sm+"/>"), expect("h='4'")))
	want[Online](c)
	for _, id := range []string{"1", "2"} {
		if s := want[Stanza](c); wire.ID(s.Element) != id {
			t.Fatalf("got %s", wire.ID(s.Element))
		}
	}
	want[Offline](c)
	want[Online](c)
	if s := want[Stanza](c); wire.ID(s.Element) != "3" || s.Cut == nil {
		t.Errorf("got %s", wire.ID(s.Element))
	}
	c.Handled(3)
	script.Wait(t)
}

// TestSignInIsNotSkipped: without its words there is no sign-in.
func TestSignInIsNotSkipped(t *testing.T) {
	coretest.CheckGoroutines(t)
	offers := features("<mechanisms " + sasl + "><mechanism>PLAIN</mechanism></mechanisms>" + strings.Repeat("<x/>", 300_000))
	c, _ := play(t, briskly(), func(cfg *Config) { cfg.Pins = model.Pins{} }, one(coretest.Secure(), expect("<stream:stream"),
		coretest.Flood(header+offers), coretest.NextConn()), plain.enter())
	if off := want[Offline](c); !errors.Is(off.Err, ErrProtocol) {
		t.Errorf("offline: %+v", off)
	}
	want[Online](c)
}
