package wire

import "math"

// The namespace of source-specific attributes (XEP-0339 v1.0.1), and the feature that tells of them (§4).
const (
	NSSources      = "urn:xmpp:jingle:apps:rtp:ssma:0"
	FeatureSources = "urn:ietf:rfc:5576"
)

const (
	maxSources    = 32
	maxSSRCGroups = 16
)

// Source is an RTP stream (XEP-0339 §2.1).
type Source struct {
	SSRC   uint32
	Params []Parameter
}

// SourceGroup joins sources (XEP-0339 §2.2): "FID" for a stream and its retransmissions.
type SourceGroup struct {
	Semantics string
	SSRCs     []uint32
}

func parseSources(description *Element) (sources []Source, groups []SourceGroup) {
	seen := map[uint32]bool{}
	for c := range description.Named(NSSources, "source") {
		ssrc, ok := number(c.Attr("ssrc"), math.MaxUint32)
		if s := uint32(ssrc); ok && !seen[s] && len(sources) < maxSources {
			seen[s] = true
			sources = append(sources, Source{s, parseParameters(c, NSSources)})
		}
	}
	for c := range description.Named(NSSources, "ssrc-group") {
		g := SourceGroup{Semantics: c.Attr("semantics")}
		for member := range c.Named(NSSources, "source") {
			if ssrc, ok := number(member.Attr("ssrc"), math.MaxUint32); ok && len(g.SSRCs) < maxSources {
				g.SSRCs = append(g.SSRCs, uint32(ssrc))
			}
		}
		if isToken(g.Semantics, maxNameBytes) && len(g.SSRCs) > 0 && len(groups) < maxSSRCGroups {
			groups = append(groups, g)
		}
	}
	return sources, groups
}

func addSources(description *Element, sources []Source, groups []SourceGroup) {
	for _, s := range sources {
		e := New(NSSources, "source").Set("ssrc", counter(s.SSRC))
		addParameters(e, NSSources, s.Params)
		description.Add(e)
	}
	for _, g := range groups {
		e := New(NSSources, "ssrc-group").Set("semantics", g.Semantics)
		for _, ssrc := range g.SSRCs {
			e.Add(New(NSSources, "source").Set("ssrc", counter(ssrc)))
		}
		description.Add(e)
	}
}
