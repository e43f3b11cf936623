package session

import (
	"testing"

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
	b.pass(answerTime)
	b.says()
}

// TestRestartOverAnswer: a restart of ours while an answer of ours still waits takes its place, and its addresses leave.
func TestRestartOverAnswer(t *testing.T) {
	b := talking(t, false)
	b.asked(romeo, fresh("m"))
	b.does(Described{Key: b.key(sid), For: ForRestarted, Contents: media(false, "n")})
	b.does(Moved{})
	b.does(Described{Key: b.key(sid), For: ForRestart, Contents: media(false, "o")})
	b.does(Found{b.key(sid), renewing("o").Contents})
	if c := b.lastAsked(wire.TransportInfo).Contents; len(c) != 1 || c[0].Transport.Ufrag != "o" || len(c[0].Transport.Candidates) != 1 {
		t.Errorf("told of the new paths: %+v", c)
	}
	b.says("transport-info to romeo@example.org/orchard", "transport-info to romeo@example.org/orchard")
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
