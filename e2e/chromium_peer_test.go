package e2e

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// webPeer is somebody who calls with libwebrtc and speaks of it as Conversations does. One goroutine, run, owns all of it; tests look and
// order by do and wait. It ends with the test.
type webPeer struct {
	t        *testing.T
	page     *chromium
	link     *link.Link
	jid      model.JID
	contact  model.JID // Kith's bare address
	online   chan struct{}
	commands chan func()
	ended    chan struct{}
	expected map[string]func() // requests, and what follows their success

	webCall
}

// webCall is what is known of a call.
type webCall struct {
	sid       string
	with      model.JID // Kith's full address
	initiator bool
	media     []string        // that were proposed
	said      []string        // what Kith told about the call, in order, and whatever the connection told
	theirs    []*wire.Element // contents of Kith's
	group     *wire.Element   // of the newest description
	setup     string          // Kith's part in DTLS, once it is agreed
	ours      map[string]credentials
	early     []pageNote    // candidates of ours that may not be told yet
	tells     bool          // they may
	added     *wire.Element // a content-add of Kith's
	began     time.Time     // the call was taken
}

type credentials struct{ ufrag, pwd string }

// startWebPeer signs in.
func startWebPeer(t *testing.T, s *coretest.Server, jid model.JID, password model.Secret, contact model.JID) *webPeer {
	t.Helper()
	p := &webPeer{
		t: t, page: startChromium(t), contact: contact, online: make(chan struct{}), commands: make(chan func()), ended: make(chan struct{}),
		expected: make(map[string]func()),
	}
	p.link = link.Open(link.Config{JID: jid, Password: password, Host: s.Host, Port: uint16(s.Port), Resource: "web", RootCAs: s.CA, Log: coretest.NewCanary(t)})
	go p.run()
	t.Cleanup(func() {
		_ = p.link.Close()
		<-p.ended
	})
	select {
	case <-p.online:
	case <-time.After(patience):
		t.Fatal("the peer cannot sign in")
	}
	return p
}

func (p *webPeer) run() {
	defer close(p.ended)
	for {
		select {
		case ev, ok := <-p.link.Events():
			if !ok {
				return
			}
			p.event(ev)
		case <-p.page.news:
			for _, n := range p.page.takeNotes() {
				p.told(n)
			}
		case do := <-p.commands:
			do()
		}
	}
}

// do has run do something, and waits for it.
func (p *webPeer) do(what func()) {
	done := make(chan struct{})
	select {
	case p.commands <- func() { defer close(done); what() }:
		<-done
	case <-p.ended:
	}
}

// wait returns as soon as until is true.
func (p *webPeer) wait(what string, until func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ok := false
		p.do(func() { ok = until() })
		if ok {
			return
		}
		if p.t.Failed() {
			break
		}
	}
	var said []string
	p.do(func() { said = p.said })
	p.t.Fatalf("waited in vain for %s. The peer heard %q", what, said)
}

// hears waits until Kith, or the connection, has told something.
func (p *webPeer) hears(what string) {
	p.t.Helper()
	p.wait(what, func() bool { return slices.Contains(p.said, what) })
}

func (p *webPeer) event(ev link.Event) {
	switch ev := ev.(type) {
	case link.Online:
		p.jid = ev.JID
		p.send(wire.Presence{}.Element())
		close(p.online)
	case link.Stanza:
		p.link.Handled(1)
		p.stanza(ev.Element)
	case link.Answer:
		p.link.Handled(1)
		then := p.expected[ev.ID]
		delete(p.expected, ev.ID)
		switch {
		case ev.Err != nil:
			p.t.Errorf("Kith refuses: %v: %v", ev.Err, ev.Element)
		case then != nil:
			then()
		}
	}
}

func (p *webPeer) send(el *wire.Element) {
	if err := p.link.Send(p.t.Context(), "", el.Append(nil, wire.NSClient)); err != nil {
		p.t.Errorf("send: %v", err)
	}
}

func (p *webPeer) stanza(el *wire.Element) {
	from, _ := wire.From(el)
	iq, isIQ := wire.ParseIQ(el)
	switch {
	case from.Bare() != p.contact:
	case isIQ && iq.Payload.Is(wire.NSJingle, "jingle"):
		p.jingle(iq)
	case isIQ:
		p.send(wire.ErrorReply(el, wire.ServiceUnavailable))
	case el.Local == "presence" && el.Attr("type") == wire.TypeSubscribe:
		p.send(wire.Presence{To: p.contact, Type: wire.TypeSubscribed}.Element())
		p.send(wire.Presence{To: p.contact, Type: wire.TypeSubscribe}.Element())
	case el.Local == "message":
		for m := range el.Children() {
			if m.Space == wire.NSCallMessage {
				p.callMessage(from, m)
			}
		}
	}
}

// callMessage takes what XEP-0353 says.
func (p *webPeer) callMessage(from model.JID, m *wire.Element) {
	if m.Local == "propose" {
		p.webCall = webCall{sid: m.Attr("id"), with: from, ours: make(map[string]credentials)}
		for d := range m.Named(wire.NSJingleRTP, "description") {
			p.media = append(p.media, d.Attr("media"))
		}
		p.say("ringing")
	}
	if m.Attr("id") != p.sid {
		p.t.Errorf("<%s> of another call", m.Local)
		return
	}
	p.said = append(p.said, m.Local)
	if m.Local == "proceed" && p.initiator {
		p.with, p.began = from, time.Now()
		p.open(wire.SessionInitiate)
	}
}

// say sends a call message.
func (p *webPeer) say(verb string, children ...*wire.Element) {
	to := p.with
	if verb == "propose" {
		to = p.contact
	}
	p.send(wire.NewMessage(to, wire.TypeChat, "jm-"+verb+"-"+p.sid).
		Add(wire.New(wire.NSCallMessage, verb).Set("id", p.sid).Add(children...), wire.HintStore.Element()))
}

// call proposes a call.
func (p *webPeer) call(sid string, media ...string) {
	p.do(func() {
		p.webCall = webCall{sid: sid, initiator: true, media: media, ours: make(map[string]credentials)}
		var asked []*wire.Element
		for _, m := range media {
			asked = append(asked, wire.New(wire.NSJingleRTP, "description").Set("media", m))
		}
		p.say("propose", asked...)
	})
}

// accept takes the call that rings.
func (p *webPeer) accept() {
	p.do(func() {
		p.began = time.Now()
		p.say("proceed")
	})
}

// hangUp ends the call.
func (p *webPeer) hangUp() {
	p.do(func() {
		p.ask(wire.SessionTerminate, nil, wire.New(wire.NSJingle, "reason").Add(wire.New(wire.NSJingle, "success")))
		p.say("finish", wire.New(wire.NSJingle, "reason").Add(wire.New(wire.NSJingle, "success")))
		p.js("end", nil)
	})
}

// js calls a function of the page, and says whether that went well.
func (p *webPeer) js(function string, result any, args ...any) bool {
	err := p.page.run(function, result, args...)
	if err != nil {
		p.t.Error(err)
	}
	return err == nil
}

// ask sends a Jingle request; then is called when Kith has taken it.
func (p *webPeer) ask(action wire.Action, then func(), children ...*wire.Element) {
	id := fmt.Sprintf("web-%d", time.Now().UnixNano())
	p.expected[id] = then
	j := wire.New(wire.NSJingle, "jingle").Set("action", string(action)).Set("sid", p.sid).Add(children...)
	switch action {
	case wire.SessionInitiate:
		j.Set("initiator", string(p.jid))
	case wire.SessionAccept:
		j.Set("responder", string(p.jid))
	default:
	}
	if _, err := p.link.Request(p.t.Context(), wire.IQ{Type: wire.TypeSet, ID: id, To: p.with, Payload: j}); err != nil {
		p.t.Errorf("%s: %v", action, err)
	}
}

// describe makes a description of ours, and notes its credentials.
func (p *webPeer) describe() (contents []*wire.Element, group *wire.Element, ok bool) {
	var text string
	if !p.js("describe", &text) {
		return nil, nil, false
	}
	contents, group = toJingle(text, p.initiator)
	for _, c := range contents {
		t := c.Child(wire.NSICE, "transport")
		p.ours[c.Attr("name")] = credentials{t.Attr("ufrag"), t.Attr("pwd")}
	}
	return contents, group, true
}

// open begins the session with ours: as offer, or as answer to what the page has taken.
func (p *webPeer) open(action wire.Action) {
	if action == wire.SessionInitiate {
		p.js("begin", nil)
	}
	for _, m := range p.media {
		p.js("give", nil, m)
	}
	contents, group, ok := p.describe()
	if !ok {
		return
	}
	p.ask(action, p.tell, append([]*wire.Element{group}, contents...)...)
	if action == wire.SessionAccept {
		p.setup = opposite(contents[0])
	}
}

// opposite is the part that is left for the other side of who sends that content.
func opposite(content *wire.Element) string {
	if content.Child(wire.NSICE, "transport").Child(wire.NSDTLS, "fingerprint").Attr("setup") == "active" {
		return "passive"
	}
	return "active"
}

// tell lets out candidates, those that wait and those that come.
func (p *webPeer) tell() {
	p.tells = true
	early := p.early
	p.early = nil
	for _, n := range early {
		p.told(n)
	}
}

// told takes what the page tells. Candidates leave one by one, with the credentials that they are of.
func (p *webPeer) told(n pageNote) {
	switch {
	case n.Candidate == "":
		p.said = append(p.said, n.State)
		if !p.began.IsZero() {
			p.t.Logf("%s %d ms after the call was taken", n.State, time.Since(p.began).Milliseconds())
		}
	case !p.tells:
		p.early = append(p.early, n)
	default:
		if strings.Contains(n.Candidate, ".local ") {
			p.t.Errorf("chromium hides its addresses")
		}
		of := p.ours[n.Mid]
		if c := toCandidate(n.Candidate, of.ufrag); c != nil {
			t := wire.New(wire.NSICE, "transport").Set("ufrag", of.ufrag).Set("pwd", of.pwd).Add(c)
			p.ask(wire.TransportInfo, nil, wire.New(wire.NSJingle, "content").Set("creator", "initiator").Set("name", n.Mid).Add(t))
		}
	}
}

// sessionID is a session id as it looks in Conversations.
func sessionID(n byte) string {
	return base64.RawURLEncoding.EncodeToString([]byte{n, 0xfb, 0xff, 4, 5, 6, 7, 8, 9, 10, 11, n})
}
