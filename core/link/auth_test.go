package link

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

func TestMechanisms(t *testing.T) {
	coretest.CheckGoroutines(t)
	tests := []struct {
		name    string
		stage   stage
		want    string // mechanism; empty: the stage lets nobody in
		binding bool
	}{
		{"best", stage{mechanisms: []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-512", "SCRAM-SHA-256"}}, "SCRAM-SHA-512", false},
		{"binding before hash", stage{
			mechanisms: []string{"SCRAM-SHA-512", "SCRAM-SHA-1-PLUS"}, bindings: []string{"tls-exporter"},
		}, "SCRAM-SHA-1-PLUS", true},
		{"binding not named", stage{mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}}, "SCRAM-SHA-256-PLUS", true},
		{"binding unknown", stage{
			mechanisms: []string{"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}, bindings: []string{"tls-unique", "x"},
		}, "SCRAM-SHA-256", false},
		{"signature in success", stage{mechanisms: []string{"SCRAM-SHA-256"}, inSuccess: true}, "SCRAM-SHA-256", false},
		{"unknown ones", stage{mechanisms: []string{"X-TOKEN", "SCRAM-SHA3-512", "SCRAM-SHA-256"}}, "SCRAM-SHA-256", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := play(t, briskly(), nil, test.stage.enter())
			pins := want[Online](c).Pins
			if pins.Mechanism != test.want || pins.Binding != test.binding || pins.NoBinding != "" {
				t.Errorf("signed in by %s, binding %v", pins.Mechanism, pins.Binding)
			}
		})
	}
}

// TestPlain tells the password itself, inside TLS, to a server that can do no better.
func TestPlain(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := stage{mechanisms: []string{"PLAIN"}}
	steps := append(s.greet(), coretest.Expect(base64.StdEncoding.EncodeToString([]byte("\x00juliet\x00"+password))),
		coretest.Send("<success "+sasl+"/>"))
	c, _ := play(t, briskly(), nil, steps, s.enter()[7:])
	if pins := want[Online](c).Pins; pins.Mechanism != "PLAIN" {
		t.Errorf("signed in by %s", pins.Mechanism)
	}
}

func TestBindingData(t *testing.T) {
	raw := []byte("certificate")
	short, middle, long := sha256.Sum256(raw), sha512.Sum384(raw), sha512.Sum512(raw)
	with := func(version uint16, a x509.SignatureAlgorithm) tls.ConnectionState {
		return tls.ConnectionState{
			Version: version, TLSUnique: []byte("unique"),
			PeerCertificates: []*x509.Certificate{{Raw: raw, SignatureAlgorithm: a}},
		}
	}
	tests := []struct {
		name  string
		state tls.ConnectionState
		want  []byte
	}{
		{"tls-unique", with(tls.VersionTLS12, 0), []byte("unique")},
		{"tls-unique", with(tls.VersionTLS13, 0), nil},
		{"tls-exporter", with(tls.VersionTLS12, 0), nil},
		{"tls-server-end-point", with(tls.VersionTLS13, x509.SHA1WithRSA), short[:]},
		{"tls-server-end-point", with(tls.VersionTLS13, x509.ECDSAWithSHA256), short[:]},
		{"tls-server-end-point", with(tls.VersionTLS13, x509.SHA384WithRSA), middle[:]},
		{"tls-server-end-point", with(tls.VersionTLS12, x509.ECDSAWithSHA512), long[:]},
		{"tls-server-end-point", with(tls.VersionTLS12, x509.PureEd25519), nil},
		{"tls-server-end-point", tls.ConnectionState{}, nil},
		{"tls-something", with(tls.VersionTLS12, 0), nil},
	}
	for _, test := range tests {
		if got := bindingData(test.name, test.state); !bytes.Equal(got, test.want) {
			t.Errorf("%s on %x: got %x, want %x", test.name, test.state.Version, got, test.want)
		}
	}
}

// TestEndPoint is chosen only where nothing better is offered.
func TestEndPoint(t *testing.T) {
	state := tls.ConnectionState{
		Version: tls.VersionTLS12, TLSUnique: []byte("unique"), PeerCertificates: []*x509.Certificate{{Raw: []byte("x")}},
	}
	for want, offered := range map[string][]string{
		"tls-server-end-point": {"tls-exporter", "tls-server-end-point"},
		"tls-unique":           {"tls-server-end-point", "tls-unique"},
		"":                     {"tls-exporter"},
	} {
		l := login{tls: state, bindings: offered}
		if l.bind(); l.binding != want {
			t.Errorf("of %q: %q, want %q", offered, l.binding, want)
		}
	}
}

func TestServerNotBelieved(t *testing.T) {
	coretest.CheckGoroutines(t)
	hashed := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return ",h=" + base64.StdEncoding.EncodeToString(sum[:])
	}
	scram := []string{"SCRAM-SHA-256"}
	stretched := stretch(t, "SHA-256", 4097)
	tests := []struct {
		name  string
		stage stage
		pins  model.Pins
		want  error // nil: let in
		early bool  // given up before the proof is sent
	}{
		{"PLAIN after SCRAM", stage{mechanisms: []string{"PLAIN"}}, model.Pins{Mechanism: "SCRAM-SHA-1"}, ErrDowngrade, true},
		{"weaker hash", stage{mechanisms: []string{"SCRAM-SHA-1"}}, model.Pins{Mechanism: "SCRAM-SHA-256"}, ErrDowngrade, true},
		{"binding gone", stage{mechanisms: scram}, model.Pins{Mechanism: "SCRAM-SHA-256-PLUS", Binding: true}, ErrDowngrade, true},
		{"older TLS", stage{mechanisms: scram}, model.Pins{TLSVersion: 0x305}, ErrDowngrade, true},
		{"stronger than before", stage{mechanisms: scram}, model.Pins{Mechanism: "SCRAM-SHA-1"}, nil, false},
		{"nothing common", stage{mechanisms: []string{"GSSAPI"}}, model.Pins{}, ErrRefused, true},
		{"too few rounds", stage{mechanisms: scram, iterations: 4095}, model.Pins{}, ErrRefused, true},
		{"too many rounds", stage{mechanisms: scram, iterations: 1_000_001}, model.Pins{}, ErrRefused, true},
		{
			"fewer rounds than before",
			stage{mechanisms: scram, iterations: 4096},
			stretched, ErrDowngrade, true,
		},
		{
			"fewer rounds for another password",
			stage{mechanisms: scram, iterations: 4096},
			model.Pins{SaltedHash: "SHA-256", Iterations: 4097, Salt: stretched.Salt},
			nil, false,
		},
		{"wrong signature", stage{mechanisms: scram, signature: "v=YWJj"}, model.Pins{}, ErrDowngrade, false},
		{"wrong signature in success", stage{mechanisms: scram, signature: "v=YWJj", inSuccess: true}, model.Pins{}, ErrDowngrade, false},
		{"no signature", stage{mechanisms: scram, signature: "x=", inSuccess: true}, model.Pins{}, ErrDowngrade, false},
		{"error instead", stage{mechanisms: scram, signature: "e=invalid-proof"}, model.Pins{}, ErrPassword, false},
		{"error of binding", stage{mechanisms: scram, signature: "e=server-does-support-channel-binding"}, model.Pins{}, ErrDowngrade, false},
		{"offer as hashed", stage{mechanisms: []string{"SCRAM-SHA-256", "PLAIN"}, first: hashed("PLAIN\x1eSCRAM-SHA-256")}, model.Pins{}, nil, false},
		{"offer with bindings as hashed", stage{
			mechanisms: scram, bindings: []string{"tls-unique", "a"}, first: hashed("SCRAM-SHA-256\x1fa\x1etls-unique"),
		}, model.Pins{}, nil, false},
		{"offer changed", stage{mechanisms: scram, first: hashed("SCRAM-SHA-256\x1eSCRAM-SHA-256-PLUS")}, model.Pins{}, ErrDowngrade, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			steps := test.stage.greet()
			if test.want == nil {
				steps = test.stage.enter()
			} else if test.stage.iterations+len(test.stage.first)+len(test.stage.signature) > 0 {
				steps = test.stage.signIn()[:5]
				if test.early {
					steps = steps[:4]
				}
			}
			c, script := play(t, briskly(), func(cfg *Config) { cfg.Pins = test.pins }, steps)
			if test.want == nil {
				want[Online](c)
				return
			}
			off := want[Offline](c)
			if !errors.Is(off.Err, test.want) || !off.Final {
				t.Errorf("offline: %v, final %v; want %v", off.Err, off.Final, test.want)
			}
			script.Wait(t)
			if test.early && strings.Contains(script.Seen(), "<response") {
				t.Error("the proof was sent")
			}
		})
	}
}

// stretch is what is remembered of a sign-in with the password and so many rounds.
func stretch(t *testing.T, hash string, rounds int) model.Pins {
	s := &scram{hashName: hash, password: password, gs2: "n,,", nonce: "abc"}
	if _, err := s.final(fmt.Appendf(nil, "r=abcd,s=YQ==,i=%d", rounds)); err != nil {
		t.Fatal(err)
	}
	return s.pins
}

func TestSASLFailures(t *testing.T) {
	coretest.CheckGoroutines(t)
	tests := []struct {
		condition string
		want      error
		final     bool
	}{
		{"not-authorized", ErrPassword, true},
		{"credentials-expired", ErrPassword, true},
		{"temporary-auth-failure", ErrUnreachable, false},
		{"account-disabled", ErrRefused, true},
		{"mechanism-too-weak", ErrRefused, true},
		{"something-new", ErrPassword, true},
	}
	for _, test := range tests {
		t.Run(test.condition, func(t *testing.T) {
			timing := briskly()
			timing.retry = patient
			c, _ := play(t, timing, nil, stage{mechanisms: []string{"SCRAM-SHA-1"}}.greet(), one(
				coretest.Expect("</auth>"), coretest.Send("<failure "+sasl+"><"+test.condition+"/></failure>")))
			off := want[Offline](c)
			if !errors.Is(off.Err, test.want) || off.Final != test.final || (off.RetryIn == 0) != test.final {
				t.Errorf("offline: %+v", off)
			}
		})
	}
}

// TestBrokenBinding signs in at a server that offers a binding and means another: once with, once without, and the next
// time without at once.
func TestBrokenBinding(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := stage{mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}
	refuse := append(s.greet(), coretest.Expect("mechanism='SCRAM-SHA-256-PLUS'"),
		coretest.Send("<failure "+sasl+"><not-authorized/></failure>"), coretest.NextConn())
	c, _ := play(t, briskly(), nil, refuse, s.enter())
	pins := want[Online](c).Pins
	if pins.NoBinding == "" || pins.Binding || pins.Mechanism != "SCRAM-SHA-256" {
		t.Fatalf("learned %q by %s", pins.NoBinding, pins.Mechanism)
	}
	c, script := play(t, briskly(), func(cfg *Config) { cfg.Pins = pins }, s.enter())
	if again := want[Online](c).Pins; again.NoBinding != pins.NoBinding {
		t.Error("forgotten")
	}
	if strings.Contains(script.Seen(), "PLUS") {
		t.Error("tried again")
	}
	s.bindings = []string{"tls-exporter"}
	c, _ = play(t, briskly(), func(cfg *Config) { cfg.Pins = pins }, s.enter())
	if again := want[Online](c).Pins; !again.Binding {
		t.Error("a changed offer was not tried")
	}
}

// TestBindingThatWorked never gives the binding up for a failure.
func TestBindingThatWorked(t *testing.T) {
	coretest.CheckGoroutines(t)
	s := stage{mechanisms: []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}
	c, _ := play(t, briskly(), func(cfg *Config) { cfg.Pins = model.Pins{Binding: true} }, s.greet(),
		one(coretest.Expect("</auth>"), coretest.Send("<failure "+sasl+"><not-authorized/></failure>")))
	if off := want[Offline](c); !errors.Is(off.Err, ErrPassword) {
		t.Errorf("offline: %v", off.Err)
	}
}

// TestPinnedOnTheNextConnection: what worked once on a Link is asked for on its next connections, too.
func TestPinnedOnTheNextConnection(t *testing.T) {
	coretest.CheckGoroutines(t)
	weaker := stage{mechanisms: []string{"SCRAM-SHA-1", "PLAIN"}}
	c, script := play(t, briskly(), nil, stage{mechanisms: []string{"SCRAM-SHA-256"}}.enter(),
		one(coretest.Hangup(), coretest.NextConn()), weaker.greet())
	want[Online](c)
	want[Offline](c)
	if off := want[Offline](c); !errors.Is(off.Err, ErrDowngrade) || !off.Final {
		t.Errorf("offline: %+v", off)
	}
	script.Wait(t)
	if strings.Count(script.Seen(), "<auth ") != 1 {
		t.Error("signed in the weaker way")
	}
}
