package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	pion "github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
)

const (
	mostAddresses = 16              // of ours, that are offered
	dialTime      = 5 * time.Second // to a relay
	lookUpTime    = 5 * time.Second // of its name
)

// network is the system's, or that of a test, as a PeerConnection shall see it: with the interfaces as they are now, without
// addresses that nobody else could reach, and without anything that keeps it longer than it wants to live. It may be used on
// any goroutine.
type network struct {
	pion.Net
	system bool
	life   context.Context //nolint:containedctx // ends what Pion began, and Pion has no context for that
	end    context.CancelFunc

	mu   sync.Mutex
	open map[io.Closer]struct{} // nil: cut
}

func newNetwork(n pion.Net) (*network, error) {
	out := &network{Net: n, open: make(map[io.Closer]struct{})}
	if n == nil {
		std, err := stdnet.NewNet()
		if err != nil {
			return nil, fmt.Errorf("look at the network: %w", err)
		}
		out.Net, out.system = std, true
	}
	out.life, out.end = context.WithCancel(context.Background())
	return out, nil
}

// cut ends everything that is still open.
func (n *network) cut() {
	n.end()
	n.mu.Lock()
	open := n.open
	n.open = nil
	n.mu.Unlock()
	for c := range open {
		_ = c.Close()
	}
}

// keep remembers what is to be closed by cut.
func (n *network) keep(c io.Closer) error {
	n.mu.Lock()
	cut := n.open == nil
	if !cut {
		n.open[c] = struct{}{}
	}
	n.mu.Unlock()
	if cut {
		_ = c.Close() // which forgets it
		return net.ErrClosed
	}
	return nil
}

func (n *network) forget(c io.Closer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, c)
}

// Interfaces are those of this moment: a restart is asked for because they have changed.
func (n *network) Interfaces() ([]*pion.Interface, error) {
	now := n.Net
	if n.system {
		std, err := stdnet.NewNet()
		if err != nil {
			return nil, fmt.Errorf("look at the network: %w", err)
		}
		now = std
	}
	all, err := now.Interfaces()
	if err != nil {
		return nil, err
	}
	room := mostAddresses
	var out []*pion.Interface
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		kept := pion.NewInterface(i.Interface)
		for _, a := range addrs {
			if room > 0 && reachable(a) {
				kept.AddAddress(a)
				room--
			}
		}
		out = append(out, kept)
	}
	return out, nil
}

// reachable says whether somebody else could reach an address of ours.
func reachable(a net.Addr) bool {
	var ip net.IP
	switch a := a.(type) {
	case *net.IPNet:
		ip = a.IP
	case *net.IPAddr:
		ip = a.IP
	}
	return ip != nil && ip.IsGlobalUnicast() // private ones are
}

// ListenPacket is what Pion asks servers from.
func (n *network) ListenPacket(kind, address string) (net.PacketConn, error) {
	c, err := n.Net.ListenPacket(kind, address)
	if err != nil {
		return nil, err
	}
	if system, ok := c.(*net.UDPConn); ok {
		if c, err = newSocket(system); err != nil {
			return nil, err
		}
	}
	kept := &packets{PacketConn: c, n: n}
	return kept, n.keep(kept)
}

type packets struct {
	net.PacketConn
	n    *network
	asks asks
}

// WriteTo asks a server, or sends by a relay.
func (c *packets) WriteTo(b []byte, to net.Addr) (int, error) {
	if !c.asks.may(b, time.Now()) {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, to)
}

func (c *packets) Close() error {
	c.n.forget(c)
	c.asks.end()
	return c.PacketConn.Close()
}

// ListenUDP is where media come and go.
func (n *network) ListenUDP(kind string, local *net.UDPAddr) (pion.UDPConn, error) {
	c, err := n.Net.ListenUDP(kind, local)
	if err != nil {
		return nil, err
	}
	if system, ok := c.(*net.UDPConn); ok {
		s, err := newSocket(system)
		if err != nil {
			return nil, err
		}
		kept := &sockets{s, n}
		return kept, n.keep(kept)
	}
	kept := &datagrams{UDPConn: c, n: n}
	return kept, n.keep(kept)
}

// DialUDP is the way to a relay with DTLS.
func (n *network) DialUDP(kind string, local, remote *net.UDPAddr) (pion.UDPConn, error) {
	c, err := n.Net.DialUDP(kind, local, remote)
	if err != nil {
		return nil, err
	}
	kept := &datagrams{UDPConn: c, n: n}
	return kept, n.keep(kept)
}

type datagrams struct {
	pion.UDPConn
	n *network
}

func (c *datagrams) Close() error {
	c.n.forget(c)
	return c.UDPConn.Close()
}

// sockets are datagrams of the system's own.
type sockets struct {
	*socket
	n *network
}

func (c *sockets) Close() error {
	c.n.forget(c)
	return c.socket.Close()
}

// DialTCP is the way to a relay where UDP does not get through. Pion itself would wait for minutes.
func (n *network) DialTCP(kind string, local, remote *net.TCPAddr) (pion.TCPConn, error) {
	if !n.system {
		return n.Net.DialTCP(kind, local, remote)
	}
	dialer := net.Dialer{Timeout: dialTime}
	if local != nil {
		dialer.LocalAddr = local
	}
	c, err := dialer.DialContext(n.life, kind, remote.String())
	if err != nil {
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		_ = c.Close()
		return nil, net.UnknownNetworkError(kind)
	}
	kept := &stream{TCPConn: tcp, n: n}
	return kept, n.keep(kept)
}

type stream struct {
	*net.TCPConn
	n    *network
	asks asks
}

// Write sends one message of TURN, or what is encrypted in TLS.
func (c *stream) Write(b []byte) (int, error) {
	if !c.asks.may(b, time.Now()) {
		return len(b), nil
	}
	return c.TCPConn.Write(b)
}

func (c *stream) Close() error {
	c.n.forget(c)
	c.asks.end()
	return c.TCPConn.Close()
}

// asks bounds how often a relay is asked to keep our address for us (RFC 8656 §7). One that keeps it for no time at all would be asked as often as it
// can answer, tens of thousands of times a second. What is held back is as if it were lost on the way: Pion asks again.
type asks struct {
	mu    sync.Mutex
	next  time.Time
	ended bool
}

const (
	askEach  = time.Second
	askBurst = 5          // at once: also an honest relay refuses to, once, when its nonce is old
	askAgain = "\x00\x04" // how such a request begins
)

// may says whether a packet may leave.
func (a *asks) may(packet []byte, now time.Time) bool {
	if !bytes.HasPrefix(packet, []byte(askAgain)) {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return true
	}
	if first := now.Add(-(askBurst - 1) * askEach); a.next.Before(first) {
		a.next = first
	}
	if a.next.After(now) {
		return false
	}
	a.next = a.next.Add(askEach)
	return true
}

// end lets everything through to a connection that is closed, which says so: who is told that a request has left waits seconds for what is answered.
func (a *asks) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
}

// ResolveUDPAddr finds a server.
func (n *network) ResolveUDPAddr(kind, address string) (*net.UDPAddr, error) {
	if !n.system {
		return n.Net.ResolveUDPAddr(kind, address)
	}
	ip, port, err := n.find(kind, address)
	return &net.UDPAddr{IP: ip, Port: port}, err
}

// ResolveTCPAddr finds a server.
func (n *network) ResolveTCPAddr(kind, address string) (*net.TCPAddr, error) {
	if !n.system {
		return n.Net.ResolveTCPAddr(kind, address)
	}
	ip, port, err := n.find(kind, address)
	return &net.TCPAddr{IP: ip, Port: port}, err
}

// find looks a server up, for one of the networks "udp", "udp4", "udp6" and the same of TCP.
func (n *network) find(kind, address string) (net.IP, int, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(n.life, lookUpTime)
	defer cancel()
	port, err := net.DefaultResolver.LookupPort(ctx, kind[:3], service)
	if err != nil {
		return nil, 0, err
	}
	family := "ip"
	if len(kind) > 3 {
		family += kind[3:]
	}
	found, err := net.DefaultResolver.LookupIP(ctx, family, host)
	if err != nil {
		return nil, 0, err
	}
	return found[0], port, nil
}
