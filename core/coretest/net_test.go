package coretest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// echo starts a server that sends back what it gets.
func echo(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close() // ends the loop above
		running.Wait()
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn.(*net.TCPConn)
}

// roundTrip sends text and reads as much.
func roundTrip(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != text {
		t.Fatalf("sent %q, got %q, %v", text, got, err)
	}
}

func TestProxyPasses(t *testing.T) {
	CheckGoroutines(t)
	p := StartProxy(t, echo(t))
	conn := dial(t, p.Addr())
	big := strings.Repeat("0123456789", 100_000)
	go func() { _, _ = io.WriteString(conn, big); _ = conn.CloseWrite() }()
	got, err := io.ReadAll(conn)
	if err != nil || string(got) != big {
		t.Fatalf("%d of %d bytes came back, %v", len(got), len(big), err)
	}
	if p.BytesUp() != int64(len(big)) || p.BytesDown() != int64(len(big)) {
		t.Errorf("counted %d up and %d down, want %d", p.BytesUp(), p.BytesDown(), len(big))
	}
}

func TestProxyCuts(t *testing.T) {
	CheckGoroutines(t)
	p := StartProxy(t, echo(t))
	one, two := dial(t, p.Addr()), dial(t, p.Addr())
	roundTrip(t, one, "first")
	roundTrip(t, two, "second")
	p.Conns()[0].Cut()
	if _, err := one.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the cut connection said %v, want a reset", err)
	}
	roundTrip(t, two, "still there")
	p.Cut()
	if _, err := two.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the cut connection said %v, want a reset", err)
	}
	roundTrip(t, dial(t, p.Addr()), "a new one works")

	p.Refuse(true)
	refused, err := net.Dial("tcp", p.Addr()) // the reset may come before the dial has returned
	if err == nil {
		_, err = refused.Read(make([]byte, 1))
		refused.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the refused connection said %v, want a reset", err)
	}
	p.Refuse(false)
	roundTrip(t, dial(t, p.Addr()), "works again")
}

func TestProxyCutAfter(t *testing.T) {
	CheckGoroutines(t)
	p := StartProxy(t, echo(t))
	conn := dial(t, p.Addr())
	roundTrip(t, conn, "before")
	p.CutAfter(-1, 4)
	if _, err := io.WriteString(conn, "123456789"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if string(got) != "1234" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v; want 4 bytes and a reset", got, err)
	}
	roundTrip(t, dial(t, p.Addr()), "works once only")
}

func TestProxyStallsAndDelays(t *testing.T) {
	CheckGoroutines(t)
	p := StartProxy(t, echo(t))
	conn, other := dial(t, p.Addr()), dial(t, p.Addr())
	roundTrip(t, conn, "a")
	roundTrip(t, other, "b")
	one := p.Conns()[0]
	for _, stall := range []func(bool){p.Stall, one.Stall} {
		stall(true)
		passed := p.BytesUp()
		if _, err := io.WriteString(conn, "held"); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 4)); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Errorf("a stalled connection gave %d bytes, %v", n, err)
		}
		if p.BytesUp() != passed {
			t.Errorf("%d bytes passed a stalled proxy", p.BytesUp()-passed)
		}
		stall(false)
		if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
			t.Errorf("after the stall: %v", err)
		}
	}
	one.Stall(true)
	roundTrip(t, other, "not stalled")
	one.Stall(false)

	p.Delay(30 * time.Millisecond)
	start := time.Now()
	roundTrip(t, conn, "slowly")
	if took := time.Since(start); took < 60*time.Millisecond {
		t.Errorf("the round trip took %v, want at least twice the delay", took)
	}
	p.Delay(0)
	p.Slow(10_000)
	start = time.Now()
	roundTrip(t, conn, strings.Repeat("x", 1000))
	if took := time.Since(start); took < 100*time.Millisecond {
		t.Errorf("1000 bytes took %v at 10000 a second", took)
	}
	p.Stall(true) // the end of the test must not wait for it
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func TestDNS(t *testing.T) {
	CheckGoroutines(t)
	records := []Record{
		SRV("_xmpp-client._tcp.example.test", "one.example.test", 5222, 10, 60),
		SRV("_xmpp-client._tcp.example.test", "two.example.test", 5223, 20, 0),
		SRV("_xmpps-client._tcp.example.test", ".", 0, 0, 0),
		Address("one.example.test", "127.0.0.1"), Address("one.example.test", "::1"),
		Text("example.test", "a", "b"), Broken("broken.test"), Silent("silent.test"),
	}
	for i := range 100 {
		records = append(records, SRV("_many._tcp.example.test", "one.example.test", uint16(i), 0, 0))
	}
	r := StartDNS(t, records...)
	ctx := t.Context()
	_, services, err := r.LookupSRV(ctx, "xmpp-client", "tcp", "example.test")
	if err != nil || len(services) != 2 || services[0].Target != "one.example.test." || services[1].Port != 5223 || services[0].Weight != 60 {
		t.Errorf("services %v, %v", services, err)
	}
	_, services, err = r.LookupSRV(ctx, "xmpps-client", "tcp", "example.test")
	if err != nil || len(services) != 1 || services[0].Target != "." {
		t.Errorf("a service not offered: %v, %v", services, err)
	}
	if _, services, err = r.LookupSRV(ctx, "many", "tcp", "example.test"); err != nil || len(services) != 100 {
		t.Errorf("%d of 100 services, %v", len(services), err)
	}
	if ips, err := r.LookupHost(ctx, "One.Example.Test"); err != nil || !slices.Contains(ips, "127.0.0.1") || !slices.Contains(ips, "::1") {
		t.Errorf("addresses %v, %v", ips, err)
	}
	if lines, err := r.LookupTXT(ctx, "example.test"); err != nil || len(lines) != 1 || lines[0] != "ab" {
		t.Errorf("text %q, %v", lines, err)
	}
	var wrong *net.DNSError
	if _, err := r.LookupHost(ctx, "nobody.test"); !errors.As(err, &wrong) || !wrong.IsNotFound {
		t.Errorf("a name that is not there: %v", err)
	}
	if _, err := r.LookupHost(ctx, "broken.test"); !errors.As(err, &wrong) || wrong.IsNotFound || !wrong.IsTemporary {
		t.Errorf("a broken name: %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := r.LookupHost(short, "silent.test"); !errors.As(err, &wrong) || !wrong.IsTimeout {
		t.Errorf("a silent name: %v", err)
	}
}

func TestScript(t *testing.T) {
	CheckGoroutines(t)
	ran := make(chan struct{})
	s := StartScript(t,
		Expect("<hello>"), Send("<proceed/>"), Secure(),
		Answer("</auth>", func(received string, state *tls.ConnectionState) string {
			if state == nil || state.Version != tls.VersionTLS13 {
				return "no TLS"
			}
			return "you said " + received
		}),
		Run(func() { close(ran) }), Reset(), NextConn(), Secure(), Send("again"), Hangup())
	plain := dial(t, s.Addr())
	if _, err := io.WriteString(plain, "<hello>"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("<proceed/>"))
	if _, err := io.ReadFull(plain, got); err != nil || string(got) != "<proceed/>" {
		t.Fatalf("got %q, %v", got, err)
	}
	config := &tls.Config{ServerName: s.Domain, RootCAs: s.CA}
	conn := tls.Client(plain, config)
	if _, err := io.WriteString(conn, "<auth>x</auth>"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if string(answer) != "you said <auth>x</auth>" || err == nil {
		t.Errorf("got %q, %v; want the answer and a reset", answer, err)
	}
	<-ran
	again, err := io.ReadAll(tls.Client(dial(t, s.Addr()), config))
	if string(again) != "again" {
		t.Errorf("the second connection got %q, %v", again, err)
	}
	s.Wait(t)
	if s.Seen() != "<hello><auth>x</auth>" {
		t.Errorf("the script saw %q", s.Seen())
	}
}

// fatal is a TB that notes its failure.
type fatal struct {
	TB
	said     string
	cleanups []func()
}

func (f *fatal) Cleanup(c func())               { f.cleanups = append(f.cleanups, c) }
func (f *fatal) Fatalf(format string, _ ...any) { f.said += format }
func (f *fatal) Failed() bool                   { return false }

func TestScriptFails(t *testing.T) {
	CheckGoroutines(t)
	f := &fatal{TB: t}
	s := StartScript(f, Expect("<right/>"))
	conn := dial(t, s.Addr())
	if _, err := io.WriteString(conn, "<wrong/>"); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	s.Wait(f)
	if f.said == "" {
		t.Error("a script that was not followed did not fail")
	}
	f.said = ""
	f.cleanups[0]()
	if f.said == "" {
		t.Error("a script that was not followed did not fail at the end of the test")
	}
}
