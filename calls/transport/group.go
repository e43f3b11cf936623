package transport

import (
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"kith/calls/sdp"
	"kith/core/wire"
)

// farewell is how long a PeerConnection has to take leave of its relays before they are cut off.
const farewell = 300 * time.Millisecond

// group is the contents that share a transport, and their PeerConnection. Its fields are of the goroutine that calls the methods of
// Paths; what Pion's goroutines touch is in ways.
type group struct {
	paths   *Paths
	api     *webrtc.API
	pc      *webrtc.PeerConnection
	network *network
	senders map[string]*webrtc.RTPSender // by the content's name, of those that we named
	known   sdp.Session                  // everything that was ever described, in its order (RFC 8829 §5.2.2)
	pending string                       // the content that we offered to add; empty: none
	theirs  sdp.Session                  // what is agreed, as they described it; without candidates
	ufrag   string                       // of theirs
	tried   int                          // candidates of theirs, with that ufrag

	ways
}

// open makes a group, without contents. The call goes on without an extra one when it cannot be connected.
func (p *Paths) open(extra bool) (*group, error) {
	if p.closed {
		return nil, refused(errClosed)
	}
	config, err := p.configuration()
	if err != nil {
		return nil, err
	}
	n, err := newNetwork(p.config.Net)
	if err != nil {
		return nil, refused(err)
	}
	api, err := p.config.Media.API(settings(n, p.config.Relay))
	if err != nil {
		return nil, refused(err)
	}
	g := &group{paths: p, api: api, network: n, senders: make(map[string]*webrtc.RTPSender), ways: ways{gathered: make(chan struct{}), extra: extra}}
	if g.pc, err = api.NewPeerConnection(config); err != nil {
		n.cut()
		return nil, refused(err)
	}
	p.config.Media.Attach(g.pc)
	g.pc.OnICECandidate(g.candidate)
	g.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { g.changed() })
	p.mu.Lock()
	p.groups = append(p.groups, g)
	p.mu.Unlock()
	return g, nil
}

// carry has the group send what the session has of a medium, in a content of ours with that name.
func (g *group) carry(name, media string) error {
	t, err := g.pc.AddTransceiverFromTrack(g.paths.config.Media.Track(webrtc.NewRTPCodecType(media)))
	if err == nil {
		err = t.SetMid(name)
	}
	if err != nil {
		return refused(err)
	}
	g.senders[name] = t.Sender()
	g.paths.config.Media.Sends(t.Sender())
	return nil
}

// join does the same in a content of theirs, whose offer comes next. One of that name may have been there, and refused.
func (g *group) join(name, media string) error {
	track := g.paths.config.Media.Track(webrtc.NewRTPCodecType(media))
	for _, t := range g.pc.GetTransceivers() {
		if t.Mid() != name || t.Sender() != nil {
			continue
		}
		sender, err := g.api.NewRTPSender(track, g.pc.SCTP().Transport())
		if err == nil {
			err = t.SetSender(sender, track)
		}
		if err != nil {
			return refused(err)
		}
		g.paths.config.Media.Sends(sender)
		return nil
	}
	t, err := g.pc.AddTransceiverFromTrack(track)
	if err != nil {
		return refused(err)
	}
	g.paths.config.Media.Sends(t.Sender())
	return nil
}

// joinAll does the same in all contents of their offer, and answers it.
func (g *group) joinAll(offer sdp.Session) (sdp.Session, error) {
	for _, c := range offer.Contents {
		if err := g.join(c.Name, c.Description.Media); err != nil {
			return sdp.Session{}, err
		}
	}
	return g.answer(offer)
}

// leave ends what is sent in a content that was agreed, and forgets that it was: it may come again.
func (g *group) leave(name string) {
	for _, t := range g.pc.GetTransceivers() {
		if s := t.Sender(); t.Mid() == name && s != nil {
			_ = g.pc.RemoveTrack(s)
		}
	}
	delete(g.senders, name)
	g.theirs = g.theirs.Only(slices.DeleteFunc(names(g.theirs), func(n string) bool { return n == name })...)
}

// mute ends what is sent in a content that does not come to be.
func (g *group) mute(name string) {
	if s := g.senders[name]; s != nil {
		_ = g.pc.RemoveTrack(s)
		delete(g.senders, name)
	}
}

// offer describes our side anew. Restarting gives it new credentials.
func (g *group) offer(restart bool) (sdp.Session, error) {
	text, err := g.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart, OfferAnswerOptions: webrtc.OfferAnswerOptions{ICETricklingSupported: true}})
	if err == nil {
		err = g.pc.SetLocalDescription(text)
	}
	if err != nil {
		return sdp.Session{}, refused(err)
	}
	ours, err := sdp.ParseOffer(text.SDP, g.paths.config.us(), g.known)
	if err != nil {
		return sdp.Session{}, wrong(err)
	}
	ours = bare(ours)
	g.known = merge(g.known, ours)
	return ours, nil
}

// answer takes their offer, and answers it.
func (g *group) answer(offer sdp.Session) (sdp.Session, error) {
	whole := g.echo(offer)
	text, err := free(whole).Offer(g.paths.config.them(), g.known)
	if err != nil {
		return sdp.Session{}, wrong(err)
	}
	if err := g.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text}); err != nil {
		return sdp.Session{}, refused(err)
	}
	reply, err := g.pc.CreateAnswer(&webrtc.AnswerOptions{OfferAnswerOptions: webrtc.OfferAnswerOptions{ICETricklingSupported: true}})
	if err == nil {
		err = g.pc.SetLocalDescription(reply)
	}
	if err != nil {
		return sdp.Session{}, refused(err)
	}
	ours, err := sdp.ParseAnswer(reply.SDP, g.paths.config.us(), whole)
	if err != nil {
		return sdp.Session{}, wrong(err)
	}
	g.known = merge(g.known, whole)
	agreed := offer.Only(names(ours)...)
	g.agreed(agreed)
	return bare(ours.Only(names(agreed)...)), nil
}

// echo adds to a description of theirs the content that we offered to add, as if they wanted the same. Pion can neither take an offer back
// nor let one wait while it restarts, and what it is told to be refused is dead for ever.
func (g *group) echo(s sdp.Session) sdp.Session {
	for _, c := range g.known.Contents {
		if c.Name != g.pending || g.pending == "" {
			continue
		}
		d, t := *c.Description, *s.Contents[0].Transport
		d.Sources, d.SourceGroups = nil, nil
		c.Description, c.Transport = &d, &t
		s = sdp.Session{Contents: append(slices.Clone(s.Contents), c)}
		s.Bundle = names(s)
	}
	return s
}

// complete takes their answer. Where our offer had to give way to another one in between, it is made again.
func (g *group) complete(answer sdp.Session) error {
	if g.pc.SignalingState() == webrtc.SignalingStateStable {
		if _, err := g.offer(false); err != nil {
			return err
		}
	}
	for name := range g.senders {
		if !slices.Contains(names(answer), name) {
			g.mute(name)
		}
	}
	if err := g.finish(answer); err != nil {
		return err
	}
	g.agreed(answer)
	return nil
}

// finish gives Pion the answer to our offer.
func (g *group) finish(answer sdp.Session) error {
	text, err := free(answer).Answer(g.paths.config.them(), g.known)
	if err != nil {
		return wrong(err)
	}
	return refused(g.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text}))
}

// settle ends an offer of ours that is on its way. Pion knows no rollback: what was agreed before is its answer.
func (g *group) settle() error {
	if g.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return nil
	}
	if len(g.theirs.Contents) == 0 {
		return &Error{wire.ReasonIncompatible, errUnsettled}
	}
	return g.finish(g.echo(g.theirs))
}

// agreed notes what they described, and lets their candidates in.
func (g *group) agreed(theirs sdp.Session) {
	g.theirs = bare(theirs)
	if t := g.theirs.Contents[0].Transport; t.Ufrag != g.ufrag {
		g.ufrag, g.tried = t.Ufrag, 0
	}
	g.paths.mu.Lock()
	g.ready, g.key = true, *g.theirs.Contents[0].Transport.Fingerprint
	g.paths.mu.Unlock()
}

// with is their description with a content more, which shares the transport. It has no fingerprint, or the one that was agreed.
func (g *group) with(c wire.Content) (sdp.Session, error) {
	first := g.theirs.Contents[0].Transport
	if err := sameKey(first.Fingerprint, c.Transport); err != nil {
		return sdp.Session{}, err
	}
	t := *first
	c.Transport = &t
	s := sdp.Session{Contents: append(slices.Clone(g.theirs.Contents), c)}
	s.Bundle = names(s)
	return s, nil
}

// sameKey refuses a transport that names another key than was agreed.
func sameKey(agreed *wire.DTLS, t *wire.Transport) error {
	if t == nil || t.Fingerprint == nil || t.Fingerprint.Value == "" {
		return nil
	}
	if !strings.EqualFold(t.Fingerprint.Hash, agreed.Hash) || !strings.EqualFold(t.Fingerprint.Value, agreed.Value) {
		return &Error{wire.ReasonSecurity, errFingerprint}
	}
	return nil
}

// close ends the group and waits for it.
func (g *group) close() error {
	timer := time.AfterFunc(farewell, g.network.cut)
	err := g.pc.GracefulClose()
	timer.Stop()
	g.network.cut()
	return refused(err)
}
