package transport_test

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/transport/v4"
	"github.com/pion/transport/v4/vnet"

	"kith/core/wire"
)

// internet is a simulated one: two homes behind routers that translate addresses, and a STUN server.
type internet struct {
	t    testing.TB
	wan  *vnet.Router
	loss float64
	cut  atomic.Pointer[string] // nothing reaches or leaves that address any more

	mu    sync.Mutex
	tried map[string]bool // addresses of nobody, and such as nobody has, that somebody tried
	ports map[string]bool // from which media came, or reports
}

const (
	stunAddress = "1.2.3.4"
	nobody      = "66.6."
)

func newInternet(t testing.TB, loss float64) *internet {
	t.Helper()
	i := &internet{t: t, loss: loss, tried: make(map[string]bool), ports: make(map[string]bool)}
	var err error
	i.wan, err = vnet.NewRouter(&vnet.RouterConfig{CIDR: "0.0.0.0/0", MinDelay: 5 * time.Millisecond, QueueSize: 4096, LoggerFactory: silent()})
	i.must(err)
	random := rand.New(rand.NewPCG(1, 2))
	i.wan.AddChunkFilter(func(c vnet.Chunk) bool {
		if gone := i.cut.Load(); gone != nil && (host(c.SourceAddr()) == *gone || host(c.DestinationAddr()) == *gone) {
			return false
		}
		i.mu.Lock()
		defer i.mu.Unlock()
		if to := host(c.DestinationAddr()); strings.HasPrefix(to, nobody) || !net.ParseIP(to).IsGlobalUnicast() {
			i.tried[to] = true
		}
		if data := c.UserData(); len(data) > 0 && data[0]>>6 == 2 { // RFC 7983 §7
			i.ports[c.SourceAddr().String()] = true
		}
		return random.Float64() >= i.loss
	})
	return i
}

func silent() logging.LoggerFactory { return &logging.DefaultLoggerFactory{Writer: io.Discard} }

func host(a net.Addr) string {
	h, _, _ := net.SplitHostPort(a.String())
	return h
}

func (i *internet) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

// server gives somebody an address that everybody reaches.
func (i *internet) server(address string) *vnet.Net {
	i.t.Helper()
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{address}})
	i.must(err)
	i.must(i.wan.AddNet(n))
	return n
}

// home gives somebody an address behind a router that has one of the internet.
func (i *internet) home(address, inside string) *vnet.Net {
	i.t.Helper()
	router, err := vnet.NewRouter(&vnet.RouterConfig{
		StaticIPs: []string{address}, CIDR: inside + "/24", LoggerFactory: silent(), QueueSize: 4096,
		NATType: &vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointAddrPortDependent},
	})
	i.must(err)
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{inside}})
	i.must(err)
	i.must(router.AddNet(n))
	i.must(i.wan.AddRouter(router))
	return n
}

// start lets packets pass.
func (i *internet) start() {
	i.t.Helper()
	stun := i.server(stunAddress)
	i.must(i.wan.Start())
	i.t.Cleanup(func() { _ = i.wan.Stop() })
	conn, err := stun.ListenPacket("udp4", stunAddress+":3478")
	i.must(err)
	var done sync.WaitGroup
	done.Go(func() { answerSTUN(conn) })
	i.t.Cleanup(func() {
		_ = conn.Close()
		done.Wait()
	})
}

// answerSTUN tells everybody the address that they are seen with (RFC 8489 §14.2).
func answerSTUN(conn net.PacketConn) {
	const cookie = 0x2112A442
	b := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return
		}
		seen, ok := from.(*net.UDPAddr)
		if n < 20 || binary.BigEndian.Uint16(b) != 1 || !ok {
			continue
		}
		reply := append([]byte{1, 1, 0, 12}, b[4:20]...)
		reply = append(reply, 0, 0x20, 0, 8, 0, 1)
		reply = binary.BigEndian.AppendUint16(reply, uint16(seen.Port)^cookie>>16)
		reply = binary.BigEndian.AppendUint32(reply, binary.BigEndian.Uint32(seen.IP.To4())^cookie)
		_, _ = conn.WriteTo(reply, from)
	}
}

// stun is the server as ours would tell of it.
func stun() []wire.ExternalService {
	return []wire.ExternalService{{Type: "stun", Host: stunAddress, Port: 3478}}
}

// moving is a machine that changes its network.
type moving struct {
	pion.Net
	mu  sync.Mutex
	now pion.Net
}

func newMoving(n pion.Net) *moving { return &moving{Net: n, now: n} }

func (m *moving) move(to pion.Net) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = to
}

func (m *moving) at() pion.Net {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *moving) Interfaces() ([]*pion.Interface, error) { return m.at().Interfaces() }

func (m *moving) ListenUDP(kind string, local *net.UDPAddr) (pion.UDPConn, error) {
	return m.at().ListenUDP(kind, local)
}

func (m *moving) ListenPacket(kind, address string) (net.PacketConn, error) {
	return m.at().ListenPacket(kind, address)
}
