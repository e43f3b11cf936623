package session

import (
	"fmt"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// TestStrangeActions: what Kith does not speak, or what comes when it means nothing, is answered at once with the error that the XEP names, and
// the call goes on (XEP-0166 §7.2, §10).
func TestStrangeActions(t *testing.T) {
	for action, want := range map[wire.Action]string{
		"transport-replace": wire.FeatureNotImplemented, "transport-accept": wire.FeatureNotImplemented, "transport-reject": wire.FeatureNotImplemented,
		"description-info": wire.FeatureNotImplemented, "security-info": wire.FeatureNotImplemented, "dance": wire.BadRequest,
		wire.SessionInitiate: wire.UnexpectedRequest, wire.SessionAccept: wire.UnexpectedRequest,
		wire.ContentAccept: wire.UnexpectedRequest, wire.ContentReject: wire.UnexpectedRequest,
	} {
		for _, video := range []bool{false, true} {
			b := talking(t, video)
			r := b.asked(romeo, wire.Jingle{Action: action, SID: string(sid), Contents: media(true, "x"), Bundle: bundle(true)})
			info := action == "description-info" || action == "security-info"
			if r.Condition != want || (want == wire.UnexpectedRequest) != (r.App == wire.OutOfOrder) || info != (r.App == wire.UnsupportedInfo) {
				t.Errorf("%s is answered %s %s", action, r.Condition, r.App)
			}
			b.phase(sid, model.Talking)
			if count[Apply](b)+count[Extend](b)+count[Restart](b) != 0 || b.allowed[sid].Video != video {
				t.Errorf("%s did something: %+v", action, b.out)
			}
		}
	}
	b := talking(t, false)
	if r := b.asked(romeo, wire.Jingle{Action: wire.SessionTerminate}); r.Condition != wire.BadRequest {
		t.Errorf("without a session id: %+v", r)
	}
	if r := b.asked(romeo, wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: []wire.Content{{Name: "audio"}}}); r.Condition != wire.BadRequest {
		t.Errorf("a transport-info without a transport: %+v", r)
	}
	b.phase(sid, model.Talking)
}

// TestTooEarly: what changes a session means nothing before both have agreed to it, and an answer nothing after the first.
func TestTooEarly(t *testing.T) {
	_, b, _ := pair(t)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	for _, action := range []wire.Action{
		wire.SessionAccept, wire.ContentAdd, wire.ContentAccept, wire.ContentReject, wire.ContentRemove, wire.ContentModify,
	} {
		if r := b.asked(romeo, wire.Jingle{Action: action, SID: string(sid), Contents: addition().Contents}); r.App != wire.OutOfOrder {
			t.Errorf("%s while it rings: %+v", action, r)
		}
	}
	b.phase(sid, model.Ringing)
	if b.calls[sid].VideoAsked {
		t.Error("the person is asked for a picture while it rings")
	}

	a, _, _ := pair(t)
	a.place(sid, juliet, false)
	a.hears(juliet, verb(wire.CallProceed))
	for _, want := range []string{"", wire.OutOfOrder} {
		if r := a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")}); r.App != want {
			t.Errorf("an answer is answered %q, want %q", r.App, want)
		}
	}
	if n := count[Apply](a); n != 1 {
		t.Errorf("%d answers were taken", n)
	}
}

// TestManyWishes: however often somebody asks for what is refused, and never answers, what is kept of it is bounded.
func TestManyWishes(t *testing.T) {
	b := talking(t, true)
	for range 3 * maxWaiting {
		b.asked(romeo, addition())
	}
	if n := len(b.desk.calls[b.key(sid)].waiting); n != maxWaiting {
		t.Errorf("%d answers are waited for", n)
	}
}

// TestStrangeOffers end the call with the reason that the XEP names, before anything is made of them.
func TestStrangeOffers(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func([]wire.Content) []wire.Content
		reason wire.Reason
	}{
		"nothing":           {func(c []wire.Content) []wire.Content { return nil }, wire.ReasonIncompatible},
		"no sound":          {func(c []wire.Content) []wire.Content { return c[1:] }, wire.ReasonIncompatible},
		"no description":    {func(c []wire.Content) []wire.Content { c[1].Description = nil; return c }, wire.ReasonIncompatible},
		"no transport":      {func(c []wire.Content) []wire.Content { c[0].Transport = nil; return c }, wire.ReasonIncompatible},
		"a file":            {func(c []wire.Content) []wire.Content { c[0].Foreign, c[0].Description = true, nil; return c }, wire.ReasonNoApplications},
		"another transport": {func(c []wire.Content) []wire.Content { c[0].Foreign, c[0].Transport = true, nil; return c }, wire.ReasonNoTransports},
		"security":          {func(c []wire.Content) []wire.Content { c[0].Foreign = true; return c }, wire.ReasonNoTransports},
		"data alone":        {func([]wire.Content) []wire.Content { return []wire.Content{data()} }, wire.ReasonNoApplications},
		"no key":            {func(c []wire.Content) []wire.Content { c[1].Transport.Fingerprint = nil; return c }, wire.ReasonSecurity},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			b.hears(romeo, propose(true))
			b.take(sid, true)
			b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: c.spoil(media(true, "i"))})
			if got := b.lastAsked(wire.SessionTerminate).Reason; got != c.reason {
				t.Errorf("taken: %s, want %s", got, c.reason)
			}
			b.phase(sid, model.Ended)
			if count[Answer](b) != 0 || b.allowed[sid].Audio {
				t.Error("something was made of it")
			}

			_, b, _ = pair(t)
			b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: c.spoil(media(true, "i"))})
			b.phase(sid, model.Ended) // without a proposal
		})
	}
}

// TestStrangeAnswers end the call, too.
func TestStrangeAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func([]wire.Content) []wire.Content
		proof Proof
		want  model.CallEnd
	}{
		"no sound":        {func(c []wire.Content) []wire.Content { return c[1:] }, Proof{}, model.Unsupported},
		"nothing":         {func([]wire.Content) []wire.Content { return nil }, Proof{}, model.Unsupported},
		"sound twice":     {func(c []wire.Content) []wire.Content { return append(c, c[0]) }, Proof{}, model.Unsupported},
		"another name":    {func(c []wire.Content) []wire.Content { c[1].Name = "film"; return c }, Proof{}, model.Unsupported},
		"another medium":  {func(c []wire.Content) []wire.Content { c[1].Description.Media = "audio"; return c }, Proof{}, model.Unsupported},
		"no description":  {func(c []wire.Content) []wire.Content { c[1].Description = nil; return c }, Proof{}, model.Unsupported},
		"no transport":    {func(c []wire.Content) []wire.Content { c[1].Transport = nil; return c }, Proof{}, model.Unsupported},
		"no key":          {func(c []wire.Content) []wire.Content { c[1].Transport.Fingerprint = nil; return c }, Proof{}, model.Insecure},
		"a broken seal":   {func(c []wire.Content) []wire.Content { return c }, Proof{Broken: true}, model.Insecure},
		"an added screen": {func(c []wire.Content) []wire.Content { return append(c, content("video", "s")) }, Proof{}, model.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			a, _, _ := pair(t)
			a.place(sid, juliet, true)
			a.hears(juliet, verb(wire.CallProceed))
			a.does(Asked{
				Account: 1, Own: romeo, From: juliet, Peer: a.peer(juliet), Proof: c.proof,
				Jingle: wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: c.spoil(media(true, "r")), Bundle: bundle(true)},
			})
			a.over(sid, c.want)
			if count[Apply](a) != 0 || a.allowed[sid].Audio {
				t.Error("something was made of it")
			}
		})
	}
}

// TestBrokenSeals: fingerprints whose seal cannot be opened are not taken as if there had been none, when a call begins or a picture is added.
func TestBrokenSeals(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(false))
	b.take(sid, false)
	b.does(Asked{
		Account: 1, Own: juliet, From: romeo, Peer: b.peer(romeo), Proof: Proof{Broken: true},
		Jingle: wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")},
	})
	b.over(sid, model.Insecure)

	b = talking(t, false)
	b.set(Camera, true)
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	b.does(Asked{
		Account: 1, Own: juliet, From: romeo, Peer: b.peer(romeo), Proof: Proof{Broken: true},
		Jingle: wire.Jingle{Action: wire.ContentAccept, SID: string(sid), Contents: []wire.Content{content("video", "x")}},
	})
	b.over(sid, model.Insecure)
}

// TestOthersKnowTheID: whoever knows a call's id, another person or another device of ours, can neither end it nor say anything in it.
func TestOthersKnowTheID(t *testing.T) {
	a, b, _ := pair(t)
	a.place(sid, juliet, false)
	for _, action := range []wire.Action{wire.SessionTerminate, wire.SessionInfo, wire.SessionAccept, wire.TransportInfo} {
		if r := a.asked("mallory@example.org/x", wire.Jingle{Action: action, SID: string(sid)}); r.App != wire.UnknownSession {
			t.Errorf("%s of another person: %+v", action, r)
		}
	}
	a.phase(sid, model.Ringing)

	b.hears(romeo, propose(false))
	b.hears(juliet, verb(wire.CallProceed)) // our own words, come back
	b.phase(sid, model.Ringing)
	b.take(sid, false)
	for _, stage := range []model.Phase{model.CallConnecting, model.Talking} {
		for _, v := range []wire.CallVerb{wire.CallProceed, wire.CallAccept, wire.CallReject, wire.CallFinish, wire.CallRetract} {
			b.hears(tablet, verb(v))
			b.phase(sid, stage)
		}
		b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
		b.does(Linked{b.key(sid)})
	}
	for _, v := range []wire.CallVerb{wire.CallPropose, wire.CallRinging, wire.CallProceed, wire.CallReject, wire.CallFinish, wire.CallRetract} {
		b.hears("romeo@example.org/other", verb(v))
		b.phase(sid, model.Talking)
	}
}

// TestManyCallers: however many people call at once, by message or directly, only a few calls are held.
func TestManyCallers(t *testing.T) {
	_, b, _ := pair(t)
	for i := range 3 * maxCalls {
		from := model.JID(fmt.Sprintf("friend%d@example.org/x", i))
		id := fmt.Sprint("id", i)
		if i%2 == 0 {
			b.hears(from, wire.CallMessage{Verb: wire.CallPropose, SID: id, Audio: true})
		} else {
			b.asked(from, wire.Jingle{Action: wire.SessionInitiate, SID: id, Contents: media(false, "i")})
		}
	}
	if n := len(b.desk.calls); n != maxCalls {
		t.Errorf("%d calls are held", n)
	}
}

// TestHidden: from whom our addresses are to be hidden, they are in every call, placed, taken, or begun directly.
func TestHidden(t *testing.T) {
	for _, hidden := range []bool{true, false} {
		a, b, _ := pair(t)
		with := func(e *end, jid model.JID) Peer {
			p := e.peer(jid)
			p.Relay = hidden
			return p
		}
		a.pressed[sid] = true
		a.does(Place{Key: a.key(sid), Own: romeo, Peer: with(a, juliet)})
		b.does(Heard{Account: 1, Own: juliet, From: romeo, Peer: with(b, romeo), Message: propose(false)})
		b.take(sid, false)
		initiate := Asked{
			Account: 1, Own: juliet, From: romeo, Peer: with(b, romeo),
			Jingle: wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")},
		}
		b.does(initiate)
		_, c, _ := pair(t)
		c.does(initiate)
		c.take(sid, false)
		for name, e := range map[string]*end{"placed": a, "taken": b, "direct": c} {
			found := 0
			for _, ef := range e.out {
				switch ef := ef.(type) {
				case Open:
					if found++; ef.Relay != hidden {
						t.Errorf("%s: relays only: %v, want %v", name, ef.Relay, hidden)
					}
				case Answer:
					if found++; ef.Relay != hidden {
						t.Errorf("%s: relays only: %v, want %v", name, ef.Relay, hidden)
					}
				default:
				}
			}
			if found != 1 {
				t.Errorf("%s: %d transports are made", name, found)
			}
		}
	}
}

// TestRingsInSilence: nothing that the transports tell, and no switch, has anything sent or heard before both have taken the call.
func TestRingsInSilence(t *testing.T) {
	for name, rings := range map[string]func(*end){
		"placed":   func(e *end) { e.place(sid, romeo, false) },
		"proposed": func(e *end) { e.hears(romeo, propose(true)) },
		"direct": func(e *end) {
			e.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(true, "i"), Bundle: bundle(true)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			rings(b)
			k := b.key(sid)
			for _, ev := range []Event{
				Set{k, Camera, true},
				Set{k, Screen, true},
				Set{k, Muted, true},
				Set{k, Muted, false},
				Set{k, OnHold, true},
				Set{k, OnHold, false},
				AnswerVideo{k, true},
				Linked{k},
				Lost{k},
				Moved{},
				Picture{k, true},
				Device{k, Film, true, false},
				Device{k, Display, true, false},
				Described{Key: k, For: ForAccept, Contents: media(true, "r"), Bundle: bundle(true)},
				Missed{Key: k, Name: "video", Reason: wire.ReasonConnectivity},
				Missed{Key: k, Reason: wire.ReasonConnectivity},
			} {
				b.does(ev)
				if al := b.allowed[sid]; al.Audio || al.Listens || al.Video || al.Screen {
					t.Errorf("after %T may be sent %+v", ev, al)
				}
				b.phase(sid, model.Ringing)
			}
		})
	}
}

// TestAddressesWait: where we are is told to nobody before there is a session to tell it in, and everything of it then.
func TestAddressesWait(t *testing.T) {
	a, b, _ := pair(t)
	b.mute = true
	a.place(sid, juliet, false)
	b.hears(romeo, propose(false))
	b.take(sid, false)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	for _, e := range []*end{a, b} {
		e.said()
		for n := range byte(3) {
			e.does(Found{e.key(sid), []wire.Content{address("audio", n)}})
		}
		e.says()
	}
	a.hears(juliet, verb(wire.CallProceed))
	b.does(Described{Key: b.key(sid), For: ForAccept, Contents: media(false, "r")})
	for _, e := range []*end{a, b} {
		if told := e.lastAsked(wire.TransportInfo); len(told.Contents) != 1 || len(told.Contents[0].Transport.Candidates) != 3 {
			t.Errorf("%s told %+v", e.name, told.Contents)
		}
	}
	a.says("session-initiate to juliet@example.org/phone", "transport-info to juliet@example.org/phone")
	b.says("session-accept to romeo@example.org/orchard", "transport-info to romeo@example.org/orchard")
}
