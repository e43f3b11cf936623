package session

import (
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// hangUp ends the call in whatever phase it is.
func (c *call) hangUp() {
	switch c.stage {
	case ringing, ringingDirect:
		invitation{c}.decline()
	case proposing, initiating, initiated:
		c.end(model.Cancelled, wire.ReasonCancel)
	case awaiting, answering, connecting:
		c.end(model.Cancelled, wire.ReasonSuccess)
	default:
		c.end(model.HungUp, wire.ReasonSuccess)
	}
}

// terminated follows their session-terminate.
func (c *call) terminated(r wire.Reason) {
	c.told = true
	if c.invited {
		c.tell(c.device, wire.CallMessage{Verb: wire.CallFinish, Reason: finishReason(r)})
	}
	c.end(endOf(r, c.stage), r)
}

// end closes the call and tells whoever has to know and was not told yet.
func (c *call) end(why model.CallEnd, reason wire.Reason) {
	if c.stage == ended {
		return
	}
	if c.rival && c.stage == awaiting { // the other device has the call, and speaks for it
		why, c.told = model.Elsewhere, true
	}
	if !c.told {
		c.sayEnd(reason)
	}
	c.stage, c.End = ended, why
	c.deadline, c.seekAt, c.answerAt = time.Time{}, time.Time{}, time.Time{}
	c.VideoAsked, c.NoPicture, c.PeerPicture, c.Camera, c.Screen, c.Quality = false, false, false, false, false, model.GoodLine
	c.desk.do(Close{c.key})
}

// sayEnd tells the other side in the form that the stage asks for.
func (c *call) sayEnd(reason wire.Reason) {
	switch c.stage {
	case proposing:
		c.tell(c.peer.JID, wire.CallMessage{Verb: wire.CallRetract, Reason: wire.ReasonCancel})
	case ringing: // given up without a word: another device may still take it
	case ringingDirect, initiated, answering, connecting, active:
		c.ask(wire.Jingle{Action: wire.SessionTerminate, Reason: reason})
		if c.invited {
			c.tell(c.device, wire.CallMessage{Verb: wire.CallFinish, Reason: finishReason(reason)})
		}
	case initiating: // nothing was sent that a session could end: the proposal is taken back, as before somebody took it
		c.tell(c.peer.JID, wire.CallMessage{Verb: wire.CallRetract, Reason: wire.ReasonCancel})
		c.tell(c.device, wire.CallMessage{Verb: wire.CallFinish, Reason: finishReason(reason)})
	case awaiting:
		switch {
		case c.theirs != nil:
			c.ask(wire.Jingle{Action: wire.SessionTerminate, Reason: reason})
		case reason != wire.ReasonTimeout: // the person has thought better of it
			c.tell(c.device, wire.CallMessage{Verb: wire.CallReject})
		}
		c.tell(c.device, wire.CallMessage{Verb: wire.CallFinish, Reason: finishReason(reason)})
	default:
	}
}

// finishReason keeps what the archives of both sides learn to what they have to know (XEP-0353 §7).
func finishReason(r wire.Reason) wire.Reason {
	switch r {
	case wire.ReasonConnectivity, wire.ReasonFailedTransport, wire.ReasonTimeout:
		return wire.ReasonConnectivity
	case wire.ReasonExpired:
		return wire.ReasonExpired
	default:
	}
	return wire.ReasonSuccess
}

// endOf is what a reason means to a person, in the stage in which it came.
func endOf(r wire.Reason, s stage) model.CallEnd {
	if s == active && (r == wire.ReasonCancel || r == wire.ReasonDecline || r == wire.ReasonBusy) {
		return model.HungUp // they have talked: nobody missed anything
	}
	switch r {
	case wire.ReasonSuccess, wire.ReasonGone, "":
		switch s {
		case active:
			return model.HungUp
		case ringingDirect, answering, awaiting:
			return model.Cancelled
		case initiated, initiating:
			return model.Declined
		default:
		}
		return model.HungUp
	case wire.ReasonCancel:
		return model.Cancelled
	case wire.ReasonDecline:
		return model.Declined
	case wire.ReasonBusy:
		return model.Busy
	case wire.ReasonTimeout:
		if s == ringingDirect {
			return model.NoAnswer
		}
		return model.Unreachable
	case wire.ReasonConnectivity, wire.ReasonFailedTransport:
		return model.Unreachable
	case wire.ReasonExpired, wire.ReasonAlternative:
		return model.Elsewhere
	case wire.ReasonSecurity:
		return model.Insecure
	case wire.ReasonNoApplications, wire.ReasonNoTransports, wire.ReasonIncompatible:
		return model.Unsupported
	default:
	}
	return model.CallFailed
}

// answered takes the answer to a request of ours.
func (c *call) answered(ev Answered) {
	action, ok := c.waiting[ev.Ref]
	delete(c.waiting, ev.Ref)
	asksThere, takesBack, offersPaths := ev.Ref == c.thereAsk, ev.Ref == c.backAsk, ev.Ref == c.pathsAsk
	if !ok || c.stage == ended || ev.Err == nil && action != wire.ContentModify && !asksThere && !takesBack && !offersPaths {
		return
	}
	switch {
	case offersPaths && ev.Err == nil:
		c.flush()
	case takesBack && ev.Err == nil:
		picture{c}.tookBack()
	case takesBack:
		c.backAsk = 0
	case asksThere && (ev.Err == nil || ev.Err.App != wire.UnknownSession):
		talk{c}.there(ev.Err)
	case action == wire.ContentModify:
		picture{c}.shown(ev.Err != nil)
	case action == wire.ContentAdd && c.adding == idle: // they have taken it, or refused it
	case offersPaths && ev.Err.App == wire.TieBreak:
		renewal{c}.crossed()
	case action == wire.ContentAdd && ev.Err.App == wire.TieBreak:
		c.adding, c.wanted = idle, true // theirs is on its way, and wanted
		c.desk.do(Shrink{Key: c.key})
	case action == wire.ContentAdd:
		picture{c}.out("")
	case ev.Err.Condition == wire.RemoteServerTimeout && talk{c}.agreed():
		// the answer was lost with our line, or they give none: what counts is whether the devices reach each other
	case action == wire.SessionInitiate && ev.Err.App == Unsealed:
		c.unsealed()
	case action == wire.SessionInitiate && ev.Err.App == wire.TieBreak:
		invitation{c}.quit(model.Crossed)
	case action == wire.SessionInitiate:
		c.finish()
		invitation{c}.quit(refusal(ev.Err))
	case action == wire.SessionAccept, ev.Err.App == wire.UnknownSession:
		c.finish()
		invitation{c}.quit(model.CallFailed)
	case action == wire.ContentAccept && c.both: // they have taken it back, or do not want it any more
		picture{c}.out(c.part("video").Name)
	}
}

// unsealed goes on without sealed fingerprints where that may be: the device that took the call names keys that cannot be had, as
// from a server that shows them to nobody.
func (c *call) unsealed() {
	if c.peer.MustVerify {
		c.finish()
		invitation{c}.quit(model.Insecure)
		return
	}
	c.seal, c.sent, c.stage = 0, false, initiating
	agreement{c}.initiate()
}

// refusal is what it means to a person that a session-initiate was refused.
func refusal(err *wire.StanzaError) model.CallEnd {
	switch err.Condition {
	case wire.ServiceUnavailable, wire.ItemNotFound, wire.RemoteServerNotFound, wire.RemoteServerTimeout, "recipient-unavailable", "gone":
		return model.Unreachable
	}
	return model.CallFailed
}

// finish tells the archives that a call is over whose session nobody has to be told about.
func (c *call) finish() {
	if c.invited && c.device != "" {
		c.tell(c.device, wire.CallMessage{Verb: wire.CallFinish, Reason: wire.ReasonConnectivity})
	}
}
