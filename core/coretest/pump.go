package coretest

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

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
