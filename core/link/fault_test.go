package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/wire"
)

// pair is two accounts on a server; romeo connects through a proxy.
type pair struct {
	server        *coretest.Server
	proxy         *coretest.Proxy
	romeo, juliet *client
}

func newPair(t *testing.T, start func(coretest.TB, coretest.Options) *coretest.Server, timing timing) pair {
	s := start(t, coretest.Options{})
	cfgs := []Config{configure(t, s, s.AddUser(t, "romeo", password)), configure(t, s, s.AddUser(t, "juliet", password))}
	p := pair{server: s, proxy: coretest.StartProxy(t, s.Addr())}
	cfgs[0].Port = uint16(p.proxy.Port())
	p.romeo, p.juliet = connect(t, cfgs[0], timing), connect(t, cfgs[1], briskly())
	want[Online](p.romeo)
	want[Online](p.juliet)
	return p
}

func TestResumeLosesNothing(t *testing.T) {
	coretest.CheckGoroutines(t)
	t.Run("prosody", func(t *testing.T) { resumeLosesNothing(t, newPair(t, coretest.StartProsody, briskly()), true) })
	// ejabberd lets what was on its way to the lost connection be overtaken by what comes for the new one.
	t.Run("ejabberd", func(t *testing.T) { resumeLosesNothing(t, newPair(t, coretest.StartEjabberd, briskly()), false) })
}

// resumeLosesNothing lets two accounts send each other messages while the connection of one is cut at odd places, and
// checks that each message arrives once, in order if the server keeps it.
func resumeLosesNothing(t *testing.T, p pair, ordered bool) {
	const rounds, burst = 6, 15
	toRomeo, toJuliet := p.romeo.cfg.JID+"/kith", p.juliet.cfg.JID+"/kith"
	got, unhandled, seen := 0, 0, make(map[string]bool)
	for round := range rounds {
		p.proxy.CutAfter(-1, int64(500+1117*round))
		for i := range burst {
			p.juliet.say(toRomeo, fmt.Sprintf("body of a message %d", round*burst+i))
		}
		for online := true; got < (round+1)*burst || !online; {
			switch e := p.romeo.next().(type) {
			case Offline:
				online = false
			case Online:
				if online = true; !e.Resumed {
					t.Fatal("not resumed")
				}
			case Stanza:
				body := e.Element.Child(wire.NSClient, "body").Text()
				if seen[body] || ordered && body != fmt.Sprintf("body of a message %d", got) {
					t.Fatalf("after %d got %s", got, show(e))
				}
				seen[body] = true
				got++
				if unhandled++; unhandled == 7 { // core commits in batches: some are in its hands when the connection is cut
					p.romeo.Handled(unhandled)
					unhandled = 0
				}
			}
		}
	}
	p.romeo.Handled(unhandled)
	p.proxy.CutAfter(3000, -1)
	sent := 0
	for sent < 40 {
		body := fmt.Sprintf("body of a message %d", sent)
		m := wire.New(wire.NSClient, "message").Set("to", string(toJuliet)).Set("id", body).
			Add(wire.New(wire.NSClient, "body").AddText(body))
		if err := p.romeo.Send(t.Context(), body, m.Append(nil, wire.NSClient)); errors.Is(err, ErrOffline) {
			until[Online](p.romeo)
			continue
		}
		sent++
	}
	for i := range sent {
		if body := p.juliet.body(); body != fmt.Sprintf("body of a message %d", i) {
			t.Fatalf("message %d arrived as %q", i, body)
		}
	}
	for acked := 0; acked < sent; {
		acked += len(until[Acked](p.romeo).IDs)
	}
}

func TestQuerySurvivesResumption(t *testing.T) {
	coretest.CheckGoroutines(t)
	p := newPair(t, coretest.StartProsody, briskly())
	p.proxy.Stall(true)
	id, err := p.romeo.Request(t.Context(), wire.IQ{ID: "asked", Type: wire.TypeGet, To: "example.test", Payload: wire.Ping()})
	if err != nil {
		t.Fatal(err)
	}
	p.proxy.Cut()
	p.proxy.Stall(false)
	want[Offline](p.romeo)
	if on := want[Online](p.romeo); !on.Resumed {
		t.Fatal("not resumed")
	}
	if a := until[Answer](p.romeo); a.ID != id || a.Err != nil || a.Element == nil {
		t.Errorf("answer: %s", show(a))
	}
}

// A line that was lost without a word is noticed by its silence, and sooner while something that was sent waits for its
// acknowledgement. What was said meanwhile arrives.
func TestStallIsFound(t *testing.T) {
	silence, sending := briskly(), briskly()
	silence.silence, silence.grace = 50*time.Millisecond, 100*time.Millisecond
	sending.silence, sending.answer = time.Hour, 100*time.Millisecond
	for name, timing := range map[string]timing{"silence": silence, "sending": sending} {
		t.Run(name, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			p := newPair(t, coretest.StartProsody, timing)
			p.proxy.Conns()[0].Stall(true)
			from, to := p.juliet, p.romeo
			if name == "sending" {
				from, to = to, from
			}
			from.say(to.cfg.JID+"/kith", "body of a message")
			if off := until[Offline](p.romeo); !errors.Is(off.Err, errStalled) || off.Final {
				t.Errorf("offline: %+v", off)
			}
			if on := want[Online](p.romeo); !on.Resumed {
				t.Error("not resumed")
			}
			if body := to.body(); body != "body of a message" {
				t.Errorf("got %q", body)
			}
		})
	}
}

func TestReconnectTestsTheConnection(t *testing.T) {
	coretest.CheckGoroutines(t)
	timing := briskly()
	timing.hurry = 50 * time.Millisecond
	p := newPair(t, coretest.StartProsody, timing)
	p.proxy.Conns()[0].Stall(true)
	p.romeo.Reconnect()
	until[Offline](p.romeo)
	if on := want[Online](p.romeo); !on.Resumed {
		t.Error("not resumed")
	}
}

func TestReconnectSkipsTheWait(t *testing.T) {
	coretest.CheckGoroutines(t)
	timing := briskly()
	timing.retry, timing.maxRetry, timing.patchy = time.Hour, time.Hour, time.Hour
	p := newPair(t, coretest.StartProsody, timing)
	p.proxy.Cut()
	if off := want[Offline](p.romeo); off.RetryIn < time.Hour/2 || off.RetryIn > 3*time.Hour/2 {
		t.Errorf("retry in %v", off.RetryIn)
	}
	p.romeo.Reconnect()
	want[Online](p.romeo)
}

// The hint comes while the connection still seems to stand; that it is dead turns out in the test.
func TestReconnectReplacesAtOnce(t *testing.T) {
	coretest.CheckGoroutines(t)
	timing := briskly()
	timing.retry, timing.maxRetry, timing.patchy = time.Hour, time.Hour, time.Hour
	p := newPair(t, coretest.StartProsody, timing)
	p.proxy.Conns()[0].Stall(true)
	p.romeo.Reconnect()
	p.proxy.Cut()
	if off := want[Offline](p.romeo); off.RetryIn != 0 {
		t.Errorf("retry in %v", off.RetryIn)
	}
	if on := want[Online](p.romeo); !on.Resumed {
		t.Error("not resumed")
	}
}

// The hint comes while a connection is being made, which hangs: in a network that is gone nothing answers, not even that.
func TestReconnectWhileConnecting(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	jid := s.AddUser(t, "juliet", password)
	t.Run("to the server", func(t *testing.T) {
		coretest.CheckGoroutines(t)
		proxy := coretest.StartProxy(t, s.Addr())
		proxy.Stall(true)
		cfg := configure(t, s, jid)
		cfg.Port = uint16(proxy.Port())
		c := connect(t, cfg, alone())
		soon(t, "nobody dials", func() bool { return len(proxy.Conns()) > 0 })
		proxy.Conns()[0].Stall(true)
		proxy.Stall(false)
		c.Reconnect()
		want[Online](c)
	})
	t.Run("signing in", func(t *testing.T) {
		coretest.CheckGoroutines(t)
		timing := alone()
		timing.hurry = 50 * time.Millisecond
		hangs := make(chan struct{})
		c, _ := play(t, timing, nil, one(coretest.Secure(), expect("<stream:stream"), coretest.Run(func() { close(hangs) }), coretest.NextConn()), plain.enter())
		<-hangs
		c.Reconnect()
		until[Online](c)
	})
	t.Run("to its name", func(t *testing.T) {
		coretest.CheckGoroutines(t)
		cfg := configure(t, s, jid)
		cfg.Host, cfg.Port = "", 0
		cfg.Resolver = coretest.StartDNS(t, coretest.Address("host.example.test", "127.0.0.1"),
			coretest.SRV("_xmpp-client._tcp.example.test", "host.example.test", uint16(s.Port), 0, 0))
		silent, dial := make(chan string, 2), cfg.Resolver.Dial
		cfg.Resolver.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			select {
			case silent <- address: // for both records
				<-ctx.Done()
				return nil, ctx.Err()
			default:
				return dial(ctx, network, address)
			}
		}
		c := connect(t, cfg, alone())
		soon(t, "nobody asks for the name", func() bool { return len(silent) == cap(silent) })
		began := time.Now()
		c.Reconnect()
		want[Online](c)
		if took := time.Since(began); took > 4*time.Second { // after five a question is given up in any case
			t.Errorf("asked again after %v", took)
		}
	})
}

func TestPauses(t *testing.T) {
	timing := usualTiming()
	p := pauses{timing: timing}
	within := func(what string, online, low time.Duration) {
		t.Helper()
		if got := p.next(online); got < low/2 || got > low*3/2 {
			t.Errorf("%s: a pause of %v, not about %v", what, got, low)
		}
	}
	for d := timing.retry; d < timing.maxRetry; d *= 2 {
		within("never online", 0, d)
	}
	within("the longest", 0, timing.maxRetry)
	within("a line that breaks soon", time.Second, timing.patchy)
	within("and again", time.Second, timing.patchy)
	within("steady", 2*timing.steady, timing.retry)
	within("not online again", 0, 2*timing.retry)
	p.reset()
	within("another network", 0, timing.retry)
}

func TestServerKilled(t *testing.T) {
	coretest.CheckGoroutines(t)
	p := newPair(t, coretest.StartProsody, briskly())
	p.romeo.say(p.juliet.cfg.JID+"/kith", "body of a message 1")
	if body := p.juliet.body(); body != "body of a message 1" {
		t.Fatalf("got %q", body)
	}
	p.server.Kill()
	until[Offline](p.romeo)
	if err := p.romeo.Send(t.Context(), "x", []byte("<presence/>")); !errors.Is(err, ErrOffline) {
		t.Errorf("send while offline: %v", err)
	}
	p.server.Restart(t)
	if on := until[Online](p.romeo); on.Resumed {
		t.Error("resumed on a server that was killed")
	}
	until[Online](p.juliet)
	p.romeo.say(p.juliet.cfg.JID+"/kith", "body of a message 2")
	if body := p.juliet.body(); body != "body of a message 2" {
		t.Errorf("got %q", body)
	}
}

func TestFullChannelStopsReading(t *testing.T) {
	coretest.CheckGoroutines(t)
	p := newPair(t, coretest.StartProsody, briskly())
	const count = 3 * maxEvents
	for i := range count {
		p.juliet.say(p.romeo.cfg.JID+"/kith", fmt.Sprintf("body of a message %d", i))
	}
	for i := range count {
		if i == 0 {
			waitFull(t, p.romeo)
		}
		if body := p.romeo.body(); body != fmt.Sprintf("body of a message %d", i) {
			t.Fatalf("message %d arrived as %q", i, body)
		}
	}
}

// waitFull waits until nothing more fits into the channel of events.
func waitFull(t *testing.T, c *client) {
	t.Helper()
	soon(t, "the channel does not fill up", func() bool { return len(c.Events()) == maxEvents })
}

// soon waits until something is so, and otherwise fails with what is wrong.
func soon(t *testing.T, otherwise string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}
