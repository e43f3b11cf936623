package wire

import "kith/core/model"

// Namespaces of service discovery (XEP-0030 v2.5.0).
const (
	NSDiscoInfo  = "http://jabber.org/protocol/disco#info"
	NSDiscoItems = "http://jabber.org/protocol/disco#items"
)

// Bounds of an answer.
const (
	maxFeatures   = 1000
	maxIdentities = 100
	maxForms      = 50
	maxDiscoItems = 2000
)

// DiscoInfo says what an entity is and can do (XEP-0030 §3).
type DiscoInfo struct {
	Node       string
	Identities []Identity
	Features   []string
	Forms      []Form // XEP-0128
}

// Identity is one of the things that an entity is.
type Identity struct{ Category, Type, Lang, Name string }

// DiscoInfoRequest is the payload that asks for a DiscoInfo; node may be empty.
func DiscoInfoRequest(node string) *Element { return New(NSDiscoInfo, "query").SetIf("node", node) }

// ParseDiscoInfo reads the payload of an answer, or of a request. It refuses what is none, or longer than any honest one:
// half an answer would be taken for the whole.
func ParseDiscoInfo(e *Element) (d DiscoInfo, ok bool) {
	if !e.Is(NSDiscoInfo, "query") {
		return DiscoInfo{}, false
	}
	d.Node = short(e.Attr("node"))
	for c := range e.Children() {
		switch {
		case c.Is(NSDiscoInfo, "identity"):
			d.Identities = append(d.Identities, Identity{
				Category: short(c.Attr("category")), Type: short(c.Attr("type")),
				Lang: short(c.Lang()), Name: short(c.Attr("name")),
			})
		case c.Is(NSDiscoInfo, "feature"):
			d.Features = append(d.Features, short(c.Attr("var")))
		case c.Is(NSForm, "x"):
			f, ok := ParseForm(c)
			if !ok {
				return DiscoInfo{}, false
			}
			d.Forms = append(d.Forms, f)
		}
	}
	return d, len(d.Identities) <= maxIdentities && len(d.Features) <= maxFeatures && len(d.Forms) <= maxForms
}

// Has says whether the feature is among those of d.
func (d DiscoInfo) Has(feature string) bool {
	for _, f := range d.Features {
		if f == feature {
			return true
		}
	}
	return false
}

// Is says whether an identity of that category and type is among those of d.
func (d DiscoInfo) Is(category, typ string) bool {
	for _, id := range d.Identities {
		if id.Category == category && id.Type == typ {
			return true
		}
	}
	return false
}

// Element is the payload of an answer.
func (d DiscoInfo) Element() *Element {
	e := New(NSDiscoInfo, "query").SetIf("node", d.Node)
	for _, id := range d.Identities {
		e.Add(New(NSDiscoInfo, "identity").Set("category", id.Category).Set("type", id.Type).
			SetLang(id.Lang).SetIf("name", id.Name))
	}
	for _, f := range d.Features {
		e.Add(New(NSDiscoInfo, "feature").Set("var", f))
	}
	for _, f := range d.Forms {
		e.Add(f.Element())
	}
	return e
}

// DiscoItem is an entity or node that belongs to another (XEP-0030 §4).
type DiscoItem struct {
	JID        model.JID
	Node, Name string
}

// DiscoItemsRequest is the payload that asks for the items of an entity, or of one of its nodes.
func DiscoItemsRequest(node string) *Element { return New(NSDiscoItems, "query").SetIf("node", node) }

// ParseDiscoItems reads the payload of an answer; items with a bad address are left out, and those beyond 2,000.
func ParseDiscoItems(e *Element) (items []DiscoItem, ok bool) {
	if !e.Is(NSDiscoItems, "query") {
		return nil, false
	}
	seen := 0
	for c := range e.Named(NSDiscoItems, "item") {
		if seen++; seen > maxDiscoItems {
			break
		}
		if j, ok := requiredJID(c, "jid"); ok {
			items = append(items, DiscoItem{JID: j, Node: short(c.Attr("node")), Name: cut(c.Attr("name"), maxText)})
		}
	}
	return items, true
}
