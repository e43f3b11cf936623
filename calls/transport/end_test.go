package transport

import (
	"net"
	"runtime"
	"sync"
	"testing"

	pion "github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"kith/calls/media"
	"kith/core/coretest"
	"kith/core/wire"
)

// newPaths are those of somebody without devices.
func newPaths(t *testing.T, initiator bool, n pion.Net) *Paths {
	t.Helper()
	s, err := media.New(media.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{Media: s, Initiator: initiator, Net: n})
	t.Cleanup(func() {
		_ = s.Close()
		_ = p.Close()
	})
	return p
}

// dead says whether a group has ended, and everything that it had open.
func (g *group) dead() bool {
	g.network.mu.Lock()
	defer g.network.mu.Unlock()
	return g.network.open == nil && g.pc.ConnectionState() == webrtc.PeerConnectionStateClosed
}

// TestSpare: of the two groups that an offer has, that which the answer does not want ends at once, and no other does.
func TestSpare(t *testing.T) {
	for _, c := range []struct {
		name    string
		bundles bool
		picture bool
		left    int
	}{{"bundled", true, true, 1}, {"apart", false, true, 2}, {"sound alone", false, false, 1}} {
		t.Run(c.name, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			a, b := newPaths(t, true, nil), newPaths(t, false, nil)
			contents, bundle, err := a.Offer(true)
			if err != nil {
				t.Fatal(err)
			}
			if !c.bundles {
				bundle = nil
			}
			if !c.picture {
				contents = contents[:1]
			}
			if contents, bundle, err = b.Answer(contents, bundle); err != nil {
				t.Fatal(err)
			}
			all := a.groups
			if err := a.Apply(contents, bundle); err != nil {
				t.Fatal(err)
			}
			for i, g := range all {
				if g.dead() != (i >= c.left) {
					t.Errorf("group %d of %d has ended: %v", i, len(all), g.dead())
				}
			}
			if len(a.groups) != c.left {
				t.Errorf("%d groups are left", len(a.groups))
			}
		})
	}
}

// TestRefusedOffer: of an offer that cannot be answered nothing is left, also before the call ends.
func TestRefusedOffer(t *testing.T) {
	a, b := newPaths(t, true, nil), newPaths(t, false, nil)
	contents, bundle, err := a.Offer(true)
	if err != nil {
		t.Fatal(err)
	}
	video := *contents[1].Description
	video.Payloads = append([]wire.Payload(nil), video.Payloads...)
	for i, p := range video.Payloads {
		if p.Name == "VP8" {
			video.Payloads[i].ID = contents[0].Description.Payloads[0].ID
		}
	}
	contents[1].Description = &video
	coretest.CheckGoroutines(t)
	if _, _, err := b.Answer(contents, bundle); err == nil {
		t.Fatal("answered")
	}
	if len(b.groups) != 0 {
		t.Errorf("%d groups are left", len(b.groups))
	}
}

// TestNothingAfterTheEnd: what was closed begins nothing.
func TestNothingAfterTheEnd(t *testing.T) {
	a, b := newPaths(t, true, nil), newPaths(t, false, nil)
	offer, bundle, err := a.Offer(true)
	if err != nil {
		t.Fatal(err)
	}
	if offer, bundle, err = b.Answer(offer, bundle); err != nil {
		t.Fatal(err)
	}
	if err := a.Apply(offer, bundle); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Paths{a, b} {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := a.Offer(false); err == nil {
		t.Error("offered after the end")
	}
	if _, _, err := b.Answer(offer, bundle); err == nil {
		t.Error("answered after the end")
	}
	if len(a.groups)+len(b.groups) != 0 {
		t.Error("a group was made after the end")
	}
}

// TestEndWaits: closing waits for what goes on in goroutines of Pion's, so that nothing comes of them afterwards.
func TestEndWaits(t *testing.T) {
	p := newPaths(t, true, nil)
	g, err := p.open(false)
	if err != nil {
		t.Fatal(err)
	}
	entered, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
	free := sync.OnceFunc(func() { close(release) })
	defer free()
	var once sync.Once
	g.pc.OnICECandidate(func(*webrtc.ICECandidate) {
		once.Do(func() {
			close(entered)
			<-release
		})
	})
	if err := g.carry(audioName, audioName); err != nil {
		t.Fatal(err)
	}
	if _, err := g.offer(false); err != nil {
		t.Fatal(err)
	}
	<-entered
	go func() { done <- g.close() }()
	for cut := false; !cut; runtime.Gosched() { // the farewell is over
		g.network.mu.Lock()
		cut = g.network.open == nil
		g.network.mu.Unlock()
	}
	for range 1000 { // who does not wait has returned by now
		runtime.Gosched()
		select {
		case <-done:
			t.Fatal("it has ended while something goes on")
		default:
		}
	}
	free()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// listening notes on which ports somebody listens.
type listening struct {
	pion.Net
	mu    sync.Mutex
	ports []int
}

func (l *listening) ListenUDP(kind string, local *net.UDPAddr) (pion.UDPConn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if local != nil {
		l.ports = append(l.ports, local.Port)
	}
	return l.Net.ListenUDP(kind, local)
}

// TestNoNames: nobody in the local network is asked for names, or hears that there is a call (RFC 6762).
func TestNoNames(t *testing.T) {
	std, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	l := &listening{Net: std}
	p := newPaths(t, true, l)
	if _, _, err := p.Offer(false); err != nil {
		t.Fatal(err)
	}
	<-p.groups[0].gathered
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ports) == 0 {
		t.Error("nobody listens: this shows nothing")
	}
	for _, port := range l.ports {
		if port == 5353 {
			t.Error("somebody listens for names")
		}
	}
}
