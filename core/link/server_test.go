package link

import (
	"crypto/tls"
	"testing"

	"kith/core/coretest"
	"kith/core/wire"
)

func TestSignIn(t *testing.T) {
	coretest.CheckGoroutines(t)
	start := map[string]func(coretest.TB, coretest.Options) *coretest.Server{
		"prosody": coretest.StartProsody, "ejabberd": coretest.StartEjabberd,
	}
	tests := []struct {
		name      string
		server    string
		options   coretest.Options
		direct    bool
		mechanism string
		tls       uint16
		unbound   bool // learned that the server's channel binding is broken
	}{
		{"STARTTLS", "prosody", coretest.Options{}, false, "SCRAM-SHA-256", tls.VersionTLS13, false},
		{"direct TLS", "prosody", coretest.Options{}, true, "SCRAM-SHA-256", tls.VersionTLS13, false},
		{"TLS 1.2 and tls-unique", "prosody", coretest.Options{TLS: coretest.TLS12}, false, "SCRAM-SHA-256-PLUS", tls.VersionTLS12, false},
		{"direct TLS 1.2 and tls-unique", "prosody", coretest.Options{TLS: coretest.TLS12}, true, "SCRAM-SHA-256-PLUS", tls.VersionTLS12, false},
		{"tls-exporter", "prosody", coretest.Options{SASL2: true}, true, "SCRAM-SHA-256-PLUS", tls.VersionTLS13, false},
		{"SHA-1 only", "prosody", coretest.Options{Hash: "SHA-1"}, false, "SCRAM-SHA-1", tls.VersionTLS13, false},
		{"ejabberd with TLS 1.3", "ejabberd", coretest.Options{}, false, "SCRAM-SHA-256", tls.VersionTLS13, true},
		{"ejabberd with TLS 1.2", "ejabberd", coretest.Options{TLS: coretest.TLS12}, true, "SCRAM-SHA-256-PLUS", tls.VersionTLS12, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start[test.server](t, test.options)
			cfg := configure(t, s, s.AddUser(t, "juliet", password))
			if test.direct {
				cfg.DirectTLS, cfg.Port = true, uint16(s.DirectPort)
			}
			c := connect(t, cfg, briskly())
			on := want[Online](c)
			pins := on.Pins
			if pins.Mechanism != test.mechanism || pins.TLSVersion != test.tls {
				t.Errorf("signed in by %s on TLS %x", pins.Mechanism, pins.TLSVersion)
			}
			if plus := pins.Mechanism[len(pins.Mechanism)-1] == 'S'; pins.Binding != plus || test.unbound != (pins.NoBinding != "") {
				t.Errorf("binding %v, offer with broken binding %q", pins.Binding, pins.NoBinding)
			}
			if on.Resumed || on.JID != cfg.JID+"/kith" || !on.Features.SM {
				t.Errorf("online: %s", show(on))
			}
			c.query(wire.IQ{Type: wire.TypeGet, Payload: wire.New("jabber:iq:roster", "query")})
		})
	}
}

func TestTalk(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := coretest.StartProsody(t, coretest.Options{})
	cfgs := []Config{configure(t, s, s.AddUser(t, "romeo", password)), configure(t, s, s.AddUser(t, "juliet", password))}
	romeo, juliet := connect(t, cfgs[0], briskly()), connect(t, cfgs[1], briskly())
	to := want[Online](juliet).JID
	want[Online](romeo)
	romeo.say(to, "body of a message 1")
	romeo.say(to, "body of a message 2")
	for _, body := range []string{"body of a message 1", "body of a message 2"} {
		if got := juliet.body(); got != body {
			t.Errorf("got %q, want %q", got, body)
		}
	}
	var acked []string
	for len(acked) < 2 {
		acked = append(acked, until[Acked](romeo).IDs...)
	}
	if acked[0] != "body of a message 1" || acked[1] != "body of a message 2" {
		t.Errorf("acknowledged %q", acked)
	}
}
