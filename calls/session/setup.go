package session

import (
	"cmp"
	"slices"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// agreement is a call as far as its Jingle session is set up.
type agreement struct{ *call }

// described takes what the transports made.
func (c agreement) described(ev Described) {
	d := &description{contents: ev.Contents, bundle: ev.Bundle}
	switch {
	case ev.For == ForInitiate && c.Outgoing && c.offer == nil:
		c.offer = d
		c.initiate()
	case ev.For == ForAccept && c.stage == answering && !c.sent:
		c.accept(d)
	case ev.For == ForAdd && c.adding == making:
		picture{c.call}.offered(d)
	case ev.For == ForAddAccept && c.added != nil:
		picture{c.call}.taken(d)
	case ev.For == ForRestart, ev.For == ForRestarted:
		renewal{c.call}.described(ev)
	}
}

// initiate sends the session-initiate once somebody took the call and our offer is made (XEP-0166 §6.2).
func (c agreement) initiate() {
	if c.stage != initiating || c.offer == nil || c.sent {
		return
	}
	c.stage = initiated
	c.in(connectTime)
	c.carries(c.offer.contents)
	c.ask(wire.Jingle{Action: wire.SessionInitiate, Contents: c.offer.contents, Bundle: c.offer.bundle})
	c.sent = true
	c.flush()
	talk{c.call}.sayMuted()
}

// asked takes a Jingle request and answers it.
func (d *Desk) asked(ev Asked) {
	k := Key{ev.Account, model.CallID(ev.Jingle.SID)}
	c := d.calls[k]
	reply := func(condition, app string) {
		d.do(Reply{Account: ev.Account, Stanza: ev.Stanza, Condition: condition, App: app})
	}
	known := c != nil && c.stage != ended && c.peer.JID == ev.From.Bare()
	switch {
	case ev.Jingle.SID == "":
		reply(wire.BadRequest, "")
	case ev.Jingle.Action == wire.SessionInitiate && !known:
		d.direct(k, ev, reply)
	case !known || c.device != "" && c.device != ev.From:
		reply(wire.ItemNotFound, wire.UnknownSession)
	case ev.Jingle.Action == wire.SessionInitiate:
		agreement{c}.begun(ev, reply)
	default:
		talk{c}.asked(ev, reply)
	}
}

type replier func(condition, app string)

// begun takes the session-initiate of a call that we took: from the device that proposed it, and for no more than it proposed.
func (c agreement) begun(ev Asked, reply replier) {
	if c.stage != awaiting || c.theirs != nil {
		reply(wire.UnexpectedRequest, wire.OutOfOrder)
		return
	}
	reply("", "")
	c.rival = false // they have heard us first
	if hasMedia(ev.Jingle.Contents, "video") && !c.both {
		c.theirs = &ev.Jingle
		c.end(model.CallFailed, wire.ReasonFailedApplication)
		return
	}
	if c.begin(ev) {
		c.answer()
	}
}

// direct takes a session-initiate that nobody proposed (XEP-0166 §6.2). From strangers it is refused as by an account that is
// not there.
func (d *Desk) direct(k Key, ev Asked, reply replier) {
	if !ev.Peer.Rings || ev.From.Bare() == ev.Own.Bare() || d.calls[k] != nil || d.over.has(k) || len(d.calls) >= maxCalls || ev.From.Resource() == "" {
		reply(wire.ServiceUnavailable, "")
		return
	}
	reply("", "")
	c := d.add(k, ev.Own, ev.Peer, false, hasMedia(ev.Jingle.Contents, "video"))
	c.stage, c.device, c.both = ringingDirect, ev.From, c.Video
	if d.busyBut(c) {
		invitation{c}.turnAway()
		return
	}
	c.in(ringLimit)
	if (agreement{c}).begin(ev) {
		c.ask(wire.Jingle{Action: wire.SessionInfo, Info: wire.Info{Kind: "ringing"}})
	}
}

// begin checks what they offer. It returns false when the call ended because of it.
func (c agreement) begin(ev Asked) bool {
	c.theirs = &ev.Jingle
	c.met(ev.Jingle.Contents)
	c.carries(ev.Jingle.Contents)
	reason := sound(ev.Jingle.Contents)
	switch {
	case reason != "":
		c.end(endOf(reason, c.stage), reason)
		return false
	case !c.proved(ev.Proof), ev.Proof.Device == 0 && c.peer.MustVerify:
		c.end(model.Insecure, wire.ReasonSecurity)
		return false
	}
	return true
}

// sound says why contents cannot be a call: a Reason, or "" when they can. What is neither sound nor picture, as the data that browsers
// offer, keeps nobody from talking: the answer leaves it out.
func sound(contents []wire.Content) wire.Reason {
	audio, foreign := false, wire.Reason("")
	for _, co := range contents {
		switch {
		case co.Foreign && co.Description == nil:
			foreign = cmp.Or(foreign, wire.ReasonNoApplications)
		case co.Foreign:
			foreign = cmp.Or(foreign, wire.ReasonNoTransports)
		case co.Description == nil || co.Transport == nil:
			return wire.ReasonIncompatible
		case co.Transport.Fingerprint == nil:
			return wire.ReasonSecurity // DTLS-SRTP or nothing
		default:
			audio = audio || co.Description.Media == "audio"
		}
	}
	if audio {
		return ""
	}
	return cmp.Or(foreign, wire.ReasonIncompatible)
}

// proved holds what a stanza's sealed fingerprints prove against what was proved before: once one was verified, all that
// follow come from the same device with the same key, or the call ends.
func (c agreement) proved(p Proof) bool {
	switch {
	case p.Broken:
		return false
	case c.proof.Device != 0:
		return p.Device == c.proof.Device && p.Identity == c.proof.Identity
	case c.seal != 0 && c.Outgoing:
		if p.Device != c.seal {
			return false
		}
	case c.sent || c.applied:
		return p.Device == 0 // a call that began without cannot become one with
	}
	if p.Device == 0 {
		return true
	}
	c.proof, c.seal = p, p.Device
	return true
}

// secrecy is what the proof makes of an encrypted call.
func (c agreement) secrecy() model.Secrecy {
	switch {
	case c.proof.Device == 0:
		return model.CallEncrypted
	case c.proof.Trust == model.Verified:
		return model.CallVerified
	case c.proof.Trust == model.Distrusted:
		return model.CallEncrypted
	}
	return model.CallChecked
}

func hasMedia(contents []wire.Content, media string) bool {
	for _, co := range contents {
		if co.Description != nil && co.Description.Media == media {
			return true
		}
	}
	return false
}

// answer has our side of their session made.
func (c agreement) answer() {
	c.stage = answering
	c.in(connectTime)
	c.both = hasMedia(c.theirs.Contents, "video")
	c.applied = true
	c.desk.do(Answer{Key: c.key, Contents: c.theirs.Contents, Bundle: c.theirs.Bundle, Relay: c.peer.Relay})
	c.reach(c.early)
	c.early = nil
}

// accept sends our answer (XEP-0166 §6.3).
func (c agreement) accept(d *description) {
	c.stage = connecting
	c.in(connectTime)
	c.parts, c.both = named(d.contents), hasMedia(d.contents, "video")
	c.Video, c.Camera = c.Video && c.both, c.Camera && c.both
	c.allow()
	c.ask(wire.Jingle{Action: wire.SessionAccept, Contents: d.contents, Bundle: d.bundle})
	c.sent = true
	c.flush()
	talk{c.call}.sayMuted()
	talk{c.call}.stillHeld()
	talk{c.call}.unstale()
}

// accepted takes their answer to our session-initiate.
func (c agreement) accepted(ev Asked) {
	switch {
	case !subset(ev.Jingle.Contents, c.offer.contents) || !hasMedia(ev.Jingle.Contents, "audio"):
		c.end(model.Unsupported, wire.ReasonIncompatible)
		return
	case sound(ev.Jingle.Contents) != "":
		reason := sound(ev.Jingle.Contents)
		c.end(endOf(reason, c.stage), reason)
		return
	case !c.proved(ev.Proof):
		c.end(model.Insecure, wire.ReasonSecurity)
		return
	}
	c.met(ev.Jingle.Contents)
	c.stage, c.applied = connecting, true
	c.in(connectTime)
	c.parts, c.both = named(ev.Jingle.Contents), hasMedia(ev.Jingle.Contents, "video")
	c.Camera = c.Camera && c.shows()
	c.desk.do(Apply{Key: c.key, For: ForInitiate, Contents: ev.Jingle.Contents, Bundle: ev.Jingle.Bundle})
	c.allow()
	c.reach(c.early)
	c.early = nil
	talk{c.call}.stillHeld()
	talk{c.call}.unstale()
}

// among is what of contents has a name that one of others has.
func among(contents, others []wire.Content) []wire.Content {
	return slices.DeleteFunc(slices.Clone(contents), func(co wire.Content) bool {
		return !slices.ContainsFunc(others, func(o wire.Content) bool { return o.Name == co.Name })
	})
}

// subset says whether every content was offered.
func subset(answer, offer []wire.Content) bool {
	for i, a := range answer {
		found := false
		for _, o := range offer {
			found = found || a.Name == o.Name && !a.Foreign && a.Description != nil && a.Description.Media == o.Description.Media
		}
		for _, b := range answer[:i] {
			found = found && a.Name != b.Name
		}
		if !found {
			return false
		}
	}
	return true
}

// reach hands their addresses to the transports, or keeps them until there are any.
func (c agreement) reach(contents []wire.Content) {
	switch {
	case len(contents) == 0:
	case c.applied:
		c.desk.do(Reach{Key: c.key, Contents: contents})
	default:
		c.early = keep(c.early, contents)
	}
}

// linked is called when everything that was agreed is connected.
func (c agreement) linked() {
	if c.stage != connecting && c.stage != active {
		return
	}
	if c.stage == connecting {
		c.stage, c.Since, c.Secrecy = active, c.desk.now.UTC(), c.secrecy()
	}
	if c.search == c.sought { // else these are the paths that are being given up
		c.Quality, c.deadline, c.seekAt, c.paths = model.GoodLine, time.Time{}, time.Time{}, idle
	}
	if c.wanted && !c.both {
		picture{c.call}.add()
	}
}
