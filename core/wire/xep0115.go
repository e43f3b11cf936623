package wire

import (
	"crypto/sha1" // the hash that XEP-0115 prescribes
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
	var parts []string
	for _, id := range info.Identities {
		parts = append(parts, id.Category+"/"+id.Type+"/"+id.Lang+"/"+id.Name)
	}
	if !sortUnique(parts) {
		return "", false
	}
	features := slices.Clone(info.Features)
	if !sortUnique(features) {
		return "", false
	}
	forms, ok := capsForms(info.Forms)
	if !ok {
		return "", false
	}
	all := slices.Concat(parts, features, forms)
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
	byType := map[string]Form{}
	var types []string
	for _, f := range forms {
		t := f.Field("FORM_TYPE")
		if t == nil || t.Type != "hidden" {
			continue
		}
		if len(t.Values) != 1 || byType[t.Values[0]].Fields != nil {
			return nil, false
		}
		types = append(types, t.Values[0])
		byType[t.Values[0]] = f
	}
	slices.Sort(types)
	var out []string
	for _, t := range types {
		out = append(out, t)
		fields := slices.Clone(byType[t].Fields)
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

func sortUnique(s []string) bool {
	slices.Sort(s)
	return len(slices.Compact(slices.Clone(s))) == len(s)
}
