package transport

import (
	"time"

	"github.com/pion/webrtc/v4"
)

// Stats says which paths are in use. The strings are "host", "srflx", "prflx" and "relay", and empty while there is none.
type Stats struct {
	Local, Remote string        // kinds of the pair of addresses over which the sound goes
	Relayed       bool          // a relay sees the packets, on any of the paths
	RTT           time.Duration // of the last check of the path; 0: unknown
	Paths         int           // how many there are: one where everything is bundled
	Each          []Path        // of those that were agreed, connected or not
}

// Path is one of the paths, as Pion sees it.
type Path struct {
	Content    string // the first that goes over it
	ICE, DTLS  string // states
	Came, Left uint32 // packets, of everything but the search for paths, over the pair of addresses that is in use
}

// Stats gives the figures of this moment. It may be called on any goroutine.
func (p *Paths) Stats() Stats {
	p.mu.Lock()
	var ready []*group
	for _, g := range p.groups {
		if g.ready {
			ready = append(ready, g)
		}
	}
	p.mu.Unlock()
	var out Stats
	for i, g := range ready {
		ice := g.pc.SCTP().Transport().ICETransport()
		out.Each = append(out.Each, g.path())
		pair, err := ice.GetSelectedCandidatePair()
		if err != nil || pair == nil {
			continue
		}
		out.Paths++
		out.Relayed = out.Relayed || pair.Local.Typ == webrtc.ICECandidateTypeRelay || pair.Remote.Typ == webrtc.ICECandidateTypeRelay
		if i > 0 {
			continue
		}
		out.Local, out.Remote = pair.Local.Typ.String(), pair.Remote.Typ.String()
		if s, ok := ice.GetSelectedCandidatePairStats(); ok {
			out.RTT = time.Duration(s.CurrentRoundTripTime * float64(time.Second))
		}
	}
	return out
}

// path is how a group stands.
func (g *group) path() Path {
	dtls := g.pc.SCTP().Transport()
	out := Path{ICE: dtls.ICETransport().State().String(), DTLS: dtls.State().String()}
	if s, ok := dtls.ICETransport().GetSelectedCandidatePairStats(); ok {
		out.Came, out.Left = s.PacketsReceived, s.PacketsSent
	}
	g.paths.mu.Lock()
	defer g.paths.mu.Unlock()
	out.Content = g.label.Name
	return out
}
