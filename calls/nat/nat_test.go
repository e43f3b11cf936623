package nat

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v4/vnet"
)

// world is a simulated internet with STUN servers and one home.
type world struct {
	t    *testing.T
	wan  *vnet.Router
	conn net.PacketConn // of the home
}

const homeAddress = "192.168.0.2"

// newWorld makes one in which the home is behind a router that maps addresses in a way; nil: behind none.
func newWorld(t *testing.T, mapping *vnet.NATType, servers ...string) *world {
	t.Helper()
	w := &world{t: t}
	quiet := &logging.DefaultLoggerFactory{Writer: io.Discard}
	var err error
	w.wan, err = vnet.NewRouter(&vnet.RouterConfig{CIDR: "0.0.0.0/0", LoggerFactory: quiet})
	w.must(err)
	nets := make(map[string]*vnet.Net)
	for _, s := range servers {
		if nets[host(s)] != nil {
			continue
		}
		n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{host(s)}})
		w.must(err)
		w.must(w.wan.AddNet(n))
		nets[host(s)] = n
	}
	home, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{homeAddress}})
	w.must(err)
	if mapping == nil {
		w.must(w.wan.AddNet(home))
	} else {
		router, err := vnet.NewRouter(&vnet.RouterConfig{StaticIPs: []string{"5.6.7.8"}, CIDR: "192.168.0.0/24", NATType: mapping, LoggerFactory: quiet})
		w.must(err)
		w.must(router.AddNet(home))
		w.must(w.wan.AddRouter(router))
	}
	w.must(w.wan.Start())
	t.Cleanup(func() { _ = w.wan.Stop() })
	for _, s := range servers {
		w.serve(nets[host(s)], s)
	}
	w.conn, err = home.ListenPacket("udp4", homeAddress+":4000")
	w.must(err)
	t.Cleanup(func() { _ = w.conn.Close() })
	return w
}

func host(address string) string { return netip.MustParseAddrPort(address).Addr().String() }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// serve answers whoever asks with the address that they are seen with.
func (w *world) serve(n *vnet.Net, address string) {
	w.t.Helper()
	conn, err := n.ListenPacket("udp4", address)
	w.must(err)
	var done sync.WaitGroup
	done.Go(func() { tell(conn) })
	w.t.Cleanup(func() { _ = conn.Close(); done.Wait() })
}

// tell tells everybody who asks the address that they are seen with, and something of no meaning before it.
func tell(conn net.PacketConn) {
	b := make([]byte, mostBytes)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			return
		}
		m := &stun.Message{Raw: b[:n]}
		seen, ok := from.(*net.UDPAddr)
		if m.Decode() != nil || !ok {
			continue
		}
		reply, err := stun.Build(m, stun.BindingSuccess, &stun.XORMappedAddress{IP: seen.IP, Port: seen.Port})
		if err == nil {
			_, _ = conn.WriteTo([]byte("not an answer"), from)
			_, _ = conn.WriteTo(reply.Raw, from)
		}
	}
}

// look is what is found when these servers are asked.
func (w *world) look(servers ...string) Kind {
	w.t.Helper()
	var all []netip.AddrPort
	for _, s := range servers {
		all = append(all, netip.MustParseAddrPort(s))
	}
	k, err := look(w.t.Context(), w.conn, all, []netip.Addr{netip.MustParseAddr(homeAddress)})
	w.must(err)
	return k
}

// TestKinds: what a router does is seen from the inside.
func TestKinds(t *testing.T) {
	const a, b = "1.2.3.4:3478", "1.2.3.5:3478"
	cone := &vnet.NATType{MappingBehavior: vnet.EndpointIndependent, FilteringBehavior: vnet.EndpointAddrPortDependent}
	symmetric := &vnet.NATType{MappingBehavior: vnet.EndpointAddrPortDependent, FilteringBehavior: vnet.EndpointAddrPortDependent}
	for name, c := range map[string]struct {
		router *vnet.NATType
		there  []string
		asked  []string
		want   Kind
	}{
		"no router":                       {nil, []string{a, b}, []string{a, b}, Open},
		"one server":                      {cone, []string{a}, []string{a}, Mapped},
		"one of two answers":              {cone, []string{a}, []string{a, b}, Mapped},
		"the same towards everybody":      {cone, []string{a, b}, []string{a, b}, Steady},
		"another towards each":            {symmetric, []string{a, b}, []string{a, b}, Strict},
		"nobody answers":                  {cone, nil, []string{a, b}, Blocked},
		"two ports of one server":         {cone, []string{a, "1.2.3.4:3479"}, []string{a, "1.2.3.4:3479"}, Steady},
		"two ports, each seen by its own": {symmetric, []string{a, "1.2.3.4:3479"}, []string{a, "1.2.3.4:3479"}, Strict},
	} {
		t.Run(name, func(t *testing.T) {
			if got := newWorld(t, c.router, c.there...).look(c.asked...); got != c.want {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// TestNobodyToAsk: without servers over IPv4 nothing is known, and nothing is sent.
func TestNobodyToAsk(t *testing.T) {
	for _, servers := range [][]netip.AddrPort{nil, {netip.MustParseAddrPort("[2001:db8::1]:3478")}, {netip.MustParseAddrPort("1.2.3.4:0")}} {
		if k, err := Look(t.Context(), servers); k != Unknown || err != nil {
			t.Errorf("%v: %v, %v", servers, k, err)
		}
	}
	many := make([]netip.AddrPort, 100)
	for i := range many {
		many[i] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{1, 2, 3, byte(i / 2)}), 1)
	}
	if got := usable(many); len(got) != mostServers || got[0] == got[1] {
		t.Errorf("%d are asked: %v", len(got), got)
	}
}

// TestOurOwnSocket: over real sockets, a server on this machine sees what is there.
func TestOurOwnSocket(t *testing.T) {
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go tell(conn)
	k, err := Look(t.Context(), []netip.AddrPort{netip.MustParseAddrPort(conn.LocalAddr().String())})
	if k != Open || err != nil {
		t.Errorf("found %v, %v", k, err)
	}
}

// TestCancelled: who does not want to know any more does not wait.
func TestCancelled(t *testing.T) {
	silent, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _, _ = silent.ReadFrom(make([]byte, mostBytes)) // it was asked
		cancel()
	}()
	_, err = Look(ctx, []netip.AddrPort{netip.MustParseAddrPort(silent.LocalAddr().String())})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestStrangersAnswer: what comes from somebody who was not asked, or answers something else, or is damaged, counts for nothing.
func TestStrangersAnswer(t *testing.T) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		t.Fatal(err)
	}
	good, err := stun.Build(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(5, 6, 7, 8), Port: 9})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := answer(good.Raw, request.TransactionID); !ok || got != netip.MustParseAddrPort("5.6.7.8:9") {
		t.Fatalf("a good answer is %v, %v", got, ok)
	}
	other := request.TransactionID
	other[0]++
	if _, ok := answer(good.Raw, other); ok {
		t.Error("an answer to another question counts")
	}
	if _, ok := answer(request.Raw, request.TransactionID); ok {
		t.Error("a question counts as an answer")
	}
	for n := range len(good.Raw) {
		if _, ok := answer(good.Raw[:n], request.TransactionID); ok {
			t.Errorf("the first %d bytes count", n)
		}
	}
	failed, err := stun.Build(request, stun.BindingError, &stun.XORMappedAddress{IP: net.IPv4(5, 6, 7, 8), Port: 9})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := answer(failed.Raw, request.TransactionID); ok {
		t.Error("an error counts")
	}
}

// FuzzAnswer: whatever a server sends does no harm.
func FuzzAnswer(f *testing.F) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		f.Fatal(err)
	}
	good, err := stun.Build(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(5, 6, 7, 8), Port: 9})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Raw)
	f.Add(request.Raw)
	f.Add(binary.BigEndian.AppendUint16(nil, 0x0101))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if mapped, ok := answer(raw, request.TransactionID); ok && !mapped.IsValid() {
			t.Error("an address that is none")
		}
	})
}
