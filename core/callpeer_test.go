package core

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// byHand is somebody whose stanzas are written by hand, as another program might write them. It accepts every request of Jingle.
type byHand struct {
	t    *testing.T
	link *link.Link
	jid  model.JID // full

	mu    sync.Mutex
	heard []string // stanzas and answers of whoever it talks with, in order
	asked int
}

// startByHand signs somebody in.
func startByHand(t *testing.T, s *coretest.Server, name, resource string) *byHand {
	t.Helper()
	h := &byHand{t: t}
	bare := model.JID(name + "@" + s.Domain)
	h.link = link.Open(link.Config{
		JID: bare, Password: model.Secret(name + "-canary-password"), Host: s.Host, Port: uint16(s.Port), Resource: resource, RootCAs: s.CA,
	})
	online, done := make(chan model.JID, 1), make(chan struct{})
	go func() {
		defer close(done)
		for ev := range h.link.Events() {
			h.event(ev, online)
		}
	}()
	t.Cleanup(func() {
		_ = h.link.Close()
		<-done
	})
	select {
	case h.jid = <-online:
	case <-time.After(patience):
		t.Fatal("cannot sign in")
	}
	h.send("<presence/>")
	return h
}

func (h *byHand) event(ev link.Event, online chan<- model.JID) {
	switch ev := ev.(type) {
	case link.Online:
		online <- ev.JID
	case link.Stanza:
		h.link.Handled(1)
		h.stanza(ev.Element)
	case link.Answer:
		h.link.Handled(1)
		text := "answer " + ev.ID
		if ev.Element != nil {
			text = ev.Element.String()
		}
		h.note(text)
	}
}

func (h *byHand) stanza(el *wire.Element) {
	iq, isIQ := wire.ParseIQ(el)
	switch {
	case isIQ && iq.Payload.Is(wire.NSJingle, "jingle"):
		h.note(el.String())
		h.send(string(wire.Result(iq, nil).Append(nil, wire.NSClient)))
	case el.Local == "message":
		h.note(el.String())
	case el.Local == "presence" && el.Attr("type") == wire.TypeSubscribe:
		from, _ := wire.From(el)
		h.send(fmt.Sprintf("<presence to='%s' type='subscribed'/>", from.Bare()))
		h.send(fmt.Sprintf("<presence to='%s' type='subscribe'/>", from.Bare()))
	}
}

func (h *byHand) note(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, s)
}

func (h *byHand) send(text string) {
	if err := h.link.Send(h.t.Context(), "", []byte(text)); err != nil {
		h.t.Errorf("send: %v", err)
	}
}

// say sends a call message.
func (h *byHand) say(to model.JID, verb, sid, inner string) {
	h.send(fmt.Sprintf("<message to='%s' type='chat' id='jm-%s-%s'><%s xmlns='urn:xmpp:jingle-message:0' id='%s'>%s</%s><store xmlns='urn:xmpp:hints'/></message>",
		to, verb, sid, verb, sid, inner, verb))
}

// ask sends a Jingle request and returns its answer.
func (h *byHand) ask(to model.JID, action, sid, inner string) string {
	h.t.Helper()
	payload, err := wire.Parse(fmt.Sprintf("<jingle xmlns='urn:xmpp:jingle:1' action='%s' sid='%s'>%s</jingle>", action, sid, inner))
	if err != nil {
		h.t.Fatal(err)
	}
	h.asked++
	id := fmt.Sprintf("ask-%d", h.asked)
	if _, err := h.link.Request(h.t.Context(), wire.IQ{Type: wire.TypeSet, ID: id, To: to, Payload: payload}); err != nil {
		h.t.Fatal(err)
	}
	return h.hears("id='" + id + "'")
}

// hears waits for a stanza that has all of this in it, takes it, and returns it.
func (h *byHand) hears(parts ...string) string {
	h.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if s := h.take(parts...); s != "" {
			return s
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t.Fatalf("never heard %q; but\n%s", parts, strings.Join(h.heard, "\n"))
	return ""
}

func (h *byHand) take(parts ...string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
next:
	for i, s := range h.heard {
		for _, p := range parts {
			if !strings.Contains(s, p) {
				continue next
			}
		}
		h.heard = append(h.heard[:i:i], h.heard[i+1:]...)
		return s
	}
	return ""
}

// withByHand is Ben, who has Kith, and Anna, a contact of his who speaks by hand from her phone.
func withByHand(t *testing.T) (ben *person, anna *byHand, s *coretest.Server) {
	t.Helper()
	s = coretest.StartProsody(t, coretest.Options{})
	ben = signUp(t, s, "ben").calling()
	s.AddUser(t, "anna", "anna-canary-password")
	anna = startByHand(t, s, "anna", "phone")
	if _, err := ben.client.Contacts.Add(t.Context(), ben.account, string(anna.jid.Bare()), ""); err != nil {
		t.Fatal(err)
	}
	ben.until("they are contacts", func() bool {
		c, ok, err := ben.store.Contact(ben.account, anna.jid.Bare())
		return err == nil && ok && c.Subscription == model.SubBoth
	})
	return ben, anna, s
}

// full is where the person's program is.
func (p *person) full() model.JID { return p.client.account(p.account).fullJID() }

func (p *person) silent() {
	p.t.Helper()
	p.until("no call is left", func() bool { return len(p.client.Calls.List()) == 0 })
}

// Parts of what is sent by hand.
const (
	askAudio = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>"
	askVideo = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'/>"
	inOpus   = "<payload-type id='111' name='opus' clockrate='48000' channels='2'/><rtcp-mux/>"
	inVP8    = "<payload-type id='96' name='VP8' clockrate='90000'/><rtcp-mux/>"
	overICE  = "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='8hhy' pwd='asd88fgpdd777uzjYhagZg'><fingerprint " +
		"xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:" +
		"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF</fingerprint>%s</transport>"
)

// described is a content of a medium, with whatever else its transport has.
func described(name, media, codecs, more string) string {
	return fmt.Sprintf("<content creator='initiator' name='%s'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='%s'>%s</description>%s</content>",
		name, media, codecs, fmt.Sprintf(overICE, more))
}

// TestBrowserCalls: who offers data beside sound and picture, as a browser does, is answered without the data.
func TestBrowserCalls(t *testing.T) {
	ben, anna, _ := withByHand(t)
	anna.say(ben.jid, "propose", "web", askAudio+askVideo+"<description xmlns='urn:xmpp:jingle:apps:example'/>")
	ben.call("it rings", rings)
	if err := ben.client.Calls.Accept(t.Context(), "web", false); err != nil {
		t.Fatal(err)
	}
	anna.hears("<proceed", "id='web'")
	bundle := "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/><content name='1'/><content name='2'/></group>"
	data := described("2", "application", "", "<sctpmap xmlns='urn:xmpp:jingle:transports:dtls-sctp:1' number='5000' protocol='webrtc-datachannel'/>")
	anna.ask(ben.full(), "session-initiate", "web", bundle+described("0", "audio", inOpus, "")+described("1", "video", inVP8, "")+data)
	answer := anna.hears("session-")
	j := jingleIn(t, answer)
	if j.Action != wire.SessionAccept || len(j.Contents) != 2 || j.Contents[0].Name != "0" || j.Contents[1].Name != "1" || fmt.Sprint(j.Bundle) != "[0 1]" {
		t.Errorf("answered %s", answer)
	}
}

// jingleIn reads the Jingle in a stanza.
func jingleIn(t *testing.T, stanza string) wire.Jingle {
	t.Helper()
	el, err := wire.Parse(stanza)
	if err != nil {
		t.Fatal(err)
	}
	j, ok := wire.ParseJingle(el.Child(wire.NSJingle, "jingle"))
	if !ok {
		t.Fatalf("no Jingle in %s", stanza)
	}
	return j
}

// TestDirectCallIsKept: a call that begins without a proposal rings, and the chat keeps it, also as missed, and once.
func TestDirectCallIsKept(t *testing.T) {
	ben, anna, _ := withByHand(t)
	offer := described("audio", "audio", inOpus, "") + described("video", "video", inVP8, "")
	anna.ask(ben.full(), "session-initiate", "one", offer)
	if c := ben.call("it rings", rings); !c.Video || c.Chat != ben.chat(anna.jid.Bare()).ID {
		t.Errorf("rings as %+v", c)
	}
	anna.hears("session-info", "<ringing")
	anna.ask(ben.full(), "session-terminate", "one", "<reason><cancel/></reason>")
	ben.silent()
	ben.keeps(anna.jid.Bare(), "video cancelled 0*")
	if n := ben.chat(anna.jid.Bare()).Unread; n != 1 {
		t.Errorf("%d unread, want the call", n)
	}
	if again := anna.ask(ben.full(), "session-initiate", "one", offer); !strings.Contains(again, wire.ServiceUnavailable) {
		t.Errorf("the same call again is answered %s", again)
	}
	anna.ask(ben.full(), "session-initiate", "two", offer)
	ben.call("it rings again", rings)
	if err := ben.client.Calls.Decline(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	anna.hears("session-terminate", "<decline")
	ben.keeps(anna.jid.Bare(), "video cancelled 0*", "video declined 0")
}

// TestNoCallAtAll: proposals of nothing that Kith speaks ring nowhere, nor do sessions of files, and sessions of strangers, who get the answer of
// somebody who is not there; none of it leaves a row.
func TestNoCallAtAll(t *testing.T) {
	ben, anna, s := withByHand(t)
	s.AddUser(t, "eve", "eve-canary-password")
	eve := startByHand(t, s, "eve", "x")
	anna.say(ben.jid, "propose", "none", "")
	anna.say(ben.jid, "propose", "other", "<description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/>")
	anna.ask(ben.full(), "session-initiate", "file",
		"<content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/>"+fmt.Sprintf(overICE, "")+"</content>")
	anna.hears("session-terminate", "<unsupported-applications")
	if got := eve.ask(ben.full(), "session-initiate", "stranger", described("audio", "audio", inOpus, "")); !strings.Contains(got, wire.ServiceUnavailable) {
		t.Errorf("a stranger is answered %s", got)
	}
	anna.say(ben.jid, "propose", "real", askAudio) // comes after all of it
	if c := ben.call("it rings", rings); c.ID != "real" || len(ben.client.Calls.List()) != 1 {
		t.Errorf("ring: %+v", ben.client.Calls.List())
	}
	ben.keeps(anna.jid.Bare(), "audio open 0")
	if _, known, err := ben.store.ChatWith(ben.account, eve.jid.Bare()); err != nil || known {
		t.Errorf("a stranger's session leaves a chat: %v", err)
	}
	if heard := anna.take("<ringing"); !strings.Contains(heard, "id='real'") && heard != "" {
		t.Errorf("told is %s", heard)
	}
}

// TestNobodyThere: a call to an address that nobody has ends when the server says so, not after a minute of ringing.
func TestNobodyThere(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	ben := signUp(t, s, "ben").calling()
	nobody := model.JID("nobody@" + s.Domain)
	if _, err := ben.client.Contacts.Add(t.Context(), ben.account, string(nobody), ""); err != nil {
		t.Fatal(err)
	}
	ben.until("a contact", func() bool {
		c, ok, err := ben.store.Contact(ben.account, nobody)
		return err == nil && ok && c.InRoster
	})
	ben.calls(nobody, false)
	ben.silent()
	ben.keeps(nobody, "audio unreachable 0")
}

// TestReconsidered: who took a call and then refuses it after all, has it end here, too.
func TestReconsidered(t *testing.T) {
	ben, anna, _ := withByHand(t)
	id := string(ben.calls(anna.jid.Bare(), false))
	anna.hears("<propose", id)
	anna.say(ben.full(), "proceed", id, "")
	anna.hears("session-initiate", id)
	anna.say(ben.full(), "reject", id, "")
	ben.silent()
	ben.keeps(anna.jid.Bare(), "audio declined 0")
}

// TestTakenTooLate: who takes a call that the caller's program has forgotten hears so from it, as Conversations says it, and does not wait.
func TestTakenTooLate(t *testing.T) {
	ben, anna, s := withByHand(t)
	other := startByHand(t, s, "anna", "other")
	anna.say(ben.jid, "propose", "old", askAudio)
	ben.call("it rings", rings)
	if err := ben.client.Calls.Accept(t.Context(), "old", false); err != nil {
		t.Fatal(err)
	}
	anna.hears("<proceed", "id='old'")
	unknown := fmt.Sprintf("<message to='%s' type='error' id='jm-proceed-old'><error type='cancel'>"+
		"<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>", ben.full())
	other.send(unknown)
	if got := other.ask(ben.full(), "session-info", "old", ""); !strings.Contains(got, wire.UnknownSession) {
		t.Errorf("answered %s", got)
	}
	if c := ben.call("it goes on", func(model.Call) bool { return true }); c.Phase != model.CallConnecting {
		t.Errorf("another device ended it: %+v", c)
	}
	anna.send(unknown)
	ben.silent()
	ben.keeps(anna.jid.Bare(), "audio cancelled 0*")
}

// TestOneDeviceOfTheirs: before somebody takes a call, what one device of theirs says in Jingle ends nothing for the others.
func TestOneDeviceOfTheirs(t *testing.T) {
	ben, anna, s := withByHand(t)
	tablet := startByHand(t, s, "anna", "tablet")
	id := string(ben.calls(anna.jid.Bare(), false))
	anna.hears("<propose", id)
	tablet.hears("<propose", id)
	if got := anna.ask(ben.full(), "session-terminate", id, "<reason><decline/></reason>"); !strings.Contains(got, wire.UnknownSession) {
		t.Errorf("answered %s", got)
	}
	tablet.say(ben.full(), "proceed", id, "")
	tablet.hears("session-initiate", id)
	anna.say(ben.full(), "reject", id, "") // too late
	if got := anna.ask(ben.full(), "session-info", id, ""); !strings.Contains(got, wire.UnknownSession) {
		t.Errorf("answered %s", got)
	}
	if c := ben.call("it goes on", func(model.Call) bool { return true }); c.Phase != model.CallConnecting {
		t.Errorf("the call is %+v", c)
	}
}
