package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// renewing are credentials of who, with an address.
func renewing(who string) wire.Jingle {
	c := address("audio", 1)
	c.Transport.Ufrag, c.Transport.Pwd = who, who+who
	return wire.Jingle{Action: wire.TransportInfo, SID: string(sid), Contents: []wire.Content{c}}
}

// TestRestartIsAnsweredWithAddresses, as Conversations does: what has credentials that were not seen before answers our restart, and
// nothing else does.
func TestRestartIsAnsweredWithAddresses(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, renewing("i")) // of the call's beginning
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.asked(romeo, renewing("m"))
	if count[Apply](b) != 0 {
		t.Fatal("an answer before our offer was taken")
	}
	b.answered(wire.TransportInfo, nil)
	b.asked(romeo, renewing("i"))
	if count[Apply](b) != 0 {
		t.Fatal("a late address was taken for the answer")
	}
	b.out = nil
	b.asked(romeo, renewing("m"))
	b.asked(romeo, renewing("m"))
	if count[Apply](b) != 1 || count[Reach](b) != 1 || count[Restart](b) != 0 {
		t.Errorf("the answer was not applied once: %+v", b.out)
	}
}

// TestRestartAnswerWaits for our first address with the new credentials: alone, the credentials would be another offer.
func TestRestartAnswerWaits(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "n")})
	b.does(Found{b.key(sid), []wire.Content{address("audio", 1)}})
	b.says()
	found := address("audio", 2)
	found.Transport.Ufrag, found.Transport.Pwd = "n", "nn"
	b.does(Found{b.key(sid), []wire.Content{found}})
	var sent []wire.Content
	for _, ef := range b.out {
		if a, ok := ef.(Ask); ok {
			sent = a.Jingle.Contents
		}
	}
	b.says("transport-info to romeo@example.org/orchard")
	if len(sent) != 1 || sent[0].Transport.Ufrag != "n" || len(sent[0].Transport.Candidates) != 1 {
		t.Errorf("the answer is %+v", sent)
	}
}

// TestRestartAnswerDoesNotWaitForEver: a side that finds no address answers all the same, with nothing but credentials, and tells what it
// finds later.
func TestRestartAnswerDoesNotWaitForEver(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "n")})
	if at, ok := b.desk.Deadline(); !ok || at.Sub(*b.now) != answerTime {
		t.Errorf("asks to be woken in %v", at.Sub(*b.now))
	}
	b.pass(answerTime - 1)
	b.says()
	b.pass(1)
	if c := b.lastAsked(wire.TransportInfo).Contents; len(c) != 1 || c[0].Transport.Ufrag != "n" || len(c[0].Transport.Candidates) != 0 {
		t.Errorf("the answer is %+v", c)
	}
	b.said()
	b.does(Found{b.key(sid), renewing("n").Contents})
	b.says("transport-info to romeo@example.org/orchard")
	b.does(Linked{b.key(sid)})
	b.pass(answerTime)
	b.says()
}

// TestAnswerBeforeOffer: where our network changes while we owe an answer, that leaves first, with an address or soon without one: an offer in its
// place would be taken for it.
func TestAnswerBeforeOffer(t *testing.T) {
	for _, found := range []bool{true, false} {
		for _, moves := range []int{1, 2} {
			b := talking(t, false)
			b.asked(romeo, fresh("m"))
			b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "n")})
			for range moves {
				b.does(Moved{})
			}
			b.says()
			if found {
				b.does(Found{b.key(sid), renewing("n").Contents})
			} else {
				b.pass(againTime)
			}
			if c := b.lastAsked(wire.TransportInfo).Contents; len(c) != 1 || c[0].Transport.Ufrag != "n" {
				t.Errorf("the answer is %+v", c)
			}
			if count[Restart](b) != 1 {
				t.Fatal("and no offer follows it")
			}
			b.said()
			b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "o")})
			b.answered(wire.TransportInfo, nil)
			b.does(Found{b.key(sid), renewing("o").Contents})
			if c := b.lastAsked(wire.TransportInfo).Contents; len(c) != 1 || c[0].Transport.Ufrag != "o" || len(c[0].Transport.Candidates) != 1 {
				t.Errorf("told of the new paths: %+v", c)
			}
			b.says("transport-info to romeo@example.org/orchard", "transport-info to romeo@example.org/orchard")
		}
	}
}

// TestNewestSearchCounts: what is made for paths that were given up since is not told, be it our offer, our answer, or their addresses; nor are those
// paths the line that is back.
func TestNewestSearchCounts(t *testing.T) {
	b := talking(t, false)
	b.does(Moved{})
	b.does(Moved{})
	b.does(Linked{b.key(sid)})
	if b.calls[sid].Quality != model.BrokenLine {
		t.Error("the paths that are given up are shown as the new ones")
	}
	b.does(Described{Key: b.key(sid), For: ForRestart, Search: 1, Contents: media(false, "n")})
	b.does(Found{b.key(sid), renewing("n").Contents})
	b.says()
	b.does(Described{Key: b.key(sid), For: ForRestart, Search: 2, Contents: media(false, "o")})
	if c := b.lastAsked(wire.TransportInfo).Contents; c[0].Transport.Ufrag != "o" {
		t.Errorf("offered: %+v", c)
	}

	b = talking(t, false)
	b.asked(romeo, fresh("m"))
	b.asked(romeo, fresh("p"))
	b.does(Described{Key: b.key(sid), For: ForRestarted, Search: 1, Contents: media(false, "n")})
	b.does(Found{b.key(sid), renewing("n").Contents})
	b.says()
	b.does(Described{Key: b.key(sid), For: ForRestarted, Search: 2, Contents: media(false, "o")})
	b.does(Found{b.key(sid), renewing("o").Contents})
	if c := b.lastAsked(wire.TransportInfo).Contents; c[0].Transport.Ufrag != "o" {
		t.Errorf("answered: %+v", c)
	}

	b = talking(t, false) // an offer that is only being made gives way to theirs
	b.does(Moved{})
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestart, Search: 1, Contents: media(false, "n")})
	b.says()
	b.does(Described{Key: b.key(sid), For: ForRestarted, Search: 2, Contents: media(false, "o")})
	b.does(Found{b.key(sid), renewing("o").Contents})
	b.says("transport-info to romeo@example.org/orchard")
}

// TestAnswerNamesMore: contents beside the one that has the addresses make an answer no offer, which would be answered, and that answer, too.
func TestAnswerNamesMore(t *testing.T) {
	b := talking(t, true)
	answer := renewing("m")
	more := content("video", "m")
	more.Transport.Fingerprint = nil
	answer.Contents = append(answer.Contents, more)
	b.asked(romeo, answer)
	if count[Restart](b) != 0 {
		t.Error("an answer is taken for an offer")
	}
}

// TestLateOffer: whoever accepted our offer, gave no answer for seconds and then offers paths means just that.
func TestLateOffer(t *testing.T) {
	b := talking(t, false)
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.answered(wire.TransportInfo, nil)
	b.pass(seekAgain)
	b.out = nil
	b.asked(romeo, fresh("m"))
	if count[Apply](b) != 0 || count[Restart](b) != 1 {
		t.Errorf("their offer is taken for an answer: %+v", b.out)
	}
	b.answered(wire.SessionInfo, nil)
	if count[Restart](b) != 1 {
		t.Error("and answered by one of ours")
	}
}

// TestOfferedAndGone: whoever offers paths and is never reached over them is asked, and given up.
func TestOfferedAndGone(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "n")})
	b.does(Found{b.key(sid), renewing("n").Contents})
	b.said()
	b.pass(seekAgain)
	b.says("session-info to romeo@example.org/orchard")
	if b.calls[sid].Quality != model.BrokenLine {
		t.Error("the line looks good")
	}
	b.pass(lostTime - seekAgain)
	b.over(sid, model.Unreachable)
}

// TestSearchFails: what the transports cannot do leaves the call as it was, and the next try is made.
func TestSearchFails(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestarted})
	if count[Restart](b) != 2 {
		t.Error("no answer can be made, and no offer is")
	}
	b.does(Described{Key: b.key(sid), For: ForRestart})
	b.says()
	b.pass(seekAgain)
	b.answered(wire.SessionInfo, nil)
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.says("session-info to romeo@example.org/orchard", "transport-info to romeo@example.org/orchard")

	b = talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestarted})
	b.pass(2 * lostTime)
	b.phase(sid, model.Talking)
	b.says()
}

// TestMovedBefore: where our network changes while a call is agreed, or connects, new paths are offered as soon as they can be.
func TestMovedBefore(t *testing.T) {
	a, _, _ := pair(t)
	a.place(sid, juliet, false)
	a.does(Moved{})
	a.hears(juliet, verb(wire.CallProceed))
	a.does(Moved{})
	if count[Restart](a) != 0 {
		t.Fatal("new paths before anybody agreed to the first")
	}
	a.asked(juliet, wire.Jingle{Action: wire.SessionAccept, SID: string(sid), Contents: media(false, "r")})
	if count[Restart](a) != 1 {
		t.Error("whoever moved after the offer looks for no new paths")
	}

	_, b, _ := pair(t)
	b.mute = true
	b.hears(romeo, propose(false))
	b.does(Moved{}) // nothing was described yet
	b.take(sid, false)
	b.asked(romeo, wire.Jingle{Action: wire.SessionInitiate, SID: string(sid), Contents: media(false, "i")})
	b.does(Described{Key: b.key(sid), For: ForAccept, Contents: media(false, "r")})
	if count[Restart](b) != 0 {
		t.Error("paths are renewed that were not there")
	}
	b.does(Moved{})
	if count[Restart](b) != 1 {
		t.Error("whoever moved while the call connects looks for no new paths")
	}
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.does(Linked{b.key(sid)})
	b.phase(sid, model.Talking)
	b.pass(2 * lostTime)
	b.phase(sid, model.Talking)
}

// TestOfferRefused: whoever was called tells the addresses of new paths once the offer of them is accepted, and never where it is refused because
// theirs crossed it.
func TestOfferRefused(t *testing.T) {
	for _, refused := range []bool{false, true} {
		b := talking(t, false)
		b.does(Moved{})
		b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
		b.does(Found{b.key(sid), renewing("n").Contents})
		b.says("transport-info to romeo@example.org/orchard")
		if !refused {
			b.answered(wire.TransportInfo, nil)
			b.says("transport-info to romeo@example.org/orchard")
			continue
		}
		b.answered(wire.TransportInfo, &wire.StanzaError{Condition: wire.Conflict, App: wire.TieBreak})
		b.does(Found{b.key(sid), renewing("n").Contents})
		b.says()
		b.asked(romeo, fresh("m"))
		b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "o")})
		b.does(Found{b.key(sid), renewing("o").Contents})
		if c := b.lastAsked(wire.TransportInfo).Contents; c[0].Transport.Ufrag != "o" {
			t.Errorf("the answer is %+v", c)
		}
	}
}

// TestRestartNamesNoKeys: they were agreed before, and sealing them again could fail.
func TestRestartNamesNoKeys(t *testing.T) {
	b := talking(t, false)
	b.desk.calls[b.key(sid)].seal = 5
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "n")})
	b.says("transport-info to romeo@example.org/orchard")
}

// TestEmptyTransports: what is added with an empty transport shares the one that is there; with credentials and without a fingerprint it
// is refused, and the refusal has every part that it is about.
func TestEmptyTransports(t *testing.T) {
	for name, c := range map[string]struct {
		transport wire.Transport
		asks      bool
	}{
		"empty":   {wire.Transport{}, true},
		"keyless": {wire.Transport{Ufrag: "y", Pwd: "yy"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := talking(t, false)
			b.out = nil
			j := addition()
			j.Contents[0].Transport = &c.transport
			b.asked(romeo, j)
			if b.calls[sid].VideoAsked != c.asks {
				t.Fatalf("asked: %v", b.calls[sid].VideoAsked)
			}
			if c.asks {
				b.does(AnswerVideo{b.key(sid), false})
			}
			for _, ef := range b.out {
				if a, ok := ef.(Ask); ok && a.Jingle.Action == wire.ContentReject {
					co := a.Jingle.Contents[0]
					if co.Name != "video" || co.Description == nil || co.Description.Media != "video" || co.Transport == nil {
						t.Errorf("refused as %+v", co)
					}
					return
				}
			}
			t.Error("it was not refused")
		})
	}
}
