package transport

import (
	"slices"

	"kith/calls/sdp"
	"kith/core/wire"
)

// secure refuses contents that have a transport without a fingerprint: DTLS-SRTP or nothing.
func secure(contents []wire.Content) error {
	for _, c := range contents {
		if c.Transport == nil || c.Transport.Fingerprint == nil || c.Transport.Fingerprint.Value == "" {
			return wrong(sdp.ErrInsecure)
		}
	}
	return nil
}

// spoken is what of s Kith could take part in: the first content of each medium that it speaks.
func spoken(s sdp.Session) sdp.Session {
	var names, media []string
	for _, c := range s.Contents {
		if sdp.Speaks(c) && !slices.Contains(media, c.Description.Media) {
			names, media = append(names, c.Name), append(media, c.Description.Media)
		}
	}
	return s.Only(names...)
}

// parts are the groups of an offer: what is bundled, and everything else by itself.
func parts(s sdp.Session) []sdp.Session {
	var out []sdp.Session
	if len(s.Bundle) > 0 {
		out = append(out, s.Only(s.Bundle...))
	}
	for _, name := range others(s, s.Bundle) {
		out = append(out, s.Only(name))
	}
	return out
}

// others are the contents of s without those.
func others(s sdp.Session, without []string) []string {
	return slices.DeleteFunc(names(s), func(name string) bool { return slices.Contains(without, name) })
}

// together gives what is bundled the transport of its first content: it is the one that counts (RFC 8843 §9.2).
func together(s sdp.Session) sdp.Session {
	if len(s.Bundle) == 0 {
		return s
	}
	var first *wire.Transport
	for _, c := range s.Contents {
		if c.Name == s.Bundle[0] {
			first = c.Transport
		}
	}
	if first == nil {
		return s
	}
	out := sdp.Session{Contents: slices.Clone(s.Contents), Bundle: s.Bundle}
	for i := range out.Contents {
		if slices.Contains(s.Bundle, out.Contents[i].Name) {
			t := *first
			out.Contents[i].Transport = &t
		}
	}
	return out
}

// bare is s without candidates: they go another way, on which they are filtered and counted.
func bare(s sdp.Session) sdp.Session {
	out := sdp.Session{Contents: slices.Clone(s.Contents), Bundle: s.Bundle}
	for i, c := range out.Contents {
		if c.Transport != nil {
			t := *c.Transport
			t.Candidates, t.Complete = nil, false
			out.Contents[i].Transport = &t
		}
	}
	return out
}

// free is s with contents in which both may send. Who does is agreed otherwise and changes at any time (content-modify, XEP-0166 §7.2.3),
// while Pion would have to be told anew, and until then would drop what it sees.
func free(s sdp.Session) sdp.Session {
	out := sdp.Session{Contents: slices.Clone(s.Contents), Bundle: s.Bundle}
	for i := range out.Contents {
		out.Contents[i].Senders = wire.BothParties
	}
	return out
}

// merge is known with what a newer description says.
func merge(known, newer sdp.Session) sdp.Session {
	out := sdp.Session{Contents: slices.Clone(known.Contents), Bundle: newer.Bundle}
	for _, c := range newer.Contents {
		if i := slices.IndexFunc(out.Contents, func(o wire.Content) bool { return o.Name == c.Name }); i >= 0 {
			out.Contents[i] = c
		} else {
			out.Contents = append(out.Contents, c)
		}
	}
	return out
}

func names(s sdp.Session) []string {
	out := make([]string, 0, len(s.Contents))
	for _, c := range s.Contents {
		out = append(out, c.Name)
	}
	return out
}
