// Package nat finds out what the router between this machine and the internet does to addresses, as far as calls feel it: it asks STUN
// servers (RFC 8489) from one socket how they see it, and compares their answers (RFC 4787 §4.1, RFC 5780 §4.3).
package nat

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/stun/v4"
)

// Kind is what a network does to the addresses of a call.
type Kind uint8

// The kinds.
const (
	Unknown Kind = iota // there is nobody to ask
	Open                // others see the address that this machine has
	Mapped              // the router gives another address; only one server answered, so nothing is known of how it treats others
	Steady              // the router gives the same address towards everybody: calls mostly find a direct way
	Strict              // the router gives another one towards each server ("symmetric"): most calls need a relay
	Blocked             // nothing comes back over UDP: calls need a relay over TCP
)

var names = [...]string{"unknown", "open", "mapped", "steady", "strict", "blocked"}

// String is the name that kith-headless uses.
func (k Kind) String() string { return names[min(k, Blocked)] }

const (
	mostServers = 8
	askEach     = 300 * time.Millisecond // RFC 8489 §6.2.1 begins with 500 ms, for networks that are far slower than a call can be
	lookTime    = 3 * time.Second        // until who has not answered will not
	settleTime  = time.Second            // after the first answer, for the others
	mostBytes   = 1500                   // of an answer
)

// Look asks the servers, of which those over IPv4 count: that is where addresses are translated. It takes three seconds at most, and
// less when all answer. The error is one of this machine, or that of ctx.
func Look(ctx context.Context, servers []netip.AddrPort) (Kind, error) {
	servers = usable(servers)
	if len(servers) == 0 {
		return Unknown, nil
	}
	conn, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp4", "")
	if err != nil {
		return Unknown, err
	}
	defer func() { _ = conn.Close() }()
	return look(ctx, conn, servers, addresses())
}

// usable are the servers that can be asked, each once.
func usable(servers []netip.AddrPort) (out []netip.AddrPort) {
	for _, s := range servers {
		s = netip.AddrPortFrom(s.Addr().Unmap(), s.Port())
		if s.Addr().Is4() && s.Port() != 0 && !slices.Contains(out, s) && len(out) < mostServers {
			out = append(out, s)
		}
	}
	return out
}

// addresses are those of this machine.
func addresses() (own []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil // then none is recognised
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr())
		}
	}
	return own
}

// survey is the questions over one socket, and what was answered.
type survey struct {
	conn    net.PacketConn
	servers []netip.AddrPort
	request *stun.Message
	seen    map[netip.AddrPort]netip.AddrPort // how each server sees us
}

// look asks over a socket until all have answered or it has taken long enough.
func look(ctx context.Context, conn net.PacketConn, servers []netip.AddrPort, own []netip.Addr) (Kind, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return Unknown, err
	}
	s := &survey{conn, servers, request, make(map[netip.AddrPort]netip.AddrPort)}
	end := time.Now().Add(lookTime)
	for !s.over() && time.Now().Before(end) && ctx.Err() == nil {
		before := len(s.seen)
		s.ask()
		if err := s.read(ctx, time.Now().Add(askEach)); err != nil {
			return Unknown, err
		}
		if before == 0 && !s.over() && len(s.seen) > 0 {
			end = time.Now().Add(settleTime)
		}
	}
	if ctx.Err() != nil {
		return Unknown, context.Cause(ctx)
	}
	return judge(s.seen, own, sender(conn.LocalAddr()).Port()), nil
}

func (s *survey) over() bool { return len(s.seen) == len(s.servers) }

// ask asks those who have not answered. Who cannot be reached is as who does not answer.
func (s *survey) ask() {
	for _, to := range s.servers {
		if _, answered := s.seen[to]; !answered {
			_, _ = s.conn.WriteTo(s.request.Raw, net.UDPAddrFromAddrPort(to))
		}
	}
}

// read takes answers until a time, or until all have come. What is none, or comes from somebody who was not asked, is passed over.
func (s *survey) read(ctx context.Context, until time.Time) error {
	if err := s.conn.SetReadDeadline(until); err != nil {
		return err
	}
	b := make([]byte, mostBytes)
	for !s.over() && ctx.Err() == nil {
		n, from, err := s.conn.ReadFrom(b)
		var late net.Error
		switch {
		case errors.As(err, &late) && late.Timeout():
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil:
			continue // Windows tells so that a server's port is closed
		}
		if who := sender(from); slices.Contains(s.servers, who) {
			if mapped, ok := answer(b[:n], s.request.TransactionID); ok {
				s.seen[who] = mapped
			}
		}
	}
	return nil
}

func sender(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	from := u.AddrPort()
	return netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
}

// answer is the address in the answer to our question.
func answer(raw []byte, id [stun.TransactionIDSize]byte) (netip.AddrPort, bool) {
	m := &stun.Message{Raw: raw}
	if err := m.Decode(); err != nil || m.TransactionID != id || m.Type != stun.BindingSuccess {
		return netip.AddrPort{}, false
	}
	var mapped stun.XORMappedAddress
	if err := mapped.GetFrom(m); err != nil || mapped.Port < 1 {
		return netip.AddrPort{}, false
	}
	a, ok := netip.AddrFromSlice(mapped.IP)
	return netip.AddrPortFrom(a.Unmap(), uint16(mapped.Port)), ok
}

// judge compares what the servers saw.
func judge(seen map[netip.AddrPort]netip.AddrPort, own []netip.Addr, port uint16) Kind {
	if len(seen) == 0 {
		return Blocked
	}
	var first netip.AddrPort
	different := false
	for _, mapped := range seen {
		different = different || first.IsValid() && mapped != first
		first = mapped
	}
	switch {
	case different:
		return Strict
	case first.Port() == port && slices.Contains(own, first.Addr()):
		return Open
	case len(seen) == 1:
		return Mapped
	}
	return Steady
}
