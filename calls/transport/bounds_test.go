package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	pion "github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"

	"kith/calls/sdp"
	"kith/core/wire"
)

// cards are the interfaces of a machine.
type cards struct {
	pion.Net
	all []*pion.Interface
}

func (c cards) Interfaces() ([]*pion.Interface, error) { return c.all, nil }

func card(name string, flags net.Flags, addresses ...string) *pion.Interface {
	i := pion.NewInterface(net.Interface{Name: name, Flags: flags | net.FlagUp})
	for _, a := range addresses {
		i.AddAddress(&net.IPNet{IP: net.ParseIP(a), Mask: net.CIDRMask(24, 32)})
	}
	return i
}

// TestOurAddresses: of a machine's addresses those are offered that somebody else could reach, and not more than a few.
func TestOurAddresses(t *testing.T) {
	many := make([]string, 3*mostAddresses)
	for i := range many {
		many[i] = fmt.Sprintf("10.0.0.%d", i+1)
	}
	for _, c := range []struct {
		all  []*pion.Interface
		want int
	}{
		{[]*pion.Interface{card("eth0", 0, "192.168.1.10", "2001:db8::1", "169.254.3.4", "fe80::1", "0.0.0.0", "224.0.0.1", "127.0.0.2")}, 2},
		{[]*pion.Interface{card("lo", net.FlagLoopback, "127.0.0.1", "::1", "10.9.9.9")}, 0},
		{[]*pion.Interface{card("eth0", 0, many...), card("eth1", 0, "192.168.1.10")}, mostAddresses},
	} {
		n, err := newNetwork(cards{all: c.all})
		if err != nil {
			t.Fatal(err)
		}
		kept, err := n.Interfaces()
		if err != nil {
			t.Fatal(err)
		}
		var got []net.Addr
		for _, i := range kept {
			addresses, _ := i.Addrs() // none is no fault
			got = append(got, addresses...)
		}
		if len(got) != c.want {
			t.Errorf("offered: %v, want %d of them", got, c.want)
		}
	}
}

// TestManyFound: however many addresses Pion finds, before we describe our side or after, only a few are told.
func TestManyFound(t *testing.T) {
	for _, telling := range []bool{false, true} {
		g := &group{paths: New(Config{})}
		g.telling = telling
		for i := range uint16(4 * mostFound) {
			g.candidate(&webrtc.ICECandidate{
				Foundation: "1", Priority: 1, Address: "192.0.2.1", Protocol: webrtc.ICEProtocolUDP, Port: 4000 + i,
				Typ: webrtc.ICECandidateTypeHost, Component: 1,
			})
		}
		told := len(g.found)
		for _, ev := range g.paths.mail.unread() {
			for _, c := range ev.(Found).Contents {
				told += len(c.Transport.Candidates)
			}
		}
		if told != mostFound {
			t.Errorf("at once: %v; %d are told", telling, told)
		}
	}
}

// TestManyEarly: of addresses that come before what they are for, only some are kept.
func TestManyEarly(t *testing.T) {
	p := New(Config{})
	for n := range 3 * mostEarly {
		tr := wire.Transport{Candidates: []wire.Candidate{{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{9, 9, 9, 9}), uint16(n+1))}}}
		p.Reach([]wire.Content{{Name: "audio", Transport: &tr}})
	}
	if n := len(p.early); n != mostEarly {
		t.Errorf("%d are kept", n)
	}
}

// TestTriedAnew: with new credentials of theirs as many addresses are tried as before, or a call that lasts would find no path any more.
func TestTriedAnew(t *testing.T) {
	g := &group{paths: New(Config{})}
	described := func(ufrag string) sdp.Session {
		return sdp.Session{Contents: []wire.Content{{Name: "audio", Transport: &wire.Transport{Ufrag: ufrag, Fingerprint: &wire.DTLS{}}}}}
	}
	g.agreed(described("one"))
	g.tried = mostTried
	g.agreed(described("one"))
	if g.tried != mostTried {
		t.Error("the same credentials are tried anew")
	}
	g.agreed(described("two"))
	if g.tried != 0 {
		t.Errorf("%d count as tried with new credentials", g.tried)
	}
}

// TestTogether: what is bundled has one transport, that of the content that is named first in the bundle (RFC 8843 §9.2), with its key.
func TestTogether(t *testing.T) {
	content := func(name string) wire.Content {
		return wire.Content{Name: name, Transport: &wire.Transport{Ufrag: name, Fingerprint: &wire.DTLS{Value: name}}}
	}
	all := []wire.Content{content("audio"), content("video"), content("other")}
	for _, bundle := range [][]string{{"audio", "video"}, {"video", "audio"}} {
		got := together(sdp.Session{Contents: all, Bundle: bundle})
		for i, want := range []string{bundle[0], bundle[0], "other"} {
			if tr := got.Contents[i].Transport; tr.Ufrag != want || tr.Fingerprint.Value != want {
				t.Errorf("%q: %s has the transport of %s", bundle, got.Contents[i].Name, tr.Ufrag)
			}
		}
	}
	if all[1].Transport.Ufrag != "video" {
		t.Error("what was handed in has changed")
	}
}

// TestAsks: a relay is asked to keep our address a few times at once and then once a second, and everything else may leave at any time.
func TestAsks(t *testing.T) {
	again, now := []byte(askAgain+"\x00\x00"), time.Now()
	var a asks
	for _, c := range []struct {
		pass time.Duration
		want int
	}{{0, askBurst}, {0, 0}, {askEach, 1}, {3 * askEach / 2, 1}, {askEach / 2, 1}, {time.Hour, askBurst}} {
		now = now.Add(c.pass)
		got := 0
		for range 1000 {
			if a.may(again, now) {
				got++
			}
		}
		if got != c.want {
			t.Errorf("after %v it is asked %d times, want %d", c.pass, got, c.want)
		}
	}
	for _, other := range [][]byte{nil, {0}, {0, 3}, {0, 9}, {1, 4}, {0x40, 0}, {22, 3, 3}} {
		if !a.may(other, now) {
			t.Errorf("%x may not leave", other)
		}
	}
}

// TestAsksByTCP: the same holds for a relay behind TCP.
func TestAsksByTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	n, err := newNetwork(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer n.cut()
	c, err := n.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	again, began := []byte(askAgain), time.Now()
	for range 1000 {
		if n, err := c.Write(again); n != len(again) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	_, _ = c.Write([]byte("media"))
	_ = c.Close()
	got, err := io.ReadAll(server)
	if asked := len(got)/len(again) - len("media")/len(again); err != nil || !bytes.HasSuffix(got, []byte("media")) || asked > askBurst+1+int(time.Since(began)/askEach) {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

// TestAsksOfTheClosed: who asks by a connection that was closed learns that at once, however often they have asked.
func TestAsksOfTheClosed(t *testing.T) {
	n, err := newNetwork(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer n.cut()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	tcp, err := n.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	udp, err := n.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	again := []byte(askAgain)
	for name, c := range map[string]struct {
		io.Closer
		ask func() (int, error)
	}{
		"tcp": {tcp, func() (int, error) { return tcp.Write(again) }},
		"udp": {udp, func() (int, error) { return udp.WriteTo(again, udp.LocalAddr()) }},
	} {
		for range 2 * askBurst {
			if _, err := c.ask(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		_ = c.Close()
		if _, err := c.ask(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
