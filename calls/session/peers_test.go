package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// data is what browsers offer beside sound and picture.
func data() wire.Content {
	c := content("data", "i")
	c.Description, c.Foreign = nil, true
	return c
}

// TestLeftOut: what an offer has beside one sound and one picture keeps nobody from talking: the transports answer without it.
func TestLeftOut(t *testing.T) {
	named := func(name, media string) wire.Content {
		c := content(media, "i")
		c.Name = name
		return c
	}
	foreign := content("video", "i")
	foreign.Foreign = true
	apart := content("video", "i")
	apart.Foreign, apart.Transport = true, nil
	for name, more := range map[string]wire.Content{
		"data": data(), "an unknown security": foreign, "another transport": apart, "a second sound": named("more", "audio"), "a screen": named("screen", "video"),
	} {
		t.Run(name, func(t *testing.T) {
			offer := wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: append(media(false, "i"), more), Bundle: []string{"audio", more.Name}}
			_, b, _ := pair(t)
			b.mute = true
			b.hears(romeo, propose(true))
			b.take(sid, true)
			b.asked(romeo, offer)
			_, direct, _ := pair(t)
			direct.mute = true
			direct.asked(romeo, offer)
			direct.take(sid, false)
			for _, e := range []*end{b, direct} {
				if count[Answer](e) != 1 {
					t.Fatalf("nothing is answered: %q", e.said())
				}
				e.does(Described{Key: e.key(sid), For: ForAccept, Contents: media(false, "r"), Bundle: []string{"audio"}})
				e.does(Linked{e.key(sid)})
				e.phase(sid, model.Talking)
				if c := e.calls[sid]; !e.allowed[sid].Audio || c.Video || c.Camera {
					t.Errorf("%+v, and may send %+v", c, e.allowed[sid])
				}
			}
		})
	}
}

// TestForeignAnswer: an answer is made of what was offered, and of nothing else.
func TestForeignAnswer(t *testing.T) {
	for name, spoil := range map[string]func([]wire.Content) []wire.Content{
		"data":              func(c []wire.Content) []wire.Content { return append(c, data()) },
		"another transport": func(c []wire.Content) []wire.Content { c[1].Foreign, c[1].Transport = true, nil; return c },
	} {
		t.Run(name, func(t *testing.T) {
			a, _, _ := pair(t)
			a.place(sid, juliet, true)
			a.hears(juliet, verb(wire.CallProceed))
			a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: spoil(media(true, "r")), Bundle: bundle(true)})
			a.over(sid, model.Unsupported)
			if count[Apply](a) != 0 {
				t.Error("something was made of it")
			}
		})
	}
}

// TestNoSessionYet: before a session-initiate has gone either way there is nothing that Jingle could change, or end for all devices.
func TestNoSessionYet(t *testing.T) {
	for name, begin := range map[string]func(*end){
		"placed":   func(e *end) { e.place(sid, romeo, false) },
		"proposed": func(e *end) { e.hears(romeo, propose(false)) },
		"taken":    func(e *end) { e.hears(romeo, propose(false)); e.take(sid, false) },
		"no offer yet": func(e *end) {
			e.mute = true
			e.place(sid, romeo, false)
			e.hears(romeo, verb(wire.CallProceed))
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			begin(b)
			phase := b.calls[sid].Phase
			b.said()
			for _, a := range []wire.Action{wire.SessionAccept, wire.SessionInfo, wire.TransportInfo, wire.ContentAdd, wire.ContentRemove, wire.ContentModify, "dance"} {
				if r := b.asked(romeo, wire.Jingle{Action: a, SID: string(sid), Contents: media(true, "x")}); r.Condition != wire.ItemNotFound || r.App != wire.UnknownSession {
					t.Errorf("%s is answered %s %s", a, r.Condition, r.App)
				}
			}
			b.phase(sid, phase)
			if name != "placed" {
				return
			}
			if r := b.asked(romeo, wire.Jingle{Action: wire.SessionTerminate, SID: string(sid), Reason: wire.ReasonDecline}); r.App != wire.UnknownSession {
				t.Errorf("one device ends what all are asked to take: %+v", r)
			}
			b.phase(sid, phase)
		})
	}
}

// TestReconsidered: who took a call may still refuse it until the session begins, as Conversations does; another device of theirs may not.
func TestReconsidered(t *testing.T) {
	for _, offered := range []bool{true, false} {
		for reason, want := range map[wire.Reason]model.CallEnd{"": model.Declined, wire.ReasonBusy: model.Busy} {
			a, _, _ := pair(t)
			a.mute = !offered
			a.place(sid, juliet, false)
			a.hears(juliet, verb(wire.CallProceed))
			a.said()
			no := wire.CallMessage{Verb: wire.CallReject, SID: string(sid), Reason: reason}
			a.hears(tablet, no)
			a.phase(sid, model.CallConnecting)
			a.hears(juliet, no)
			a.over(sid, want)
			a.says()
		}
	}
	b := talking(t, false)
	b.hears(romeo, verb(wire.CallReject))
	b.phase(sid, model.Talking)
}

// TestBeforeTheSession: who hangs up between proceed and session-initiate says so in the words of proposals, too: Conversations does the same, and
// passes over finish; Monal passes over the words of proposals by then, and takes finish (XEP-0353 §3.3, §3.5, §3.7).
func TestBeforeTheSession(t *testing.T) {
	hangUp := func(e *end) { e.does(HangUp{e.key(sid)}) }
	for name, c := range map[string]struct {
		placed bool
		end    func(*end)
		want   model.CallEnd
		says   []string
	}{
		"placed, hung up": {
			true, hangUp, model.Cancelled,
			[]string{"retract to juliet@example.org cancel", "finish to juliet@example.org/phone success"},
		},
		"placed, no offer": {
			true, func(e *end) { e.pass(proceedTime) }, model.Unreachable,
			[]string{"retract to juliet@example.org cancel", "finish to juliet@example.org/phone connectivity-error"},
		},
		"placed, no relay": {
			true, func(e *end) { e.does(Failed{e.key(sid), wire.ReasonConnectivity}) }, model.Unreachable,
			[]string{"retract to juliet@example.org cancel", "finish to juliet@example.org/phone connectivity-error"},
		},
		"taken, hung up": {
			false, hangUp, model.Cancelled,
			[]string{"reject to romeo@example.org/orchard", "finish to romeo@example.org/orchard success"},
		},
		"taken, and nothing came": {
			false, func(e *end) { e.pass(proceedTime) }, model.Unreachable,
			[]string{"finish to romeo@example.org/orchard connectivity-error"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, b, _ := pair(t)
			e.mute = true
			if c.placed {
				e.place(sid, juliet, false)
				e.hears(juliet, verb(wire.CallProceed))
			} else {
				e = b
				e.hears(romeo, propose(false))
				e.take(sid, false)
			}
			e.said()
			c.end(e)
			e.says(c.says...)
			e.over(sid, c.want)
		})
	}
}

// TestReasons: what each reason with which they end a call means, to whoever placed it and to whoever was called, before and after they talk.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		reason                       wire.Reason
		placed, rings, joins, talked model.CallEnd
	}{
		{"", model.Declined, model.Cancelled, model.HungUp, model.HungUp},
		{wire.ReasonSuccess, model.Declined, model.Cancelled, model.HungUp, model.HungUp},
		{wire.ReasonGone, model.Declined, model.Cancelled, model.HungUp, model.HungUp},
		{wire.ReasonCancel, model.Cancelled, model.Cancelled, model.Cancelled, model.HungUp},
		{wire.ReasonDecline, model.Declined, model.Declined, model.Declined, model.HungUp},
		{wire.ReasonBusy, model.Busy, model.Busy, model.Busy, model.HungUp},
		{wire.ReasonTimeout, model.Unreachable, model.NoAnswer, model.Unreachable, model.Unreachable},
		{wire.ReasonConnectivity, model.Unreachable, model.Unreachable, model.Unreachable, model.Unreachable},
		{wire.ReasonFailedTransport, model.Unreachable, model.Unreachable, model.Unreachable, model.Unreachable},
		{wire.ReasonExpired, model.Elsewhere, model.Elsewhere, model.Elsewhere, model.Elsewhere},
		{wire.ReasonAlternative, model.Elsewhere, model.Elsewhere, model.Elsewhere, model.Elsewhere},
		{wire.ReasonSecurity, model.Insecure, model.Insecure, model.Insecure, model.Insecure},
		{wire.ReasonNoApplications, model.Unsupported, model.Unsupported, model.Unsupported, model.Unsupported},
		{wire.ReasonNoTransports, model.Unsupported, model.Unsupported, model.Unsupported, model.Unsupported},
		{wire.ReasonIncompatible, model.Unsupported, model.Unsupported, model.Unsupported, model.Unsupported},
		{wire.ReasonFailedApplication, model.CallFailed, model.CallFailed, model.CallFailed, model.CallFailed},
		{wire.ReasonMedia, model.CallFailed, model.CallFailed, model.CallFailed, model.CallFailed},
		{wire.ReasonGeneral, model.CallFailed, model.CallFailed, model.CallFailed, model.CallFailed},
		{"bored", model.CallFailed, model.CallFailed, model.CallFailed, model.CallFailed},
	} {
		a, b, _ := pair(t)
		a.place(sid, juliet, false)
		a.hears(juliet, verb(wire.CallProceed))
		b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		_, joins, _ := pair(t)
		joins.hears(romeo, propose(false))
		joins.take(sid, false)
		joins.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		for e, want := range map[*end]model.CallEnd{a: c.placed, b: c.rings, joins: c.joins, talking(t, false): c.talked} {
			from := romeo
			if e == a {
				from = juliet
			}
			e.asked(from, wire.Jingle{Action: wire.SessionTerminate, SID: string(sid), Reason: c.reason})
			if got := e.calls[sid].End; got != want {
				t.Errorf("%q means %v, want %v", c.reason, got, want)
			}
		}
	}
}

// TestAddressesOfNoUse: addresses that were left out because Kith cannot use them, of TCP or with names, leave their credentials behind. That is no
// search for new paths, at whatever time, and no fault.
func TestAddressesOfNoUse(t *testing.T) {
	told := wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: []wire.Content{{
		Name: "audio", Creator: wire.Initiator, Transport: &wire.Transport{Ufrag: "i", Pwd: "ii"},
	}}}
	_, b, _ := pair(t)
	b.mute = true
	b.hears(romeo, propose(false))
	b.take(sid, false)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	_, direct, _ := pair(t)
	direct.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	connected := talking(t, false)
	for name, e := range map[string]*end{"answering": b, "ringing": direct, "talking": connected} {
		e.out = nil
		if r := e.asked(romeo, told); r.Condition != "" || count[Restart](e) != 0 {
			t.Errorf("%s: answered %+v, and does %+v", name, r, e.out)
		}
	}
	connected.does(Moved{})
	connected.does(Described{Key: connected.key(sid), For: ForRestart, Contents: media(false, "n")})
	connected.answered(wire.TransportInfo, nil)
	connected.asked(romeo, told)
	if count[Apply](connected) != 0 {
		t.Error("old credentials are taken for the answer to new ones")
	}
}

// TestSoundOneWay: who does not want to hear us is sent nothing, and hears us again when they want to (XEP-0166 §7.2.3).
func TestSoundOneWay(t *testing.T) {
	modify := func(senders wire.Party) wire.Jingle {
		return wire.Jingle{Action: wire.ContentModify, SID: string(sid), Contents: []wire.Content{{Name: "audio", Creator: wire.Initiator, Senders: senders}}}
	}
	b := talking(t, true)
	for senders, want := range map[wire.Party]bool{wire.Initiator: false, wire.NoParty: false, wire.Responder: true, wire.BothParties: true} {
		b.asked(romeo, modify(senders))
		if al := b.allowed[sid]; al.Audio != want || !al.Video {
			t.Errorf("%s may send: %+v", senders, al)
		}
	}
	b.set(Muted, true)
	b.asked(romeo, modify(wire.BothParties))
	if b.allowed[sid].Audio {
		t.Error("they turned our microphone on")
	}
}

// TestPictureAcceptedWithAll: Movim answers an added picture with a session-accept of all contents.
func TestPictureAcceptedWithAll(t *testing.T) {
	b := talking(t, false)
	b.set(Camera, true)
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	answer := wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(true, "x")}
	if r := b.asked(romeo, answer); r.Condition != "" {
		t.Fatalf("answered %+v", r)
	}
	b.phase(sid, model.Talking)
	if n := count[Apply](b); n != 1 || !b.allowed[sid].Video {
		t.Errorf("taken %d times; may send %+v", n, b.allowed[sid])
	}
	for _, ef := range b.out {
		if ap, ok := ef.(Apply); ok && (ap.For != ForAdd || len(ap.Contents) != 1 || ap.Contents[0].Name != "video") {
			t.Errorf("taken is %+v", ap)
		}
	}
	if r := b.asked(romeo, answer); r.App != wire.OutOfOrder {
		t.Errorf("once more: %+v", r)
	}
}

// TestAcceptanceRefused: a picture of theirs that we accept, and that they do not want any more, is out again.
func TestAcceptanceRefused(t *testing.T) {
	b := added(t, false)
	b.answered(wire.ContentAccept, &wire.StanzaError{Condition: wire.UnexpectedRequest, App: wire.OutOfOrder})
	if count[Shrink](b) != 1 {
		t.Error("its transports stay")
	}
	b.withoutPicture(false)
}

// TestCalledAgain: who calls again before the first call is talked in, as a program that was started anew does, goes on with the new one.
func TestCalledAgain(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*end)
		says   []string
	}{
		"taken": {func(e *end) { e.hears(romeo, propose(false)); e.take(sid, false) }, nil},
		"agreed": {func(e *end) {
			e.hears(romeo, propose(false))
			e.take(sid, false)
			e.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		}, []string{"session-terminate to romeo@example.org/orchard expired"}},
		"placed and taken there": {func(e *end) {
			e.place(sid, romeo, false)
			e.hears(romeo, verb(wire.CallProceed))
		}, []string{"session-terminate to romeo@example.org/orchard expired"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			c.before(b)
			b.said()
			b.pressed["m-2"] = true
			b.hears("romeo@example.org/anew", wire.CallMessage{Verb: wire.CallPropose, SID: "m-2", Audio: true})
			want := append([]string{"finish to romeo@example.org/orchard expired -> m-2"}, c.says...)
			b.says(append(want, "proceed to romeo@example.org/anew", "accept to juliet@example.org")...)
			b.over(sid, model.HungUp)
			b.phase("m-2", model.CallConnecting)
		})
	}
}

// TestUndelivered: a call that reaches no device ends at once, and one that somebody took goes on.
func TestUndelivered(t *testing.T) {
	a, _, _ := pair(t)
	a.place(sid, juliet, false)
	a.said()
	a.does(Undelivered{Key: a.key(sid)})
	a.over(sid, model.Unreachable)
	a.says()

	a, _, _ = pair(t)
	a.place(sid, juliet, false)
	a.hears(juliet, verb(wire.CallProceed))
	a.does(Undelivered{Key: a.key(sid)})
	a.phase(sid, model.CallConnecting)
}

// TestTakenTwice: two devices of ours take, or take and refuse, one call at the same moment. It goes on where their session comes to; the other
// one says nothing of it, as Dino would end the call whichever device of ours refuses it.
func TestTakenTwice(t *testing.T) {
	lost := map[string]func(*end){
		"nothing came":    func(e *end) { e.pass(proceedTime) },
		"hung up":         func(e *end) { e.does(HangUp{e.key(sid)}) },
		"over":            func(e *end) { e.hears(romeo, verb(wire.CallFinish)) },
		"retracted":       func(e *end) { e.hears(romeo, verb(wire.CallRetract)) },
		"given back":      func(e *end) { e.does(Undelivered{e.key(sid), romeo}) },
		"they have ended": func(e *end) { e.asked(romeo, wire.Jingle{Action: wire.SessionTerminate, SID: string(sid)}) },
	}
	for _, word := range []wire.CallVerb{wire.CallProceed, wire.CallAccept, wire.CallReject} {
		for name, ends := range lost {
			_, b, _ := pair(t)
			b.hears(romeo, propose(false))
			b.take(sid, false)
			b.hears(tablet, verb(word))
			b.phase(sid, model.CallConnecting)
			b.said()
			ends(b)
			if said := b.said(); len(said) != 0 && name != "they have ended" {
				t.Errorf("%s, then %s: says %q", word, name, said)
			}
			b.over(sid, model.Elsewhere)
		}
		_, b, _ := pair(t)
		b.hears(romeo, propose(false))
		b.take(sid, false)
		b.hears(tablet, verb(word))
		b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		b.does(Linked{b.key(sid)})
		b.phase(sid, model.Talking)
		b.said()
		b.does(HangUp{b.key(sid)})
		b.says("session-terminate to romeo@example.org/orchard success", "finish to romeo@example.org/orchard success")
		b.over(sid, model.HungUp)

		_, b, _ = pair(t)
		b.hears(romeo, propose(false))
		b.take(sid, false)
		b.hears(tablet, verb(word))
		b.said()
		offer := media(false, "i")
		offer[0].Transport.Fingerprint = nil
		b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: offer})
		b.says("session-terminate to romeo@example.org/orchard security-error", "finish to romeo@example.org/orchard success")
		b.over(sid, model.Insecure)
	}
}

// TestTakingGivenBack: who takes a call of which the caller's device knows nothing any more is told so at once, by that device and by no other, and as
// long as the session has not begun.
func TestTakingGivenBack(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(false))
	b.does(Undelivered{b.key(sid), romeo})
	b.phase(sid, model.Ringing)
	b.take(sid, false)
	b.does(Undelivered{b.key(sid), "romeo@example.org/other"})
	b.does(Undelivered{Key: b.key(sid)})
	b.phase(sid, model.CallConnecting)
	b.said()
	b.does(Undelivered{b.key(sid), romeo})
	b.over(sid, model.Cancelled)
	b.says()

	b = talking(t, false)
	b.does(Undelivered{b.key(sid), romeo})
	b.phase(sid, model.Talking)
}

// TestOurselves: another device of ours does not call this one.
func TestOurselves(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(tablet, propose(false))
	if r := b.asked(tablet, wire.Jingle{Action: wire.SessionInitiate, SID: "x", Contents: media(false, "i")}); r.Condition != wire.ServiceUnavailable {
		t.Errorf("answered %+v", r)
	}
	if n := len(b.desk.calls); n != 0 {
		t.Errorf("%d calls ring", n)
	}
}

// TestCrossedSessions: two people who call each other end up in one call, in whatever order their messages meet, as long as those of one stay in
// their order (XEP-0353 §4.1).
func TestCrossedSessions(t *testing.T) {
	for seed := range uint64(300) {
		l := newLine(t, seed, false)
		l.ends = l.ends[:2] // one device each
		a, b := l.ends[0], l.ends[1]
		ids := []model.CallID{"m-1", "m-2"}
		if seed%2 == 1 {
			ids[0], ids[1] = ids[1], ids[0]
		}
		for _, e := range l.ends {
			e.pressed["m-1"], e.pressed["m-2"] = true, true
		}
		a.place(ids[0], juliet, false)
		b.place(ids[1], romeo, false)
		l.carry(a)
		l.carry(b)
		for range 300 {
			l.step()
		}
		for _, e := range l.ends {
			e.does(Linked{e.key("m-1")})
			if c := e.calls["m-1"]; c.Phase != model.Talking {
				t.Fatalf("seed %d: %s is %v (%v)", seed, e.name, c.Phase, c.End)
			}
			if c, ok := e.calls["m-2"]; ok && c.End != model.Crossed {
				t.Fatalf("seed %d: %s: the other call is %v (%v)", seed, e.name, c.Phase, c.End)
			}
		}
	}
}
