package transport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	pion "github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"

	"kith/calls/media"
	"kith/calls/sdp"
	"kith/core/wire"
)

const (
	firstWait = 50 * time.Millisecond // for addresses that go with a description; the rest follows
	mostEarly = 200                   // candidates of theirs that came before the content that they are for
)

// The names of our contents.
const (
	audioName = "audio"
	videoName = "video"
)

// Config is what a Paths works with.
type Config struct {
	Media     *media.Session
	Servers   []wire.ExternalService // STUN and TURN, as our server told (XEP-0215)
	Relay     bool                   // through relays only: the other side must not see our addresses
	Initiator bool                   // we placed the call (XEP-0166 §7.1)
	Log       *slog.Logger           // nil: silent
	Net       pion.Net               // nil: the system's
}

// us and them are the parties of the call (XEP-0166 §7.1).
func (c Config) us() wire.Party {
	if c.Initiator {
		return wire.Initiator
	}
	return wire.Responder
}

func (c Config) them() wire.Party {
	if c.Initiator {
		return wire.Responder
	}
	return wire.Initiator
}

// Paths is the PeerConnections of one call. One goroutine calls its methods; Events and Stats may be called on any.
type Paths struct {
	config      Config
	log         *slog.Logger
	certificate []webrtc.Certificate // one for the whole call
	mail        *mailbox

	bundles bool      // the other side does
	adding  *addition // a picture that we offered to add
	early   []earlyBird
	closed  bool

	mu      sync.Mutex
	groups  groups // written by the caller of the methods only
	missing bool   // Lost was told
}

// earlyBird is a candidate of theirs for a content that is not agreed yet.
type earlyBird struct {
	name, ufrag string
	candidate   wire.Candidate
}

// New makes the paths of a call. It costs nothing before there is something to describe.
func New(config Config) *Paths {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Paths{config: config, log: log, mail: newMailbox()}
}

// Events tells what happens. It is not closed.
func (p *Paths) Events() <-chan Event { return p.mail.out }

// Offer describes our side of a call that we place, in words that suit those who bundle and those who do not: all contents share
// a transport, and the picture has another one beside it.
func (p *Paths) Offer(picture bool) (contents []wire.Content, bundle []string, err error) {
	if len(p.groups) > 0 {
		return nil, nil, &Error{wire.ReasonIncompatible, errUnsettled}
	}
	all := [][2]string{{audioName, audioName}}
	if picture {
		all = append(all, [2]string{videoName, videoName})
	}
	whole, offer, err := p.propose(false, all...)
	if err != nil {
		return nil, nil, err
	}
	if !picture {
		wait(whole)
		offer = whole.first(offer)
		return offer.Contents, offer.Bundle, nil
	}
	apart, alone, err := p.propose(false, all[1])
	if err != nil {
		return nil, nil, err
	}
	wait(whole, apart)
	offer = sdp.Dual(whole.first(offer), apart.first(alone))
	return offer.Contents, offer.Bundle, nil
}

// propose makes a group that carries these, each with its name and medium, and describes it.
func (p *Paths) propose(extra bool, contents ...[2]string) (*group, sdp.Session, error) {
	g, err := p.open(extra)
	if err != nil {
		return nil, sdp.Session{}, err
	}
	for _, c := range contents {
		if err := g.carry(c[0], c[1]); err != nil {
			return nil, sdp.Session{}, err
		}
	}
	offer, err := g.offer(false)
	return g, offer, err
}

// Answer describes our side of a call that they placed. Contents in which Kith speaks nothing are left out.
func (p *Paths) Answer(contents []wire.Content, bundle []string) ([]wire.Content, []string, error) {
	if len(p.groups) > 0 {
		return nil, nil, &Error{wire.ReasonIncompatible, errUnsettled}
	}
	whole := sdp.Session{Contents: contents, Bundle: bundle}
	if err := secure(spoken(whole).Contents); err != nil {
		return nil, nil, err
	}
	offer := spoken(together(whole)) // the transport that counts may be that of a content which is left out
	if !slices.ContainsFunc(offer.Contents, func(c wire.Content) bool { return c.Description.Media == audioName }) {
		return nil, nil, wrong(sdp.ErrIncompatible)
	}
	p.bundles = len(offer.Bundle) > 0
	var described []sdp.Session
	for _, part := range parts(offer) {
		ours, err := p.accept(part, false)
		if err != nil {
			return nil, nil, err
		}
		described = append(described, ours)
	}
	wait(p.groups...)
	var out sdp.Session
	for i, g := range p.groups {
		ours := g.first(described[i])
		out.Contents, out.Bundle = append(out.Contents, ours.Contents...), append(out.Bundle, ours.Bundle...)
	}
	if !p.bundles {
		out.Bundle = nil
	}
	p.Reach(contents)
	p.hatch()
	return out.Contents, out.Bundle, nil
}

// accept makes a group for an offer, and answers it.
func (p *Paths) accept(offer sdp.Session, extra bool) (sdp.Session, error) {
	g, err := p.open(extra)
	if err != nil {
		return sdp.Session{}, err
	}
	ours, err := g.joinAll(offer)
	if err != nil {
		p.remove(g)
	}
	return ours, err
}

// Apply completes what was offered with their answer. Whoever bundles goes on with everything in one group, and the other one
// ends; whoever does not has the picture in the other.
func (p *Paths) Apply(contents []wire.Content, bundle []string) error {
	if len(p.groups) == 0 || len(p.groups[0].theirs.Contents) > 0 {
		return &Error{wire.ReasonIncompatible, errUnsettled}
	}
	if err := secure(contents); err != nil {
		return err
	}
	answer := together(sdp.Session{Contents: contents, Bundle: bundle})
	shared := bundle
	if len(shared) == 0 {
		shared = []string{audioName}
	}
	whole, alone := answer.Only(shared...), answer.Only(others(answer, shared)...)
	if len(whole.Contents) == 0 || len(alone.Contents) > 1 || len(alone.Contents) == 1 && len(p.groups) == 1 {
		return wrong(sdp.ErrMalformed)
	}
	p.bundles = len(bundle) > 0
	if err := p.groups[0].complete(whole); err != nil {
		return err
	}
	switch {
	case len(alone.Contents) == 1:
		if err := p.groups[1].complete(alone); err != nil {
			return err
		}
	case len(p.groups) == 2:
		p.remove(p.groups[1])
	}
	p.Reach(contents)
	p.hatch()
	return nil
}

// Reach takes addresses of theirs, also of contents that are not agreed yet: those wait.
func (p *Paths) Reach(contents []wire.Content) {
	for _, c := range contents {
		if c.Transport == nil {
			continue
		}
		if g := p.groups.reached(c); g != nil {
			g.reach(c.Transport.Ufrag, c.Transport.Candidates)
			continue
		}
		for _, candidate := range c.Transport.Candidates {
			if len(p.early) < mostEarly {
				p.early = append(p.early, earlyBird{c.Name, c.Transport.Ufrag, candidate})
			}
		}
	}
}

// hatch gives what waited to the contents that are there now.
func (p *Paths) hatch() {
	waiting := p.early
	p.early = nil
	for _, e := range waiting {
		t := wire.Transport{Ufrag: e.ufrag, Candidates: []wire.Candidate{e.candidate}}
		p.Reach([]wire.Content{{Name: e.name, Transport: &t}})
	}
}

// Close ends everything and waits for it.
func (p *Paths) Close() error {
	p.closed = true
	p.mu.Lock()
	groups := p.groups
	p.groups = nil
	for _, g := range groups {
		g.gone = true
	}
	p.mu.Unlock()
	var errs []error
	for _, g := range groups {
		errs = append(errs, g.close())
	}
	return errors.Join(errs...)
}

// remove ends a group.
func (p *Paths) remove(g *group) {
	p.mu.Lock()
	g.gone = true
	p.groups = slices.DeleteFunc(slices.Clone(p.groups), func(o *group) bool { return o == g })
	p.mu.Unlock()
	if err := g.close(); err != nil {
		p.log.Debug("end a part of a call's paths", "err", err)
	}
}

// configuration is that of a PeerConnection.
func (p *Paths) configuration() (webrtc.Configuration, error) {
	if p.certificate == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return webrtc.Configuration{}, refused(err)
		}
		certificate, err := webrtc.GenerateCertificate(key)
		if err != nil {
			return webrtc.Configuration{}, refused(err)
		}
		p.certificate = []webrtc.Certificate{*certificate}
	}
	c := webrtc.Configuration{Certificates: p.certificate, ICEServers: servers(p.config.Servers, p.config.Relay, time.Now())}
	if p.config.Relay {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
		if len(c.ICEServers) == 0 {
			return webrtc.Configuration{}, &Error{wire.ReasonConnectivity, errNoRelay}
		}
	}
	return c, nil
}
