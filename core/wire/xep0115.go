package wire

import (
	"cmp"
	"crypto/sha1" // the hash that XEP-0115 prescribes
	"maps"
	"slices"
	"strings"
)

// NSCaps is the namespace of entity capabilities (XEP-0115 v1.6.0).
const NSCaps = "http://jabber.org/protocol/caps"

// Caps says in short what an entity can do (XEP-0115 §4). Only SHA-1 is defined in practice; other hashes are not believed.
type Caps struct {
	Node string // the program
	Ver  string // hash of its DiscoInfo, base64
}

// ParseCaps takes the capabilities out of a presence or a server's features. ok is false when there are none that
// CapsVersion could confirm.
func ParseCaps(e *Element) (c Caps, ok bool) {
	x := e.Child(NSCaps, "c")
	c = Caps{Node: short(x.Attr("node")), Ver: x.Attr("ver")}
	sum, valid := decode64(c.Ver, sha1.Size)
	if x.Attr("hash") != "sha-1" || c.Node == "" || !valid || len(sum) != sha1.Size {
		return Caps{}, false
	}
	return c, true
}

// Element is the child of a presence.
func (c Caps) Element() *Element {
	return New(NSCaps, "c").Set("hash", "sha-1").Set("node", c.Node).Set("ver", c.Ver)
}

// CapsVersion computes the hash of info (XEP-0115 §5.1). ok is false for what §5.4 calls ill-formed: an identity, feature or
// form given twice, a form type with several values. Such an answer may be used for its sender alone and never be cached.
func CapsVersion(info DiscoInfo) (ver string, ok bool) {
	identities := slices.Clone(info.Identities)
	slices.SortFunc(identities, func(a, b Identity) int {
		return cmp.Or(strings.Compare(a.Category, b.Category), strings.Compare(a.Type, b.Type),
			strings.Compare(a.Lang, b.Lang), strings.Compare(a.Name, b.Name))
	})
	if len(slices.Compact(identities)) != len(info.Identities) {
		return "", false
	}
	var all []string
	for _, id := range identities {
		all = append(all, id.Category+"/"+id.Type+"/"+id.Lang+"/"+id.Name)
	}
	features := slices.Clone(info.Features)
	slices.Sort(features)
	if len(slices.Compact(features)) != len(info.Features) {
		return "", false
	}
	forms, ok := capsForms(info.Forms)
	if !ok {
		return "", false
	}
	all = slices.Concat(all, features, forms)
	for _, s := range all {
		if strings.ContainsRune(s, '<') { // would let one text stand for another
			return "", false
		}
	}
	sum := sha1.Sum([]byte(strings.Join(append(all, ""), "<")))
	return encode64(sum[:]), true
}

// Confirms says whether info is what the hash stands for; only then may it be kept for everybody who announces the hash.
func (c Caps) Confirms(info DiscoInfo) bool {
	ver, ok := CapsVersion(info)
	return ok && ver == c.Ver
}

// capsForms lists the forms of an answer as §5.1 orders them. Those without a hidden FORM_TYPE are left out (§5.4).
func capsForms(forms []Form) ([]string, bool) {
	byType := map[string][]Field{}
	for _, f := range forms {
		t := f.Field("FORM_TYPE")
		if t == nil || t.Type != "hidden" {
			continue
		}
		if len(slices.Compact(slices.Clone(t.Values))) != 1 {
			return nil, false
		}
		if _, twice := byType[t.Values[0]]; twice {
			return nil, false
		}
		byType[t.Values[0]] = f.Fields
	}
	var out []string
	for _, t := range slices.Sorted(maps.Keys(byType)) {
		out = append(out, t)
		fields := slices.Clone(byType[t])
		slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Var, b.Var) })
		for _, f := range fields {
			if f.Var == "FORM_TYPE" {
				continue
			}
			out = append(out, f.Var)
			out = append(out, slices.Sorted(slices.Values(f.Values))...)
		}
	}
	return out, true
}
