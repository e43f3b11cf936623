package coretest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Certificate chooses what a server shows of itself.
type Certificate int

// The certificates a server can have. Every one but CertGood must be refused by a client that trusts Server.CA.
const (
	CertGood      Certificate = iota // for the domain and everything below it, from Server.CA
	CertExpired                      // ended yesterday
	CertEarly                        // begins tomorrow: to a client whose clock is behind, every new one
	CertForeign                      // right name, from an authority nobody knows
	CertWrongName                    // from Server.CA, for another domain
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	der  []byte
	key  *ecdsa.PrivateKey
}

// newAuthority makes a certificate authority that lives for this test only.
func newAuthority(name string) (*authority, error) {
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority's key: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read authority: %w", err)
	}
	return &authority{cert: cert, der: der, key: key}, nil
}

// issue signs a server certificate for domain and the names below it, from begin to end. It returns certificate and key as PEM.
func (a *authority) issue(domain string, begin, end time.Time) (cert, key []byte, err error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, nil, fmt.Errorf("make serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: domain},
		DNSNames:     []string{domain, "*." + domain},
		NotBefore:    begin,
		NotAfter:     end,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make server's key: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, private.Public(), a.key)
	if err != nil {
		return nil, nil, fmt.Errorf("sign server's certificate: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("encode server's key: %w", err)
	}
	return encodePEM("CERTIFICATE", der), encodePEM("PRIVATE KEY", pkcs8), nil
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// certify gives s an authority and writes ca.pem, cert.pem, key.pem and all.pem (certificate and key) into its folder.
func (s *Server) certify(kind Certificate) error {
	ours, err := newAuthority("Kith tests")
	if err != nil {
		return err
	}
	signer, domain, now := ours, s.Domain, time.Now()
	begin, end := now.Add(-47*time.Hour), now.Add(36*time.Hour)
	switch kind {
	case CertGood:
	case CertExpired:
		end = now.Add(-24 * time.Hour)
	case CertEarly:
		begin = now.Add(24 * time.Hour)
	case CertWrongName:
		domain = "wrong-name.test"
	case CertForeign:
		if signer, err = newAuthority("Somebody else"); err != nil {
			return err
		}
	}
	cert, key, err := signer.issue(domain, begin, end)
	if err != nil {
		return err
	}
	s.CA = x509.NewCertPool()
	s.CA.AddCert(ours.cert)
	s.CAFile = filepath.Join(s.Dir, "ca.pem")
	for name, content := range map[string][]byte{
		"ca.pem": encodePEM("CERTIFICATE", ours.der), "cert.pem": cert, "key.pem": key, "all.pem": append(cert[:len(cert):len(cert)], key...),
	} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), content, 0o600); err != nil {
			return fmt.Errorf("write certificate: %w", err)
		}
	}
	return nil
}
