package session

import (
	"slices"

	"kith/core/model"
	"kith/core/wire"
)

// talk is a call as far as something changes while it lasts.
type talk struct{ *call }

// asked takes a request about a session that is known, from the device that it is with. The answer leaves before anything that
// it causes.
func (c talk) asked(ev Asked, reply replier) {
	j := ev.Jingle
	switch {
	case j.Action == wire.SessionTerminate && c.device != "":
		reply("", "")
		c.terminated(j.Reason)
	case !c.hasSession():
		reply(wire.ItemNotFound, wire.UnknownSession)
	case j.Action == wire.SessionAccept && c.stage == initiated:
		reply("", "")
		agreement{c.call}.accepted(ev)
	case j.Action == wire.SessionInfo:
		c.informed(j.Info, reply)
	case j.Action == wire.TransportInfo:
		c.transportInfo(ev, reply)
	case j.Action == wire.ContentAdd && c.agreed():
		picture{c.call}.asked(ev, reply)
	case j.Action == wire.ContentAccept && c.adding == offered:
		reply("", "")
		picture{c.call}.answered(ev)
	case j.Action == wire.SessionAccept && c.adding == offered: // as Movim answers: with all contents
		reply("", "")
		ev.Jingle.Contents = among(ev.Jingle.Contents, c.offer.contents)
		picture{c.call}.answered(ev)
	case j.Action == wire.ContentReject && c.adding == offered:
		reply("", "")
		picture{c.call}.out("")
	case j.Action == wire.ContentRemove && c.agreed():
		reply("", "")
		picture{c.call}.removed(j.Contents)
	case j.Action == wire.ContentModify && c.agreed():
		reply("", "")
		picture{c.call}.modified(j.Contents)
	default:
		reply(objection(j.Action))
	}
}

// objection is the error with which an action is answered that is not taken at the moment (XEP-0166 §7.2, §10).
func objection(a wire.Action) (condition, app string) {
	switch a {
	case wire.SessionAccept, wire.ContentAccept, wire.ContentReject, wire.ContentAdd, wire.ContentRemove, wire.ContentModify:
		return wire.UnexpectedRequest, wire.OutOfOrder
	case "description-info", "security-info":
		return wire.FeatureNotImplemented, wire.UnsupportedInfo
	case "transport-replace", "transport-accept", "transport-reject":
		return wire.FeatureNotImplemented, ""
	default: // there is no such action
		return wire.BadRequest, ""
	}
}

// hasSession says whether a session-initiate has gone either way.
func (c talk) hasSession() bool {
	switch c.stage {
	case initiated, ringingDirect, answering, connecting, active:
		return true
	default:
	}
	return false
}

// taken says whether one side has taken what the other proposed, and it is not over.
func (c talk) taken() bool {
	switch c.stage {
	case initiating, initiated, awaiting, answering, connecting, active:
		return true
	default:
	}
	return false
}

// agreed says whether the session was accepted.
func (c talk) agreed() bool { return c.stage == connecting || c.stage == active }

// wantsOurs says whether the content of a medium is one in which we send (XEP-0166 §7.3).
func (c talk) wantsOurs(media string) bool {
	us := wire.Responder
	if c.Outgoing {
		us = wire.Initiator
	}
	s := c.part(media).Senders
	return s == "" || s == wire.BothParties || s == us
}

// informed takes a session-info (XEP-0167 §8); one without payload asks whether we are still there.
func (c talk) informed(i wire.Info, reply replier) {
	if i.Unknown {
		reply(wire.FeatureNotImplemented, wire.UnsupportedInfo)
		return
	}
	reply("", "")
	switch i.Kind {
	case "ringing":
		c.Reached = c.Reached || c.stage == initiated
	case "mute", "unmute":
		if i.Name == "" || c.kind(i.Name) == "audio" {
			c.PeerMuted = i.Kind == "mute"
		}
	case "hold":
		c.held(true)
	case "unhold":
		c.held(false)
	case "active": // ends both (XEP-0167 §8.1)
		c.PeerMuted = false
		c.held(false)
	}
}

// held stops what we send while they do not listen. What they send is still taken.
func (c talk) held(on bool) {
	c.PeerOnHold = on
	if c.agreed() {
		c.allow()
	}
}

// transportInfo takes addresses of theirs, or new credentials, with which they look for new paths (XEP-0176 §5.9).
func (c talk) transportInfo(ev Asked, reply replier) {
	for _, co := range ev.Jingle.Contents {
		if co.Transport == nil {
			reply(wire.BadRequest, "")
			return
		}
	}
	fresh := c.credentials(ev.Jingle.Contents)
	switch {
	case c.paths == offered && !fresh && !c.open(c.pathsAsk) && c.strange(ev.Jingle.Contents):
		reply("", "")
		renewal{c.call}.restarted(ev.Jingle.Contents)
	case !fresh:
		reply("", "")
		agreement{c.call}.reach(ev.Jingle.Contents)
	case !c.agreed():
		reply(wire.UnexpectedRequest, wire.OutOfOrder)
	case c.paths == offered && !c.open(c.pathsAsk) && c.thereAsk == 0: // they have accepted ours, so this is the answer
		reply("", "")
		renewal{c.call}.restarted(ev.Jingle.Contents)
	case c.paths != idle && c.open(c.pathsAsk) && c.Outgoing: // theirs crossed ours: the session initiator's counts (XEP-0166 §7.2.16)
		reply(wire.Conflict, wire.TieBreak)
	default:
		reply("", "")
		renewal{c.call}.follow(ev.Jingle.Contents)
	}
}

// credentials says whether the contents bring a restart: new credentials and no addresses, in none of them, as an answer names contents beside the
// one with the addresses: two that took each other's answers for offers would answer each other without end. Credentials that are known come with
// addresses that Kith cannot use, of TCP or with names, as browsers send them.
func (c talk) credentials(contents []wire.Content) bool {
	return !reachable(contents) && slices.ContainsFunc(contents, func(co wire.Content) bool {
		return !co.Transport.Complete && c.strange([]wire.Content{co})
	})
}

// bare leaves of contents what a restart needs: names and credentials. The keys stay those that were agreed, so that none are named, as
// Conversations names none, and none have to be sealed.
func bare(contents []wire.Content) []wire.Content {
	out := make([]wire.Content, 0, len(contents))
	for _, co := range contents {
		if co.Transport == nil {
			continue
		}
		t := wire.Transport{Ufrag: co.Transport.Ufrag, Pwd: co.Transport.Pwd, Trickle: co.Transport.Trickle}
		out = append(out, wire.Content{Name: co.Name, Creator: co.Creator, Senders: co.Senders, Transport: &t})
	}
	return out
}

// lost begins the time in which the line may come back.
func (c talk) lost() {
	if c.stage != active || !c.deadline.IsZero() {
		return
	}
	c.Quality = model.BrokenLine
	c.in(lostTime)
	c.seekAt = c.desk.now.Add(seekAfter)
	c.desk.do(Probe{})
	if c.owed { // they look for new ones already
		renewal{c.call}.patient()
	}
}

// moved looks for new paths at once, or as soon as the session is agreed: what it was offered with leads nowhere any more.
func (c talk) moved() {
	switch {
	case !c.agreed():
		c.stale = c.hasSession()
		return
	case c.deadline.IsZero():
		c.Quality = model.BrokenLine
		c.in(lostTime)
	}
	renewal{c.call}.renew()
}

// unstale looks for new paths where our network has changed before the session was agreed.
func (c talk) unstale() {
	if c.stale {
		c.stale = false
		renewal{c.call}.restart()
	}
}

// seek asks whether the other side is there (XEP-0166 §6.8: a session-info without payload) before new paths are looked for. Who looks gives
// up the old ones; and where all was cut for a moment, they carry again long before a server is heard that stood behind the same cut.
func (c talk) seek() {
	if c.stage == active {
		c.Quality = model.BrokenLine
	}
	c.desk.do(Probe{})
	c.thereAsk = c.ask(wire.Jingle{Action: wire.SessionInfo})
	c.seekAt = c.desk.now.Add(seekAgain)
}

// there looks for new paths once the other side has answered, whatever it says; err is nil when it is there.
func (c talk) there(err *wire.StanzaError) {
	if c.seekAt.IsZero() || err != nil && err.Condition == wire.RemoteServerTimeout {
		return
	}
	renewal{c.call}.restart()
}

// set changes what we send.
func (c talk) set(what Switch, on bool) {
	if c.stage == ended {
		return
	}
	switch what {
	case Muted:
		c.Muted = on
		c.sayMuted()
	case OnHold:
		c.OnHold = on
		c.sayHold()
	case Camera, Screen:
		if what == Camera {
			c.Camera, c.NoCamera, c.CameraDenied = on, false, false
		} else {
			c.Screen, c.NoScreen = on, false
		}
		c.wanted = c.Camera || c.Screen
		if on {
			picture{c.call}.show()
		} else if !c.wanted {
			picture{c.call}.takeBack()
		}
	}
	if c.agreed() {
		c.allow()
	}
}

// gear takes note of a device that cannot be used, or can again. A camera and a screen are turned off, until the person turns them on.
func (c talk) gear(ev Device) {
	switch {
	case ev.What == Microphone:
		c.NoMicrophone, c.MicrophoneDenied = ev.Missing, ev.Denied
	case ev.What == Speaker:
		c.NoSpeaker = ev.Missing
	case ev.What == Display:
		c.set(Screen, false)
		c.NoScreen = ev.Missing
	case ev.Missing:
		c.set(Camera, false)
		c.NoCamera, c.CameraDenied = true, ev.Denied
	}
}

func (c talk) sayMuted() {
	if !c.sent || !c.Muted && !c.shown.Muted {
		return
	}
	kind := "unmute"
	if c.Muted {
		kind = "mute"
	}
	sound := c.part("audio")
	c.ask(wire.Jingle{Action: wire.SessionInfo, Info: wire.Info{Kind: kind, Creator: sound.Creator, Name: sound.Name}})
}

// stillHeld says that a call is held that was so before it was agreed.
func (c talk) stillHeld() {
	if c.OnHold {
		c.sayHold()
	}
}

func (c talk) sayHold() {
	if !c.agreed() {
		return
	}
	kind := "unhold"
	if c.OnHold {
		kind = "hold"
	}
	c.ask(wire.Jingle{Action: wire.SessionInfo, Info: wire.Info{Kind: kind}})
}
