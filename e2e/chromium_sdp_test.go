package e2e

import (
	"fmt"
	"slices"
	"strings"

	"kith/core/wire"
)

// The way between libwebrtc's descriptions and Jingle, as Conversations 2.18 goes it. It is written apart from calls/sdp and from the
// codecs of core/wire, so that it does not share their mistakes, and it trusts what it reads.

// sdpLines are the lines of a description or of a part of it.
type sdpLines []string

// media cuts a description into the session's part and that of each medium.
func (l sdpLines) media() (session sdpLines, media []sdpLines) {
	at := slices.IndexFunc(l, func(s string) bool { return strings.HasPrefix(s, "m=") })
	session = l[:at]
	for at < len(l) {
		next := at + 1
		for next < len(l) && !strings.HasPrefix(l[next], "m=") {
			next++
		}
		media = append(media, l[at:next])
		at = next
	}
	return session, media
}

// all are the values of an attribute.
func (l sdpLines) all(name string) (values []string) {
	for _, line := range l {
		if n, value, _ := strings.Cut(line, ":"); n == "a="+name {
			values = append(values, value)
		}
	}
	return values
}

func (l sdpLines) first(name string) string {
	for _, v := range l.all(name) {
		return v
	}
	return ""
}

func (l sdpLines) has(name string) bool { return len(l.all(name)) > 0 }

// senders are the directions of SDP as the initiator's description has them, and of Jingle.
var senders = [][2]string{{"sendrecv", "both"}, {"sendonly", "initiator"}, {"recvonly", "responder"}, {"inactive", "none"}}

// sendersOf translates a direction, seen from who describes it, one way or the other.
func sendersOf(word string, initiator bool) string {
	if !initiator {
		flip := map[string]string{"sendonly": "recvonly", "recvonly": "sendonly", "initiator": "responder", "responder": "initiator"}
		if w, ok := flip[word]; ok {
			word = w
		}
	}
	for _, s := range senders {
		switch word {
		case s[0]:
			return s[1]
		case s[1]:
			return s[0]
		}
	}
	return ""
}

// toJingle translates a description of libwebrtc's.
func toJingle(description string, initiator bool) (contents []*wire.Element, group *wire.Element) {
	session, media := sdpLines(strings.Split(strings.TrimSpace(strings.ReplaceAll(description, "\r", "")), "\n")).media()
	if names, ok := strings.CutPrefix(session.first("group"), "BUNDLE "); ok {
		group = wire.New(wire.NSGrouping, "group").Set("semantics", "BUNDLE")
		for _, name := range strings.Fields(names) {
			group.Add(wire.New(wire.NSGrouping, "content").Set("name", name))
		}
	}
	for _, m := range media {
		c := wire.New(wire.NSJingle, "content").Set("creator", "initiator").Set("name", m.first("mid"))
		for _, s := range senders {
			if m.has(s[0]) {
				c.Set("senders", sendersOf(s[0], initiator))
			}
		}
		d := toDescription(m)
		if session.has("extmap-allow-mixed") || m.has("extmap-allow-mixed") {
			d.Add(wire.New(wire.NSExtensions, "extmap-allow-mixed"))
		}
		contents = append(contents, c.Add(d, toTransport(m)))
	}
	return contents, group
}

func toDescription(m sdpLines) *wire.Element {
	fields := strings.Fields(strings.TrimPrefix(m[0], "m="))
	d := wire.New(wire.NSJingleRTP, "description").Set("media", fields[0])
	for _, id := range fields[3:] {
		d.Add(toPayload(m, id))
	}
	for _, x := range m.all("extmap") {
		id, uri, _ := strings.Cut(x, " ")
		d.Add(wire.New(wire.NSExtensions, "rtp-hdrext").Set("id", id).Set("uri", uri))
	}
	for _, g := range m.all("ssrc-group") {
		fields := strings.Fields(g)
		e := wire.New(wire.NSSources, "ssrc-group").Set("semantics", fields[0])
		for _, ssrc := range fields[1:] {
			e.Add(wire.New(wire.NSSources, "source").Set("ssrc", ssrc))
		}
		d.Add(e)
	}
	sources := map[string]*wire.Element{}
	for _, s := range m.all("ssrc") {
		ssrc, param, _ := strings.Cut(s, " ")
		if sources[ssrc] == nil {
			sources[ssrc] = wire.New(wire.NSSources, "source").Set("ssrc", ssrc)
			d.Add(sources[ssrc])
		}
		name, value, _ := strings.Cut(param, ":")
		sources[ssrc].Add(wire.New(wire.NSSources, "parameter").Set("name", name).Set("value", value))
	}
	if m.has("rtcp-mux") {
		d.Add(wire.New(wire.NSJingleRTP, "rtcp-mux"))
	}
	return d
}

func toPayload(m sdpLines, id string) *wire.Element {
	p := wire.New(wire.NSJingleRTP, "payload-type").Set("id", id)
	for _, r := range m.all("rtpmap") {
		if codec, ok := strings.CutPrefix(r, id+" "); ok {
			parts := append(strings.Split(codec, "/"), "")
			p.Set("name", parts[0]).Set("clockrate", parts[1]).SetIf("channels", parts[2])
		}
	}
	for _, f := range m.all("fmtp") {
		params, ok := strings.CutPrefix(f, id+" ")
		for _, param := range strings.Split(params, ";") {
			name, value, named := strings.Cut(strings.TrimSpace(param), "=")
			if !named {
				name, value = "", name
			}
			if ok {
				p.Add(wire.New(wire.NSJingleRTP, "parameter").SetIf("name", name).Set("value", value))
			}
		}
	}
	for _, f := range m.all("rtcp-fb") {
		if kind, ok := strings.CutPrefix(f, id+" "); ok {
			kind, sub, _ := strings.Cut(kind, " ")
			p.Add(wire.New(wire.NSFeedback, "rtcp-fb").Set("type", kind).SetIf("subtype", sub))
		}
	}
	return p
}

// toTransport leaves the candidates out: they come by themselves.
func toTransport(m sdpLines) *wire.Element {
	t := wire.New(wire.NSICE, "transport").Set("ufrag", m.first("ice-ufrag")).Set("pwd", m.first("ice-pwd"))
	for _, option := range strings.Fields(m.first("ice-options")) {
		t.Add(wire.New(wire.NSICEOption, option))
	}
	hash, value, _ := strings.Cut(m.first("fingerprint"), " ")
	return t.Add(wire.New(wire.NSDTLS, "fingerprint").Set("hash", hash).Set("setup", m.first("setup")).AddText(value))
}

// toCandidate translates a candidate of libwebrtc's; nil for one that Conversations keeps to itself: it is of TCP, or of an earlier search.
func toCandidate(line, ufrag string) *wire.Element {
	f := strings.Fields(strings.TrimPrefix(line, "candidate:"))
	more := map[string]string{}
	for i := 6; i+1 < len(f); i += 2 {
		more[f[i]] = f[i+1]
	}
	if f[2] != "udp" || more["ufrag"] != ufrag {
		return nil
	}
	return wire.New(wire.NSICE, "candidate").Set("id", "c"+f[0]+f[5]).Set("foundation", f[0]).Set("component", f[1]).Set("protocol", f[2]).
		Set("priority", f[3]).Set("ip", f[4]).Set("port", f[5]).SetIf("type", more["typ"]).SetIf("generation", more["generation"]).
		SetIf("rel-addr", more["raddr"]).SetIf("rel-port", more["rport"])
}

// fromCandidate is a candidate of Jingle's in the words of SDP.
func fromCandidate(c *wire.Element, ufrag string) string {
	line := fmt.Sprintf("candidate:%s %s %s %s %s %s", c.Attr("foundation"), c.Attr("component"), c.Attr("protocol"), c.Attr("priority"), c.Attr("ip"), c.Attr("port"))
	for _, p := range [][2]string{{"typ", "type"}, {"raddr", "rel-addr"}, {"rport", "rel-port"}, {"generation", "generation"}} {
		if v := c.Attr(p[1]); v != "" {
			line += " " + p[0] + " " + v
		}
	}
	return line + " ufrag " + ufrag
}

// fromJingle is a description for libwebrtc. setup stands in for that of the contents, unless it is empty.
func fromJingle(contents []*wire.Element, group *wire.Element, initiator bool, setup string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0\r\no=- 8770656990916039506 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0")
	if group != nil {
		names := ""
		for c := range group.Named(wire.NSGrouping, "content") {
			names += " " + c.Attr("name")
		}
		line("a=group:BUNDLE%s", names)
	}
	line("a=msid-semantic: WMS my-media-stream")
	for _, c := range contents {
		d, t := c.Child(wire.NSJingleRTP, "description"), c.Child(wire.NSICE, "transport")
		ids := ""
		for p := range d.Named(wire.NSJingleRTP, "payload-type") {
			ids += " " + p.Attr("id")
		}
		line("m=%s 9 UDP/TLS/RTP/SAVPF%s\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0", d.Attr("media"), ids)
		line("a=mid:%s\r\na=%s", c.Attr("name"), sendersOf(orBoth(c.Attr("senders")), initiator))
		line("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle", t.Attr("ufrag"), t.Attr("pwd"))
		f := t.Child(wire.NSDTLS, "fingerprint")
		role := f.Attr("setup")
		if setup != "" {
			role = setup
		}
		line("a=fingerprint:%s %s\r\na=setup:%s", f.Attr("hash"), f.Text(), role)
		fromDescription(d, line)
		if d.Child(wire.NSJingleRTP, "rtcp-mux") != nil || group != nil {
			line("a=rtcp-mux")
		}
	}
	return b.String()
}

func orBoth(senders string) string {
	if senders == "" {
		return "both"
	}
	return senders
}

func fromDescription(d *wire.Element, line func(string, ...any)) {
	for p := range d.Named(wire.NSJingleRTP, "payload-type") {
		id := p.Attr("id")
		channels := ""
		if n := p.Attr("channels"); n != "" && n != "1" {
			channels = "/" + n
		}
		line("a=rtpmap:%s %s/%s%s", id, p.Attr("name"), p.Attr("clockrate"), channels)
		var params []string
		for x := range p.Named(wire.NSJingleRTP, "parameter") {
			params = append(params, strings.TrimPrefix(x.Attr("name")+"="+x.Attr("value"), "="))
		}
		if len(params) > 0 {
			line("a=fmtp:%s %s", id, strings.Join(params, ";"))
		}
		fromFeedback(p, id, line)
	}
	fromFeedback(d, "*", line)
	for x := range d.Named(wire.NSExtensions, "rtp-hdrext") {
		line("a=extmap:%s %s", x.Attr("id"), x.Attr("uri"))
	}
	if d.Child(wire.NSExtensions, "extmap-allow-mixed") != nil {
		line("a=extmap-allow-mixed")
	}
	for g := range d.Named(wire.NSSources, "ssrc-group") {
		ssrcs := ""
		for s := range g.Named(wire.NSSources, "source") {
			ssrcs += " " + s.Attr("ssrc")
		}
		line("a=ssrc-group:%s%s", g.Attr("semantics"), ssrcs)
	}
	for s := range d.Named(wire.NSSources, "source") {
		for p := range s.Named(wire.NSSources, "parameter") {
			line("a=ssrc:%s %s:%s", s.Attr("ssrc"), p.Attr("name"), p.Attr("value"))
		}
	}
}

func fromFeedback(e *wire.Element, id string, line func(string, ...any)) {
	for f := range e.Named(wire.NSFeedback, "rtcp-fb") {
		line("a=rtcp-fb:%s", strings.TrimSpace(id+" "+f.Attr("type")+" "+f.Attr("subtype")))
	}
}
