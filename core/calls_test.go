package core

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"kith/calls"
	"kith/calls/hardware"
	"kith/core/coretest"
	"kith/core/model"
)

// calling gives a person synthetic devices to make calls with.
func (p *person) calling() *person {
	p.t.Helper()
	p.close()
	h := calls.Synthetic(hardware.Synthetic{Hz: 440, Size: image.Pt(320, 180), FPS: 15})
	p.options.Hardware = &h
	p.open()
	p.online()
	return p
}

// call waits until a call of a person stands as ok wants it, and returns it.
func (p *person) call(what string, ok func(model.Call) bool) (c model.Call) {
	p.t.Helper()
	p.until(what, func() bool {
		for _, c = range p.client.Calls.List() {
			if ok(c) {
				return true
			}
		}
		return false
	})
	return c
}

// callsWith are the bodies of the call rows in a chat, with a star for those that count as missed.
func (p *person) callsWith(jid model.JID) (out []string) {
	p.t.Helper()
	for _, m := range p.messages(jid, 50) {
		if m.Kind.IsCall() {
			star := ""
			if m.Kind == model.MissedCall {
				star = "*"
			}
			out = append(out, m.Body+star)
		}
	}
	return out
}

func (p *person) keeps(jid model.JID, want ...string) {
	p.t.Helper()
	p.until("the chat keeps "+strings.Join(want, ", "), func() bool { return fmt.Sprint(p.callsWith(jid)) == fmt.Sprint(want) })
}

func (p *person) calls(jid model.JID, video bool) model.CallID {
	p.t.Helper()
	id, err := p.client.Calls.Start(p.t.Context(), p.chat(jid).ID, video)
	if err != nil {
		p.t.Fatalf("place a call: %v", err)
	}
	return id
}

func rings(c model.Call) bool { return c.Phase == model.Ringing && !c.Outgoing }

// TestCallIsDeclined: it rings there, that shows here, and both chats keep how it ended.
func TestCallIsDeclined(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna").calling(), signUp(t, s, "ben").calling()
	befriend(anna, ben)
	id := anna.calls(ben.jid, true)
	got := ben.call("it rings", rings)
	if got.ID != id || !got.Video || got.Chat != ben.chat(anna.jid).ID {
		t.Errorf("rings as %+v", got)
	}
	anna.call("that it rings is shown", func(c model.Call) bool { return c.Reached })
	if _, err := anna.client.Calls.Start(t.Context(), anna.chat(ben.jid).ID, false); !errors.Is(err, ErrBusy) {
		t.Errorf("a second call: %v", err)
	}
	if err := ben.client.Calls.Decline(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	anna.keeps(ben.jid, "video declined 0")
	ben.keeps(anna.jid, "video declined 0")
	if n := ben.chat(anna.jid).Unread; n != 0 {
		t.Errorf("a declined call counts as unread: %d", n)
	}
	anna.until("no call is left", func() bool { return len(anna.client.Calls.List()) == 0 })
}

// TestCallIsMissed: who was not there when somebody called finds that right after the archive is read, and nothing rings.
func TestCallIsMissed(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna").calling(), signUp(t, s, "ben")
	befriend(anna, ben)
	ben.send(anna.jid, "good night")
	anna.gets(ben.jid, "good night")
	ben.close()
	id := anna.calls(ben.jid, false)
	if err := anna.client.Calls.HangUp(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	anna.keeps(ben.jid, "audio cancelled 0")
	anna.send(ben.jid, "are you there?")
	ben.open()
	ben.calling()
	ben.gets(anna.jid, "are you there?")
	ben.keeps(anna.jid, "audio cancelled 0*")
	if n := ben.chat(anna.jid).Unread; n != 2 {
		t.Errorf("%d unread, want the call and the message", n)
	}
	if all := ben.client.Calls.List(); len(all) != 0 {
		t.Errorf("rings although it was given up: %+v", all)
	}
}

// TestCallThatStillRings: who comes online while somebody calls can take it.
func TestCallThatStillRings(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna").calling(), signUp(t, s, "ben").calling()
	befriend(anna, ben)
	ben.send(anna.jid, "good night")
	anna.gets(ben.jid, "good night")
	ben.close()
	id := anna.calls(ben.jid, false)
	anna.keeps(ben.jid, "audio open 0")
	ben.open()
	if got := ben.call("it rings", rings); got.ID != id {
		t.Errorf("rings as %+v", got)
	}
	anna.call("that it rings is shown", func(c model.Call) bool { return c.Reached })
}

// TestCallIsTakenElsewhere: the other device of who takes a call stops ringing and keeps that.
func TestCallIsTakenElsewhere(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, phone := signUp(t, s, "anna").calling(), signUp(t, s, "ben").calling()
	befriend(anna, phone)
	tablet := signIn(t, s, phone.jid, phone.login.Password).calling()
	id := anna.calls(phone.jid, false)
	phone.call("the phone rings", rings)
	tablet.call("the tablet rings", rings)
	if err := phone.client.Calls.Accept(t.Context(), id, false); err != nil {
		t.Fatal(err)
	}
	tablet.until("the tablet is silent", func() bool { return len(tablet.client.Calls.List()) == 0 })
	tablet.keeps(anna.jid, "audio elsewhere 0")
}

// TestCallWasTakenElsewhere: a device that was off when another one took a call finds that, and no missed call. A call that its owner declined
// there is not missed either.
func TestCallWasTakenElsewhere(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, phone := signUp(t, s, "anna").calling(), signUp(t, s, "ben").calling()
	befriend(anna, phone)
	tablet := signIn(t, s, phone.jid, phone.login.Password)
	anna.send(phone.jid, "hello")
	tablet.gets(anna.jid, "hello")
	tablet.close()
	first := anna.calls(phone.jid, false)
	phone.call("the phone rings", rings)
	if err := phone.client.Calls.Accept(t.Context(), first, false); err != nil {
		t.Fatal(err)
	}
	anna.call("they talk", func(c model.Call) bool { return c.Phase == model.Talking })
	if err := anna.client.Calls.HangUp(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	phone.until("it is over", func() bool { return len(phone.client.Calls.List()) == 0 })
	anna.until("it is over", func() bool { return len(anna.client.Calls.List()) == 0 })
	second := anna.calls(phone.jid, true)
	phone.call("the phone rings", rings)
	if err := phone.client.Calls.Decline(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	anna.until("it is over", func() bool { return len(anna.client.Calls.List()) == 0 })
	anna.send(phone.jid, "never mind")
	tablet.open()
	tablet.gets(anna.jid, "never mind")
	tablet.until("both are kept", func() bool { return len(tablet.callsWith(anna.jid)) == 2 })
	if got := tablet.callsWith(anna.jid); !strings.HasPrefix(got[0], "audio elsewhere ") || got[1] != "video declined 0" {
		t.Errorf("the tablet keeps %q", got)
	}
	if n := tablet.chat(anna.jid).Unread; n != 2 {
		t.Errorf("%d unread, want the two messages", n)
	}
}

// TestStrangerDoesNotRing: who is no contact is noted as a missed call in a request, hears nothing, and makes nothing ring.
func TestStrangerDoesNotRing(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, mallory := signUp(t, s, "anna").calling(), signUp(t, s, "mallory").calling()
	if _, err := mallory.client.Calls.Start(t.Context(), mallory.chat(anna.jid).ID, true); !errors.Is(err, ErrNoRelay) {
		t.Errorf("a call to a stranger without a relay: %v", err)
	}
	if _, err := mallory.client.Contacts.Add(t.Context(), mallory.account, string(anna.jid), ""); err != nil { // on her side alone
		t.Fatal(err)
	}
	mallory.until("she has a contact", func() bool {
		c, ok, err := mallory.store.Contact(mallory.account, anna.jid)
		return err == nil && ok && c.InRoster
	})
	id := mallory.calls(anna.jid, true)
	anna.until("the call is noted", func() bool {
		chat, ok, err := anna.store.ChatWith(anna.account, mallory.jid)
		return err == nil && ok && chat.Request && chat.Unread == 1
	})
	if all := anna.client.Calls.List(); len(all) != 0 {
		t.Errorf("a stranger makes it ring: %+v", all)
	}
	if c, ok := mallory.client.Calls.get(id); !ok || c.Reached || strings.Contains(s.Stanzas(), "<ringing") {
		t.Errorf("a stranger learns that somebody is there: %+v", c)
	}
}

// TestCallFeatures: whoever asks is told all that the specifications of calls want told, and by a program that makes no calls none of it.
func TestCallFeatures(t *testing.T) {
	with, without := ownInfo(true).Features, ownInfo(false).Features
	for _, feature := range []string{
		"urn:xmpp:jingle:1", "urn:xmpp:jingle-message:0", "urn:xmpp:jingle:transports:ice-udp:1", "urn:xmpp:jingle:apps:dtls:0",
		"urn:xmpp:jingle:apps:rtp:1", "urn:xmpp:jingle:apps:rtp:audio", "urn:xmpp:jingle:apps:rtp:video",
		"urn:xmpp:jingle:apps:rtp:rtcp-fb:0", "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0", "urn:ietf:rfc:5888", "urn:ietf:rfc:5576",
	} {
		if !slices.Contains(with, feature) || slices.Contains(without, feature) {
			t.Errorf("%s: told with calls %v, without %v", feature, slices.Contains(with, feature), slices.Contains(without, feature))
		}
	}
}

// TestCallWords: what a call's messages make of its row, live.
func TestCallWords(t *testing.T) {
	const full, tabletJID = "ben@example.test/phone", "anna@example.test/tablet"
	say := func(from, to, verb, inner string) string {
		return fmt.Sprintf("<message from='%s' to='%s' type='chat' id='x'><%s xmlns='urn:xmpp:jingle-message:0' id='s1'>%s</%s></message>", from, to, verb, inner, verb)
	}
	because := func(reason string) string { return "<reason xmlns='urn:xmpp:jingle:1'><" + reason + "/></reason>" }
	audio := "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>"
	sent := func(stanza string) string {
		return fromAnna + forwarded("urn:xmpp:carbons:2", "sent", "", strings.Replace(stanza, "<message ", "<message xmlns='jabber:client' ", 1)) + "</message>"
	}
	in := say(full, "anna@example.test", "propose", audio)
	for name, c := range map[string]struct {
		words []string
		want  string
	}{
		"open":                {[]string{in}, "audio open 0"},
		"missed":              {[]string{in, say(full, "anna@example.test", "retract", "")}, "audio cancelled 0*"},
		"taken on the tablet": {[]string{in, sent(say(tabletJID, full, "proceed", ""))}, "audio elsewhere 0"},
		"declined there":      {[]string{in, sent(say(tabletJID, full, "reject", ""))}, "audio declined 0"},
		"crossed":             {[]string{in, say(full, "anna@example.test", "retract", because("expired")+"<tie-break/>")}, "audio crossed 0"},
		"placed on the tablet": {
			[]string{sent(say(tabletJID, "ben@example.test", "propose", audio)), say(full, "anna@example.test", "reject", because("busy"))},
			"audio busy 0",
		},
		"ended once":        {[]string{in, say(full, "anna@example.test", "retract", ""), say(full, "anna@example.test", "finish", "")}, "audio cancelled 0*"},
		"a stranger's word": {[]string{in, say("mallory@evil.test/x", "anna@example.test", "retract", "")}, "audio open 0"},
		"twice":             {[]string{in, in}, "audio open 0"},
	} {
		t.Run(name, func(t *testing.T) {
			p := unconnected(t)
			p.feed(c.words...)
			if got := p.callsWith(benJID); len(got) != 1 || got[0] != c.want {
				t.Errorf("kept %q, want %q", got, c.want)
			}
		})
	}
}
