package sdp

import (
	"slices"
	"strconv"
	"strings"

	"kith/core/wire"
)

// Bounds that are narrower than those of core/wire.
const (
	maxNameBytes   = 16 // of a mid in a one-byte RTP header extension (RFC 8285 §4.2); Conversations refuses more, too
	maxExtensionID = 14
)

// codec is one that Kith speaks.
type codec struct {
	name, media string
	rate        uint32
	channels    uint8
	params      []string // those that mean something to us; all of them are numbers
}

// codecs are what Kith speaks. rtx repeats packets of another payload type (RFC 4588); so does red, within the packets after them (RFC 2198).
var codecs = []codec{
	{"opus", "audio", 48000, 2, []string{
		"minptime", "ptime", "maxptime", "useinbandfec", "usedtx", "stereo", "sprop-stereo", "cbr", "maxaveragebitrate", "maxplaybackrate",
	}},
	{"red", "audio", 48000, 2, nil},
	{"VP8", "video", 90000, 1, []string{"max-fr", "max-fs"}},
	{"rtx", "video", 90000, 1, []string{"apt", "rtx-time"}},
}

// feedbacks are the kinds of RTCP feedback that Kith gives and takes.
var feedbacks = []wire.Feedback{
	{Type: "nack"},
	{Type: "nack", Subtype: "pli"},
	{Type: "ccm", Subtype: "fir"},
	{Type: "goog-remb"},
	{Type: "transport-cc"},
}

// extensions are the RTP header extensions that Kith speaks. They are not encrypted; RFC 6464, by which everybody on the way could read how loud
// somebody speaks, is left out.
var extensions = []string{
	"urn:ietf:params:rtp-hdrext:sdes:mid",
	"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
	"urn:3gpp:video-orientation",
	"urn:ietf:params:rtp-hdrext:toffset",
}

// Speaks says whether Kith could take part in that content, apart from its fingerprint.
func Speaks(c wire.Content) bool {
	_, err := speak(c)
	return err == nil
}

// speak is the content as core/wire would read it, reduced to what Kith speaks. ErrIncompatible when nothing is left.
func speak(c wire.Content) (wire.Content, error) {
	stanza := wire.Jingle{Action: wire.SessionInitiate, SID: "s", Contents: []wire.Content{c}}
	read, ok := wire.ParseJingle(stanza.Element())
	if !ok || len(c.Name) > maxNameBytes {
		return wire.Content{}, ErrMalformed
	}
	if c.Foreign {
		return wire.Content{}, ErrIncompatible
	}
	c = read.Contents[0]
	if c.Foreign || c.Description == nil || c.Transport == nil || c.Transport.Ufrag == "" {
		return wire.Content{}, ErrIncompatible
	}
	reduce(c.Description)
	if !slices.ContainsFunc(c.Description.Payloads, original) {
		return wire.Content{}, ErrIncompatible
	}
	return c, nil
}

func reduce(d *wire.Description) {
	var kept []wire.Payload
	for _, p := range d.Payloads {
		if q, ok := speakPayload(p, d.Media); ok && (q.Name != "red" || plain(p, d.Payloads)) {
			kept = append(kept, q)
		}
	}
	d.Payloads = slices.DeleteFunc(kept, func(p wire.Payload) bool { return p.Name == "rtx" && !repeats(p, kept) })
	d.Feedback, d.TRRInt = speakFeedback(d.Feedback), 0
	d.Extensions = speakExtensions(d.Extensions)
	for i := range d.Sources {
		d.Sources[i].Params = slices.DeleteFunc(d.Sources[i].Params, func(p wire.Parameter) bool {
			parts := strings.Split(p.Value, " ")
			return p.Name != "cname" && p.Name != "msid" || len(parts) > 2 || p.Name == "cname" && len(parts) != 1 || parts[0] == ""
		})
	}
	d.Sources = slices.DeleteFunc(d.Sources, func(s wire.Source) bool { return len(s.Params) == 0 }) // SDP has no words for it
	d.SourceGroups = slices.DeleteFunc(d.SourceGroups, func(g wire.SourceGroup) bool {
		return g.Semantics != "FID" || len(g.SSRCs) != 2
	})
}

// speakPayload is the payload type in our spelling. Monal writes numbers that mean yes or no as words.
func speakPayload(p wire.Payload, media string) (wire.Payload, bool) {
	for _, c := range codecs {
		if !strings.EqualFold(c.name, p.Name) || c.media != media || c.rate != p.ClockRate || c.channels != p.Channels {
			continue
		}
		out := wire.Payload{ID: p.ID, Name: c.name, ClockRate: c.rate, Channels: c.channels, Feedback: speakFeedback(p.Feedback)}
		for _, param := range p.Params {
			if value, ok := numeric(param.Value); ok && slices.Contains(c.params, param.Name) {
				out.Params = append(out.Params, wire.Parameter{Name: param.Name, Value: value})
			}
		}
		return out, true
	}
	return wire.Payload{}, false
}

// original says whether a payload type is more than the repetition of others.
func original(p wire.Payload) bool { return p.Name != "rtx" && p.Name != "red" }

// opus is the number of the first payload type that is Opus; empty when there is none.
func opus(all []wire.Payload) string {
	for _, p := range all {
		if strings.EqualFold(p.Name, "opus") {
			return strconv.Itoa(int(p.ID))
		}
	}
	return ""
}

// plain says whether red repeats the first Opus, several times, and nothing else. SDP lists in a parameter without a name what is repeated. In
// Jingle that parameter is often lost (Conversations), or ends a call (Monal wants a name), so that Kith does not send it and takes it as read.
func plain(red wire.Payload, all []wire.Payload) bool {
	id := opus(all)
	for _, param := range red.Params {
		for other := range strings.SplitSeq(param.Value, "/") {
			if other != id {
				return false
			}
		}
	}
	return id != ""
}

// repeats says whether the payload type that p repeats is there.
func repeats(p wire.Payload, all []wire.Payload) bool {
	return slices.ContainsFunc(all, func(other wire.Payload) bool {
		return other.Name != "rtx" && slices.Contains(p.Params, wire.Parameter{Name: "apt", Value: strconv.Itoa(int(other.ID))})
	})
}

func numeric(s string) (string, bool) {
	switch s {
	case "true":
		return "1", true
	case "false":
		return "0", true
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return strconv.FormatUint(n, 10), err == nil
}

func speakFeedback(all []wire.Feedback) []wire.Feedback {
	var out []wire.Feedback
	for _, f := range all {
		if slices.Contains(feedbacks, f) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func speakExtensions(all []wire.Extension) []wire.Extension {
	var out []wire.Extension
	for _, x := range all {
		taken := slices.ContainsFunc(out, func(o wire.Extension) bool { return o.ID == x.ID || o.URI == x.URI })
		if !taken && x.ID <= maxExtensionID && slices.Contains(extensions, x.URI) {
			out = append(out, x)
		}
	}
	return out
}

// narrow reduces an answer to what was offered (RFC 3264 §6.1, XEP-0293 §4, XEP-0294 §4): payload types by number, codec and
// rate, the rest by itself.
func narrow(d, offer *wire.Description) error {
	var kept []wire.Payload
	for _, p := range d.Payloads {
		for _, o := range offer.Payloads {
			if o.ID == p.ID && o.Name == p.Name && o.ClockRate == p.ClockRate && o.Channels == p.Channels {
				p.Feedback = common(p.Feedback, append(slices.Clone(o.Feedback), offer.Feedback...))
				kept = append(kept, p)
			}
		}
	}
	d.Payloads = kept
	d.Feedback = common(d.Feedback, offer.Feedback)
	d.Extensions = slices.DeleteFunc(d.Extensions, func(x wire.Extension) bool {
		return !slices.ContainsFunc(offer.Extensions, func(o wire.Extension) bool { return o.ID == x.ID && o.URI == x.URI })
	})
	d.AllowMixed = d.AllowMixed && offer.AllowMixed
	if !slices.ContainsFunc(kept, original) {
		return ErrIncompatible
	}
	return nil
}

func common(feedback, offered []wire.Feedback) []wire.Feedback {
	return slices.DeleteFunc(feedback, func(f wire.Feedback) bool { return !slices.Contains(offered, f) })
}
