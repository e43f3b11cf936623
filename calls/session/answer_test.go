package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// TestNeverAnswered: a call in which the devices reach each other does not end because an answer was lost with our line, or is never given.
func TestNeverAnswered(t *testing.T) {
	never := &wire.StanzaError{Type: "wait", Condition: wire.RemoteServerTimeout}
	for _, linked := range []bool{true, false} {
		_, b, _ := pair(t)
		b.hears(romeo, propose(false))
		b.take(sid, false)
		b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		a, _, _ := pair(t)
		a.place(sid, juliet, false)
		a.hears(juliet, verb(wire.CallProceed))
		a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")})
		for e, action := range map[*end]wire.Action{a: wire.SessionInitiate, b: wire.SessionAccept} {
			if linked {
				e.does(Linked{e.key(sid)})
			}
			e.answered(action, never)
			e.does(Linked{e.key(sid)})
			e.phase(sid, model.Talking)
		}
	}
	for ours, action := range map[bool]wire.Action{true: wire.ContentAdd, false: wire.ContentAccept} {
		b := added(t, ours)
		b.answered(action, never)
		if !b.allowed[sid].Video || count[Shrink](b) != 0 {
			t.Errorf("without an answer to %s the picture that was agreed is out", action)
		}
	}

	a, _, _ := pair(t) // who never answered at all is not there
	a.place(sid, juliet, false)
	a.hears(juliet, verb(wire.CallProceed))
	a.answered(wire.SessionInitiate, never)
	a.over(sid, model.Unreachable)
}
