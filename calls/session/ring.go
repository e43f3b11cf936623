package session

import (
	"cmp"

	"kith/core/model"
	"kith/core/wire"
)

// invitation is a call as far as it is about who takes it.
type invitation struct{ *call }

// place calls somebody: all their devices are asked at once, and our side of the session is made while they ring.
func (d *Desk) place(ev Place) {
	if d.calls[ev.Key] != nil || d.over.has(ev.Key) || len(d.calls) >= maxCalls {
		return
	}
	c := d.add(ev.Key, ev.Own, ev.Peer, true, ev.Video)
	c.stage, c.invited, c.Camera, c.both = proposing, true, ev.Video, ev.Video
	c.in(ringTime)
	c.tell(ev.Peer.JID, wire.CallMessage{Verb: wire.CallPropose, Audio: true, Video: ev.Video})
	d.do(Open{Key: c.key, Video: ev.Video, Relay: ev.Peer.Relay})
}

// heard takes a call message.
func (d *Desk) heard(ev Heard) {
	if ev.From == ev.Own {
		return // our own words, come back from our bare address
	}
	k := Key{ev.Account, model.CallID(ev.Message.SID)}
	c := d.calls[k]
	if ev.From.Bare() == ev.Own.Bare() {
		if c != nil {
			invitation{c}.otherDevice(ev.Message.Verb)
		}
		return
	}
	switch {
	case ev.Message.Verb == wire.CallPropose && c == nil:
		d.proposed(k, ev)
	case c != nil && c.peer.JID == ev.From.Bare():
		invitation{c}.heard(ev)
	}
}

// otherDevice follows what another device of ours did about the call.
func (c invitation) otherDevice(verb wire.CallVerb) {
	switch verb {
	case wire.CallProceed, wire.CallAccept, wire.CallReject, wire.CallFinish:
		switch c.stage {
		case ringing:
			c.quit(model.Elsewhere)
		case awaiting: // at the same moment: their session comes to one of us
			c.rival = true
		default:
		}
	default:
	}
}

// quit ends a call about which the other side knows already.
func (c invitation) quit(why model.CallEnd) {
	c.told = true
	c.end(why, "")
}

// proposed takes a proposal of somebody else.
func (d *Desk) proposed(k Key, ev Heard) {
	m := ev.Message
	if d.over.has(k) || !ev.Peer.Rings || len(d.calls) >= maxCalls || ev.From.Resource() == "" || !m.Audio && !m.Video {
		return
	}
	begin := func() *call {
		c := d.add(k, ev.Own, ev.Peer, false, m.Video)
		c.stage, c.invited, c.device, c.both = ringing, true, ev.From, m.Video
		c.in(ringLimit)
		return c
	}
	peer := peerKey{ev.Account, ev.Peer.JID}
	if t, ok := d.tied[peer]; ok && d.now.Before(t.until) {
		delete(d.tied, peer)
		invitation{begin()}.take(t.video && m.Video)
		return
	}
	if ours := d.with(ev.Account, ev.Peer.JID, func(c *call) bool { return c.stage == proposing }); ours != nil {
		if wins(ours, k, ev) {
			c := begin()
			c.tell(c.device, wire.CallMessage{Verb: wire.CallReject, Reason: wire.ReasonExpired, TieBreak: true})
			invitation{c}.quit(model.Crossed)
			return
		}
		video := ours.Camera
		invitation{ours}.giveWay()
		invitation{begin()}.take(video && m.Video)
		return
	}
	if old := d.with(ev.Account, ev.Peer.JID, func(c *call) bool { return talk{c}.taken() }); old != nil {
		d.migrated(old, begin())
		return
	}
	if old := d.with(ev.Account, ev.Peer.JID, func(c *call) bool { return c.stage == ringing }); old != nil {
		invitation{old}.quit(model.Cancelled) // they called again: that one is no longer wanted
	}
	c := begin()
	if d.busyBut(c) {
		invitation{c}.turnAway()
		return
	}
	c.tell(c.device, wire.CallMessage{Verb: wire.CallRinging})
}

// turnAway ends a call that rings because the person is engaged in another one.
func (c invitation) turnAway() {
	switch c.stage {
	case ringing:
		if c.peer.Alone { // else another device of ours may take it
			c.refuse(wire.ReasonBusy)
		}
		c.quit(model.Busy)
	case ringingDirect:
		c.end(model.Busy, wire.ReasonBusy)
	default:
	}
}

// busyBut says whether the person is engaged in another call than c.
func (d *Desk) busyBut(c *call) bool {
	for _, o := range d.calls {
		if o != c && o.stage != ended && o.stage != ringing && o.stage != ringingDirect {
			return true
		}
	}
	return false
}

// wins says whether our proposal overrules theirs: the lower session id does, then the lower address (XEP-0353 §4.1).
func wins(ours *call, theirs Key, ev Heard) bool {
	return cmp.Or(cmp.Compare(ours.key.ID, theirs.ID), cmp.Compare(ours.own.Bare(), ev.Peer.JID)) < 0
}

// giveWay takes our proposal back because theirs overrules it (XEP-0353 §4.1).
func (c invitation) giveWay() {
	c.tell(c.peer.JID, wire.CallMessage{Verb: wire.CallRetract, Reason: wire.ReasonExpired, TieBreak: true})
	c.quit(model.Crossed)
}

// migrated goes on with a call on another device of theirs (XEP-0353 §4.2): the new one takes the place of the old.
func (d *Desk) migrated(old, c *call) {
	video := old.Camera && !old.Screen && c.both
	muted, held := old.Muted, old.OnHold
	old.tell(old.device, wire.CallMessage{Verb: wire.CallFinish, Reason: wire.ReasonExpired, Migrated: string(c.key.ID)})
	if (talk{old}).hasSession() {
		old.ask(wire.Jingle{Action: wire.SessionTerminate, Reason: wire.ReasonExpired})
	}
	invitation{old}.quit(model.HungUp)
	c.Muted, c.OnHold = muted, held
	invitation{c}.take(video)
}

// heard takes what the other side says about a call that is known.
func (c invitation) heard(ev Heard) {
	m := ev.Message
	theirs := c.device == "" || c.device == ev.From // the device that we speak with, or none yet
	switch {
	case m.Verb == wire.CallRinging && c.stage == proposing:
		c.Reached = true
	case m.Verb == wire.CallProceed && c.stage == proposing:
		c.proceeded(ev)
	case m.Verb == wire.CallReject && theirs && c.refusable():
		c.rejected(m)
	case m.Verb == wire.CallRetract && (c.stage == ringing || c.stage == awaiting): // its device may have got another address since
		c.quit(model.Cancelled)
	case m.Verb == wire.CallFinish && theirs && c.stage != proposing:
		c.finished(m)
	}
}

func (c invitation) finished(m wire.CallMessage) {
	switch c.stage {
	case ringing, awaiting, answering:
		c.quit(model.Cancelled)
	case connecting, active, initiating, initiated:
		end := endOf(m.Reason, c.stage)
		if m.Migrated != "" {
			end = model.Elsewhere
		}
		c.end(end, m.Reason)
	default:
	}
}

// proceeded begins the session with the device that took our call. Its full address is the only one that we speak with.
func (c invitation) proceeded(ev Heard) {
	if ev.From.Resource() == "" {
		return
	}
	if ev.Message.Device == 0 && c.peer.MustVerify {
		c.device = ev.From
		c.end(model.Insecure, wire.ReasonSecurity)
		return
	}
	c.device, c.seal, c.stage = ev.From, ev.Message.Device, initiating
	c.in(proceedTime)
	agreement{c.call}.initiate()
}

// undelivered ends a call that nobody was asked to take: the server could give the proposal to no device. And one whose taking
// came back: Conversations answers so who takes a call that it has given up, or that another device of ours took first.
func (c invitation) undelivered(ev Undelivered) {
	switch {
	case ev.From == "" && c.stage == proposing:
		c.quit(model.Unreachable)
	case ev.From != "" && ev.From == c.device && c.stage == awaiting:
		c.quit(model.Cancelled)
	}
}

// refusable says whether a call that we placed may still be refused: Conversations does so also after it took one, until the session begins.
func (c invitation) refusable() bool {
	return c.stage == proposing || c.stage == initiating || c.stage == initiated
}

func (c invitation) rejected(m wire.CallMessage) {
	switch {
	case m.TieBreak: // theirs overrules ours, and is still on its way
		peer := peerKey{c.key.Account, c.peer.JID}
		c.desk.remember(peer, tie{video: c.Camera, until: c.desk.now.Add(tieTime)})
		c.quit(model.Crossed)
	case m.Reason == wire.ReasonBusy:
		c.quit(model.Busy)
	default:
		c.quit(model.Declined)
	}
}

func (d *Desk) remember(k peerKey, t tie) {
	for o, old := range d.tied {
		if !d.now.Before(old.until) {
			delete(d.tied, o)
		}
	}
	if len(d.tied) < maxCalls {
		d.tied[k] = t
	}
}

// take accepts a call that rings, and no other: each of two would hear what is said to the other.
func (c invitation) take(video bool) {
	if c.desk.busyBut(c.call) {
		c.turnAway()
		return
	}
	switch c.stage {
	case ringing:
		c.Camera = video && c.both
		c.stage = awaiting
		c.in(proceedTime)
		c.tell(c.device, wire.CallMessage{Verb: wire.CallProceed, Device: c.peer.Device})
		c.tell(c.own.Bare(), wire.CallMessage{Verb: wire.CallAccept}) // for devices that know only the older form
	case ringingDirect:
		c.Camera = video && c.both
		agreement{c.call}.answer()
	default:
		return
	}
	for _, o := range c.desk.calls {
		if o != c.call {
			invitation{o}.turnAway()
		}
	}
}

// decline refuses a call that rings.
func (c invitation) decline() {
	switch c.stage {
	case ringing:
		c.refuse("")
		c.quit(model.Declined)
	case ringingDirect:
		c.end(model.Declined, wire.ReasonDecline)
	default:
	}
}

// refuse tells the other side, and our own devices, that a proposal is not taken (XEP-0353 §3.5). Without a reason it
// is a person who declined.
func (c invitation) refuse(why wire.Reason) {
	m := wire.CallMessage{Verb: wire.CallReject, Reason: why}
	c.tell(c.device, m)
	c.tell(c.own.Bare(), m)
}
