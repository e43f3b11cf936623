package transport_test

import (
	"cmp"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/wire"
)

// Parts of STUN and TURN (RFC 8489 §5, §14; RFC 8656 §17, §18).
const (
	methodAllocate        = 0x0003
	succeeded             = 0x0100
	refused               = 0x0110
	attrUser              = 0x0006
	attrError             = 0x0009
	attrLifetime          = 0x000D
	attrRelayed           = 0x0016
	attrRealm             = 0x0014
	attrNonce             = 0x0015
	attrMapped            = 0x0020
	attrAlternate         = 0x8023
	headerBytes           = 20
	magic                 = 0x2112A442
	longest        uint32 = 1<<32 - 1
)

// liar is a relay that answers as it likes, and carries nothing.
type liar struct {
	conn    net.PacketConn
	service wire.ExternalService
	asked   atomic.Int64 // requests
	granted atomic.Int64 // allocations
	done    sync.WaitGroup
}

// lie is what it answers an authenticated request with: an error where code is set.
type lie struct {
	silent   bool
	code     int
	relayed  string
	lifetime uint32
}

func newLiar(t *testing.T, l lie) *liar {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &liar{conn: conn}
	port := conn.LocalAddr().(*net.UDPAddr).Port
	s.service = wire.ExternalService{Type: "turn", Transport: "udp", Host: "127.0.0.1", Port: uint16(port), Username: "anna", Password: "secret"}
	s.done.Go(func() { s.serve(l) })
	t.Cleanup(func() {
		_ = conn.Close()
		s.done.Wait()
	})
	return s
}

func (s *liar) serve(l lie) {
	b := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(b)
		if err != nil {
			return
		}
		if n < headerBytes || b[0] > 1 || b[0]&1 != 0 || l.silent {
			continue
		}
		s.asked.Add(1)
		_, _ = s.conn.WriteTo(s.answer(b[:n], l, from.(*net.UDPAddr)), from)
	}
}

func (s *liar) answer(request []byte, l lie, from *net.UDPAddr) []byte {
	method := binary.BigEndian.Uint16(request)
	reply := append(binary.BigEndian.AppendUint16(nil, method|refused), request[2:headerBytes]...)
	known := false
	for rest := request[headerBytes:]; len(rest) >= 4; {
		n := int(binary.BigEndian.Uint16(rest[2:])+3) &^ 3
		known = known || binary.BigEndian.Uint16(rest) == attrUser
		rest = rest[min(len(rest), 4+n):]
	}
	code := l.code
	if !known {
		code = 401
	}
	switch {
	case code != 0:
		reply = attribute(reply, attrError, []byte{0, 0, byte(code / 100), byte(code % 100)})
		reply = attribute(reply, attrRealm, []byte("example.test"))
		reply = attribute(reply, attrNonce, []byte("a nonce."))
		reply = attribute(reply, attrAlternate, address(s.conn.LocalAddr().(*net.UDPAddr).AddrPort(), false))
	default:
		binary.BigEndian.PutUint16(reply, method|succeeded)
		reply = attribute(reply, attrLifetime, binary.BigEndian.AppendUint32(nil, l.lifetime))
		reply = attribute(reply, attrMapped, address(from.AddrPort(), true))
		if method == methodAllocate {
			s.granted.Add(1)
			reply = attribute(reply, attrRelayed, address(netip.MustParseAddrPort(l.relayed), true))
		}
	}
	binary.BigEndian.PutUint16(reply[2:], uint16(len(reply)-headerBytes))
	return reply
}

func attribute(message []byte, kind uint16, value []byte) []byte {
	message = binary.BigEndian.AppendUint16(message, kind)
	message = binary.BigEndian.AppendUint16(message, uint16(len(value)))
	return append(append(message, value...), make([]byte, -len(value)&3)...)
}

// address is an IPv4 address as STUN has it, plain or hidden behind the magic cookie.
func address(a netip.AddrPort, hidden bool) []byte {
	port, ip := a.Port(), binary.BigEndian.Uint32(a.Addr().Unmap().AsSlice())
	if hidden {
		port, ip = port^magic>>16, ip^magic
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16([]byte{0, 1}, port), ip)
}

// lies are those that a relay may tell.
var lies = map[string]lie{
	"nothing":              {silent: true},
	"somewhere else":       {code: 300},
	"not you, for ever":    {code: 401},
	"forbidden":            {code: 403},
	"stale for ever":       {code: 438},
	"wrong for ever":       {code: 441},
	"full":                 {code: 508},
	"an address of nobody": {relayed: "203.0.113.9:4000", lifetime: 600},
	"ourselves":            {relayed: "127.0.0.1:9", lifetime: 600},
	"nowhere":              {relayed: "0.0.0.0:0", lifetime: 600},
	"everybody":            {relayed: "255.255.255.255:4000", lifetime: 600},
	"for ever":             {relayed: "203.0.113.9:4000", lifetime: longest},
	"not for a moment":     {relayed: "203.0.113.9:4000", lifetime: 0},
}

// TestLyingRelays: whatever a relay answers, it keeps nobody from talking who can do without it, nor busy.
func TestLyingRelays(t *testing.T) {
	for name, l := range lies {
		t.Run(name, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			s := newLiar(t, l)
			a := newSide(t, options{hz: 440, initiator: true, servers: []wire.ExternalService{s.service}})
			b := newSide(t, options{hz: 1000})
			a.other, b.other = b, a
			began := time.Now()
			agree(t, a, b, false, true)
			linked(t, a, b)
			if l.code == 0 && !l.silent {
				eventually(t, "its address is taken", a, b, func() bool { return s.granted.Load() > 0 })
			}
			talk(t, a, b, false)
			if got := a.paths.Stats(); got.Relayed {
				t.Errorf("the path is %+v", got)
			}
			if n := s.asked.Load(); n > 30+2*int64(time.Since(began)/time.Second) {
				t.Errorf("it was asked %d times in %v", n, time.Since(began))
			}
		})
	}
}

// TestHiddenBehindLies: who hides behind a relay that lies gets no path, which ends clearly, and tells no address of their own. All calls go on at once,
// as each waits until Pion gives up.
func TestHiddenBehindLies(t *testing.T) {
	coretest.CheckGoroutines(t)
	told, ended := make(map[*side]string), 0
	all := make(map[*side]lie)
	var a, b *side
	for _, l := range lies {
		a = newSide(t, options{hz: 440, initiator: true, relay: true, servers: []wire.ExternalService{newLiar(t, l).service}})
		b = newSide(t, options{hz: 1000})
		a.other, b.other, all[a] = b, a, l
		contents, bundle := a.offer(false)
		told[a] = jingle(contents)
		contents, bundle = b.answer(contents, bundle)
		a.must(a.paths.Apply(contents, bundle))
	}
	eventually(t, "the end of all", a, b, func() bool {
		ended = 0
		for s := range all {
			s.step()
			s.other.step()
			if s.failed != "" && s.other.failed != "" {
				ended++
			}
		}
		return ended == len(all)
	})
	for s, l := range all {
		if s.failed != wire.ReasonConnectivity || s.other.failed != wire.ReasonConnectivity || s.links+s.other.links != 0 {
			t.Errorf("%+v: it failed with %q and %q", l, s.failed, s.other.failed)
		}
		of := netip.MustParseAddrPort(cmp.Or(l.relayed, "0.0.0.0:0")).Addr()
		if text := told[s] + jingle(s.found); strings.Count(text, "<candidate") != strings.Count(text, "ip='"+of.String()+"'") {
			t.Errorf("%+v: told is %s", l, text)
		}
	}
}

// TestLyingSTUN: a server that tells a wrong address, and somebody else who answers in its place, keep nobody from talking.
func TestLyingSTUN(t *testing.T) {
	coretest.CheckGoroutines(t)
	i := newInternet(t, 0)
	lying, forger := i.server("1.2.3.5"), i.server("1.2.3.6")
	services := append(stun(), wire.ExternalService{Type: "stun", Host: "1.2.3.5", Port: 3478})
	a := newSide(t, options{hz: 440, initiator: true, servers: services, net: i.home("27.1.1.1", "192.168.1.10")})
	b := newSide(t, options{hz: 1000, servers: services, net: i.server("28.1.1.1")})
	a.other, b.other = b, a
	i.start()
	asked, err := lying.ListenPacket("udp4", "1.2.3.5:3478")
	i.must(err)
	other, err := forger.ListenPacket("udp4", "1.2.3.6:3478")
	i.must(err)
	var done sync.WaitGroup
	done.Go(func() {
		b := make([]byte, 1500)
		for {
			n, from, err := asked.ReadFrom(b)
			if err != nil {
				return
			}
			if n < headerBytes {
				continue
			}
			for n, by := range []net.PacketConn{other, asked} {
				reply := append(binary.BigEndian.AppendUint16(nil, binary.BigEndian.Uint16(b)|succeeded), b[2:headerBytes]...)
				reply = attribute(reply, attrMapped, address(netip.AddrPortFrom(netip.MustParseAddr(nobody+"1.1"), uint16(7001+n)), true))
				binary.BigEndian.PutUint16(reply[2:], uint16(len(reply)-headerBytes))
				_, _ = by.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() {
		_ = asked.Close()
		_ = other.Close()
		done.Wait()
	})
	offer, bundle := a.offer(false)
	answer, bundle := b.answer(offer, bundle)
	a.must(a.paths.Apply(answer, bundle))
	told := func() string { return jingle(offer) + jingle(answer) + jingle(a.found) + jingle(b.found) }
	linked(t, a, b)
	eventually(t, "the lie is told", a, b, func() bool { return strings.Contains(told(), "port='7002'") })
	talk(t, a, b, false)
	if strings.Contains(told(), "port='7001'") {
		t.Error("who forged an answer was believed")
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for to := range i.tried {
		if to != nobody+"1.1" {
			t.Errorf("tried is %s", to)
		}
	}
}
