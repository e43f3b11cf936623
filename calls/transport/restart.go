package transport

import (
	"github.com/pion/webrtc/v4"

	"kith/calls/sdp"
	"kith/core/wire"
)

// Renew takes services in place of those that were told before, whose credentials have an end. They count from the next search for paths on; where
// one goes on, Pion cannot be told (it would be a race), and the next Renew does it.
func (p *Paths) Renew(services []wire.ExternalService) error {
	p.config.Servers = services
	config, err := p.configuration()
	if err != nil {
		return err
	}
	for _, g := range p.groups {
		if g.pc.ICEGatheringState() != webrtc.ICEGatheringStateComplete {
			continue
		}
		if err := g.pc.SetConfiguration(config); err != nil {
			return refused(err)
		}
	}
	return nil
}

// OfferRestart looks for new paths, with new credentials (RFC 8445 §9, XEP-0176 §5.9). Media stop until they are found, and the keys stay. The
// addresses follow by Found.
func (p *Paths) OfferRestart() ([]wire.Content, error) {
	var out []wire.Content
	for _, g := range p.groups.agreed() {
		if err := g.settle(); err != nil {
			return nil, err
		}
		offer, err := g.offer(true)
		if err != nil {
			return nil, err
		}
		g.later(offer)
		out = append(out, offer.Only(names(g.theirs)...).Contents...)
	}
	if len(out) == 0 {
		return nil, &Error{wire.ReasonIncompatible, errUnsettled}
	}
	return out, nil
}

// AnswerRestart looks for new paths because the other side does.
func (p *Paths) AnswerRestart(contents []wire.Content) ([]wire.Content, error) {
	var out []wire.Content
	for _, g := range p.groups.agreed() {
		offer, ok, err := g.renewed(contents)
		if err != nil {
			return nil, err
		}
		if !ok || offer.Contents[0].Transport.Ufrag == g.ufrag {
			continue
		}
		if err := g.settle(); err != nil {
			return nil, err
		}
		ours, err := g.answer(offer)
		if err != nil {
			return nil, err
		}
		g.later(ours)
		out = append(out, ours.Contents...)
	}
	if len(out) == 0 {
		return nil, &Error{wire.ReasonIncompatible, errNothingNew}
	}
	return out, nil
}

// ApplyRestart completes a restart of ours with their credentials.
func (p *Paths) ApplyRestart(contents []wire.Content) error {
	found := false
	for _, g := range p.groups.agreed() {
		answer, ok, err := g.renewed(contents)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		found = true
		if err := g.complete(answer); err != nil {
			return err
		}
	}
	if !found {
		return &Error{wire.ReasonIncompatible, errNothingNew}
	}
	p.Reach(contents)
	return nil
}

// renewed is their description with the credentials that one of the contents brings; false when none is of this group.
func (g *group) renewed(contents []wire.Content) (sdp.Session, bool, error) {
	for _, name := range names(g.theirs) {
		for _, c := range contents {
			t := c.Transport
			if c.Name != name || t == nil || t.Ufrag == "" || t.Pwd == "" {
				continue
			}
			out := bare(g.theirs)
			if err := sameKey(out.Contents[0].Transport.Fingerprint, t); err != nil {
				return sdp.Session{}, false, err
			}
			for i := range out.Contents {
				out.Contents[i].Transport.Ufrag, out.Contents[i].Transport.Pwd = t.Ufrag, t.Pwd
			}
			return out, true, nil
		}
	}
	return sdp.Session{}, false, nil
}
