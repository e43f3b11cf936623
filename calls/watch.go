package calls

import (
	"net"
	"net/netip"
	"time"
)

const (
	watchEach = time.Second      // while a call goes on
	watchLate = 30 * time.Second // after an address went, a new one is what takes its place
)

// watch sees that this machine's network has become another one: an address that was there is gone, or one came after that. An
// address more, as IPv6 has them from time to time, is none of that. It is looked for only during calls, which is simple, the same on
// every system, and costs nothing otherwise.
type watch struct {
	known map[netip.Addr]bool // nil: not watched
	lost  time.Time           // when one went last
}

// end forgets: no call goes on.
func (w *watch) end() { *w = watch{} }

// moved says whether the network is another than at the last look.
func (w *watch) moved(now time.Time, addrs []netip.Addr) bool {
	is := make(map[netip.Addr]bool, len(addrs))
	came := false
	for _, a := range addrs {
		is[a] = true
		came = came || !w.known[a]
	}
	first := w.known == nil
	went := false
	for a := range w.known {
		went = went || !is[a]
	}
	w.known = is
	if went {
		w.lost = now
	}
	return !first && (went || came && now.Sub(w.lost) < watchLate)
}

// addresses are those of this machine that others could send to.
func addresses() (all []netip.Addr) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil // as when there is none
	}
	for _, f := range found {
		if n, ok := f.(*net.IPNet); ok {
			if a, ok := netip.AddrFromSlice(n.IP); ok && !a.IsLoopback() && !a.IsLinkLocalUnicast() {
				all = append(all, a.Unmap())
			}
		}
	}
	return all
}
