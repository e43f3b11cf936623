package session

import (
	"slices"

	"kith/core/model"
	"kith/core/wire"
)

// picture is a call as far as a picture is added to it, or taken out.
type picture struct{ *call }

// show has the call ready for a picture of ours: adds one where there is none, and asks to send, too, where only they do (XEP-0166 §7.2.3).
func (c picture) show() {
	switch {
	case !c.both:
		c.add()
	case talk{c.call}.agreed() && !c.shows() && !c.awaits(wire.ContentModify):
		part := c.part("video")
		c.ask(wire.Jingle{Action: wire.ContentModify, Contents: []wire.Content{{Name: part.Name, Creator: part.Creator, Senders: wire.BothParties}}})
	}
}

// shown takes the answer to that. Before it nothing is sent: who does not expect a picture may be thrown off by one.
func (c picture) shown(refused bool) {
	part := c.part("video")
	if refused || part.Name == "" {
		c.dark()
		return
	}
	c.modified([]wire.Content{{Name: part.Name, Senders: wire.BothParties}})
}

// modified notes who sends in contents from now on. A camera that they do not want to see any more is off.
func (c picture) modified(contents []wire.Content) {
	for i, p := range c.parts {
		for _, co := range contents {
			if co.Name == p.Name {
				c.parts[i].Senders = co.Senders
			}
		}
	}
	if c.both && !c.shows() {
		c.Camera, c.Screen = false, false
	}
	c.allow()
}

// dark turns off what we show.
func (c picture) dark() {
	c.Camera, c.Screen = false, false
	c.allow()
}

// add offers a picture in a call that has none (XEP-0166 §6.5), once there is a session to add it to.
func (c picture) add() {
	switch {
	case c.stage != active || c.adding != idle:
	case c.added != nil: // they have asked for the same: it is taken
		c.take()
	default:
		c.adding, c.NoPicture = making, false
		c.desk.do(Extend{Key: c.key})
	}
}

func (c picture) offered(d *description) {
	c.adding = offered
	c.offer = d
	c.ask(wire.Jingle{Action: wire.ContentAdd, Contents: d.contents, Bundle: d.bundle})
}

// takeBack takes our content-add back where it was not answered yet (as Conversations does): nobody needs to be asked any more whether they want
// to see it. Their answer may be on its way, or they may not know how (as Dino 0.4.2): so it counts until they say that it is gone.
func (c picture) takeBack() {
	switch c.adding {
	case making:
		c.out("")
	case offered:
		if c.backAsk == 0 {
			c.backAsk = c.ask(wire.Jingle{Action: wire.ContentRemove, Contents: named(c.offer.contents)})
		}
	default:
	}
}

// tookBack goes on without what we took back, and offers it anew where it is shown again.
func (c picture) tookBack() {
	camera, screen := c.Camera, c.Screen
	c.out(c.part("video").Name)
	if camera || screen {
		c.Camera, c.Screen, c.wanted = camera, screen, true
		c.add()
	}
}

// answered takes their answer to our content-add.
func (c picture) answered(ev Asked) {
	if !subset(ev.Jingle.Contents, c.offer.contents) || !hasMedia(ev.Jingle.Contents, "video") || unsafe(ev.Jingle.Contents) {
		c.end(model.Unsupported, wire.ReasonIncompatible)
		return
	}
	if fingerprinted(ev.Jingle.Contents) && !(agreement{c.call}).proved(ev.Proof) {
		c.end(model.Insecure, wire.ReasonSecurity)
		return
	}
	c.met(ev.Jingle.Contents)
	c.has(ev.Jingle.Contents)
	c.adding = idle
	c.desk.do(Apply{Key: c.key, For: ForAdd, Contents: ev.Jingle.Contents, Bundle: ev.Jingle.Bundle})
	c.allow()
}

// has notes that the call has a picture now.
func (c picture) has(contents []wire.Content) {
	c.carries(contents)
	c.wanted, c.both, c.Video, c.NoPicture = false, true, true, false
}

// unsafe says whether any of the contents could not be one of a call.
func unsafe(contents []wire.Content) bool {
	for _, co := range contents {
		if co.Foreign || co.Description == nil || co.Transport == nil || co.Transport.Fingerprint == nil && !shares(co.Transport) {
			return true
		}
	}
	return len(contents) == 0
}

// asked takes their wish to add a picture: one, under a name of its own. When both sides wish it at once, the session initiator's counts.
func (c picture) asked(ev Asked, reply replier) {
	contents := ev.Jingle.Contents
	switch {
	case c.adding != idle && c.Outgoing:
		reply(wire.Conflict, wire.TieBreak)
		return
	case c.both, c.added != nil, unsafe(contents), len(contents) != 1, !hasMedia(contents, "video"), c.kind(contents[0].Name) != "":
		reply("", "")
		c.ask(wire.Jingle{Action: wire.ContentReject, Contents: named(contents), Reason: wire.ReasonFailedApplication})
		return
	}
	reply("", "")
	if fingerprinted(contents) && !(agreement{c.call}).proved(ev.Proof) {
		c.end(model.Insecure, wire.ReasonSecurity)
		return
	}
	c.met(contents)
	c.added = &ev.Jingle
	if c.adding == idle && !c.wanted {
		c.VideoAsked = true
		return
	}
	if c.adding != idle { // both wanted it
		c.desk.do(Shrink{Key: c.key})
	}
	c.adding = idle
	c.take()
}

// shares says whether a transport was left empty because its content joins the transport that is there, whose keys are agreed, as older
// versions of Conversations do.
func shares(t *wire.Transport) bool { return t.Ufrag == "" && t.Pwd == "" }

// named leaves of contents what names them. Their parts stay, empty: without them Conversations would end the call.
func named(contents []wire.Content) []wire.Content {
	out := make([]wire.Content, 0, len(contents))
	for _, co := range contents {
		n := wire.Content{Name: co.Name, Creator: co.Creator, Senders: co.Senders, Transport: &wire.Transport{}}
		if co.Description != nil {
			n.Description = &wire.Description{Media: co.Description.Media}
		}
		out = append(out, n)
	}
	return out
}

// judge accepts or refuses the picture that they asked to add, as the person says. To accept is to see theirs; ours is sent only when the
// person turns the camera on.
func (c picture) judge(yes bool) {
	switch {
	case !c.VideoAsked || !talk{c.call}.agreed():
	case yes:
		c.take()
	default:
		c.refuse(wire.ReasonDecline)
	}
}

func (c picture) take() {
	c.VideoAsked, c.NoPicture = false, false
	c.desk.do(Extend{Key: c.key, Contents: c.added.Contents, Bundle: c.added.Bundle})
}

func (c picture) refuse(reason wire.Reason) {
	c.ask(wire.Jingle{Action: wire.ContentReject, Contents: named(c.added.Contents), Reason: reason})
	c.added, c.VideoAsked = nil, false
}

// taken sends our answer to their content-add.
func (c picture) taken(d *description) {
	c.added = nil
	c.has(d.contents)
	c.ask(wire.Jingle{Action: wire.ContentAccept, Contents: d.contents, Bundle: d.bundle})
	if c.Camera || c.Screen {
		c.show()
	}
	c.allow()
}

// removed takes contents out that they removed: the picture, or with the sound the call (XEP-0166 §7.2.5).
func (c picture) removed(contents []wire.Content) {
	for _, co := range contents {
		switch {
		case c.kind(co.Name) == "audio":
			c.end(model.HungUp, wire.ReasonSuccess)
			return
		case c.kind(co.Name) == "video":
			c.out(co.Name)
		case c.added != nil && co.Name == c.added.Contents[0].Name:
			c.added, c.VideoAsked = nil, false
			c.desk.do(Shrink{c.key, co.Name}) // our answer may be half made
		}
	}
}

// missed goes on without a picture that could not be added, or found no path, and says so to both.
func (c picture) missed(ev Missed) {
	part := c.part("video")
	switch {
	case ev.Name != "" && ev.Name != part.Name:
		return // it is out already
	case c.added != nil:
		c.refuse(ev.Reason)
	case c.both:
		c.ask(wire.Jingle{Action: wire.ContentRemove, Contents: []wire.Content{part}, Reason: ev.Reason})
	}
	c.out(part.Name)
	c.NoPicture = true
}

// out goes on without the picture of that name, or with an empty one without the one that we offered.
func (c picture) out(name string) {
	c.desk.do(Shrink{c.key, name})
	c.parts = slices.DeleteFunc(c.parts, func(p wire.Content) bool { return p.Name == name })
	c.adding, c.backAsk, c.wanted, c.both, c.PeerPicture = idle, 0, false, false, false
	c.dark()
}
