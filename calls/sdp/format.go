package sdp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kith/core/wire"
)

// Offer is the text of an offer that the side from made, for SetRemoteDescription. known is what the PeerConnection knows from
// before, the zero value when it is new: what of it is gone is told as rejected, as descriptions only grow (RFC 8829 §5.2.2).
func (s Session) Offer(from wire.Party, known Session) (string, error) {
	return s.format(from, known)
}

// Answer is the text of the answer that the side from gave to our offer, for SetRemoteDescription. Contents that are missing
// are told as rejected. What was not offered is left out; ErrIncompatible when a content keeps nothing.
func (s Session) Answer(from wire.Party, offer Session) (string, error) {
	answer, err := s.answers(offer)
	if err != nil {
		return "", err
	}
	return answer.format(from, offer)
}

// answers is s without what the offer did not have.
func (s Session) answers(offer Session) (Session, error) {
	out := Session{Contents: slices.Clone(s.Contents)}
	for i, c := range out.Contents {
		offered := offer.content(c.Name)
		if offered == nil {
			return Session{}, ErrMalformed
		}
		c, err := speak(c)
		if err != nil {
			return Session{}, err
		}
		asked, err := speak(*offered)
		if err != nil {
			return Session{}, err
		}
		if err := narrow(c.Description, asked.Description); err != nil {
			return Session{}, err
		}
		c.Senders = both(c.Senders, asked.Senders)
		out.Contents[i] = c
	}
	for _, name := range s.Bundle {
		if slices.Contains(offer.Bundle, name) {
			out.Bundle = append(out.Bundle, name)
		}
	}
	return out, nil
}

// both is who sends when two say who may (RFC 3264 §6.1). Pion answers that it sends although it was not asked to.
func both(a, b wire.Party) wire.Party {
	switch {
	case a == wire.BothParties:
		return b
	case b == wire.BothParties || a == b:
		return a
	default:
		return wire.NoParty
	}
}

func (s Session) format(from wire.Party, known Session) (string, error) {
	if from != wire.Initiator && from != wire.Responder {
		return "", ErrMalformed
	}
	present, err := s.prepare()
	if err != nil {
		return "", err
	}
	w := &writer{from: from}
	w.line("v=0")
	w.line("o=- 1 1 IN IP4 0.0.0.0") // nobody compares it: what changes is told by Jingle
	w.line("s=-")
	w.line("t=0 0")
	w.attr("group:BUNDLE %s", strings.Join(s.group(), " "))
	for _, c := range known.Contents {
		switch now := present.content(c.Name); {
		case now == nil:
			if err := w.reject(c); err != nil {
				return "", err
			}
		default:
			w.content(*now)
		}
	}
	for _, c := range present.Contents {
		if known.content(c.Name) == nil {
			w.content(c)
		}
	}
	return w.text.String(), nil
}

// prepare checks that one PeerConnection can carry the contents, and reduces them to what is written.
func (s Session) prepare() (Session, error) {
	var out Session
	for _, c := range s.Contents {
		c, err := speak(c)
		if err != nil {
			return Session{}, err
		}
		bundled := slices.Contains(s.Bundle, c.Name)
		switch d := c.Transport.Fingerprint; {
		case d == nil || d.Value == "":
			return Session{}, ErrInsecure
		case !bundled && !c.Description.RTCPMux:
			return Session{}, ErrIncompatible
		case !bundled && len(s.Contents) > 1 || out.content(c.Name) != nil:
			return Session{}, ErrMalformed // two transports, of which the PeerConnection would take one, and one fingerprint
		case out.clashes(c):
			return Session{}, ErrMalformed
		}
		out.Contents = append(out.Contents, c)
	}
	if len(out.Contents) == 0 {
		return Session{}, ErrIncompatible
	}
	return out, nil
}

// clashes says whether a number of c means another codec already: on one transport nobody could tell them apart (RFC 8843 §9.1).
func (s Session) clashes(c wire.Content) bool {
	for _, other := range s.Contents {
		for _, p := range other.Description.Payloads {
			if slices.ContainsFunc(c.Description.Payloads, func(q wire.Payload) bool { return q.ID == p.ID && q.Name != p.Name }) {
				return true
			}
		}
	}
	return false
}

// group are the contents of the BUNDLE. It is never empty: without a group Pion answers every content with a rejection, and takes
// its transport from the first one even if that is rejected.
func (s Session) group() []string {
	var names []string
	for _, name := range s.Bundle {
		if s.content(name) != nil {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = append(names, s.Contents[0].Name) // the only one, as prepare saw to
	}
	return names
}

// writer puts a description together.
type writer struct {
	text strings.Builder
	from wire.Party
}

func (w *writer) line(s string) {
	w.text.WriteString(s)
	w.text.WriteString("\r\n")
}

func (w *writer) attr(format string, args ...any) {
	w.line("a=" + fmt.Sprintf(format, args...))
}

func (w *writer) content(c wire.Content) {
	w.media(c, 9) // the port means nothing where there are candidates (RFC 8839 §4.2.1)
	w.attr("%s", direction(c.Senders, w.from))
	w.attr("rtcp-mux")
	w.transport(c.Transport)
	w.codecs(c.Description)
	w.extensions(c.Description)
	w.sources(c.Description)
}

// reject writes a content that is not there. Its codecs are told all the same: Pion takes them for those of the medium, also
// for a content that is added later.
func (w *writer) reject(c wire.Content) error {
	c, err := speak(c)
	if err != nil {
		return err
	}
	w.media(c, 0)
	w.attr("inactive")
	w.codecs(c.Description)
	return nil
}

func (w *writer) media(c wire.Content, port int) {
	formats := ""
	for _, p := range c.Description.Payloads {
		formats += " " + strconv.Itoa(int(p.ID))
	}
	w.line(fmt.Sprintf("m=%s %d UDP/TLS/RTP/SAVPF%s", c.Description.Media, port, formats))
	w.line("c=IN IP4 0.0.0.0")
	w.attr("mid:%s", c.Name)
}

func (w *writer) transport(t *wire.Transport) {
	w.attr("ice-ufrag:%s", t.Ufrag)
	w.attr("ice-pwd:%s", t.Pwd)
	var options []string
	if t.Trickle {
		options = append(options, "trickle")
	}
	if t.Renomination {
		options = append(options, "renomination")
	}
	if len(options) > 0 {
		w.attr("ice-options:%s", strings.Join(options, " "))
	}
	w.attr("fingerprint:%s %s", t.Fingerprint.Hash, t.Fingerprint.Value)
	w.attr("setup:%s", t.Fingerprint.Setup)
	for _, c := range t.Candidates {
		if c.Component == 1 {
			w.attr("%s", formatCandidate(c))
		}
	}
	if t.Complete {
		w.attr("end-of-candidates")
	}
}

func (w *writer) codecs(d *wire.Description) {
	for _, p := range d.Payloads {
		channels := ""
		if p.Channels > 1 {
			channels = fmt.Sprintf("/%d", p.Channels)
		}
		w.attr("rtpmap:%d %s/%d%s", p.ID, p.Name, p.ClockRate, channels)
		var params []string
		for _, param := range p.Params {
			params = append(params, param.Name+"="+param.Value)
		}
		if p.Name == "red" {
			params = []string{opus(d.Payloads) + "/" + opus(d.Payloads)}
		}
		if len(params) > 0 {
			w.attr("fmtp:%d %s", p.ID, strings.Join(params, ";"))
		}
		w.feedback(strconv.Itoa(int(p.ID)), p.Feedback)
	}
	w.feedback("*", d.Feedback)
}

func (w *writer) feedback(format string, all []wire.Feedback) {
	for _, f := range all {
		w.attr("rtcp-fb:%s", strings.TrimSpace(format+" "+f.Type+" "+f.Subtype))
	}
}

func (w *writer) extensions(d *wire.Description) {
	for _, x := range d.Extensions {
		way := ""
		if x.Senders != wire.BothParties {
			way = "/" + direction(x.Senders, w.from)
		}
		w.attr("extmap:%d%s %s", x.ID, way, x.URI)
	}
	if d.AllowMixed {
		w.attr("extmap-allow-mixed")
	}
}

func (w *writer) sources(d *wire.Description) {
	for _, g := range d.SourceGroups {
		w.attr("ssrc-group:%s %d %d", g.Semantics, g.SSRCs[0], g.SSRCs[1])
	}
	for _, s := range d.Sources {
		for _, p := range s.Params {
			w.attr("ssrc:%d %s:%s", s.SSRC, p.Name, p.Value)
		}
	}
}

// direction is who sends, as the side from says it.
func direction(senders, from wire.Party) string {
	for _, way := range []string{"sendrecv", "inactive", "sendonly"} {
		if sendersOf(way, from) == senders {
			return way
		}
	}
	return "recvonly"
}

// sendersOf is direction backwards; empty for what is no direction.
func sendersOf(direction string, from wire.Party) wire.Party {
	other := wire.Initiator
	if from == other {
		other = wire.Responder
	}
	switch direction {
	case "sendrecv":
		return wire.BothParties
	case "inactive":
		return wire.NoParty
	case "sendonly":
		return from
	case "recvonly":
		return other
	}
	return ""
}
