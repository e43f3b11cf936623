package link

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/net/idna"
)

// Reason says what is wrong with a server's certificate.
type Reason uint8

// The reasons.
const (
	Foreign   Reason = iota // made by nobody this system trusts, or damaged
	Expired                 // the clock of one side may be wrong
	NotYet                  // valid later only: most likely our clock is behind
	OtherName               // valid, but for another name than the account's domain
)

var reasonNames = [...]string{"made by an unknown authority", "expired", "not valid yet", "made for another name"}

// String is the reason in plain words.
func (r Reason) String() string { return reasonNames[min(int(r), len(reasonNames)-1)] }

// CertificateError says why the server's certificate was refused. errors.Is(err, ErrCertificate) holds for it.
type CertificateError struct{ Reason Reason }

// Error is the reason; never a name from the certificate.
func (e *CertificateError) Error() string { return fmt.Sprintf("%v: %v", ErrCertificate, e.Reason) }

// Unwrap makes it an ErrCertificate.
func (e *CertificateError) Unwrap() error { return ErrCertificate }

// tlsConfig is what a connection must fulfil: TLS 1.2 or later, and a certificate for the account's domain, wherever DNS
// sent us (RFC 6120 §13.7.2.1, XEP-0368 §3). The error is ErrNoServer for a domain that no certificate can name.
func tlsConfig(domain string, roots *x509.CertPool) (*tls.Config, error) {
	name, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return nil, ErrNoServer
	}
	// No sessions of TLS are resumed: it saves no round trip on TLS 1.3, and takes tls-unique away from servers of TLS 1.2.
	return &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// handshakeError sorts what can go wrong while TLS is set up.
func handshakeError(err error) error {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var verify *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert.NotBefore.After(time.Now()):
		return &CertificateError{NotYet}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &CertificateError{Expired}
	case errors.As(err, &name):
		return &CertificateError{OtherName}
	case errors.As(err, &verify):
		return &CertificateError{Foreign}
	case errors.As(err, &record), errors.As(err, &alert):
		return fmt.Errorf("%w: set up TLS: refused", ErrUnreachable)
	default:
		return unreachable("set up TLS", err)
	}
}
