package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// talking is a call that Romeo placed and Juliet took.
func talking(t *testing.T, video bool) *end {
	t.Helper()
	_, b, _ := pair(t)
	b.hears(romeo, propose(video))
	b.take(sid, video)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(video, "i"), Bundle: bundle(video)})
	b.answered(wire.SessionAccept, nil)
	b.does(Linked{b.key(sid)})
	b.phase(sid, model.Talking)
	b.said()
	return b
}

// calling is the same from Romeo's side.
func calling(t *testing.T, video bool) *end {
	t.Helper()
	a, _, _ := pair(t)
	a.place(sid, juliet, video)
	a.hears(juliet, verb(wire.CallProceed))
	a.answered(wire.SessionInitiate, nil)
	a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(video, "r"), Bundle: bundle(video)})
	a.does(Linked{a.key(sid)})
	a.phase(sid, model.Talking)
	a.said()
	return a
}

func (e *end) set(what Switch, on bool) { e.does(Set{e.key(sid), what, on}) }

func addition() wire.Jingle {
	return wire.Jingle{Action: wire.ContentAdd, SID: string(sid), Contents: []wire.Content{content("video", "x")}}
}

func TestAddVideo(t *testing.T) {
	b := talking(t, false)
	b.set(Camera, true)
	if b.allowed[sid].Video {
		t.Error("a picture is sent that was not agreed on")
	}
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	b.says("content-add to romeo@example.org/orchard")
	b.answered(wire.ContentAdd, nil)
	b.asked(romeo, wire.Jingle{Action: wire.ContentAccept, SID: string(sid), Contents: []wire.Content{content("video", "x")}})
	if !b.allowed[sid].Video || !b.calls[sid].Video {
		t.Error("accepted, and no picture may be sent")
	}
}

func TestAddVideoRefused(t *testing.T) {
	for name, do := range map[string]func(e *end){
		"by the person": func(e *end) {
			e.asked(romeo, wire.Jingle{Action: wire.ContentReject, SID: string(sid), Contents: named([]wire.Content{content("video", "y")})})
		},
		"by the program": func(e *end) {
			e.answered(wire.ContentAdd, &wire.StanzaError{Condition: wire.FeatureNotImplemented})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := talking(t, false)
			b.set(Camera, true)
			b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
			do(b)
			b.phase(sid, model.Talking)
			if b.allowed[sid].Video || b.calls[sid].Camera {
				t.Error("refused, and the camera is on")
			}
			b.said()
			b.set(Camera, true) // once more
			b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
			b.says("content-add to romeo@example.org/orchard")
		})
	}
}

func TestAskedForVideo(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, addition())
	if !b.calls[sid].VideoAsked || b.allowed[sid].Video {
		t.Fatalf("asked for a picture: %+v", b.calls[sid])
	}
	b.said()
	b.does(AnswerVideo{b.key(sid), false})
	b.says("content-reject to romeo@example.org/orchard decline")
	b.asked(romeo, addition())
	b.does(AnswerVideo{b.key(sid), true})
	b.does(Described{Key: b.key(sid), For: ForAddAccept, Contents: []wire.Content{content("video", "y")}})
	b.says("content-accept to romeo@example.org/orchard")
	if b.allowed[sid].Video {
		t.Error("to see their picture is not to send one")
	}
	b.set(Camera, true)
	if !b.allowed[sid].Video {
		t.Error("the camera was turned on and nothing is sent")
	}
	b.asked(romeo, addition())
	b.says("content-reject to romeo@example.org/orchard failed-application")
}

// TestBothAddVideo: both want a picture at once; the one of who placed the call counts, and nobody is asked.
func TestBothAddVideo(t *testing.T) {
	a := calling(t, false)
	a.set(Camera, true)
	a.does(Described{Key: a.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	if r := a.asked(juliet, addition()); r.Condition != wire.Conflict || r.App != wire.TieBreak {
		t.Errorf("who placed the call gives way: %+v", r)
	}
	b := talking(t, false)
	b.set(Camera, true)
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	b.said()
	b.asked(romeo, addition())
	b.does(Described{Key: b.key(sid), For: ForAddAccept, Contents: []wire.Content{content("video", "z")}})
	b.says("content-accept to romeo@example.org/orchard")
	if !b.allowed[sid].Video {
		t.Error("both wanted a picture, and none is sent")
	}
	b.answered(wire.ContentAdd, &wire.StanzaError{Condition: wire.Conflict, App: wire.TieBreak})
	if !b.calls[sid].Camera {
		t.Error("the refusal of ours turned the camera off")
	}
}

func fresh(who string) wire.Jingle {
	return wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: bare(media(false, who))}
}

func count[T Effect](e *end) (n int) {
	for _, ef := range e.out {
		if _, ok := ef.(T); ok {
			n++
		}
	}
	return n
}

func TestLostAndFound(t *testing.T) {
	b := talking(t, false)
	b.does(Lost{b.key(sid)})
	if b.calls[sid].Quality != model.BrokenLine {
		t.Error("a lost line is not shown")
	}
	if count[Probe](b) != 1 {
		t.Error("the connection to the server is not looked at")
	}
	b.pass(seekAfter - 1)
	b.says()
	b.pass(1)
	b.says("session-info to romeo@example.org/orchard")
	if count[Restart](b) != 0 {
		t.Error("the old paths were given up before anybody answered")
	}
	b.answered(wire.SessionInfo, nil)
	if count[Restart](b) != 1 {
		t.Error("no new paths are looked for")
	}
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.says("transport-info to romeo@example.org/orchard")
	b.answered(wire.TransportInfo, nil)
	b.does(Found{b.key(sid), []wire.Content{address("audio", 1)}}) // on its way, and not answered, when their answer comes
	b.asked(romeo, fresh("m"))
	if count[Apply](b) != 1 || count[Restart](b) != 0 {
		t.Errorf("the answer was not applied: %+v", b.out)
	}
	b.does(Linked{b.key(sid)})
	if b.calls[sid].Quality != model.GoodLine {
		t.Error("a line that is back is not shown")
	}
	b.pass(2 * lostTime)
	b.phase(sid, model.Talking)
}

func TestLostForGood(t *testing.T) {
	b := talking(t, false)
	b.does(Lost{b.key(sid)})
	for range 9 {
		b.pass(lostTime / 10)
		b.phase(sid, model.Talking)
	}
	b.pass(lostTime / 10)
	b.over(sid, model.Unreachable)
	said := b.said()
	if last := said[len(said)-1]; last != "finish to romeo@example.org/orchard connectivity-error" {
		t.Errorf("told as the last: %s", last)
	}
}

// TestLostAndThere: new paths are looked for when the other side answers at all, and never instead of old ones that carry again.
func TestLostAndThere(t *testing.T) {
	lost := func(t *testing.T) *end {
		b := talking(t, false)
		b.does(Lost{b.key(sid)})
		b.pass(seekAfter)
		b.said()
		return b
	}
	t.Run("it does not know what that is", func(t *testing.T) {
		b := lost(t)
		b.answered(wire.SessionInfo, &wire.StanzaError{Condition: wire.FeatureNotImplemented})
		if count[Restart](b) != 1 {
			t.Error("no new paths are looked for")
		}
	})
	t.Run("it cannot be asked for now", func(t *testing.T) {
		b := lost(t)
		b.answered(wire.SessionInfo, &wire.StanzaError{Condition: wire.RemoteServerTimeout})
		if count[Restart](b) != 0 {
			t.Error("the old paths were given up before anybody answered")
		}
		b.pass(seekAgain)
		b.says("session-info to romeo@example.org/orchard")
	})
	t.Run("the line is back first", func(t *testing.T) {
		b := lost(t)
		b.does(Linked{b.key(sid)})
		b.answered(wire.SessionInfo, nil)
		b.pass(2 * seekAgain)
		b.says()
		if count[Restart](b) != 0 {
			t.Error("paths that carry were given up")
		}
	})
	t.Run("another network was found first", func(t *testing.T) {
		b := lost(t)
		b.does(Moved{})
		b.answered(wire.SessionInfo, nil)
		if count[Restart](b) != 1 {
			t.Error("new paths are looked for twice")
		}
	})
	t.Run("it knows of no call", func(t *testing.T) {
		b := lost(t)
		b.answered(wire.SessionInfo, &wire.StanzaError{Condition: wire.ItemNotFound, App: wire.UnknownSession})
		b.over(sid, model.CallFailed)
	})
}

func TestCrossedRestarts(t *testing.T) {
	a := calling(t, false)
	a.does(Moved{})
	a.does(Described{Key: a.key(sid), For: ForRestart, Contents: media(false, "n")})
	if r := a.asked(juliet, fresh("m")); r.App != wire.TieBreak {
		t.Errorf("who placed the call gives way: %+v", r)
	}
	b := talking(t, false)
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.out = nil
	b.asked(romeo, fresh("m"))
	if count[Restart](b) != 1 {
		t.Error("who was called does not take their paths")
	}
}

// TestProof: what the fingerprints proved at the beginning they have to prove always.
func TestProof(t *testing.T) {
	good := Proof{Device: 5, Identity: "aa", Trust: model.Verified}
	for name, c := range map[string]struct {
		first, later Proof
		want         model.Secrecy
		refused      bool
	}{
		"none":           {Proof{}, Proof{}, model.CallEncrypted, false},
		"verified":       {good, good, model.CallVerified, false},
		"blind":          {Proof{5, "aa", model.Blind, false}, Proof{5, "aa", model.Blind, false}, model.CallChecked, false},
		"distrusted":     {Proof{5, "aa", model.Distrusted, false}, Proof{5, "aa", model.Distrusted, false}, model.CallEncrypted, false},
		"dropped later":  {good, Proof{}, model.CallVerified, true},
		"other device":   {good, Proof{6, "aa", model.Verified, false}, model.CallVerified, true},
		"other key":      {good, Proof{5, "bb", model.Verified, false}, model.CallVerified, true},
		"broken later":   {good, Proof{Broken: true}, model.CallVerified, true},
		"comes up later": {Proof{}, good, model.CallEncrypted, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, b, _ := pair(t)
			b.hears(romeo, propose(false))
			b.take(sid, false)
			ask := func(j wire.Jingle, p Proof) {
				b.does(Asked{Account: 1, Own: juliet, From: romeo, Peer: b.peer(romeo), Jingle: j, Proof: p})
			}
			ask(wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")}, c.first)
			b.does(Linked{b.key(sid)})
			if got := b.calls[sid].Secrecy; got != c.want {
				t.Fatalf("%v, want %v", got, c.want)
			}
			b.said()
			ask(addition(), c.later)
			if c.refused {
				b.over(sid, model.Insecure)
				return
			}
			b.phase(sid, model.Talking)
		})
	}
}

func TestSealedForTheirDevice(t *testing.T) {
	a, _, _ := pair(t)
	a.place(sid, juliet, false)
	a.said()
	a.hears(juliet, wire.CallMessage{Verb: wire.CallProceed, SID: string(sid), Device: 5})
	a.says("session-initiate to juliet@example.org/phone sealed for 5")
	a.does(Asked{
		Account: 1, Own: romeo, From: juliet, Peer: a.peer(juliet), Proof: Proof{Device: 6, Identity: "aa"},
		Jingle: wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")},
	})
	a.over(sid, model.Insecure)
}

// TestUnsealed: where the keys of the device that took the call cannot be had, the call is encrypted and no more, unless it must be.
func TestUnsealed(t *testing.T) {
	for _, strict := range []bool{false, true} {
		a, _, _ := pair(t)
		with := a.peer(juliet)
		with.MustVerify = strict
		a.pressed[sid] = true
		a.does(Place{Key: a.key(sid), Own: romeo, Peer: with})
		a.hears(juliet, wire.CallMessage{Verb: wire.CallProceed, SID: string(sid), Device: 5})
		a.said()
		a.answered(wire.SessionInitiate, &wire.StanzaError{App: Unsealed})
		if strict {
			a.over(sid, model.Insecure)
			continue
		}
		a.says("session-initiate to juliet@example.org/phone")
		a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")})
		a.does(Linked{a.key(sid)})
		if got := a.calls[sid].Secrecy; got != model.CallEncrypted {
			t.Errorf("the call is %v", got)
		}
	}
}

func TestMustVerify(t *testing.T) {
	a, b, _ := pair(t)
	strict := a.peer(juliet)
	strict.MustVerify = true
	a.does(Place{Key: a.key(sid), Own: romeo, Peer: strict})
	a.hears(juliet, verb(wire.CallProceed)) // without a device: stripped on the way, perhaps
	a.over(sid, model.Insecure)

	strict = b.peer(romeo)
	strict.MustVerify = true
	b.does(Heard{Account: 1, Own: juliet, From: romeo, Peer: strict, Message: propose(false)})
	b.take(sid, false)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	b.over(sid, model.Insecure)
	if b.allowed[sid].Audio {
		t.Error("sound may be sent in a call that was refused")
	}
}

// TestFlood: what comes in numbers is bounded.
func TestFlood(t *testing.T) {
	_, b, _ := pair(t)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	for range 1000 {
		b.asked(romeo, wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: []wire.Content{address("audio", 1), {Name: "audio", Transport: &wire.Transport{}}}})
	}
	if n := len(b.desk.calls[b.key(sid)].early); n > maxEarly {
		t.Errorf("%d contents are kept", n)
	}
	for i := range 1000 {
		b.hears("romeo@example.org/"+model.JID(rune('a'+i%26)), wire.CallMessage{Verb: wire.CallPropose, SID: "f" + string(rune(i)), Audio: true})
	}
	for range 10 {
		b.pass(ringLimit)
	}
	if n := len(b.desk.calls); n != 0 {
		t.Errorf("%d calls are left", n)
	}
	if len(b.desk.over.keys) > pastCalls {
		t.Errorf("%d ended calls are remembered", len(b.desk.over.keys))
	}
}

// TestDevices: what cannot be used is told of; a camera is turned off, and on again only by the person.
func TestDevices(t *testing.T) {
	b := talking(t, true)
	gear := func(what DeviceKind, missing bool) model.Call {
		b.does(Device{Key: b.key(sid), What: what, Missing: missing})
		return b.calls[sid]
	}
	if c := gear(Microphone, true); !c.NoMicrophone || c.NoSpeaker {
		t.Errorf("without a microphone: %+v", c)
	}
	if c := gear(Speaker, true); !c.NoMicrophone || !c.NoSpeaker {
		t.Errorf("without a speaker: %+v", c)
	}
	gear(Microphone, false)
	if c := gear(Speaker, false); c.NoMicrophone || c.NoSpeaker {
		t.Errorf("with both again: %+v", c)
	}
	b.set(Screen, true)
	if c := gear(Display, true); c.Screen || !c.NoScreen || !c.Camera || c.NoCamera || !b.allowed[sid].Video {
		t.Errorf("the screen cannot be shared: %+v, and may send %+v", c, b.allowed[sid])
	}
	b.set(Screen, true)
	if c := b.calls[sid]; !c.Screen || c.NoScreen || !b.allowed[sid].Screen || !b.allowed[sid].Shares || b.allowed[sid].Video {
		t.Errorf("the screen is tried again: %+v, and may send %+v", c, b.allowed[sid])
	}
	b.set(OnHold, true)
	if al := b.allowed[sid]; al.Screen || !al.Shares {
		t.Errorf("on hold the screen is %+v", al)
	}
	b.set(OnHold, false)
	if c := gear(Display, false); c.Screen || c.NoScreen || !c.Camera || c.NoCamera || !b.allowed[sid].Video || b.allowed[sid].Shares {
		t.Errorf("the screen is shared no longer: %+v, and may send %+v", c, b.allowed[sid])
	}
	if c := gear(Film, true); c.Camera || !c.NoCamera || b.allowed[sid].Video {
		t.Errorf("the camera is gone: %+v, and may send %+v", c, b.allowed[sid])
	}
	b.set(Camera, true)
	if c := b.calls[sid]; !c.Camera || c.NoCamera || !b.allowed[sid].Video {
		t.Errorf("the camera is tried again: %+v", c)
	}
	b.does(Device{Key: b.key(sid), What: Film, Missing: true, Denied: true})
	b.does(Device{Key: b.key(sid), What: Microphone, Missing: true, Denied: true})
	if c := b.calls[sid]; !c.CameraDenied || !c.MicrophoneDenied || !c.NoMicrophone {
		t.Errorf("nothing is allowed: %+v", c)
	}
	b.set(Camera, true)
	if c := gear(Microphone, false); c.CameraDenied || c.MicrophoneDenied {
		t.Errorf("both are allowed: %+v", c)
	}
}
