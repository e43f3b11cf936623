package transport_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

// relay is a service as our server would tell of it.
func relay(r *coretest.Relay, kind, carrier string) wire.ExternalService {
	name, password := r.Credentials("anna")
	s := wire.ExternalService{Type: kind, Transport: carrier, Host: r.Host, Port: uint16(r.Port), Username: name, Password: model.Secret(password)}
	if kind == "turns" {
		s.Host, s.Port = r.TLSHost, uint16(r.TLSPort)
	}
	return s
}

// newRelayed are two sides in the real network, of which the first hides behind relays.
func newRelayed(t *testing.T, services ...wire.ExternalService) (a, b *side) {
	t.Helper()
	a = newSide(t, options{hz: 440, initiator: true, relay: true, servers: services})
	b = newSide(t, options{hz: 1000})
	a.other, b.other = b, a
	return a, b
}

// TestRelay: a call through a real relay, over UDP and TCP, in which nothing tells where the one who hides is.
func TestRelay(t *testing.T) {
	for _, carrier := range []string{"udp", "tcp"} {
		t.Run(carrier, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			hidden(t, coretest.StartCoturn(t), "turn", carrier)
		})
	}
}

// TestRelayTLS runs itself again, because a program looks only once which authorities to trust.
func TestRelayTLS(t *testing.T) {
	const inside = "KITH_TEST_INSIDE"
	if os.Getenv(inside) == "" {
		if testing.Short() {
			t.Skip("starts a server: not in -short")
		}
		again := exec.Command(os.Args[0], "-test.run=^TestRelayTLS$", "-test.count=1")
		again.Env = append(os.Environ(), inside+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	r := coretest.StartCoturn(t)
	t.Setenv("SSL_CERT_FILE", r.CAFile)
	hidden(t, r, "turns", "tcp")
}

// hidden makes such a call, restarts it, and looks at everything that the other side got to know.
func hidden(t *testing.T, r *coretest.Relay, kind, carrier string) {
	t.Helper()
	a, b := newRelayed(t, relay(r, kind, carrier))
	contents, bundle := a.offer(true)
	told := jingle(contents)
	contents, bundle = b.answer(contents, bundle)
	a.must(a.paths.Apply(contents, bundle))
	linked(t, a, b)
	talk(t, a, b, true)
	if got := a.paths.Stats(); !got.Relayed || got.Local != "relay" {
		t.Errorf("the one who hides has the path %+v", got)
	}
	if got := b.paths.Stats(); got.Remote != "relay" && got.Remote != "prflx" {
		t.Errorf("the other has the path %+v", got)
	}
	links := a.links
	fresh := restart(t, a, b)
	eventually(t, "new paths", a, b, func() bool { return a.links > links })
	video, _, err := a.paths.OfferVideo()
	if err != nil {
		t.Fatal(err)
	}
	told += jingle(fresh) + jingle(video) + jingle(a.found)
	candidates := strings.Count(told, "<candidate")
	from := fmt.Sprintf("ip='%s'", r.Relayed)
	if candidates == 0 || candidates != strings.Count(told, "type='relay'") || candidates != strings.Count(told, from) || strings.Contains(told, "rel-") {
		t.Errorf("told is\n%s", told)
	}
	for _, part := range strings.Split(told, "port='")[1:] {
		text, _, _ := strings.Cut(part, "'")
		if port, err := strconv.Atoi(text); err != nil || port < r.First || port > r.Last {
			t.Errorf("a port of the machine itself: %s", text)
		}
	}
}

// jingle is what contents are in the network.
func jingle(contents []wire.Content) string {
	return wire.Jingle{Action: wire.TransportInfo, SID: "s", Contents: contents}.Element().String() + "\n"
}

// TestNoRelay: who may not be seen does not call without a relay.
func TestNoRelay(t *testing.T) {
	a, _ := newRelayed(t, wire.ExternalService{Type: "stun", Host: "127.0.0.1", Port: 3478})
	if _, _, err := a.paths.Offer(true); reasonOf(err) != wire.ReasonConnectivity {
		t.Errorf("offered: %v", err)
	}
}

// TestBadRelays: relays that are not there, say nothing, talk nonsense or know us not keep nobody from talking, nor from hanging up.
func TestBadRelays(t *testing.T) {
	coretest.CheckGoroutines(t)
	r := coretest.StartCoturn(t)
	wrong := relay(r, "turn", "udp")
	wrong.Password = "wrong"
	services := []wire.ExternalService{wrong, silentTCP(t), noisyUDP(t), {Type: "stun", Host: "nowhere.invalid", Port: 3478}}
	a := newSide(t, options{hz: 440, initiator: true, servers: services})
	b := newSide(t, options{hz: 1000, servers: services})
	a.other, b.other = b, a
	agree(t, a, b, true, true)
	linked(t, a, b)
	talk(t, a, b, true)
	if got := a.paths.Stats(); got.Relayed {
		t.Errorf("the path is %+v", got)
	}
	a.must(a.session.Close())
	a.must(a.paths.Close())
}

// silentTCP accepts everybody and says nothing.
func silentTCP(t *testing.T) wire.ExternalService {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	port := l.Addr().(*net.TCPAddr).Port
	return wire.ExternalService{Type: "turn", Transport: "tcp", Host: "127.0.0.1", Port: uint16(port), Username: "anna", Password: "secret"}
}

// noisyUDP answers everything with nonsense.
func noisyUDP(t *testing.T) wire.ExternalService {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			b[0] ^= 1
			_, _ = c.WriteTo(b[:n/2], from)
		}
	}()
	t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
	port := c.LocalAddr().(*net.UDPAddr).Port
	return wire.ExternalService{Type: "turn", Transport: "udp", Host: "127.0.0.1", Port: uint16(port), Username: "anna", Password: "secret"}
}

// TestAddresses: of this machine's own addresses, those are told that somebody else could reach.
func TestAddresses(t *testing.T) {
	coretest.CheckGoroutines(t)
	a := newSide(t, options{initiator: true})
	a.keep = true
	contents, _ := a.offer(true)
	deadline := time.Now().Add(patience)
	for len(contents[0].Transport.Candidates)+len(a.found) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("no address was found")
		}
		a.step()
		time.Sleep(5 * time.Millisecond)
	}
	for _, c := range append(contents, a.found...) {
		for _, candidate := range c.Transport.Candidates {
			if !candidate.Addr.Addr().IsGlobalUnicast() || candidate.Component != 1 || candidate.Type != "host" {
				t.Errorf("told is %+v", candidate)
			}
		}
	}
}
