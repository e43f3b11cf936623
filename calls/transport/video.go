package transport

import (
	"errors"
	"slices"

	"kith/calls/sdp"
	"kith/core/wire"
)

// addition is a picture that we offered to add.
type addition struct {
	group   *group
	name    string
	bundled bool
}

// OfferVideo describes a picture that is added to a call (XEP-0166 §7.2.2): in the group that is there when the other side bundles, else in
// another one.
func (p *Paths) OfferVideo() (contents []wire.Content, bundle []string, err error) {
	if len(p.groups) == 0 || len(p.groups[0].theirs.Contents) == 0 || p.adding != nil {
		return nil, nil, &Error{wire.ReasonIncompatible, errUnsettled}
	}
	name := p.groups.freeName(p.config.Initiator)
	if !p.bundles {
		g, offer, err := p.propose(true, [2]string{name, videoName})
		if err != nil {
			return nil, nil, err
		}
		p.adding = &addition{g, name, false}
		wait(g)
		return g.first(offer).Contents, nil, nil
	}
	g := p.groups[0]
	if err := g.settle(); err != nil {
		return nil, nil, err
	}
	if err := g.carry(name, videoName); err != nil {
		return nil, nil, err
	}
	offer, err := g.offer(false)
	if err != nil {
		return nil, nil, err
	}
	g.pending = name
	p.adding = &addition{g, name, true}
	return offer.Only(name).Contents, append(names(g.theirs), name), nil
}

// AnswerVideo answers their wish to add a picture.
func (p *Paths) AnswerVideo(contents []wire.Content, bundle []string) ([]wire.Content, []string, error) {
	if len(p.groups) == 0 || len(p.groups[0].theirs.Contents) == 0 {
		return nil, nil, &Error{wire.ReasonIncompatible, errUnsettled}
	}
	c, err := p.picture(contents)
	if err != nil {
		return nil, nil, err
	}
	var ours sdp.Session
	if first := p.groups[0]; p.joins(c, bundle) {
		ours, err = first.extend(c)
		bundle = names(first.theirs)
	} else {
		ours, err = p.acceptApart(c)
		bundle = nil
	}
	if err != nil {
		return nil, nil, err
	}
	p.Reach(contents)
	p.hatch()
	return ours.Only(c.Name).Contents, bundle, nil
}

// picture finds what is to be added.
func (p *Paths) picture(contents []wire.Content) (wire.Content, error) {
	for _, c := range contents {
		if c.Description != nil && c.Description.Media == videoName && c.Transport != nil && p.groups.carrying(c.Name) == nil {
			return c, nil
		}
	}
	return wire.Content{}, wrong(sdp.ErrIncompatible)
}

// joins says whether an added content shares the transport that is there. Conversations gives it none of its own then.
func (p *Paths) joins(c wire.Content, bundle []string) bool {
	shares := func(name string) bool { return name != c.Name && p.groups[0] == p.groups.carrying(name) }
	return p.bundles && (c.Transport.Ufrag == "" || slices.Contains(bundle, c.Name) && slices.ContainsFunc(bundle, shares))
}

// extend answers an offer to add a content to the group.
func (g *group) extend(c wire.Content) (sdp.Session, error) {
	offer, err := g.with(c)
	if err != nil {
		return sdp.Session{}, err
	}
	if !sdp.Speaks(offer.Contents[len(offer.Contents)-1]) { // before Pion hears of it, which takes nothing back
		return sdp.Session{}, wrong(sdp.ErrIncompatible)
	}
	if err := g.settle(); err != nil {
		return sdp.Session{}, err
	}
	if err := g.join(c.Name, c.Description.Media); err != nil {
		return sdp.Session{}, err
	}
	return g.answer(offer)
}

// acceptApart answers an offer to add a content with a transport of its own.
func (p *Paths) acceptApart(c wire.Content) (sdp.Session, error) {
	if err := secure([]wire.Content{c}); err != nil {
		return sdp.Session{}, err
	}
	ours, err := p.accept(sdp.Session{Contents: []wire.Content{c}}, true)
	if err != nil {
		return sdp.Session{}, err
	}
	g := p.groups[len(p.groups)-1]
	wait(g)
	return g.first(ours), nil
}

// ApplyVideo completes the picture that we offered to add with their answer.
func (p *Paths) ApplyVideo(contents []wire.Content, _ []string) error {
	a := p.adding
	if a == nil {
		return &Error{wire.ReasonIncompatible, errUnsettled}
	}
	i := slices.IndexFunc(contents, func(c wire.Content) bool { return c.Name == a.name && c.Transport != nil })
	if i < 0 {
		return &Error{wire.ReasonIncompatible, errUnknown}
	}
	if err := a.complete(contents[i]); err != nil {
		return errors.Join(err, p.DropVideo(a.name))
	}
	p.adding = nil
	p.Reach(contents)
	p.hatch()
	return nil
}

// complete takes the answer.
func (a *addition) complete(c wire.Content) error {
	answer := sdp.Session{Contents: []wire.Content{c}}
	var err error
	if a.bundled {
		answer, err = a.group.with(c)
	} else {
		err = secure(answer.Contents)
	}
	if err == nil {
		a.group.pending = ""
		err = a.group.complete(answer)
	}
	return err
}

// DropVideo takes a picture out of the call again: the one that we offered to add where the name is empty or that one's, else the one of that
// name that was agreed. What there is not is out already.
func (p *Paths) DropVideo(name string) error {
	if a := p.adding; a != nil && (name == "" || name == a.name) {
		p.adding = nil
		if !a.bundled {
			p.remove(a.group)
			return nil
		}
		a.group.pending = ""
		a.group.mute(a.name)
		return a.group.settle()
	}
	switch g := p.groups.carrying(name); {
	case g == nil:
	case len(g.theirs.Contents) == 1:
		p.remove(g)
	default:
		g.leave(name)
	}
	return nil
}
