package sdp

import (
	"slices"
	"strconv"
	"strings"

	"kith/core/wire"
)

const (
	maxTextBytes = 256 << 10
	maxSections  = 8
	maxFormats   = 64
)

// ParseOffer reads what CreateOffer or LocalDescription of the side from says. known is what the PeerConnection knew before:
// contents keep the creator that they have there; new ones are from's.
func ParseOffer(text string, from wire.Party, known Session) (Session, error) {
	s, err := parse(text, from)
	if err != nil {
		return Session{}, err
	}
	for i := range s.Contents {
		s.Contents[i].Creator = from
		if before := known.content(s.Contents[i].Name); before != nil {
			s.Contents[i].Creator = before.Creator
		}
	}
	return s, nil
}

// ParseAnswer reads what CreateAnswer or LocalDescription of the side from says in reply to offer. Contents that it rejects are
// not in the result.
func ParseAnswer(text string, from wire.Party, offer Session) (Session, error) {
	s, err := parse(text, from)
	if err != nil {
		return Session{}, err
	}
	if s, err = s.answers(offer); err != nil {
		return Session{}, err
	}
	for i := range s.Contents {
		s.Contents[i].Creator = offer.content(s.Contents[i].Name).Creator
	}
	return s, nil
}

func parse(text string, from wire.Party) (Session, error) {
	sections := split(text)
	if len(sections) == 0 || from != wire.Initiator && from != wire.Responder {
		return Session{}, ErrMalformed
	}
	var s Session
	for _, section := range sections[1:] {
		if section.rejected {
			continue
		}
		c, err := speak(section.over(sections[0]).content(from))
		if err != nil {
			return Session{}, err
		}
		if d := c.Transport.Fingerprint; d == nil || d.Value == "" {
			return Session{}, ErrInsecure
		}
		if s.content(c.Name) != nil {
			return Session{}, ErrMalformed
		}
		s.Contents = append(s.Contents, c)
	}
	if len(s.Contents) == 0 {
		return Session{}, ErrIncompatible
	}
	s.Bundle = bundle(sections[0].value("group"), s)
	return s, nil
}

// bundle are the contents of a group that are there.
func bundle(group string, s Session) (names []string) {
	semantics, list, _ := strings.Cut(group, " ")
	if semantics != "BUNDLE" {
		return nil
	}
	for _, name := range strings.Fields(list) {
		if s.content(name) != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// section is the session's part of a description, or that of a medium.
type section struct {
	media    string
	formats  []string
	rejected bool
	attrs    []attr
}

type attr struct{ name, value string }

// split takes a description apart, the session's part first. It is empty for what is none.
func split(text string) []section {
	if len(text) > maxTextBytes || !strings.HasPrefix(text, "v=0") {
		return nil
	}
	sections := []section{{}}
	for line := range strings.Lines(text) {
		kind, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		switch kind {
		case "m":
			fields := strings.Fields(value)
			if len(fields) < 4 || len(fields)-3 > maxFormats || len(sections) > maxSections {
				return nil
			}
			sections = append(sections, section{media: fields[0], rejected: fields[1] == "0", formats: fields[3:]})
		case "a":
			name, value, _ := strings.Cut(value, ":")
			last := &sections[len(sections)-1]
			last.attrs = append(last.attrs, attr{name, value})
		}
	}
	return sections
}

// over is s with what the session's part says of all media and s does not say itself.
func (s section) over(session section) section {
	for _, name := range []string{"fingerprint", "setup", "ice-ufrag", "ice-pwd", "ice-options", "extmap-allow-mixed"} {
		if session.has(name) && !s.has(name) {
			s.attrs = append(s.attrs, attr{name, session.value(name)})
		}
	}
	return s
}

func (s section) has(name string) bool {
	return slices.ContainsFunc(s.attrs, func(a attr) bool { return a.name == name })
}

// value is that of the first attribute of that name; empty when there is none.
func (s section) value(name string) string {
	for _, v := range s.values(name) {
		return v
	}
	return ""
}

func (s section) values(name string) (out []string) {
	for _, a := range s.attrs {
		if a.name == name {
			out = append(out, a.value)
		}
	}
	return out
}

// content is the section in the words of Jingle, unchecked.
func (s section) content(from wire.Party) wire.Content {
	c := wire.Content{Name: s.value("mid"), Creator: from, Senders: wire.BothParties, Transport: s.transport()}
	for _, a := range s.attrs {
		if senders := sendersOf(a.name, from); senders != "" {
			c.Senders = senders
		}
	}
	d := &wire.Description{Media: s.media, RTCPMux: s.has("rtcp-mux"), AllowMixed: s.has("extmap-allow-mixed")}
	d.Payloads, d.Feedback = s.payloads()
	d.Extensions = s.extensions(from)
	d.Sources, d.SourceGroups = s.sources()
	c.Description = d
	return c
}

func (s section) transport() *wire.Transport {
	options := strings.Fields(s.value("ice-options"))
	t := &wire.Transport{
		Ufrag: s.value("ice-ufrag"), Pwd: s.value("ice-pwd"), Complete: s.has("end-of-candidates"),
		Trickle: slices.Contains(options, "trickle"), Renomination: slices.Contains(options, "renomination"),
	}
	if hash, value, ok := strings.Cut(s.value("fingerprint"), " "); ok {
		t.Fingerprint = &wire.DTLS{Hash: hash, Setup: s.value("setup"), Value: value}
	}
	for _, line := range s.values("candidate") {
		if c, ok := ParseCandidate(line); ok && c.Component == 1 {
			t.Candidates = append(t.Candidates, c)
		}
	}
	return t
}

// payloads are those of the formats, in their order, which is one of preference.
func (s section) payloads() (out []wire.Payload, all []wire.Feedback) {
	for _, format := range s.formats {
		id, err := strconv.ParseUint(format, 10, 7)
		if err != nil {
			continue
		}
		p := wire.Payload{ID: uint8(id), Channels: 1}
		parts := strings.Split(s.of("rtpmap", format), "/")
		if p.Name = parts[0]; len(parts) > 1 {
			rate, _ := strconv.ParseUint(parts[1], 10, 32)
			p.ClockRate = uint32(rate)
		}
		if len(parts) > 2 {
			channels, _ := strconv.ParseUint(parts[2], 10, 8)
			p.Channels = uint8(channels)
		}
		for param := range strings.SplitSeq(s.of("fmtp", format), ";") {
			name, value, named := strings.Cut(strings.TrimSpace(param), "=")
			if !named {
				name, value = "", name
			}
			p.Params = append(p.Params, wire.Parameter{Name: name, Value: value})
		}
		p.Feedback = s.feedback(format)
		out = append(out, p)
	}
	return out, s.feedback("*")
}

// of is what the first attribute of that name says of a format.
func (s section) of(name, format string) string {
	for _, v := range s.values(name) {
		if about, rest, _ := strings.Cut(v, " "); about == format {
			return rest
		}
	}
	return ""
}

func (s section) feedback(format string) (out []wire.Feedback) {
	for _, v := range s.values("rtcp-fb") {
		if fields := strings.Fields(v); len(fields) > 1 && fields[0] == format {
			out = append(out, wire.Feedback{Type: fields[1], Subtype: strings.Join(fields[2:], " ")})
		}
	}
	return out
}

func (s section) extensions(from wire.Party) (out []wire.Extension) {
	for _, v := range s.values("extmap") {
		number, uri, _ := strings.Cut(v, " ")
		number, way, limited := strings.Cut(number, "/")
		id, _ := strconv.ParseUint(number, 10, 16)
		x := wire.Extension{ID: uint16(id), URI: uri, Senders: wire.BothParties}
		if limited {
			x.Senders = sendersOf(way, from)
		}
		out = append(out, x)
	}
	return out
}

func (s section) sources() (sources []wire.Source, groups []wire.SourceGroup) {
	for _, v := range s.values("ssrc") {
		number, param, _ := strings.Cut(v, " ")
		name, value, _ := strings.Cut(param, ":")
		ssrc, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			continue
		}
		i := slices.IndexFunc(sources, func(s wire.Source) bool { return s.SSRC == uint32(ssrc) })
		if i < 0 {
			i = len(sources)
			sources = append(sources, wire.Source{SSRC: uint32(ssrc)})
		}
		sources[i].Params = append(sources[i].Params, wire.Parameter{Name: name, Value: value})
	}
	for _, v := range s.values("ssrc-group") {
		semantics, list, _ := strings.Cut(v, " ")
		g := wire.SourceGroup{Semantics: semantics}
		for number := range strings.FieldsSeq(list) {
			if ssrc, err := strconv.ParseUint(number, 10, 32); err == nil {
				g.SSRCs = append(g.SSRCs, uint32(ssrc))
			}
		}
		groups = append(groups, g)
	}
	return sources, groups
}
