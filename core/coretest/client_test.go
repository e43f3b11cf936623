package coretest

import (
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

// connect opens a connection to s by direct TLS, or plain when s has none, and a stream on it.
func connect(t *testing.T, s *Server) *client {
	t.Helper()
	if s.DirectPort == 0 {
		c := &client{Conn: dial(t, s.Addr()), t: t}
		c.seen = c.header(s.Domain)
		return c
	}
	return secure(t, dial(t, s.DirectAddr()), s)
}

// startTLS opens a connection to s in clear and secures it.
func startTLS(t *testing.T, s *Server) *client {
	t.Helper()
	c := &client{Conn: dial(t, s.Addr()), t: t}
	features := c.header(s.Domain)
	if !strings.Contains(features, "<required/>") || strings.Contains(features, "PLAIN") {
		t.Errorf("before TLS the server offers %s", features)
	}
	c.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.expect("<proceed")
	c.expect(">")
	return secure(t, c.Conn, s)
}

// secure shakes hands, trusting the server's authority only, and opens a stream.
func secure(t *testing.T, conn net.Conn, s *Server) *client {
	t.Helper()
	c := &client{Conn: tls.Client(conn, &tls.Config{ServerName: s.Domain, RootCAs: s.CA}), t: t}
	c.seen = c.header(s.Domain)
	return c
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
	for {
		if before, after, ok := strings.Cut(c.seen, text); ok {
			c.seen = after
			return before + text
		}
		b := make([]byte, 65536)
		n, err := c.Read(b)
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
	return c.expect("</stream:features>")
}

// login authenticates with PLAIN, which every stored password answers, and binds resource.
func (c *client) login(s *Server, local, password, resource string) {
	c.t.Helper()
	c.seen = ""
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + local + "\x00" + password))
	c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", secret)
	c.expect("<success")
	c.expect(">")
	c.header(s.Domain)
	c.send("<iq type='set' id='bind1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>%s</resource></bind></iq>", resource)
	c.expect("/" + resource)
	c.expect("</iq>")
}
