package e2e

import (
	"slices"

	"kith/core/wire"
)

// jingle takes a request of Kith's, as Conversations 2.18 does, with its demands.
func (p *webPeer) jingle(iq wire.IQ) {
	j := iq.Payload
	if iq.Type != wire.TypeSet || j.Attr("sid") != p.sid {
		p.t.Errorf("a request of another call: %s", j.Attr("action"))
		return
	}
	contents := slices.Collect(j.Named(wire.NSJingle, "content"))
	group := j.Child(wire.NSGrouping, "group")
	ok := func() { p.send(wire.Result(iq, nil)) }
	action := wire.Action(j.Attr("action"))
	if action != wire.TransportInfo {
		p.said = append(p.said, string(action))
		ok()
	}
	switch action {
	case wire.SessionInitiate:
		p.demand(contents, true)
		p.begin(contents, group)
	case wire.SessionAccept:
		p.demand(contents, false)
		p.theirs, p.group, p.setup = contents, group, fingerprint(contents[0]).Attr("setup")
		p.take("answer", "")
	case wire.TransportInfo:
		p.transportInfo(contents, ok)
	case wire.SessionInfo:
		for c := range j.Children() {
			p.said = append(p.said, c.Local)
		}
	case wire.ContentAdd:
		p.demandStubs(contents, true)
		p.added = j
	case wire.ContentAccept:
		p.demandStubs(contents, true)
		if s := contents[0].Attr("senders"); orBoth(s) != "both" { // ContentAddition.summary, which is compared with that of the content-add
			p.t.Errorf("a picture of %s was accepted, of both was asked for", s)
		}
		p.widen(contents, group)
		p.take("answer", "")
	case wire.ContentReject:
		p.demandStubs(contents, true)
		p.js("drop", nil)
	case wire.SessionTerminate:
		p.said = append(p.said, "terminated "+j.Child(wire.NSJingle, "reason").First().Local)
		p.js("end", nil)
	default:
		p.t.Errorf("an action that Conversations does not know: %s", action)
	}
}

func transportOf(content *wire.Element) *wire.Element { return content.Child(wire.NSICE, "transport") }

func fingerprint(content *wire.Element) *wire.Element {
	return transportOf(content).Child(wire.NSDTLS, "fingerprint")
}

// demand is what has to be in a session-initiate or -accept: RtpContentMap.requireContentDescriptions and requireDTLSFingerprint, and that
// nothing is there that was not proposed.
func (p *webPeer) demand(contents []*wire.Element, offer bool) {
	p.demandStubs(contents, true)
	for _, c := range contents {
		f := fingerprint(c)
		if f.Text() == "" || f.Attr("hash") == "" || f.Attr("setup") == "" || (f.Attr("setup") == "actpass") != offer {
			p.t.Errorf("the fingerprint is %v", f)
		}
		if media := c.Child(wire.NSJingleRTP, "description").Attr("media"); !slices.Contains(p.media, media) {
			p.t.Errorf("%s was not proposed", media)
		}
	}
}

// demandStubs is what each content needs to be read at all (AbstractContentMap.of); without it Conversations ends the call.
func (p *webPeer) demandStubs(contents []*wire.Element, described bool) {
	if len(contents) == 0 {
		p.t.Error("no contents")
	}
	for _, c := range contents {
		if transportOf(c) == nil || described && c.Child(wire.NSJingleRTP, "description") == nil {
			p.t.Errorf("a content without transport or description: %v", c)
		}
	}
}

// begin answers Kith's session-initiate.
func (p *webPeer) begin(contents []*wire.Element, group *wire.Element) {
	p.theirs, p.group = contents, group
	p.js("begin", nil)
	if p.take("offer", "") {
		p.open(wire.SessionAccept)
	}
}

// take gives the page Kith's description.
func (p *webPeer) take(kind, setup string) bool {
	return p.js("take", nil, kind, fromJingle(p.theirs, p.group, !p.initiator, setup))
}

// widen adds contents to Kith's description (RtpContentMap.addContent): one with an empty transport shares that of the others.
func (p *webPeer) widen(contents []*wire.Element, group *wire.Element) {
	for i, c := range p.theirs {
		p.theirs[i] = with(c, transportOf(c), p.setup)
	}
	for _, c := range contents {
		t := transportOf(c)
		if t.Attr("ufrag") == "" {
			t = transportOf(p.theirs[0])
		}
		p.theirs = append(p.theirs, with(c, t, p.setup))
	}
	p.group = group
}

// with is a content with that transport, without candidates, in which its side has that part in DTLS.
func with(c, t *wire.Element, setup string) *wire.Element {
	f := t.Child(wire.NSDTLS, "fingerprint")
	return wire.New(wire.NSJingle, "content").Set("name", c.Attr("name")).SetIf("senders", c.Attr("senders")).Add(
		c.Child(wire.NSJingleRTP, "description"),
		wire.New(wire.NSICE, "transport").Set("ufrag", t.Attr("ufrag")).Set("pwd", t.Attr("pwd")).
			Add(wire.New(wire.NSDTLS, "fingerprint").Set("hash", f.Attr("hash")).Set("setup", setup).AddText(f.Text())))
}

// addVideo asks Kith for a picture. An older Conversations (2.12) leaves the transport empty.
func (p *webPeer) addVideo(older bool) {
	p.do(func() {
		p.js("give", nil, "video")
		contents, group, ok := p.describe()
		if !ok {
			return
		}
		p.ask(wire.ContentAdd, nil, group, stripped(contents[1], older))
	})
}

// acceptVideo agrees to a picture that Kith asked for, and shows ours.
func (p *webPeer) acceptVideo(older bool) {
	p.do(func() {
		contents := slices.Collect(p.added.Named(wire.NSJingle, "content"))
		p.widen(contents, p.added.Child(wire.NSGrouping, "group"))
		if !p.take("offer", "") {
			return
		}
		p.js("give", nil, "video")
		ours, group, ok := p.describe()
		if ok {
			p.ask(wire.ContentAccept, nil, group, stripped(ours[1], older))
		}
	})
}

// rejectVideo does not (RtpContentMap.toStub).
func (p *webPeer) rejectVideo() {
	p.do(func() {
		c := p.added.Child(wire.NSJingle, "content")
		p.added = nil
		p.ask(wire.ContentReject, nil, wire.New(wire.NSJingle, "content").Set("creator", "initiator").Set("name", c.Attr("name")).Set("senders", "both").
			Add(wire.New(wire.NSJingleRTP, "description").Set("media", "video"), wire.New(wire.NSICE, "transport")))
	})
}

// stripped is a content as it is added: with an empty transport in older versions.
func stripped(c *wire.Element, older bool) *wire.Element {
	if !older {
		return c
	}
	return wire.New(wire.NSJingle, "content").Set("creator", "initiator").Set("name", c.Attr("name")).Set("senders", c.Attr("senders")).
		Add(c.Child(wire.NSJingleRTP, "description"), wire.New(wire.NSICE, "transport"))
}

// transportInfo takes candidates, or new credentials (JingleRtpConnection.checkForIceRestart): those without candidates offer a search for new
// paths, those with some answer ours.
func (p *webPeer) transportInfo(contents []*wire.Element, ok func()) {
	p.demandStubs(contents, false)
	fresh, some := p.fresh(contents)
	switch {
	case fresh != nil && !some:
		p.said = append(p.said, "restart")
		p.renew(*fresh)
		if !p.take("offer", "actpass") {
			return
		}
		p.tells = false
		_, _, _ = p.describe()
		ok()
		p.tell()
		return
	case fresh != nil:
		p.said = append(p.said, "restarted")
		p.renew(*fresh)
		p.take("answer", p.setup)
	}
	ok()
	for _, c := range contents {
		t := transportOf(c)
		for x := range t.Named(wire.NSICE, "candidate") {
			p.js("reach", nil, c.Attr("name"), fromCandidate(x, t.Attr("ufrag")))
		}
	}
}

// fresh are the credentials of contents when all have the same and they are new, and whether there are candidates.
func (p *webPeer) fresh(contents []*wire.Element) (fresh *credentials, candidates bool) {
	for _, c := range contents {
		t := transportOf(c)
		candidates = candidates || t.Child(wire.NSICE, "candidate") != nil
		of := credentials{t.Attr("ufrag"), t.Attr("pwd")}
		if of.ufrag == "" || of.pwd == "" || fresh != nil && *fresh != of {
			return nil, candidates
		}
		fresh = &of
	}
	for _, c := range p.theirs {
		if t := transportOf(c); fresh != nil && *fresh == (credentials{t.Attr("ufrag"), t.Attr("pwd")}) {
			fresh = nil
		}
	}
	return fresh, candidates
}

// renew gives all of Kith's contents new credentials.
func (p *webPeer) renew(to credentials) {
	for i, c := range p.theirs {
		t := wire.New(wire.NSICE, "transport").Set("ufrag", to.ufrag).Set("pwd", to.pwd).Add(fingerprint(c))
		p.theirs[i] = with(c, t, fingerprint(c).Attr("setup"))
	}
}

// restart looks for new paths. The candidates follow when Kith has taken it.
func (p *webPeer) restart() {
	p.do(func() {
		p.tells = false
		p.js("renew", nil)
		contents, _, ok := p.describe()
		if !ok {
			return
		}
		for i, c := range contents {
			t := transportOf(c)
			contents[i] = wire.New(wire.NSJingle, "content").Set("creator", "initiator").Set("name", c.Attr("name")).Set("senders", c.Attr("senders")).
				Add(wire.New(wire.NSICE, "transport").Set("ufrag", t.Attr("ufrag")).Set("pwd", t.Attr("pwd")))
		}
		p.ask(wire.TransportInfo, p.tell, contents...)
	})
}
