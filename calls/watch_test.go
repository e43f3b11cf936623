package calls

import (
	"net/netip"
	"testing"
	"time"
)

// TestWatch: what is a new network, and what is only an address more.
func TestWatch(t *testing.T) {
	home, mobile, more := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("198.51.100.3"), netip.MustParseAddr("2001:db8::9")
	bridge := netip.MustParseAddr("172.17.0.1")
	var w watch
	start := time.Unix(1000, 0)
	steps := []struct {
		name string
		at   time.Duration
		now  []netip.Addr
		want bool
	}{
		{"the first look", 0, []netip.Addr{home, bridge}, false},
		{"the same", time.Second, []netip.Addr{bridge, home}, false},
		{"an address more", 2 * time.Second, []netip.Addr{home, bridge, more}, false},
		{"one went", 3 * time.Second, []netip.Addr{bridge, more}, true},
		{"nothing came yet", 4 * time.Second, []netip.Addr{bridge, more}, false},
		{"what takes its place", 9 * time.Second, []netip.Addr{bridge, more, mobile}, true},
		{"much later, one more", time.Hour, []netip.Addr{bridge, more, mobile, home}, false},
		{"none at all", 2 * time.Hour, nil, true},
	}
	for _, c := range steps {
		if got := w.moved(start.Add(c.at), c.now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	w.end()
	if w.moved(start, []netip.Addr{home}) {
		t.Error("the first look of the next call is a new network")
	}
}
