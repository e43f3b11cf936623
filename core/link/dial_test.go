package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
)

// alone is a timing in which the second attempt never comes.
func alone() timing {
	t := usualTiming()
	t.retry, t.maxRetry = time.Hour, time.Hour
	return t
}

func TestRefusedServers(t *testing.T) {
	coretest.CheckGoroutines(t)
	reason := func(r Reason) func(error) bool {
		return func(err error) bool {
			var c *CertificateError
			return errors.As(err, &c) && c.Reason == r && errors.Is(err, ErrCertificate)
		}
	}
	is := func(kind error) func(error) bool { return func(err error) bool { return errors.Is(err, kind) } }
	tests := []struct {
		name    string
		options coretest.Options
		change  func(*Config)
		want    func(error) bool
		final   bool
	}{
		{"expired", coretest.Options{Certificate: coretest.CertExpired}, nil, reason(Expired), false},
		{"not valid yet", coretest.Options{Certificate: coretest.CertEarly}, nil, reason(NotYet), false},
		{"foreign", coretest.Options{Certificate: coretest.CertForeign}, nil, reason(Foreign), false},
		{"other name", coretest.Options{Certificate: coretest.CertWrongName}, nil, reason(OtherName), false},
		{"the system's authorities", coretest.Options{}, func(c *Config) { c.RootCAs = nil }, reason(Foreign), false},
		{"no TLS", coretest.Options{TLS: coretest.TLSNone}, nil, is(ErrNoTLS), false},
		{"wrong password", coretest.Options{}, func(c *Config) { c.Password = "incorrect donkey" }, is(ErrPassword), true},
		{"no such account", coretest.Options{}, func(c *Config) { c.JID = "nobody@example.test" }, is(ErrPassword), true},
		{"impossible password", coretest.Options{}, func(c *Config) { c.Password = "\x01" }, is(ErrPassword), true},
		{"nobody there", coretest.Options{}, func(c *Config) { c.Port = 1 }, is(ErrUnreachable), false},
	}
	servers := make(map[coretest.Options]*coretest.Server)
	for _, test := range tests {
		s := servers[test.options]
		if s == nil {
			s = coretest.StartProsody(t, test.options)
			servers[test.options] = s
			s.AddUser(t, "juliet", password)
		}
		t.Run(test.name, func(t *testing.T) {
			before := s.Stanzas()
			cfg := configure(t, s, "juliet@example.test")
			if test.change != nil {
				test.change(&cfg)
			}
			c := connect(t, cfg, alone())
			off := want[Offline](c)
			if !test.want(off.Err) || off.Final != test.final {
				t.Errorf("offline: %v, final %v", off.Err, off.Final)
			}
			if strings.Contains(strings.TrimPrefix(s.Stanzas(), before), "<auth") && !test.final {
				t.Error("the password left")
			}
		})
	}
}

// TestFindServer finds a server by DNS in all the ways there are.
func TestFindServer(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := coretest.StartProsody(t, coretest.Options{})
	jid := s.AddUser(t, "juliet", password)
	const plain, direct = "_xmpp-client._tcp.example.test", "_xmpps-client._tcp.example.test"
	port, secure := uint16(s.Port), uint16(s.DirectPort)
	host := coretest.Address("host.example.test", "127.0.0.1")
	usual := ErrUnreachable
	if c, err := net.Dial("tcp", "127.0.0.1:5222"); err == nil { // this machine has a server, which says that it is another one
		_ = c.Close()
		usual = ErrNoServer
	}
	tests := []struct {
		name    string
		records []coretest.Record
		want    error
	}{
		{"STARTTLS only", []coretest.Record{host, coretest.SRV(plain, "host.example.test", port, 0, 0)}, nil},
		{"direct only", []coretest.Record{host, coretest.SRV(direct, "host.example.test", secure, 0, 0)}, nil},
		{"direct refused by record", []coretest.Record{
			host, coretest.SRV(direct, ".", 0, 0, 0), coretest.SRV(plain, "host.example.test", port, 0, 0),
		}, nil},
		{"first ones dead", []coretest.Record{
			host, coretest.SRV(direct, "host.example.test", 1, 0, 0), coretest.SRV(direct, "gone.example.test", 1, 1, 0),
			coretest.SRV(plain, "host.example.test", port, 9, 0),
		}, nil},
		{"first one speaks no TLS", []coretest.Record{
			host, coretest.SRV(direct, "host.example.test", port, 0, 0), coretest.SRV(plain, "host.example.test", port, 9, 0),
		}, nil},
		{"one lookup broken", []coretest.Record{
			host, coretest.Broken(direct), coretest.SRV(plain, "host.example.test", port, 0, 0),
		}, nil},
		{"not offered", []coretest.Record{coretest.SRV(plain, ".", 0, 0, 0), coretest.Address("example.test", "127.0.0.1")}, ErrNoServer},
		{"unknown domain", nil, ErrNoServer},
		{"name server broken", []coretest.Record{
			coretest.Broken(plain), coretest.Broken(direct), coretest.Broken("example.test"),
		}, ErrUnreachable},
		{"no records, usual port", []coretest.Record{coretest.Address("example.test", "127.0.0.1")}, usual},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := configure(t, s, jid)
			cfg.Host, cfg.Port = "", 0
			cfg.Resolver = coretest.StartDNS(t, test.records...)
			c := connect(t, cfg, alone())
			if test.want == nil {
				want[Online](c)
				return
			}
			if off := want[Offline](c); !errors.Is(off.Err, test.want) || off.Final {
				t.Errorf("offline: %+v", off)
			}
		})
	}
}

// TestSlowServerIsOvertaken goes on to the next place while the first one hangs.
func TestSlowServerIsOvertaken(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := coretest.StartProsody(t, coretest.Options{})
	hanging := coretest.StartProxy(t, s.DirectAddr())
	hanging.Stall(true)
	cfg := configure(t, s, s.AddUser(t, "juliet", password))
	cfg.Host, cfg.Port = "", 0
	cfg.Resolver = coretest.StartDNS(t, coretest.Address("host.example.test", "127.0.0.1"),
		coretest.SRV("_xmpps-client._tcp.example.test", "host.example.test", uint16(hanging.Port()), 0, 0),
		coretest.SRV("_xmpp-client._tcp.example.test", "host.example.test", uint16(s.Port), 1, 0))
	want[Online](connect(t, cfg, alone()))
}

func TestRank(t *testing.T) {
	a := record{target{"a", 1, true}, 10, 0}
	b := record{target{"b", 2, false}, 5, 0}
	c := record{target{"c", 3, false}, 10, 30}
	d := record{target{"d", 4, true}, 10, 10}
	tests := []struct {
		name  string
		draws []int
		want  string
	}{
		{"least", []int{0, 0, 0, 0}, "badc"},
		{"light one", []int{0, 1, 0, 0}, "bdac"},
		{"heavy one", []int{0, 40, 10, 0}, "bcda"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			draw := func(n int) int {
				v := test.draws[0]
				test.draws = test.draws[1:]
				return min(v, n-1)
			}
			var got strings.Builder
			for _, target := range rank([]record{a, b, c, d}, draw) {
				got.WriteString(target.host)
			}
			if got.String() != test.want {
				t.Errorf("got %s, want %s", got.String(), test.want)
			}
		})
	}
	if n := len(rank(slices.Repeat([]record{a}, 100), func(int) int { return 0 })); n != maxTargets {
		t.Errorf("%d targets of a hundred", n)
	}
}

func TestParseTarget(t *testing.T) {
	for text, want := range map[string]string{
		"host.example.test": "host.example.test:5222", "host:99": "host:99", "[::1]:5223": "[::1]:5223", "[::1]": "[::1]:5222",
		"": "", ":1": "", "host:0": "", "host:99999": "", "host:x": "", "a:b:c": "",
	} {
		got := ""
		if target := parseTarget(text, false); target != nil {
			got = target.addr()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestStripped holds against somebody in between before TLS.
func TestStripped(t *testing.T) {
	coretest.CheckGoroutines(t)
	start := "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	proceed := "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	mechanisms := "<mechanisms " + sasl + "><mechanism>PLAIN</mechanism></mechanisms>"
	tests := []struct {
		name  string
		steps []coretest.Step
		want  error
	}{
		{"not offered", one(send(header + features(mechanisms))), ErrNoTLS},
		{"features missing", one(send(header + "<success " + sasl + "/>")), ErrNoTLS},
		{"refused", one(send(header+features(start+mechanisms)), expect("<starttls"),
			send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")), ErrNoTLS},
		{"text injected", one(send(header+features(start)), expect("<starttls"), send(proceed+note("1"))), ErrProtocol},
		{"no XMPP", one(send("HTTP/1.1 400 Bad Request\r\n\r\n")), ErrProtocol},
		{"sent elsewhere in clear", one(send(header + "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>" +
			"localhost:1</see-other-host></stream:error>")), ErrUnreachable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, script := play(t, alone(), func(cfg *Config) { cfg.DirectTLS = false }, one(expect("<stream:stream")), test.steps)
			if off := want[Offline](c); !errors.Is(off.Err, test.want) || off.RetryIn == 0 {
				t.Errorf("offline: %+v", off)
			}
			for _, secret := range []string{"juliet", "<auth", password} {
				if strings.Contains(script.Seen(), secret) {
					t.Errorf("said %q in clear", secret)
				}
			}
		})
	}
}

// TestCloseAnytime ends a Link in every phase of a connection; CheckGoroutines sees that nothing stays behind.
func TestCloseAnytime(t *testing.T) {
	coretest.CheckGoroutines(t)
	all := plain.enter()
	for phase := range len(all) + 1 {
		t.Run(fmt.Sprintf("phase %d", phase), func(t *testing.T) {
			reached := make(chan struct{})
			c, _ := play(t, alone(), nil, all[:phase], one(coretest.Run(func() { close(reached) })))
			<-reached
			_ = c.Close()
			for e := range c.Events() {
				if _, ok := e.(Online); !ok {
					t.Errorf("got %s", show(e))
				}
			}
			if err := c.Send(t.Context(), "", nil); !errors.Is(err, ErrClosed) {
				t.Errorf("send after Close: %v", err)
			}
		})
	}
	t.Run("looking up", func(t *testing.T) {
		asked := make(chan struct{}, 16)
		silent := coretest.StartDNS(t, coretest.Silent("_xmpp-client._tcp.example.test"), coretest.Silent("_xmpps-client._tcp.example.test"))
		dial := silent.Dial
		silent.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			asked <- struct{}{}
			return dial(ctx, network, address)
		}
		c := connect(t, Config{JID: "juliet@example.test", Password: password, Resolver: silent}, alone())
		<-asked
		_ = c.Close()
	})
	t.Run("waiting", func(t *testing.T) {
		c, _ := play(t, alone(), nil, one(coretest.Hangup()))
		want[Offline](c)
		_ = c.Close()
		_ = c.Close()
		c.Reconnect()
	})
	t.Run("nobody drains", func(t *testing.T) {
		c, _ := play(t, alone(), nil, plain.enter(), one(send(strings.Repeat(note("1"), 3*maxEvents))))
		waitFull(t, c)
		_ = c.Close()
	})
}

// TestCloseSaysGoodbye sends what was queued, the last count and the end tag.
func TestCloseSaysGoodbye(t *testing.T) {
	coretest.CheckGoroutines(t)
	c, script := play(t, briskly(), nil, plain.enter(), one(send(note("1")),
		expect("id='last'"), expect("<a "), expect("h='1'"), expect("</stream:stream>"), send("</stream:stream>")))
	want[Online](c)
	want[Stanza](c)
	c.Handled(1)
	c.say("romeo@example.test", "last")
	_ = c.Close()
	script.Wait(t)
}
