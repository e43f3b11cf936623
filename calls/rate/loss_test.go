package rate

import (
	"testing"
	"time"
)

// losing feeds windows in which a quarter is lost, of what is sent at each rate.
type losing struct {
	losses
	now time.Time
}

func (l *losing) send(rates ...float64) {
	for _, rate := range rates {
		packets := make([]Packet, lossWindow)
		gap := time.Duration(8 * fullPacket / rate * float64(time.Second))
		for i := range packets {
			packets[i] = Packet{Sent: l.now, Bytes: fullPacket, Lost: i%4 == 0}
			l.now = l.now.Add(gap)
		}
		l.packets(l.now, packets, rate)
	}
}

// TestOwnLoss: what a path loses by itself is believed when two windows show it with less sent, and is tried out again after a while.
func TestOwnLoss(t *testing.T) {
	const loses = 0.25
	l := losing{now: time.Unix(1e9, 0)}
	l.send(800e3, 1e6, 990e3)
	if l.own != 0 || l.bound == 0 {
		t.Fatalf("before less was sent: %+v", l.losses)
	}
	l.send(800e3)
	if l.own != 0 {
		t.Fatalf("one window is believed: %+v", l.losses)
	}
	l.send(800e3)
	if l.own != loses || l.bound != 0 {
		t.Fatalf("two windows are not believed: %+v", l.losses)
	}
	for before := l.now; l.now.Sub(before) < ownFor-2*time.Second; {
		l.send(1e6)
		if l.own != loses || l.bound != 0 {
			t.Fatalf("after %v: %+v", l.now.Sub(before), l.losses)
		}
	}
	l.now = l.now.Add(2 * time.Second)
	l.send(1e6)
	if l.borne() != 0 || l.bound == 0 {
		t.Errorf("believed for ever: %+v", l.losses)
	}
}

// TestLuck: one window that loses little does not make a path one that loses nothing by itself, and two do.
func TestLuck(t *testing.T) {
	l := losing{now: time.Unix(1e9, 0)}
	l.send(1e6, 800e3, 800e3)
	l.now = l.now.Add(ownFor)
	none := func() {
		packets := make([]Packet, lossWindow)
		for i := range packets {
			packets[i] = Packet{Sent: l.now, Bytes: fullPacket}
			l.now = l.now.Add(10 * time.Millisecond)
		}
		l.packets(l.now, packets, 1e6)
	}
	for range 3 {
		if none(); l.own == 0 {
			t.Error("what was learned is forgotten because of luck")
		}
		l.send(1e6)
	}
	none()
	if none(); l.own != 0 {
		t.Errorf("%.2f is borne of a path that loses nothing", l.own)
	}
}
