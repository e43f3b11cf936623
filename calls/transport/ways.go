package transport

import (
	"strings"

	"github.com/pion/webrtc/v4"

	"kith/calls/sdp"
	"kith/core/wire"
)

const (
	mostFound = 64 // candidates of ours, with the same credentials
	mostTried = 64 // of theirs: each is tried with each of ours
)

// ways is what Pion tells of a group, on goroutines of its own. All of it is guarded by the lock of Paths.
type ways struct {
	gathered chan struct{} // closed when the first search for addresses is over
	over     bool          // it is closed

	label   wire.Content // the content that candidates are told of
	ours    wire.Transport
	telling bool    // candidates that belong to ours are told at once
	found   []found // not told yet
	count   int     // that belong to ours

	ready  bool      // both sides are described
	key    wire.DTLS // that they have to show
	extra  bool      // added to a call that can go on without it
	state  state
	was    bool        // linked before
	reason wire.Reason // why it failed
	missed bool        // it was told that it failed
	gone   bool        // the group is being closed
}

// found is an address of ours.
type found struct {
	ufrag     string
	candidate wire.Candidate
}

// candidate takes an address that Pion found; nil: there are no more.
func (g *group) candidate(c *webrtc.ICECandidate) {
	p := g.paths
	if c == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !g.over {
			g.over = true
			close(g.gathered)
		}
		return
	}
	line := c.ToJSON().Candidate
	candidate, ok := sdp.ParseCandidate(line)
	if !ok || p.config.Relay && candidate.Type != "relay" {
		return
	}
	if p.config.Relay {
		candidate.Related = wire.Candidate{}.Related // our own address
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f := found{ufragOf(line), candidate}
	switch {
	case g.gone:
	case g.telling && f.ufrag == g.ours.Ufrag:
		g.tell([]wire.Candidate{candidate})
	case len(g.found) < mostFound:
		g.found = append(g.found, f)
	}
}

// ufragOf is the credential that a candidate of Pion belongs to.
func ufragOf(line string) string {
	_, rest, _ := strings.Cut(line, " ufrag ")
	ufrag, _, _ := strings.Cut(rest, " ")
	return ufrag
}

// tell gives candidates to the other side.
func (g *group) tell(all []wire.Candidate) {
	all = all[:min(len(all), mostFound-g.count)]
	if len(all) == 0 {
		return
	}
	g.count += len(all)
	t := g.ours
	t.Candidates = all
	c := g.label
	c.Transport = &t
	g.paths.mail.put(Found{[]wire.Content{c}})
}

// described notes our credentials and returns the candidates that are there already. Those that come later are told.
func (g *group) described(s sdp.Session) []wire.Candidate {
	first := s.Contents[0]
	g.paths.mu.Lock()
	defer g.paths.mu.Unlock()
	g.label = wire.Content{Name: first.Name, Creator: first.Creator}
	if t := first.Transport; t.Ufrag != g.ours.Ufrag {
		g.ours, g.count = wire.Transport{Ufrag: t.Ufrag, Pwd: t.Pwd}, 0
	}
	g.telling = true
	var out []wire.Candidate
	for _, f := range g.found {
		if f.ufrag == g.ours.Ufrag {
			out = append(out, f.candidate)
		}
	}
	g.found = nil
	return out
}

// first adds to a description the candidates that are there already.
func (g *group) first(s sdp.Session) sdp.Session {
	all := g.described(s)
	g.paths.mu.Lock()
	g.count += len(all)
	g.paths.mu.Unlock()
	s.Contents[0].Transport.Candidates = all
	return s
}

// later follows a restart, which carries no candidates and has given up the paths that there were: it tells the candidates that are there already.
func (g *group) later(s sdp.Session) {
	all := g.described(s)
	g.paths.mu.Lock()
	defer g.paths.mu.Unlock()
	if g.state == linked {
		g.state = waiting
	}
	g.paths.mail.leave()
	g.tell(all)
}

// reach has Pion try addresses of theirs.
func (g *group) reach(ufrag string, all []wire.Candidate) {
	if ufrag != "" && ufrag != g.ufrag {
		return // of a transport that is not used, or no more
	}
	for _, c := range all {
		line, ok := sdp.FormatCandidate(c)
		if !ok || !c.Addr.Addr().IsGlobalUnicast() || g.tried >= mostTried {
			continue
		}
		g.tried++
		mid := g.theirs.Contents[0].Name
		_ = g.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: line, SDPMid: &mid}) // what it cannot use is none
	}
}
