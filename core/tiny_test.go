package core

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

// tiny is a server that can nothing but sign people in (RFC 6120): no archive, no carbons, no stream management. What it
// answers to a request, the test says: stanzas, ANSWER and the payload of the result; or the condition of an error.
type tiny struct {
	t        testing.TB
	listener net.Listener
	ca       *x509.CertPool
	answer   func(iq wire.IQ) (payload string, ok bool) // called under mu
	running  sync.WaitGroup

	mu       sync.Mutex
	conns    []net.Conn
	messages []*wire.Element // what clients have sent
	iqs      []wire.IQ
	arrived  chan struct{} // capacity 1
}

func startTiny(t testing.TB, answer func(wire.IQ) (string, bool)) *tiny {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server: not in -short")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"example.test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := &tiny{t: t, answer: answer, ca: x509.NewCertPool(), arrived: make(chan struct{}, 1)}
	s.ca.AddCert(cert)
	s.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"xmpp-client"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.running.Go(s.accept)
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.cut()
		s.running.Wait()
	})
	return s
}

func (s *tiny) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.running.Go(func() {
			defer func() { _ = conn.Close() }()
			s.serve(conn)
		})
	}
}

// cut ends every connection.
func (s *tiny) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Close()
	}
	s.conns = nil
}

const tinyStream = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.test' id='1' version='1.0'><stream:features>"

// serve signs one client in and then answers it.
func (s *tiny) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = conn.Write([]byte(text)) }
	upTo := func(end string) string {
		var b strings.Builder
		for !strings.HasSuffix(b.String(), end) {
			c, err := in.ReadByte()
			if err != nil {
				return ""
			}
			b.WriteByte(c)
		}
		return b.String()
	}
	header := func() string { return upTo("<stream:stream") + upTo(">") }
	if header() == "" {
		return
	}
	say(tinyStream + "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>")
	if upTo("</auth>") == "" {
		return
	}
	say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
	if header() == "" {
		return
	}
	say(tinyStream + "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>")
	for {
		text := strings.TrimLeft(upTo(">"), " \n\t")
		if text == "" || strings.HasPrefix(text, "</stream") {
			say("</stream:stream>")
			return
		}
		name, _, _ := strings.Cut(strings.TrimRight(text[1:], "/>"), " ")
		if !strings.HasSuffix(text, "/>") {
			text += upTo("</" + name + ">")
		}
		s.take(conn, strings.Replace(text, "<"+name, "<"+name+" xmlns='jabber:client'", 1))
	}
}

func (s *tiny) take(conn net.Conn, text string) {
	el, err := wire.Parse(text)
	if err != nil {
		s.t.Errorf("the client sent no XML: %v", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	iq, ok := wire.ParseIQ(el)
	switch {
	case el.Local == "message":
		s.messages = append(s.messages, el)
	case !ok || iq.Type == wire.TypeResult || iq.Type == wire.TypeError:
	case iq.Payload.Local == "bind":
		_, _ = fmt.Fprintf(conn, "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>anna@example.test/kith</jid></bind></iq>", iq.ID)
	default:
		s.iqs = append(s.iqs, iq)
		from := ""
		if iq.To != "" {
			from = " from='" + string(iq.To) + "'"
		}
		payload, ok := s.answer(iq)
		if payload = strings.ReplaceAll(payload, "QUERYID", iq.Payload.Attr("queryid")); !ok {
			if payload == "" {
				payload = "service-unavailable"
			}
			_, _ = conn.Write(wire.ErrorReply(el, payload).SetIf("from", el.Attr("to")).Append(nil, wire.NSClient))
			break
		}
		before, payload, _ := strings.Cut(payload, "ANSWER")
		_, _ = fmt.Fprintf(conn, "%s<iq type='result' id='%s'%s>%s</iq>", before, iq.ID, from, payload)
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// say sends text to everybody.
func (s *tiny) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_, _ = c.Write([]byte(text))
	}
}

// until waits until ok, called with the lock held, says yes.
func (s *tiny) until(what string, ok func() bool) {
	s.t.Helper()
	end := time.After(patience)
	for {
		s.mu.Lock()
		yes := ok()
		s.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-s.arrived:
		case <-end:
			s.t.Fatalf("timeout: until %s", what)
		}
	}
}

// count says how many requests are for a node. With the lock held.
func (s *tiny) count(local, node string) (n int) {
	for _, iq := range s.iqs {
		if inner := iq.Payload.First(); inner != nil && inner.Local == local && inner.Attr("node") == node {
			n++
		}
	}
	return n
}

// login is anna with an account on the tiny server.
func (s *tiny) login(t *testing.T) *person {
	t.Helper()
	p := &person{t: t, dir: t.TempDir(), jid: annaJID}
	p.login = Login{Address: string(annaJID), Password: "canary-password", Host: "127.0.0.1", Port: uint16(s.listener.Addr().(*net.TCPAddr).Port), DirectTLS: true}
	p.options = Options{Log: coretest.NewCanary(t, "anna@", "canary"), RootCAs: s.ca}
	p.open()
	t.Cleanup(p.close)
	var err error
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if p.account, err = p.client.Accounts.Add(ctx, p.login); err != nil {
		t.Fatal(err)
	}
	return p
}

// rosterOnly answers what every server answers.
func rosterOnly(iq wire.IQ) (string, bool) {
	if iq.Payload.Is(wire.NSRoster, "query") {
		return "ANSWER<query xmlns='jabber:iq:roster'><item jid='ben@example.test' subscription='both'/></query>", true
	}
	return "", false
}

// A server that can do nothing is enough to talk in the clear, over cuts and restarts.
func TestServerWithoutAnything(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := s.login(t)
	if err := p.client.Chats.SetEncryption(t.Context(), p.chat(benJID).ID, model.Clear); err != nil {
		t.Fatal(err)
	}
	p.reaches(p.send(benJID, "in the clear"), model.Sent)
	s.say("<message from='ben@example.test/x' to='anna@example.test/kith' type='chat' id='b1'><body>and back</body><request xmlns='urn:xmpp:receipts'/></message>")
	p.gets(benJID, "and back")
	s.until("the receipt is sent", func() bool {
		return slices.ContainsFunc(s.messages, func(m *wire.Element) bool { id, ok := wire.ParseReceipt(m); return ok && id == "b1" })
	})
	s.cut()
	p.reaches(p.send(benJID, "after a cut"), model.Sent)
	p.close()
	p.open()
	p.online()
	if got := p.texts(benJID); !slices.Equal(got, []string{"in the clear", "and back", "after a cut"}) {
		t.Errorf("stored %q", got)
	}
}
