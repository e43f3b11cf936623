package coretest

import (
	"context"
	"errors"
	"io"
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
	ctx            context.Context // ends when the connection is cut: what waits in its goroutines waits for this
	cancel         context.CancelFunc
	gate           gate
}

// gate holds back whoever passes while it is shut.
type gate struct {
	mu   sync.Mutex
	open chan struct{} // nil while open; else closed when it opens
}

func (g *gate) shut(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case shut && g.open == nil:
		g.open = make(chan struct{})
	case !shut && g.open != nil:
		close(g.open)
		g.open = nil
	}
}

// pass waits until the gate is open. It says whether ctx still lives.
func (g *gate) pass(ctx context.Context) bool {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	if open == nil {
		return ctx.Err() == nil
	}
	select {
	case <-open:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
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

// tookUp says how many of n bytes may pass towards the target, and whether to cut behind them.
func (p *Proxy) tookUp(n int) (int, bool) { return p.took(n, &p.cutUp, &p.up) }

func (p *Proxy) tookDown(n int) (int, bool) { return p.took(n, &p.cutDown, &p.down) }

func (p *Proxy) took(n int, left *int64, sum *atomic.Int64) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	cut := *left >= 0 && int64(n) >= *left
	if cut {
		n = int(*left)
		p.cutUp, p.cutDown = -1, -1
	} else if *left >= 0 {
		*left -= int64(n)
	}
	sum.Add(int64(n))
	return n, cut
}

// chunk is what was read at once, and when.
type chunk struct {
	data []byte
	at   time.Time
}

// pump passes one direction on: what src sends is queued with its time, and written when it is due.
func (c *ProxyConn) pump(dst, src *net.TCPConn, took func(int) (int, bool)) {
	queue := make(chan chunk, 256)
	c.proxy.running.Add(1)
	go func() {
		defer c.proxy.running.Done()
		defer close(queue)
		for {
			buf := make([]byte, 16<<10)
			n, err := src.Read(buf)
			if n > 0 {
				select {
				case queue <- chunk{buf[:n], time.Now()}:
				case <-c.ctx.Done():
					return
				}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					c.Cut() // one side was reset: so is the other
				}
				return
			}
		}
	}()
	for next := range queue {
		if !c.write(dst, next, took) {
			c.Cut()
			break
		}
	}
	for range queue { // the reader ends when the connection is cut
	}
	_ = dst.CloseWrite() // an end is passed on as an end; fails when the connection was cut
}

// write sends one chunk when it is due. It says whether the connection goes on.
func (c *ProxyConn) write(dst *net.TCPConn, next chunk, took func(int) (int, bool)) bool {
	c.proxy.mu.Lock()
	delay, rate := c.proxy.delay, c.proxy.rate
	c.proxy.mu.Unlock()
	wait := time.Until(next.at.Add(delay))
	if rate > 0 {
		wait = max(wait, time.Duration(len(next.data))*time.Second/time.Duration(rate))
	}
	if delay > 0 || rate > 0 {
		select {
		case <-time.After(wait):
		case <-c.ctx.Done():
			return false
		}
	}
	if !c.proxy.gate.pass(c.ctx) || !c.gate.pass(c.ctx) {
		return false
	}
	n, cut := took(len(next.data))
	if _, err := dst.Write(next.data[:n]); err != nil {
		return false
	}
	if cut {
		c.proxy.Cut()
	}
	return !cut
}
