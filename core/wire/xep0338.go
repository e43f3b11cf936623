package wire

import "slices"

// The namespace of the Jingle grouping framework (XEP-0338 v1.0.0), and the feature that tells of it (§3).
const (
	NSGrouping      = "urn:xmpp:jingle:apps:grouping:0"
	FeatureGrouping = "urn:ietf:rfc:5888"
)

// parseBundle reads the first group of contents that share one transport; nil when there is none, or a damaged one. Groups of
// other semantics are of no interest to calls.
func parseBundle(jingle *Element) (names []string) {
	for g := range jingle.Named(NSGrouping, "group") {
		if g.Attr("semantics") != "BUNDLE" {
			continue
		}
		for c := range g.Named(NSGrouping, "content") {
			name := c.Attr("name")
			if !isToken(name, maxNameBytes) || slices.Contains(names, name) || len(names) == maxContents {
				return nil
			}
			names = append(names, name)
		}
		return names
	}
	return nil
}

func bundleElement(names []string) *Element {
	if len(names) == 0 {
		return nil
	}
	e := New(NSGrouping, "group").Set("semantics", "BUNDLE")
	for _, name := range names {
		e.Add(New(NSGrouping, "content").Set("name", name))
	}
	return e
}
