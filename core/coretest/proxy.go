package coretest

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes TCP connections on to a target and spoils them on demand. What is set holds for all its connections, those
// that come later too. All methods may be called from any goroutine.
type Proxy struct {
	target   string
	listener net.Listener
	running  sync.WaitGroup
	up, down atomic.Int64

	mu      sync.Mutex
	conns   []*ProxyConn
	refuse  bool
	closed  bool
	delay   time.Duration
	rate    int // bytes a second; 0 = no limit
	cutUp   int64
	cutDown int64
	gate    gate
}

// ProxyConn is one connection through a Proxy.
type ProxyConn struct {
	proxy          *Proxy
	client, server *net.TCPConn
	ctx            context.Context //nolint:containedctx // ends when the connection is cut: what waits in its goroutines waits for this
	cancel         context.CancelFunc
	gate           gate
}

// StartProxy listens on a free loopback port and passes connections on to target. It ends with the test.
func StartProxy(tb TB, target string) *Proxy {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("start proxy: %v", err)
	}
	p := &Proxy{target: target, listener: listener, cutUp: -1, cutDown: -1}
	p.running.Add(1)
	go p.accept()
	tb.Cleanup(func() {
		if err := listener.Close(); err != nil {
			tb.Logf("stop proxy: %v", err)
		}
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.Cut()
		p.running.Wait()
	})
	return p
}

// Addr is where to connect to instead of the target.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Port is the port of Addr.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// BytesUp counts what was passed on towards the target, over all connections.
func (p *Proxy) BytesUp() int64 { return p.up.Load() }

// BytesDown counts what was passed on from the target.
func (p *Proxy) BytesDown() int64 { return p.down.Load() }

// Cut resets every open connection on both sides (RST), as a vanished network address does. Later ones work.
func (p *Proxy) Cut() {
	for _, c := range p.Conns() {
		c.Cut()
	}
}

// CutAfter lets up and down more bytes pass, counted from now over all connections, and cuts all connections in the moment
// when one direction has reached its number. A negative number never cuts. It works once.
func (p *Proxy) CutAfter(up, down int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutUp, p.cutDown = up, down
}

// Refuse resets every new connection at once, as long as it is on; open ones go on.
func (p *Proxy) Refuse(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = on
}

// Stall passes nothing on as long as it is on, without closing anything: the network that is there and carries nothing.
func (p *Proxy) Stall(on bool) { p.gate.shut(on) }

// Delay holds every byte back for d, in each direction: a round trip takes 2d more.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Slow limits each direction of each connection to so many bytes a second; 0 ends it.
func (p *Proxy) Slow(bytesPerSecond int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = bytesPerSecond
}

// Conns are the open connections in the order in which they were accepted. One that was just dialled may not be there
// before the first byte came back.
func (p *Proxy) Conns() []*ProxyConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.conns)
}

// Cut resets this connection on both sides.
func (c *ProxyConn) Cut() {
	// A connection closed with no time to linger sends RST. Both fail only when it is closed already.
	_, _ = c.client.SetLinger(0), c.server.SetLinger(0)
	c.close()
}

// Stall passes nothing on for this connection as long as it is on.
func (c *ProxyConn) Stall(on bool) { c.gate.shut(on) }

func (c *ProxyConn) close() {
	c.cancel()
	_, _ = c.client.Close(), c.server.Close() // closing twice is no fault
}

// accept takes connections until the listener is closed.
func (p *Proxy) accept() {
	defer p.running.Done()
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refuse := p.refuse
		p.mu.Unlock()
		if refuse {
			reset(client)
			continue
		}
		server, err := net.DialTimeout("tcp", p.target, 10*time.Second)
		if err != nil {
			reset(client) // as the target would have
			continue
		}
		c := &ProxyConn{proxy: p, client: client.(*net.TCPConn), server: server.(*net.TCPConn)}
		c.ctx, c.cancel = context.WithCancel(context.Background())
		if !p.keep(c) {
			c.Cut()
			return
		}
		p.running.Add(1)
		go p.serve(c)
	}
}

// keep makes c one of Conns, unless the test has ended.
func (p *Proxy) keep(c *ProxyConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.conns = append(p.conns, c)
	}
	return !p.closed
}

func reset(conn net.Conn) {
	_, _ = conn.(*net.TCPConn).SetLinger(0), conn.Close()
}

// serve passes one connection on until both directions have ended.
func (p *Proxy) serve(c *ProxyConn) {
	defer p.running.Done()
	var both sync.WaitGroup
	both.Go(func() { c.pump(c.server, c.client, p.tookUp) })
	both.Go(func() { c.pump(c.client, c.server, p.tookDown) })
	both.Wait()
	c.close()
	p.mu.Lock()
	p.conns = slices.DeleteFunc(p.conns, func(o *ProxyConn) bool { return o == c })
	p.mu.Unlock()
}
