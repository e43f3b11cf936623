package wire

import (
	"math"
	"strings"
)

// Namespaces and features of Jingle RTP sessions (XEP-0167 v1.2.3).
const (
	NSJingleRTP     = "urn:xmpp:jingle:apps:rtp:1"
	NSJingleRTPInfo = "urn:xmpp:jingle:apps:rtp:info:1"
	NSJingleAudio   = "urn:xmpp:jingle:apps:rtp:audio"
	NSJingleVideo   = "urn:xmpp:jingle:apps:rtp:video"
)

// Description is an RTP description (XEP-0167 §4).
type Description struct {
	Media        string // "audio" or "video"
	Payloads     []Payload
	Feedback     []Feedback  // for all payload types
	TRRInt       uint32      // XEP-0293 §3.2, milliseconds; 0 when absent
	Extensions   []Extension // XEP-0294
	AllowMixed   bool        // XEP-0294: extmap-allow-mixed
	Sources      []Source
	SourceGroups []SourceGroup
	RTCPMux      bool
}

// Payload is a payload type (XEP-0167 §4).
type Payload struct {
	ID        uint8 // 0…127
	Name      string
	ClockRate uint32
	Channels  uint8 // 1 where the attribute is absent
	PTime     uint32
	MaxPTime  uint32
	Params    []Parameter
	Feedback  []Feedback
	TRRInt    uint32
}

// Parameter is a name with a value; either may be empty, not both.
type Parameter struct{ Name, Value string }

// Info is what a session-info says (XEP-0167 §8): "active", "hold", "unhold", "mute", "unmute", "ringing"; empty for the ping
// that a session-info without payload is (XEP-0166 §6.8).
type Info struct {
	Kind    string
	Creator Party  // of mute and unmute
	Name    string // of the content that is meant; empty: all
	Unknown bool   // has a payload that Kith does not know
}

// Bounds of a description.
const (
	maxPayloads   = 64
	maxPayloadID  = 127
	maxParameters = 32
	maxValueBytes = 255
)

// parseDescription returns nil for media that Kith does not know. Damaged and surplus parts are left out. <encryption>, keys
// in the sight of the servers, is not read.
func parseDescription(e *Element) *Description {
	d := &Description{Media: e.Attr("media"), RTCPMux: e.Child(NSJingleRTP, "rtcp-mux") != nil}
	if d.Media != "audio" && d.Media != "video" {
		return nil
	}
	seen := map[uint8]bool{}
	for c := range e.Named(NSJingleRTP, "payload-type") {
		p, ok := parsePayload(c)
		if ok && !seen[p.ID] && len(d.Payloads) < maxPayloads {
			seen[p.ID] = true
			d.Payloads = append(d.Payloads, p)
		}
	}
	d.Feedback, d.TRRInt = parseFeedback(e)
	d.Extensions = parseExtensions(e)
	d.AllowMixed = e.Child(NSExtensions, "extmap-allow-mixed") != nil
	d.Sources, d.SourceGroups = parseSources(e)
	return d
}

func parsePayload(e *Element) (p Payload, ok bool) {
	all := true
	read := func(name string, limit uint64) uint64 { // 0 when absent
		value, there := e.attr("", name)
		n, ok := number(value, limit)
		all = all && (ok || !there && name != "id")
		return n
	}
	p = Payload{
		ID: uint8(read("id", maxPayloadID)), Name: e.Attr("name"), ClockRate: uint32(read("clockrate", math.MaxUint32)),
		Channels: max(uint8(read("channels", math.MaxUint8)), 1),
		PTime:    uint32(read("ptime", math.MaxUint32)), MaxPTime: uint32(read("maxptime", math.MaxUint32)),
		Params: parseParameters(e, NSJingleRTP),
	}
	p.Feedback, p.TRRInt = parseFeedback(e)
	return p, all && (p.Name == "" || isToken(p.Name, maxNameBytes))
}

// parseParameters reads the <parameter> children. One without a name is what SDP has without "=", as "0-15".
func parseParameters(e *Element, space string) (out []Parameter) {
	for c := range e.Named(space, "parameter") {
		p := Parameter{Name: c.Attr("name"), Value: c.Attr("value")}
		named := p.Name == "" || isToken(p.Name, maxNameBytes)
		valued := p.Value == "" || isPrintable(p.Value, maxValueBytes)
		if named && valued && p != (Parameter{}) && len(out) < maxParameters {
			out = append(out, p)
		}
	}
	return out
}

func (d *Description) element() *Element {
	e := New(NSJingleRTP, "description").Set("media", d.Media)
	for _, p := range d.Payloads {
		e.Add(p.element())
	}
	addFeedback(e, d.Feedback, d.TRRInt)
	for _, x := range d.Extensions {
		e.Add(x.element())
	}
	if d.AllowMixed {
		e.Add(New(NSExtensions, "extmap-allow-mixed"))
	}
	addSources(e, d.Sources, d.SourceGroups)
	if d.RTCPMux {
		e.Add(New(NSJingleRTP, "rtcp-mux"))
	}
	return e
}

func (p Payload) element() *Element {
	e := New(NSJingleRTP, "payload-type").Set("id", counter(uint32(p.ID))).SetIf("name", p.Name)
	for _, a := range []struct {
		name        string
		value, none uint32
	}{{"clockrate", p.ClockRate, 0}, {"channels", uint32(max(p.Channels, 1)), 1}, {"ptime", p.PTime, 0}, {"maxptime", p.MaxPTime, 0}} {
		if a.value != a.none {
			e.Set(a.name, counter(a.value))
		}
	}
	addParameters(e, NSJingleRTP, p.Params)
	addFeedback(e, p.Feedback, p.TRRInt)
	return e
}

func addParameters(e *Element, space string, params []Parameter) {
	for _, p := range params {
		e.Add(New(space, "parameter").SetIf("name", p.Name).SetIf("value", p.Value))
	}
}

// parseInfo reads the payload of a session-info.
func parseInfo(e *Element) (info Info) {
	for c := range e.Children() {
		switch {
		case c.Space == NSJingle || c.Space == NSGrouping:
		case c.Space == NSJingleRTPInfo && isInfo(c.Local) && info.Kind == "":
			info.Kind, info.Name, info.Creator = c.Local, c.Attr("name"), Party(c.Attr("creator"))
			if !isToken(info.Name, maxNameBytes) {
				info.Name = ""
			}
			if info.Creator != Initiator && info.Creator != Responder {
				info.Creator = ""
			}
		default:
			info.Unknown = true
		}
	}
	return info
}

func isInfo(kind string) bool {
	switch kind {
	case "active", "hold", "unhold", "mute", "unmute", "ringing":
		return true
	}
	return false
}

// element is the payload; nil for a ping.
func (i Info) element() *Element {
	if i.Kind == "" {
		return nil
	}
	return New(NSJingleRTPInfo, i.Kind).SetIf("creator", string(i.Creator)).SetIf("name", i.Name)
}

// isToken says whether s is a token of SDP (RFC 8866 §9) of 1 to limit bytes. What ends up in SDP is checked here, so that
// nobody writes lines or attributes into ours.
func isToken(s string, limit int) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`"(),/:;<=>?@[\]`, c) >= 0 {
			return false
		}
	}
	return s != "" && len(s) <= limit
}

// isPrintable says whether s is ASCII of 1 to limit bytes, without control characters and spaces at its ends.
func isPrintable(s string, limit int) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return s != "" && len(s) <= limit && s[0] != ' ' && s[len(s)-1] != ' '
}
