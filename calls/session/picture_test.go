package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// added is a call into which the person has had a picture added: ours, or theirs.
func added(t *testing.T, ours bool) *end {
	t.Helper()
	b := talking(t, false)
	if ours {
		b.set(Camera, true)
		b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
		b.asked(romeo, wire.Jingle{Action: wire.ContentAccept, SID: string(sid), Contents: []wire.Content{content("video", "x")}})
	} else {
		b.asked(romeo, addition())
		b.does(AnswerVideo{b.key(sid), true})
		b.does(Described{Key: b.key(sid), For: ForAddAccept, Contents: []wire.Content{content("video", "y")}})
		b.set(Camera, true)
	}
	if !b.allowed[sid].Video {
		t.Fatal("no picture may be sent")
	}
	b.said()
	return b
}

// withoutPicture checks that a call goes on with sound alone, whether it says why, and that a picture can be added again.
func (e *end) withoutPicture(told bool) {
	e.t.Helper()
	e.phase(sid, model.Talking)
	c, al := e.calls[sid], e.allowed[sid]
	if c.Camera || c.Screen || c.VideoAsked || c.PeerPicture || c.NoPicture != told || al.Video || al.Screen || !al.Audio {
		e.t.Errorf("%+v, and may send %+v", c, al)
	}
	e.said()
	e.set(Camera, true)
	e.does(Described{Key: e.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "z")}})
	e.says("content-add to romeo@example.org/orchard")
	if e.calls[sid].NoPicture {
		e.t.Error("another try, and it still says that there is no picture")
	}
}

// TestPictureWithoutPath: a picture that was added and finds no path is taken out; both are told, and the call goes on.
func TestPictureWithoutPath(t *testing.T) {
	for name, ours := range map[string]bool{"ours": true, "theirs": false} {
		t.Run(name, func(t *testing.T) {
			b := added(t, ours)
			b.does(Missed{Key: b.key(sid), Name: "another", Reason: wire.ReasonConnectivity})
			b.says() // one that is out already
			b.does(Missed{Key: b.key(sid), Name: "video", Reason: wire.ReasonConnectivity})
			if gone := b.lastAsked(wire.ContentRemove); gone.Reason != wire.ReasonConnectivity || gone.Contents[0].Name != "video" || gone.Contents[0].Creator != wire.Initiator {
				t.Errorf("told: %+v", gone)
			}
			if count[Shrink](b) != 1 {
				t.Error("its transports stay")
			}
			b.withoutPicture(true)
		})
	}
}

// TestPictureThatCannotBeMade: where the transports can make nothing of a picture, theirs is refused and of ours nothing is said.
func TestPictureThatCannotBeMade(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, addition())
	b.does(AnswerVideo{b.key(sid), true})
	b.does(AnswerVideo{b.key(sid), true}) // pressed twice
	if count[Extend](b) != 1 {
		t.Error("answered twice")
	}
	b.said()
	b.does(Missed{Key: b.key(sid), Reason: wire.ReasonNoApplications})
	b.says("content-reject to romeo@example.org/orchard unsupported-applications")
	b.withoutPicture(true)

	b = talking(t, false)
	b.set(Camera, true)
	b.does(Missed{Key: b.key(sid), Reason: wire.ReasonFailedTransport})
	b.says()
	b.withoutPicture(true)

	b = added(t, true) // their answer was no good
	b.does(Missed{Key: b.key(sid), Reason: wire.ReasonIncompatible})
	b.says("content-remove to romeo@example.org/orchard incompatible-parameters")
	b.withoutPicture(true)
}

// TestTakeBack: who turns the camera off again before the other side has answered has asked nothing, whether the question was on its way or
// only being made; the screen that is shown as well keeps it.
func TestTakeBack(t *testing.T) {
	b := talking(t, false)
	offer := Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}}
	b.set(Camera, true)
	b.set(Camera, false)
	b.does(offer)
	b.says()
	b.withoutPicture(false)

	b = talking(t, false)
	b.set(Screen, true)
	b.does(offer)
	b.set(Camera, true)
	b.set(Camera, false)
	b.says("content-add to romeo@example.org/orchard")
	b.set(Screen, false)
	b.set(Camera, false)
	if gone := b.lastAsked(wire.ContentRemove); len(gone.Contents) != 1 || gone.Contents[0].Name != "video" || gone.Contents[0].Description.Media != "video" {
		t.Errorf("told: %+v", gone)
	}
	b.says("content-remove to romeo@example.org/orchard")
	b.answered(wire.ContentRemove, nil)
	if count[Shrink](b) != 1 {
		t.Error("its transports stay")
	}
	b.withoutPicture(false)
}

// offeredBack is a call in which our picture was offered and taken back, and neither was answered.
func offeredBack(t *testing.T) *end {
	b := talking(t, false)
	b.set(Camera, true)
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
	b.set(Camera, false)
	b.said()
	return b
}

// TestTakeBackCrosses: they accept or refuse at the same moment, cannot take anything back, or we show something again meanwhile.
func TestTakeBackCrosses(t *testing.T) {
	accept := wire.Jingle{Action: wire.ContentAccept, SID: string(sid), Contents: []wire.Content{content("video", "x")}}

	b := offeredBack(t)
	if r := b.asked(romeo, accept); r.Condition != "" || !b.calls[sid].Video || b.allowed[sid].Video {
		t.Errorf("%+v answers, %+v, may send %+v", r, b.calls[sid], b.allowed[sid])
	}
	b.answered(wire.ContentRemove, nil)
	b.withoutPicture(false)

	b = offeredBack(t)
	b.asked(romeo, wire.Jingle{Action: wire.ContentReject, SID: string(sid), Contents: accept.Contents})
	b.answered(wire.ContentRemove, &wire.StanzaError{Condition: wire.UnexpectedRequest, App: wire.OutOfOrder})
	b.withoutPicture(false)

	b = offeredBack(t)
	b.answered(wire.ContentRemove, &wire.StanzaError{Condition: wire.FeatureNotImplemented})
	b.asked(romeo, accept)
	b.set(Camera, true)
	if !b.allowed[sid].Video {
		t.Error("what they took, and did not give back, cannot be used")
	}

	b = offeredBack(t)
	b.set(Camera, true)
	b.answered(wire.ContentRemove, nil)
	b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "z")}})
	b.says("content-add to romeo@example.org/orchard")
	b.asked(romeo, accept)
	if !b.allowed[sid].Video {
		t.Error("the picture that is shown again may not be sent")
	}
}

// TestContentRemove: what they remove is gone, under whatever name; with the sound the call ends (XEP-0166 §7.2.5).
func TestContentRemove(t *testing.T) {
	remove := func(names ...string) wire.Jingle {
		j := wire.Jingle{Action: wire.ContentRemove, SID: string(sid)}
		for _, n := range names {
			j.Contents = append(j.Contents, wire.Content{Name: n, Creator: wire.Initiator})
		}
		return j
	}
	b := added(t, false)
	b.asked(romeo, remove("nothing of this name"))
	if !b.allowed[sid].Video {
		t.Error("what was not there took the picture with it")
	}
	b.asked(romeo, remove("video"))
	if count[Shrink](b) != 1 {
		t.Error("its transports stay")
	}
	b.withoutPicture(false)

	b = talking(t, false) // taken back before it was answered
	b.asked(romeo, addition())
	b.asked(romeo, remove("video"))
	b.does(AnswerVideo{b.key(sid), true})
	if count[Extend](b) != 0 {
		t.Error("what was taken back is accepted")
	}
	b.withoutPicture(false)

	b = talking(t, true)
	b.asked(romeo, remove("video", "audio"))
	b.over(sid, model.HungUp)
}

// TestNames: contents may have any name (XEP-0166 §7.3), and what is said about them goes by it.
func TestNames(t *testing.T) {
	_, b, _ := pair(t)
	b.hears(romeo, propose(true))
	b.take(sid, true)
	j := wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(true, "i")}
	j.Contents[0].Name, j.Contents[1].Name = "0", "1"
	b.mute = true // the transports' answer keeps the names
	b.asked(romeo, j)
	b.does(Described{Key: b.key(sid), For: ForAccept, Contents: j.Contents})
	b.does(Linked{b.key(sid)})
	b.set(Muted, true)
	if i := b.lastAsked(wire.SessionInfo).Info; i.Name != "0" || i.Creator != wire.Initiator {
		t.Errorf("muted %+v", i)
	}
	b.set(Muted, false)
	for _, c := range []struct {
		info wire.Info
		want bool
	}{
		{wire.Info{Kind: "mute", Name: "1"}, false},
		{wire.Info{Kind: "mute", Name: "0"}, true},
		{wire.Info{Kind: "unmute", Name: "1"}, true},
		{wire.Info{Kind: "unmute"}, false},
	} {
		b.asked(romeo, wire.Jingle{Action: wire.SessionInfo, SID: string(sid), Info: c.info})
		if b.calls[sid].PeerMuted != c.want {
			t.Errorf("%+v: muted %v", c.info, b.calls[sid].PeerMuted)
		}
	}
	b.asked(romeo, wire.Jingle{Action: wire.ContentRemove, SID: string(sid), Contents: []wire.Content{{Name: "1"}}})
	b.withoutPicture(false)
	b.asked(romeo, wire.Jingle{Action: wire.ContentRemove, SID: string(sid), Contents: []wire.Content{{Name: "0"}}})
	b.over(sid, model.HungUp)
}

// TestStrangeAdditions are refused without a word to the person.
func TestStrangeAdditions(t *testing.T) {
	for name, spoil := range map[string]func(*wire.Jingle){
		"two at once":        func(j *wire.Jingle) { j.Contents = append(j.Contents, content("audio", "x")) },
		"sound":              func(j *wire.Jingle) { j.Contents[0].Description.Media = "audio" },
		"the sound's name":   func(j *wire.Jingle) { j.Contents[0].Name = "audio" },
		"nothing":            func(j *wire.Jingle) { j.Contents = nil },
		"another transport":  func(j *wire.Jingle) { j.Contents[0].Foreign, j.Contents[0].Transport = true, nil },
		"no key":             func(j *wire.Jingle) { j.Contents[0].Transport.Fingerprint = nil },
		"nothing to be said": func(j *wire.Jingle) { j.Contents[0].Description = nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := talking(t, false)
			b.said()
			j := addition()
			spoil(&j)
			b.asked(romeo, j)
			b.says("content-reject to romeo@example.org/orchard failed-application")
			if b.calls[sid].VideoAsked {
				t.Error("the person is asked")
			}
			b.withoutPicture(false)
		})
	}
	b := added(t, false)
	second := addition()
	second.Contents[0].Name = "another"
	b.asked(romeo, second)
	b.says("content-reject to romeo@example.org/orchard failed-application")
	if b.calls[sid].VideoAsked || !b.allowed[sid].Video {
		t.Error("a second picture is asked for, or the first one gone")
	}
}

// TestStrangeAcceptances of a picture that we offered end the call, before anything is made of them.
func TestStrangeAcceptances(t *testing.T) {
	for name, spoil := range map[string]func([]wire.Content) []wire.Content{
		"nothing":           func([]wire.Content) []wire.Content { return nil },
		"twice":             func(c []wire.Content) []wire.Content { return append(c, c[0]) },
		"another name":      func(c []wire.Content) []wire.Content { c[0].Name = "film"; return c },
		"sound":             func(c []wire.Content) []wire.Content { c[0].Description.Media = "audio"; return c },
		"more than offered": func(c []wire.Content) []wire.Content { return append(c, content("film", "x")) },
		"another transport": func(c []wire.Content) []wire.Content { c[0].Foreign, c[0].Transport = true, nil; return c },
		"no key":            func(c []wire.Content) []wire.Content { c[0].Transport.Fingerprint = nil; return c },
	} {
		t.Run(name, func(t *testing.T) {
			b := talking(t, false)
			b.set(Camera, true)
			b.does(Described{Key: b.key(sid), For: ForAdd, Contents: []wire.Content{content("video", "y")}})
			b.asked(romeo, wire.Jingle{Action: wire.ContentAccept, SID: string(sid), Contents: spoil([]wire.Content{content("video", "x")})})
			b.over(sid, model.Unsupported)
			if count[Apply](b) != 0 || b.allowed[sid].Video {
				t.Error("something was made of it")
			}
		})
	}
}

// TestSenders: who sends in a picture's content can change (XEP-0166 §7.2.3). Dino adds pictures in which only it sends.
func TestSenders(t *testing.T) {
	modify := func(senders wire.Party) wire.Jingle {
		return wire.Jingle{Action: wire.ContentModify, SID: string(sid), Contents: []wire.Content{{Name: "video", Creator: wire.Initiator, Senders: senders}}}
	}
	b := talking(t, false)
	theirs := content("video", "x")
	theirs.Senders = wire.Initiator
	b.asked(romeo, wire.Jingle{Action: wire.ContentAdd, SID: string(sid), Contents: []wire.Content{theirs}})
	b.does(AnswerVideo{b.key(sid), true})
	theirs.Transport = content("video", "y").Transport
	b.does(Described{Key: b.key(sid), For: ForAddAccept, Contents: []wire.Content{theirs}})
	b.says("content-accept to romeo@example.org/orchard")
	b.set(Camera, true)
	if c := b.lastAsked(wire.ContentModify).Contents; len(c) != 1 || c[0].Name != "video" || c[0].Senders != wire.BothParties {
		t.Errorf("asked: %+v", c)
	}
	b.set(Camera, false)
	b.set(Camera, true)
	b.says("content-modify to romeo@example.org/orchard")
	if b.allowed[sid].Video {
		t.Error("the picture is sent before they accept it")
	}
	b.answered(wire.ContentModify, nil)
	if !b.allowed[sid].Video {
		t.Error("the picture is not sent")
	}
	b.set(Camera, false)
	b.set(Camera, true)
	b.says()

	b.asked(romeo, modify(wire.Initiator))
	if b.allowed[sid].Video || b.calls[sid].Camera {
		t.Error("they do not want to see us, and we send")
	}
	b.asked(romeo, modify(wire.BothParties))
	if b.allowed[sid].Video || b.calls[sid].Camera {
		t.Error("they turned our camera on")
	}
	b.set(Camera, true)
	b.says()
	b.asked(romeo, modify(wire.NoParty))
	b.set(Screen, true)
	b.says("content-modify to romeo@example.org/orchard")
	b.answered(wire.ContentModify, &wire.StanzaError{Condition: wire.NotAcceptable})
	if b.allowed[sid].Screen || b.calls[sid].Screen {
		t.Error("they refused to see the screen, and it is on")
	}

	a, _, _ := pair(t)
	a.place(sid, juliet, true)
	a.hears(juliet, verb(wire.CallProceed))
	answer := media(true, "r")
	answer[1].Senders = wire.Responder
	a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: answer, Bundle: bundle(true)})
	if a.allowed[sid].Video || a.calls[sid].Camera || !a.allowed[sid].Audio {
		t.Errorf("they want to show and not to see: %+v", a.allowed[sid])
	}
}
