package link

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/secure/precis"

	"kith/core/model"
	"kith/core/wire"
)

// mechanism is a way to sign in.
type mechanism struct {
	name string
	hash string // of SCRAM; empty: PLAIN
	plus bool   // bound to the TLS channel
}

// mechanisms lists what Kith speaks, best first. A channel binding is worth more than a longer hash: it is the only one that
// notices somebody in between who holds a certificate.
var mechanisms = []mechanism{
	{"SCRAM-SHA-512-PLUS", "SHA-512", true},
	{"SCRAM-SHA-256-PLUS", "SHA-256", true},
	{"SCRAM-SHA-1-PLUS", "SHA-1", true},
	{"SCRAM-SHA-512", "SHA-512", false},
	{"SCRAM-SHA-256", "SHA-256", false},
	{"SCRAM-SHA-1", "SHA-1", false},
	{"PLAIN", "", false},
}

// strength is the place of a mechanism in the list: less is better. An unknown name is the worst.
func strength(name string) int {
	i := slices.IndexFunc(mechanisms, func(m mechanism) bool { return m.name == name })
	if i < 0 {
		return len(mechanisms)
	}
	return i
}

// login is one attempt to sign in on one connection.
type login struct {
	user, password string // prepared (RFC 8265)
	pins           model.Pins
	tls            tls.ConnectionState
	mechanisms     []string // offered
	bindings       []string // offered (XEP-0440); empty: the server does not say

	chosen  mechanism
	binding string // type of the channel binding; empty: none
	guessed bool   // the server did not say which binding it means
	scram   *scram // nil for PLAIN
}

// newLogin chooses the mechanism. It fails with ErrDowngrade when the best one is worse than what worked before.
func newLogin(cfg Config, pins model.Pins, state tls.ConnectionState, f wire.Features) (*login, error) {
	password, err := precis.OpaqueString.String(string(cfg.Password))
	if err != nil {
		return nil, ErrPassword // no server can have accepted it
	}
	l := &login{
		user: cfg.JID.Local(), password: password, pins: pins, tls: state,
		mechanisms: f.Mechanisms, bindings: f.Bindings,
	}
	data := l.bind()
	if !l.choose() {
		return nil, fmt.Errorf("%w: no common way to sign in", ErrRefused)
	}
	if state.Version < pins.TLSVersion || pins.Mechanism != "" && strength(l.chosen.name) > strength(pins.Mechanism) {
		return nil, ErrDowngrade
	}
	if l.chosen.hash == "" {
		return l, nil
	}
	l.scram = &scram{
		hashName: l.chosen.hash, user: l.user, password: l.password, gs2: l.gs2(), pins: pins,
		offer: offerText(l.mechanisms, l.bindings), nonce: rand.Text(),
	}
	if l.chosen.plus {
		l.scram.binding = data
	}
	return l, nil
}

// choose takes the best mechanism that both sides speak.
func (l *login) choose() bool {
	for _, m := range mechanisms {
		if slices.Contains(l.mechanisms, m.name) && (!m.plus || l.binding != "") {
			l.chosen = m
			if !m.plus {
				l.guessed = false
			}
			return true
		}
	}
	return false
}

// offer is the server's offer as Pins.NoBinding remembers it.
func (l *login) offer() string { return offerText(l.mechanisms, l.bindings) }

// bind chooses the channel binding and returns its data. Where the server does not say what it can do, RFC 9266 and RFC 5929
// are supposed to hold: tls-exporter for TLS 1.3, tls-unique below.
func (l *login) bind() (data []byte) {
	if l.pins.NoBinding != "" && l.pins.NoBinding == l.offer() {
		return nil
	}
	wanted := l.bindings
	if len(wanted) == 0 {
		l.guessed = l.tls.Version >= tls.VersionTLS13
		wanted = []string{"tls-exporter", "tls-unique"}
	}
	for _, name := range []string{"tls-exporter", "tls-unique", "tls-server-end-point"} {
		if !slices.Contains(wanted, name) {
			continue
		}
		if data = bindingData(name, l.tls); data != nil {
			l.binding = name
			return data
		}
	}
	return nil
}

// bindingData is the data of a channel binding; nil when this connection has none of that type.
func bindingData(name string, state tls.ConnectionState) []byte {
	switch {
	case name == "tls-exporter" && state.Version >= tls.VersionTLS13: // RFC 9266
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			return nil
		}
		return data
	case name == "tls-unique" && state.Version < tls.VersionTLS13: // RFC 5929 §3
		return state.TLSUnique
	case name == "tls-server-end-point" && len(state.PeerCertificates) > 0: // RFC 5929 §4.1
		return endPoint(state.PeerCertificates[0])
	default:
		return nil
	}
}

// endPoint hashes the certificate with the hash of its signature, SHA-256 instead of the broken ones.
func endPoint(c *x509.Certificate) []byte {
	switch c.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		sum := sha512.Sum384(c.Raw)
		return sum[:]
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		sum := sha512.Sum512(c.Raw)
		return sum[:]
	case x509.PureEd25519:
		return nil // not defined
	default:
		sum := sha256.Sum256(c.Raw)
		return sum[:]
	}
}

// gs2 is the SCRAM header (RFC 5802 §6): with "y" a server that does bind notices that somebody took its offer away.
func (l *login) gs2() string {
	offered := slices.ContainsFunc(l.mechanisms, func(name string) bool { return strings.HasSuffix(name, "-PLUS") })
	switch {
	case l.chosen.plus:
		return "p=" + l.binding + ",,"
	case offered || l.binding == "":
		return "n,,"
	default:
		return "y,,"
	}
}

// initial is the first message to the server.
func (l *login) initial() []byte {
	if l.scram == nil {
		return []byte("\x00" + l.user + "\x00" + l.password)
	}
	return l.scram.first()
}

// learned is what to remember after the server let us in.
func (l *login) learned() model.Pins {
	pins := l.pins
	if l.scram != nil {
		pins = l.scram.pins
	}
	pins.Mechanism = l.chosen.name
	pins.Binding = pins.Binding || l.chosen.plus
	pins.TLSVersion = max(pins.TLSVersion, l.tls.Version)
	return pins
}

// bindingRefused is a failed sign-in with a channel binding that the server may understand differently: ejabberd 23.01 on
// TLS 1.3 offers it and means tls-unique, which TLS 1.3 does not have.
type bindingRefused struct {
	offer string // for Pins.NoBinding
	err   error
}

func (e *bindingRefused) Error() string { return e.err.Error() }
func (e *bindingRefused) Unwrap() error { return e.err }

// refused makes an error of the server's failure.
func (l *login) refused(f *wire.SASLFailure) error {
	err := saslError(f)
	if l.guessed && !l.pins.Binding {
		return &bindingRefused{l.offer(), err}
	}
	return err
}

// saslError sorts the conditions of RFC 6120 §6.5.
func saslError(f *wire.SASLFailure) error {
	switch f.Condition {
	case wire.NotAuthorized, "credentials-expired":
		return ErrPassword
	case "temporary-auth-failure":
		return fmt.Errorf("%w: it cannot check passwords now", ErrUnreachable)
	default:
		return fmt.Errorf("%w: %s", ErrRefused, f.Condition)
	}
}

// unbound is the retry that a bindingRefused allows: the same without channel binding.
func unbound(pins model.Pins, err error) (model.Pins, bool) {
	var refused *bindingRefused
	if !errors.As(err, &refused) || pins.NoBinding == refused.offer {
		return pins, false
	}
	pins.NoBinding = refused.offer
	return pins, true
}
