package coretest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// startTimeout is generous: the machine may be busy with other tests.
const startTimeout = 60 * time.Second

// waitReady waits until the server answers on its ports, or has ended.
func (s *Server) waitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("it has ended (%w)", err)
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

// probe opens a stream on Port and a TLS session on DirectPort, and checks that both are this server's.
func (s *Server) probe(ctx context.Context) error {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer conn.Close()
	features, err := openStream(conn, s.Domain)
	if err != nil {
		return err
	}
	if !strings.Contains(features, s.Domain) {
		return fmt.Errorf("port %d belongs to another server", s.Port)
	}
	if s.DirectPort == 0 {
		return nil
	}
	// What kind of certificate it is was chosen by the test; that it is the one in the folder is checked.
	config := &tls.Config{ServerName: s.Domain, InsecureSkipVerify: true, VerifyConnection: s.checkOwn}
	secure, err := (&tls.Dialer{NetDialer: &dialer, Config: config}).DialContext(ctx, "tcp", s.DirectAddr())
	if err != nil {
		return err
	}
	return secure.Close()
}

// checkOwn says whether the certificate shown is the one that certify made.
func (s *Server) checkOwn(state tls.ConnectionState) error {
	own, err := os.ReadFile(filepath.Join(s.Dir, "cert.pem"))
	if err != nil {
		return fmt.Errorf("read own certificate: %w", err)
	}
	if string(encodePEM("CERTIFICATE", state.PeerCertificates[0].Raw)) != string(own) {
		return fmt.Errorf("port %d belongs to another server", s.DirectPort)
	}
	return nil
}

// openStream sends a stream header and reads up to the end of the features.
func openStream(conn net.Conn, domain string) (string, error) {
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	_, err := fmt.Fprintf(conn, "<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "+
		"xmlns:stream='http://etherx.jabber.org/streams'>", domain)
	if err != nil {
		return "", err
	}
	var seen []byte
	buf := make([]byte, 4096)
	for !strings.Contains(string(seen), "</stream:features>") {
		n, err := conn.Read(buf)
		if err != nil {
			return string(seen), err
		}
		seen = append(seen, buf[:n]...)
	}
	return string(seen), nil
}
