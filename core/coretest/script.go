package coretest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Script is a server that plays a written conversation. It takes one connection at a time.
type Script struct {
	Domain string // example.test: what its certificate is for
	Host   string
	Port   int
	CA     *x509.CertPool

	listener net.Listener
	tls      *tls.Config
	done     chan struct{} // closed when the conversation has ended
	err      error         // how, readable then

	mu    sync.Mutex
	conn  net.Conn // the present connection; nil before the first
	seen  strings.Builder
	fresh string // what was received and not yet expected
	ended bool   // the test is over
}

// Step is one thing that a Script does.
type Step struct {
	what string
	do   func(*Script) error
}

// scriptTimeout bounds how long a script waits for its client.
const scriptTimeout = 20 * time.Second

// Expect waits until the client has sent text, and forgets what came up to its end.
func Expect(text string) Step {
	return Step{fmt.Sprintf("expect %q", text), func(s *Script) error {
		_, err := s.receive(text)
		return err
	}}
}

// Send sends text as it is.
func Send(text string) Step {
	return Step{fmt.Sprintf("send %.60q", text), func(s *Script) error { return s.send(text) }}
}

// Flood sends text, as much of it as the client takes before it hangs up, and hangs up too.
func Flood(text string) Step {
	return Step{fmt.Sprintf("flood with %.60q", text), func(s *Script) error {
		_ = s.send(text) // that it fails is the point
		_ = s.conn.Close()
		return nil
	}}
}

// Answer waits until the client has sent end, and sends what answer makes of everything received up to there since the
// step before. The state is the connection's, for channel bindings; it is nil without TLS.
func Answer(end string, answer func(received string, state *tls.ConnectionState) string) Step {
	return Step{fmt.Sprintf("answer what ends in %q", end), func(s *Script) error {
		received, err := s.receive(end)
		if err != nil {
			return err
		}
		var state *tls.ConnectionState
		if c, ok := s.conn.(*tls.Conn); ok {
			now := c.ConnectionState()
			state = &now
		}
		return s.send(answer(received, state))
	}}
}

// Secure shakes hands as a TLS server: as the first step of a connection for direct TLS, or behind <proceed/>.
func Secure() Step {
	return Step{"secure", func(s *Script) error {
		secure := tls.Server(s.conn, s.tls)
		if err := secure.SetDeadline(time.Now().Add(scriptTimeout)); err != nil {
			return err
		}
		if err := secure.Handshake(); err != nil {
			return err
		}
		s.hold(secure)
		return nil
	}}
}

// Hangup closes the connection in order, Reset with RST. Steps may follow on the next connection.
func Hangup() Step {
	return Step{"hang up", func(s *Script) error { return s.conn.Close() }}
}

// Reset closes the connection with RST, so that the client's next read or write fails.
func Reset() Step {
	return Step{"reset", func(s *Script) error {
		conn := s.conn
		if secure, ok := conn.(*tls.Conn); ok {
			conn = secure.NetConn()
		}
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil {
			return err
		}
		return conn.Close()
	}}
}

// NextConn waits for the client's next connection, after Hangup or Reset. The first one needs no step.
func NextConn() Step {
	return Step{"next connection", (*Script).accept}
}

// Run calls f in the script's goroutine, to let the test follow or hold the conversation.
func Run(f func()) Step {
	return Step{"run", func(*Script) error { f(); return nil }}
}

// StartScript plays steps to the first client that connects to Addr. When they are done, the connection is held open and
// what still comes is kept for Seen. The test fails at its end when a step failed, or was never reached.
func StartScript(tb TB, steps ...Step) *Script {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("start script: %v", err)
	}
	s := &Script{
		Domain: "example.test", Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port,
		listener: listener, done: make(chan struct{}),
	}
	if err := s.certify(); err != nil {
		tb.Fatalf("start script: %v", err)
	}
	var running sync.WaitGroup
	running.Go(func() { s.play(steps) })
	tb.Cleanup(func() {
		tb.Helper()
		s.end()
		running.Wait()
		if s.err != nil && !failed(tb) {
			tb.Fatalf("%v; the client sent: %s", s.err, s.Seen())
		}
	})
	return s
}

// certify makes the authority and the certificate for Domain.
func (s *Script) certify() error {
	ours, err := newAuthority("Kith tests")
	if err != nil {
		return err
	}
	now := time.Now()
	cert, key, err := ours.issue(s.Domain, now.Add(-47*time.Hour), now.Add(24*time.Hour))
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("use own certificate: %w", err)
	}
	s.CA = x509.NewCertPool()
	s.CA.AddCert(ours.cert)
	s.tls = &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"xmpp-client"}}
	return nil
}

// Addr is where the client connects to.
func (s *Script) Addr() string { return s.listener.Addr().String() }

// Wait waits until all steps were played, and fails the test when one of them failed.
func (s *Script) Wait(tb TB) {
	tb.Helper()
	<-s.done
	if s.err != nil {
		tb.Fatalf("%v; the client sent: %s", s.err, s.Seen())
	}
}

// Seen is everything that clients have sent so far, decrypted, over all connections.
func (s *Script) Seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// play goes through the steps and then reads until the client or the test ends.
func (s *Script) play(steps []Step) {
	s.err = s.steps(steps)
	close(s.done)
	if s.err != nil {
		return
	}
	if err := s.conn.SetDeadline(time.Time{}); err != nil {
		return // closed by the last step
	}
	for s.read() == nil {
	}
}

func (s *Script) steps(steps []Step) error {
	if err := s.accept(); err != nil {
		return fmt.Errorf("script: first connection: %w", err)
	}
	for i, step := range steps {
		if err := step.do(s); err != nil {
			return fmt.Errorf("script: step %d, %s: %w", i+1, step.what, err)
		}
	}
	return nil
}

func (s *Script) accept() error {
	if err := s.listener.(*net.TCPListener).SetDeadline(time.Now().Add(scriptTimeout)); err != nil {
		return err
	}
	conn, err := s.listener.Accept()
	if err != nil {
		return err
	}
	s.hold(conn)
	return nil
}

// hold makes conn the one to speak over, and the one that the test's end closes.
func (s *Script) hold(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn, s.fresh = conn, ""
	if s.ended {
		_ = conn.Close() // the next read tells
	}
}

// end breaks off whatever the script does.
func (s *Script) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	_ = s.listener.Close()
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

// receive reads up to the end of text.
func (s *Script) receive(text string) (string, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(scriptTimeout)); err != nil {
		return "", err
	}
	for {
		if before, after, ok := strings.Cut(s.fresh, text); ok {
			s.fresh = after
			return before + text, nil
		}
		if err := s.read(); err != nil {
			return "", err
		}
	}
}

// read takes what the client sends next. A client that sends without end is cut off.
func (s *Script) read() error {
	buf := make([]byte, 64<<10)
	n, err := s.conn.Read(buf)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh += string(buf[:n])
	s.seen.Write(buf[:n])
	if s.seen.Len() > 64<<20 {
		return errors.New("the client sent more than 64 MiB")
	}
	if n > 0 {
		return nil
	}
	return err
}

func (s *Script) send(text string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(scriptTimeout)); err != nil {
		return err
	}
	_, err := s.conn.Write([]byte(text))
	return err
}
