package transport

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// TestSocket sends between all kinds of sockets, and to what they cannot reach.
func TestSocket(t *testing.T) {
	four, six, both := listen(t, "udp4", "127.0.0.1:0"), listen(t, "udp6", "[::1]:0"), listen(t, "udp", "[::]:0")
	bothPort := port(both)
	for name, c := range map[string]struct {
		from, at *socket
		to       netip.AddrPort
	}{
		"IPv4":              {four, four, local(four)},
		"IPv4 in IPv6":      {four, four, netip.AddrPortFrom(netip.AddrFrom16(local(four).Addr().As16()), port(four))},
		"IPv6":              {six, six, local(six)},
		"IPv4 to both":      {four, both, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), bothPort)},
		"IPv6 to both":      {six, both, netip.AddrPortFrom(netip.IPv6Loopback(), bothPort)},
		"both to IPv4":      {both, four, local(four)},
		"both to IPv6":      {both, six, local(six)},
		"by the interface":  {six, six, netip.AddrPortFrom(netip.IPv6Loopback().WithZone("lo"), port(six))},
		"empty to the same": {four, four, local(four)},
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(name)
			if name == "empty to the same" {
				text = nil
			}
			if n, err := c.from.WriteToAddrPort(text, c.to); err != nil || n != len(text) {
				t.Fatal(n, err)
			}
			b := make([]byte, 100)
			n, from, err := c.at.ReadFromAddrPort(b)
			if err != nil || !bytes.Equal(b[:n], text) {
				t.Fatalf("%q, %v", b[:n], err)
			}
			if from.Port() != port(c.from) || from.Addr().Is4In6() || !from.Addr().IsLoopback() || from.Addr().Is4() != c.to.Addr().Unmap().Is4() {
				t.Error("came from", from, "and was sent by", local(c.from))
			}
		})
	}
	for name, f := range map[string]func() (int, error){
		"IPv6 from IPv4": func() (int, error) { return four.WriteToAddrPort([]byte("x"), local(six)) },
		"IPv4 from IPv6": func() (int, error) { return six.WriteToAddrPort([]byte("x"), local(four)) },
		"nowhere":        func() (int, error) { return four.WriteToAddrPort([]byte("x"), netip.AddrPort{}) },
		"too much":       func() (int, error) { return four.WriteToAddrPort(make([]byte, 70000), local(four)) },
	} {
		if _, err := f(); err == nil {
			t.Error(name, "was sent")
		}
	}
}

// TestSocketAsOthersKnowIt uses the methods of net.PacketConn.
func TestSocketAsOthersKnowIt(t *testing.T) {
	s := listen(t, "udp4", "127.0.0.1:0")
	if n, err := s.WriteTo([]byte("words"), s.LocalAddr()); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	b := make([]byte, 3) // the rest is gone, as with any datagram
	n, from, err := s.ReadFrom(b)
	if err != nil || string(b[:n]) != "wor" || from.String() != s.LocalAddr().String() {
		t.Error(string(b[:n]), from, err)
	}
}

// TestSocketWaits holds that a read waits without a packet, and ends with the deadline and with Close.
func TestSocketWaits(t *testing.T) {
	s := listen(t, "udp4", "127.0.0.1:0")
	var timeout net.Error
	_ = s.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if _, _, err := s.ReadFromAddrPort(make([]byte, 10)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Error("after the deadline:", err)
	}
	_ = s.SetReadDeadline(time.Time{})
	read := make(chan error, 1)
	var done sync.WaitGroup
	done.Go(func() {
		b := make([]byte, 10)
		n, _, err := s.ReadFromAddrPort(b)
		if string(b[:n]) != "late" {
			err = errors.Join(err, errors.New("something else came"))
		}
		read <- err
		_, _, err = s.ReadFromAddrPort(b)
		read <- err
	})
	time.Sleep(20 * time.Millisecond) // most likely it waits now; it holds in any case
	if _, err := listen(t, "udp4", "127.0.0.1:0").WriteToAddrPort([]byte("late"), local(s)); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	_ = s.Close()
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Error("after Close:", err)
	}
	if _, err := s.WriteToAddrPort([]byte("x"), local(s)); !errors.Is(err, net.ErrClosed) {
		t.Error("a write after Close:", err)
	}
	done.Wait()
}

// TestSocketFull sends more than the system takes at once: nothing is refused.
func TestSocketFull(t *testing.T) {
	from, at := listen(t, "udp4", "127.0.0.1:0"), listen(t, "udp4", "127.0.0.1:0")
	_ = from.SetWriteBuffer(1)
	big := make([]byte, 60000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if _, err := from.WriteToAddrPort(big, local(at)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func listen(t *testing.T, network, address string) *socket {
	t.Helper()
	c, err := net.ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSocket(c.(*net.UDPConn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func local(s *socket) netip.AddrPort { return s.LocalAddr().(*net.UDPAddr).AddrPort() }

func port(s *socket) uint16 { return local(s).Port() }

// TestListensNoMore: what is opened after the network was cut is closed at once, and refused.
func TestListensNoMore(t *testing.T) {
	n, err := newNetwork(nil)
	if err != nil {
		t.Fatal(err)
	}
	n.cut()
	refused := make(chan error, 3)
	go func() {
		_, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		refused <- err
		_, err = n.ListenPacket("udp4", "127.0.0.1:0")
		refused <- err
		_, err = n.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9})
		refused <- err
	}()
	for range cap(refused) {
		select {
		case err := <-refused:
			if !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it hangs")
		}
	}
}
