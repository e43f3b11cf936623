package session

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// pair is the two ends of a call, with a tablet beside the phone that is called.
func pair(t *testing.T) (a, b *end, now *time.Time) {
	clock := start
	return newEnd(t, romeo, &clock), newEnd(t, juliet, &clock), &clock
}

func propose(video bool) wire.CallMessage {
	return wire.CallMessage{Verb: wire.CallPropose, SID: string(sid), Audio: true, Video: video}
}

func verb(v wire.CallVerb) wire.CallMessage { return wire.CallMessage{Verb: v, SID: string(sid)} }

func (e *end) place(id model.CallID, whom model.JID, video bool) {
	e.pressed[id] = true
	e.does(Place{Key: e.key(id), Own: e.own, Peer: e.peer(whom), Video: video})
}

func (e *end) take(id model.CallID, video bool) {
	e.pressed[id] = true
	e.does(Take{Key: e.key(id), Video: video})
}

func TestPlaceRingTake(t *testing.T) {
	a, b, _ := pair(t)
	a.place(sid, juliet, true)
	a.says("propose to juliet@example.org")
	a.phase(sid, model.Ringing)
	b.hears(romeo, propose(true))
	b.says("ringing to romeo@example.org/orchard")
	b.phase(sid, model.Ringing)
	if !b.calls[sid].Video {
		t.Error("nobody is told that a picture is asked for")
	}
	a.hears(juliet, verb(wire.CallRinging))
	if !a.calls[sid].Reached {
		t.Error("that it rings there is not shown")
	}
	b.take(sid, false)
	b.says("proceed to romeo@example.org/orchard", "accept to juliet@example.org")
	a.hears(juliet, wire.CallMessage{Verb: wire.CallProceed, SID: string(sid)})
	a.says("session-initiate to juliet@example.org/phone")
	a.phase(sid, model.CallConnecting)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(true, "i"), Bundle: bundle(true)})
	b.says("session-accept to romeo@example.org/orchard")
	if al := b.allowed[sid]; !al.Audio || al.Video {
		t.Errorf("taken without a picture, and may send %+v", al)
	}
	a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(true, "r"), Bundle: bundle(true)})
	if al := a.allowed[sid]; !al.Audio || !al.Video {
		t.Errorf("placed with a picture, and may send %+v", al)
	}
	for _, e := range []*end{a, b} {
		e.does(Linked{e.key(sid)})
		e.phase(sid, model.Talking)
		if c := e.calls[sid]; c.Secrecy != model.CallEncrypted || !c.Since.Equal(start) {
			t.Errorf("%s talks with %v since %v", e.name, c.Secrecy, c.Since)
		}
	}
	a.does(HangUp{a.key(sid)})
	a.says("session-terminate to juliet@example.org/phone success", "finish to juliet@example.org/phone success")
	a.over(sid, model.HungUp)
	b.asked(romeo, wire.Jingle{Action: wire.SessionTerminate, SID: string(sid), Reason: wire.ReasonSuccess})
	b.says("finish to romeo@example.org/orchard success")
	b.over(sid, model.HungUp)
}

func TestRingEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(e *end)
		want model.CallEnd
		says []string
	}{
		"declined":              {func(e *end) { e.does(Decline{e.key(sid)}) }, model.Declined, []string{"reject to romeo@example.org/orchard", "reject to juliet@example.org"}},
		"hung up while it rang": {func(e *end) { e.does(HangUp{e.key(sid)}) }, model.Declined, []string{"reject to romeo@example.org/orchard", "reject to juliet@example.org"}},
		"given up":              {func(e *end) { e.hears(romeo, verb(wire.CallRetract)) }, model.Cancelled, nil},
		"over":                  {func(e *end) { e.hears(romeo, verb(wire.CallFinish)) }, model.Cancelled, nil},
		"nobody there":          {func(e *end) { e.pass(ringLimit) }, model.NoAnswer, nil},
		"taken by the tablet":   {func(e *end) { e.hears(tablet, verb(wire.CallProceed)) }, model.Elsewhere, nil},
		"declined there":        {func(e *end) { e.hears(tablet, verb(wire.CallReject)) }, model.Elsewhere, nil},
		"taken by an old one":   {func(e *end) { e.hears(tablet, verb(wire.CallAccept)) }, model.Elsewhere, nil},
		"called again": {func(e *end) {
			e.hears(romeo, wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true})
			e.phase("m-2", model.Ringing)
		}, model.Cancelled, []string{"ringing to romeo@example.org/orchard"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			b.hears(romeo, propose(false))
			b.said()
			c.do(b)
			b.says(c.says...)
			b.over(sid, c.want)
			b.hears(romeo, propose(false)) // comes again, late
			if len(b.said()) != 0 {
				t.Error("rings again after its end")
			}
		})
	}
}

func TestPlaceEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(e *end)
		want model.CallEnd
		says []string
	}{
		"given up":  {func(e *end) { e.does(HangUp{e.key(sid)}) }, model.Cancelled, []string{"retract to juliet@example.org cancel"}},
		"no answer": {func(e *end) { e.pass(ringTime) }, model.NoAnswer, []string{"retract to juliet@example.org cancel"}},
		"declined":  {func(e *end) { e.hears(juliet, verb(wire.CallReject)) }, model.Declined, nil},
		"busy": {func(e *end) {
			e.hears(juliet, wire.CallMessage{Verb: wire.CallReject, SID: string(sid), Reason: wire.ReasonBusy})
		}, model.Busy, nil},
		"taken, then left": {func(e *end) {
			e.hears(juliet, verb(wire.CallProceed))
			e.said()
			e.pass(connectTime)
		}, model.Unreachable, []string{"session-terminate to juliet@example.org/phone timeout", "finish to juliet@example.org/phone connectivity-error"}},
		"no offer": {func(e *end) {
			e.mute = true
			e.place("m-9", juliet, false)
			e.hears(juliet, wire.CallMessage{Verb: wire.CallProceed, SID: "m-9"})
			e.said()
			e.pass(proceedTime)
			e.over("m-9", model.Unreachable)
			e.said()
			e.does(HangUp{e.key(sid)})
		}, model.Cancelled, []string{"retract to juliet@example.org cancel"}},
		"refused": {func(e *end) {
			e.hears(juliet, verb(wire.CallProceed))
			e.said()
			e.answered(wire.SessionInitiate, &wire.StanzaError{Condition: wire.ServiceUnavailable})
		}, model.Unreachable, []string{"finish to juliet@example.org/phone connectivity-error"}},
		"no key": {func(e *end) {
			e.hears(juliet, verb(wire.CallProceed))
			e.said()
			co := media(false, "r")
			co[0].Transport.Fingerprint = nil
			e.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: co})
		}, model.Insecure, []string{"session-terminate to juliet@example.org/phone security-error", "finish to juliet@example.org/phone success"}},
		"more than was offered": {func(e *end) {
			e.hears(juliet, verb(wire.CallProceed))
			e.said()
			e.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(true, "r")})
		}, model.Unsupported, []string{"session-terminate to juliet@example.org/phone incompatible-parameters", "finish to juliet@example.org/phone success"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, _, _ := pair(t)
			a.place(sid, juliet, false)
			a.said()
			c.do(a)
			a.says(c.says...)
			a.over(sid, c.want)
		})
	}
}

// TestWrongDevice: a call is with the device that took it first, and with nobody else.
func TestWrongDevice(t *testing.T) {
	a, b, _ := pair(t)
	a.place(sid, juliet, false)
	a.hears("mallory@example.org/x", verb(wire.CallProceed))
	a.phase(sid, model.Ringing)
	a.hears("juliet@example.org", verb(wire.CallProceed)) // without a device
	a.phase(sid, model.Ringing)
	a.hears(juliet, verb(wire.CallProceed))
	a.said()
	a.hears(tablet, verb(wire.CallProceed))
	if said := a.said(); len(said) != 0 {
		t.Errorf("a second device took it: %q", said)
	}
	if r := a.asked(tablet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")}); r.App != wire.UnknownSession {
		t.Errorf("the wrong device accepted: %+v", r)
	}
	a.hears(tablet, verb(wire.CallFinish))
	a.phase(sid, model.CallConnecting)

	b.hears(romeo, propose(false))
	b.take(sid, false)
	initiate := wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")}
	if r := b.asked("romeo@example.org/other", initiate); r.Condition == "" {
		t.Error("a session from another device than proposed it")
	}
	if r := b.asked("mallory@example.org/x", initiate); r.Condition == "" {
		t.Error("a session from another person than proposed it")
	}
	b.phase(sid, model.CallConnecting)
}

// TestNotTaken: a session-initiate for a call that still rings gets nothing, and nothing more than was proposed is taken.
func TestNotTaken(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(false))
	initiate := wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")}
	if r := b.asked(romeo, initiate); r.App != wire.OutOfOrder {
		t.Errorf("a call that nobody took began: %+v", r)
	}
	b.phase(sid, model.Ringing)
	b.take(sid, true)
	b.said()
	initiate.Contents = media(true, "i")
	b.asked(romeo, initiate)
	b.says("session-terminate to romeo@example.org/orchard failed-application", "finish to romeo@example.org/orchard success")
	b.over(sid, model.CallFailed)
}

func TestStrangers(t *testing.T) {
	_, b, _ := pair(t)
	stranger := Peer{JID: romeo.Bare()}
	if out := b.does(Heard{Account: 1, Own: juliet, From: romeo, Peer: stranger, Message: propose(true)}); len(out) != 0 {
		t.Errorf("a stranger's call has effects: %+v", out)
	}
	out := b.does(Asked{Account: 1, Own: juliet, From: romeo, Peer: stranger, Jingle: wire.Jingle{Action: wire.SessionInitiate, SID: "x", Contents: media(false, "i")}})
	if r := out[0].(Reply); len(out) != 1 || r.Condition != wire.ServiceUnavailable {
		t.Errorf("a stranger learns more than that nobody is there: %+v", out)
	}
	if r := b.asked(romeo, wire.Jingle{Action: wire.TransportInfo, SID: "y"}); r.Condition != wire.ItemNotFound || r.App != wire.UnknownSession {
		t.Errorf("unknown session: %+v", r)
	}
}

func TestBusy(t *testing.T) {
	_, b, _ := pair(t)
	b.place("m-0", "mercutio@example.org", false)
	b.said()
	b.hears(romeo, propose(false))
	b.says("reject to romeo@example.org/orchard busy", "reject to juliet@example.org busy")
	b.over(sid, model.Busy)
	with := b.peer(romeo)
	with.Alone = false
	b.does(Heard{Account: 1, Own: juliet, From: romeo, Peer: with, Message: wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true}})
	b.says() // the tablet may take it
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: "m-3", Contents: media(false, "i")})
	b.says("session-terminate to romeo@example.org/orchard busy")
	b.over("m-3", model.Busy)
}

// TestOneOfTwo: of two calls that ring, one is taken, and whoever calls in the other hears that it is so, whichever way they called and whichever
// was first. Else each would hear what is said to the other.
func TestOneOfTwo(t *testing.T) {
	const other = model.JID("mercutio@example.org/square")
	initiate := wire.Jingle{Action: wire.SessionInitiate, SID: "m-2", Contents: media(false, "i")}
	for name, first := range map[string]model.CallID{"the first": sid, "the second": "m-2"} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			b.hears(romeo, propose(false))
			b.asked(other, initiate)
			b.said()
			b.take(first, false)
			second, refused := model.CallID("m-2"), "session-terminate to mercutio@example.org/square busy"
			if first != sid {
				second, refused = sid, "reject to romeo@example.org/orchard busy"
			}
			b.phase(first, model.CallConnecting)
			b.over(second, model.Busy)
			if said := b.said(); !slices.Contains(said, refused) {
				t.Errorf("who is not taken hears nothing: %q", said)
			}
		})
	}
}

// TestTakeWhileBusy: nothing that rings is taken beside a call that we placed in the same moment.
func TestTakeWhileBusy(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(false))
	b.place("m-0", "mercutio@example.org", false)
	b.said()
	b.take(sid, true)
	b.says("reject to romeo@example.org/orchard busy", "reject to juliet@example.org busy")
	b.over(sid, model.Busy)
	b.phase("m-0", model.Ringing)
}

func TestTieBreak(t *testing.T) {
	a, b, _ := pair(t)
	a.place("m-1", juliet, true)
	b.place("m-2", romeo, false)
	a.pressed["m-2"], b.pressed["m-1"] = true, true
	a.said()
	b.said()
	b.hears(romeo, wire.CallMessage{Verb: wire.CallPropose, SID: "m-1", Audio: true, Video: true})
	b.says("retract to romeo@example.org expired tie", "proceed to romeo@example.org/orchard", "accept to juliet@example.org")
	b.phase("m-1", model.CallConnecting)
	b.over("m-2", model.Crossed)
	if b.calls["m-1"].Camera {
		t.Error("who called without a picture sends one")
	}
	a.hears(juliet, wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true})
	a.says("reject to juliet@example.org/phone expired tie")
	a.hears(juliet, wire.CallMessage{Verb: wire.CallRetract, SID: "m-2", Reason: wire.ReasonExpired, TieBreak: true})
	a.phase("m-1", model.Ringing)
	a.hears(juliet, wire.CallMessage{Verb: wire.CallProceed, SID: "m-1"})
	a.says("session-initiate to juliet@example.org/phone")
}

// TestTieBreakLate: their refusal of our proposal comes before their proposal does.
func TestTieBreakLate(t *testing.T) {
	_, b, _ := pair(t)
	b.place("m-2", romeo, false)
	b.pressed["m-1"] = true
	b.hears(romeo, wire.CallMessage{Verb: wire.CallReject, SID: "m-2", Reason: wire.ReasonExpired, TieBreak: true})
	b.over("m-2", model.Crossed)
	b.said()
	b.hears(romeo, wire.CallMessage{Verb: wire.CallPropose, SID: "m-1", Audio: true, Video: true})
	b.says("proceed to romeo@example.org/orchard", "accept to juliet@example.org")
	if b.calls["m-1"].Camera {
		t.Error("who called without a picture sends one")
	}
}

// TestTieCountsOnce: a proposal that gave way has the next one of the same person taken, not a later one, and not one after that: those ring.
func TestTieCountsOnce(t *testing.T) {
	crossed := func(e *end, n int) model.JID {
		whom, id := model.JID(fmt.Sprintf("friend%d@example.org/x", n)), fmt.Sprint("ours", n)
		e.place(model.CallID(id), whom, false)
		e.hears(whom, wire.CallMessage{Verb: wire.CallReject, SID: id, Reason: wire.ReasonExpired, TieBreak: true})
		return whom
	}
	_, b, _ := pair(t)
	whom := crossed(b, 1)
	b.pass(tieTime)
	b.hears(whom, wire.CallMessage{Verb: wire.CallPropose, SID: "late", Audio: true})
	b.phase("late", model.Ringing)

	_, b, _ = pair(t)
	whom = crossed(b, 1)
	b.pressed["first"] = true
	for _, id := range []model.CallID{"first", "second"} {
		b.hears(whom, wire.CallMessage{Verb: wire.CallPropose, SID: string(id), Audio: true})
		b.hears(whom, wire.CallMessage{Verb: wire.CallRetract, SID: string(id)})
	}
	b.said()
	b.hears(whom, wire.CallMessage{Verb: wire.CallPropose, SID: "third", Audio: true})
	b.says("ringing to " + string(whom))
	b.phase("third", model.Ringing)

	_, b, _ = pair(t)
	for n := range 3 * maxCalls {
		crossed(b, n)
	}
	if n := len(b.desk.tied); n != maxCalls {
		t.Errorf("%d are remembered", n)
	}
}

func TestMigrated(t *testing.T) {
	b := talking(t, false)
	b.pressed["m-2"] = true
	b.hears("romeo@example.org/garden", wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true})
	b.says("finish to romeo@example.org/orchard expired -> m-2", "session-terminate to romeo@example.org/orchard expired",
		"proceed to romeo@example.org/garden", "accept to juliet@example.org")
	b.over(sid, model.HungUp)
	b.phase("m-2", model.CallConnecting)
}

// TestMigratedAsItWas: what was off before a call moved to another device of theirs is off after it.
func TestMigratedAsItWas(t *testing.T) {
	for _, on := range []bool{true, false} {
		b := talking(t, true)
		b.set(Camera, on)
		b.set(Muted, !on)
		b.pressed["m-2"] = true
		b.hears("romeo@example.org/garden", wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true, Video: true})
		b.said()
		b.asked("romeo@example.org/garden", wire.Jingle{Action: wire.SessionInitiate, SID: "m-2", Contents: media(true, "g"), Bundle: bundle(true)})
		if al := b.allowed["m-2"]; al.Audio != on || al.Video != on {
			t.Errorf("on before: %v; may send now: %+v", on, al)
		}
		told := false
		for _, ef := range b.out {
			a, ok := ef.(Ask)
			told = told || ok && a.Jingle.Info.Kind == "mute"
		}
		if told == on {
			t.Errorf("on before: %v; they hear that we are muted: %v", on, told)
		}
	}
}

// TestMigratedHeld: a call that was held is held after it moved, and they are told; and who showed the screen in place of the camera shows nothing.
func TestMigratedHeld(t *testing.T) {
	for _, held := range []bool{true, false} {
		b := talking(t, true)
		b.set(Screen, !held)
		b.set(OnHold, held)
		b.pressed["m-2"] = true
		b.hears("romeo@example.org/garden", wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true, Video: true})
		b.said()
		b.asked("romeo@example.org/garden", wire.Jingle{Action: wire.SessionInitiate, SID: "m-2", Contents: media(true, "g"), Bundle: bundle(true)})
		want := []string{"session-accept to romeo@example.org/garden"}
		if held {
			want = append(want, "session-info to romeo@example.org/garden hold")
		}
		b.says(want...)
		if al := b.allowed["m-2"]; al.Audio == held || al.Video || al.Screen || al.Listens == held {
			t.Errorf("held: %v; may send now: %+v", held, al)
		}
		if b.calls["m-2"].OnHold != held {
			t.Errorf("held before: %v; shown is %+v", held, b.calls["m-2"])
		}
	}
}

// TestHeldBeforehand: who holds a call before it is agreed, on either side, tells so once it is.
func TestHeldBeforehand(t *testing.T) {
	a, b, _ := pair(t)
	a.place(sid, juliet, false)
	a.set(OnHold, true)
	b.hears(romeo, propose(false))
	b.take(sid, false)
	b.set(OnHold, true)
	a.hears(juliet, verb(wire.CallProceed))
	a.said()
	b.said()
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	b.says("session-accept to romeo@example.org/orchard", "session-info to romeo@example.org/orchard hold")
	a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")})
	a.says("session-info to juliet@example.org/phone hold")
}

// TestMutedBeforehand: who is muted before a call is agreed tells so as soon as there is a session.
func TestMutedBeforehand(t *testing.T) {
	a, b, _ := pair(t)
	a.place(sid, juliet, false)
	a.set(Muted, true)
	a.said()
	a.hears(juliet, verb(wire.CallProceed))
	a.says("session-initiate to juliet@example.org/phone", "session-info to juliet@example.org/phone mute")

	b.hears(romeo, propose(false))
	b.take(sid, false)
	b.set(Muted, true)
	b.said()
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	b.says("session-accept to romeo@example.org/orchard", "session-info to romeo@example.org/orchard mute")
	if b.allowed[sid].Audio {
		t.Error("muted, and may send sound")
	}
}

// TestTakenWithoutPicture: where the session turns out to be of sound alone, no camera is on.
func TestTakenWithoutPicture(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(true))
	b.take(sid, true)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	if b.calls[sid].Camera || b.calls[sid].Video || b.allowed[sid].Video {
		t.Errorf("%+v, and may send %+v", b.calls[sid], b.allowed[sid])
	}
}

// TestForgotten: a session that their program does not know any more ends here, too.
func TestForgotten(t *testing.T) {
	b := talking(t, false)
	b.set(Muted, true)
	b.answered(wire.SessionInfo, &wire.StanzaError{Condition: wire.ItemNotFound, App: wire.UnknownSession})
	b.over(sid, model.CallFailed)
}

// TestDirect: a session without a proposal rings, too (XEP-0166 §6.2).
func TestDirect(t *testing.T) {
	_, b, _ := pair(t)
	initiate := wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(true, "i"), Bundle: bundle(true)}
	b.asked(romeo, initiate)
	b.says("session-info to romeo@example.org/orchard ringing")
	b.phase(sid, model.Ringing)
	b.asked(romeo, wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: []wire.Content{address("audio", 1)}})
	if r := b.asked(romeo, initiate); r.App != wire.OutOfOrder {
		t.Errorf("the same session twice: %+v", r)
	}
	b.out = nil
	b.take(sid, true)
	var reached bool
	for _, ef := range b.out {
		_, ok := ef.(Reach)
		reached = reached || ok
	}
	if !reached {
		t.Error("addresses that came while it rang are lost")
	}
	b.says("session-accept to romeo@example.org/orchard")
}
