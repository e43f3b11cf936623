package coretest

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// client is the least that can log in and speak: what it reads is looked at as text.
type client struct {
	net.Conn
	t    *testing.T
	seen string
}

// connect opens a connection to s, secured as the server demands, up to the features after TLS.
func connect(t *testing.T, s *Server) *client {
	t.Helper()
	c, err := tryConnect(t, s, nil)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	return c
}

// tryConnect uses direct TLS where the server has it. A nil config trusts the server's authority.
func tryConnect(t *testing.T, s *Server, config *tls.Config) (*client, error) {
	t.Helper()
	if config == nil {
		config = &tls.Config{ServerName: s.Domain, RootCAs: s.CA}
	}
	addr := s.Addr()
	if s.DirectPort != 0 {
		addr = s.DirectAddr()
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	if s.DirectPort != 0 {
		secure := tls.Client(conn, config)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	c := &client{Conn: conn, t: t}
	c.header(s.Domain)
	return c, nil
}

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	if _, err := fmt.Fprintf(c, format, args...); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// expect reads until text was seen, and forgets everything up to its end.
func (c *client) expect(text string) string {
	c.t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		c.t.Fatal(err)
	}
	r := bufio.NewReader(c.Conn)
	for {
		if before, after, ok := strings.Cut(c.seen, text); ok {
			c.seen = after
			return before + text
		}
		b := make([]byte, 65536)
		n, err := r.Read(b)
		if err != nil {
			c.t.Fatalf("wait for %q: %v; seen: %s", text, err, c.seen)
		}
		c.seen += string(b[:n])
	}
}

// header opens a stream and returns the features.
func (c *client) header(domain string) string {
	c.t.Helper()
	c.send("<stream:stream to='%s' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", domain)
	features := c.expect("</stream:features>")
	c.seen = features // kept for the test that connects
	return features
}

// login authenticates with PLAIN, which every stored password answers, and binds resource.
func (c *client) login(s *Server, local, password, resource string) {
	c.t.Helper()
	c.seen = ""
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + local + "\x00" + password))
	c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", secret)
	c.expect("<success")
	c.expect(">")
	c.seen = ""
	c.header(s.Domain)
	c.seen = ""
	c.send("<iq type='set' id='bind1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>", resource)
	c.expect("/" + resource)
	c.expect("</iq>")
}
