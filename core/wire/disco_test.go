package wire_test

import (
	"strings"
	"testing"

	"kith/core/wire"
)

func TestXEP0004(t *testing.T) {
	config := wire.Form{
		Type: "form", Title: "A node", Instructions: "Fill in.",
		Fields: []wire.Field{
			{Var: "FORM_TYPE", Type: "hidden", Values: []string{"http://jabber.org/protocol/pubsub#node_config"}},
			{Type: "fixed", Values: []string{"Who may read it"}},
			{
				Var: "pubsub#access_model", Type: "list-single", Label: "Readers", Required: true, Values: []string{"presence"},
				Options: []wire.Option{{Label: "Everybody", Value: "open"}, {Value: "presence"}},
			},
			{Var: "pubsub#children", Type: "text-multi", Values: []string{"one", "two"}},
		},
	}
	understands(t, wire.ParseForm, example[wire.Form]{"xep0004/config", config})
	writes(t, "xep0004/config", config.Element())
	refuses(t, wire.ParseForm, "<x type='form'/>", "<x xmlns='jabber:x:data'/>", "<x xmlns='jabber:x:data' type='odd'/>",
		"<x xmlns='jabber:x:data' type='form'>"+strings.Repeat("<field/>", 501)+"</x>",
		"<x xmlns='jabber:x:data' type='form'><field>"+strings.Repeat("<value/>", 501)+"</field></x>",
		"<x xmlns='jabber:x:data' type='form'><field>"+strings.Repeat("<option/>", 501)+"</field></x>")
	if config.Field("odd") != nil || config.Value("odd") != "" || (wire.Form{Fields: []wire.Field{{Var: "a"}}}).Value("a") != "" {
		t.Error("a value that is not there")
	}
	answer := config.Answer(wire.Value1("pubsub#children", "three"))
	want := []wire.Field{{Var: "FORM_TYPE"}, {Var: "pubsub#access_model"}, {Var: "pubsub#children"}}
	if answer.Type != "submit" || len(answer.Fields) != len(want) || answer.Value("pubsub#children") != "three" ||
		answer.Value("pubsub#access_model") != "presence" {
		t.Errorf("got %+v", answer)
	}
}

func TestXEP0030(t *testing.T) {
	info := wire.DiscoInfo{
		Node:       "http://kith.test#x",
		Identities: []wire.Identity{{Category: "client", Type: "phone", Lang: "de", Name: "Kith am Telefon"}, {Category: "client", Type: "phone"}},
		Features:   []string{"urn:xmpp:ping", "urn:xmpp:receipts"},
		Forms: []wire.Form{{Type: "result", Fields: []wire.Field{
			{Var: "FORM_TYPE", Type: "hidden", Values: []string{"urn:example:form"}}, {Var: "size", Values: []string{"10"}},
		}}},
	}
	understands(t, wire.ParseDiscoInfo, example[wire.DiscoInfo]{"xep0030/info", info})
	writes(t, "xep0030/info", info.Element())
	if !info.Has("urn:xmpp:ping") || info.Has("urn:xmpp") || !info.Is("client", "phone") || info.Is("client", "pc") {
		t.Error("features or identities are not found")
	}
	const open, end = "<query xmlns='http://jabber.org/protocol/disco#info'>", "</query>"
	refuses(t, wire.ParseDiscoInfo, "<query/>", open+strings.Repeat("<feature/>", 1001)+end,
		open+strings.Repeat("<identity/>", 101)+end, open+"<x xmlns='jabber:x:data'/>"+end)
	understands(t, wire.ParseDiscoItems, example[[]wire.DiscoItem]{"xep0030/items", []wire.DiscoItem{
		{JID: "upload.kith.test", Name: "Files"}, {JID: "anna@kith.test", Node: "urn:example:node"},
	}})
	refuses(t, wire.ParseDiscoItems, "<query/>", open+end)
	if got := wire.DiscoInfoRequest("").String() + wire.DiscoItemsRequest("n").String(); got !=
		"<query xmlns='http://jabber.org/protocol/disco#info'/><query xmlns='http://jabber.org/protocol/disco#items' node='n'/>" {
		t.Error(got)
	}
}

// field makes a form's field of a name and values.
func field(name string, values ...string) wire.Field { return wire.Field{Var: name, Values: values} }

// TestXEP0115 holds the hash against the two values that the specification computes (§5.2, §5.3).
func TestXEP0115(t *testing.T) {
	features := []string{
		"http://jabber.org/protocol/muc", "http://jabber.org/protocol/disco#items",
		"http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/caps",
	}
	simple := wire.DiscoInfo{Identities: []wire.Identity{{Category: "client", Type: "pc", Name: "Exodus 0.9.1"}}, Features: features}
	software := wire.Form{Type: "result", Fields: []wire.Field{
		field("software_version", "0.11"), field("ip_version", "ipv6", "ipv4"), field("os_version", "10.5.1"),
		{Var: "FORM_TYPE", Type: "hidden", Values: []string{"urn:xmpp:dataforms:softwareinfo"}},
		field("software", "Psi"), field("os", "Mac"),
	}}
	complicated := wire.DiscoInfo{
		Identities: []wire.Identity{
			{Category: "client", Type: "pc", Lang: "en", Name: "Psi 0.11"}, {Category: "client", Type: "pc", Lang: "el", Name: "Ψ 0.11"},
		},
		Features: features, Forms: []wire.Form{software},
	}
	for ver, info := range map[string]wire.DiscoInfo{"QgayPKawpkPSDYmwT/WM94uAlu0=": simple, "q07IKJEyjvHSyhy//CH0CxmKi8w=": complicated} {
		c := wire.Caps{Node: "https://kith.im", Ver: ver}
		if got, ok := wire.CapsVersion(info); got != ver || !ok || !c.Confirms(info) {
			t.Errorf("got %s, %v; want %s", got, ok, ver)
		}
		info.Features = info.Features[1:]
		if c.Confirms(info) {
			t.Error("confirms less than it stands for")
		}
	}
	if features[0] != "http://jabber.org/protocol/muc" {
		t.Error("the caller's features were sorted")
	}
	untyped := simple
	untyped.Forms = []wire.Form{{Type: "result", Fields: []wire.Field{field("a", "b")}}, {Fields: []wire.Field{field("FORM_TYPE", "x")}}}
	if got, ok := wire.CapsVersion(untyped); got != "QgayPKawpkPSDYmwT/WM94uAlu0=" || !ok {
		t.Errorf("forms without hidden type: got %s, %v", got, ok)
	}
	// Sorted by category, then type: "a" before "a-b", although "-" sorts before "/".
	ids := wire.DiscoInfo{Identities: []wire.Identity{{Category: "a-b", Type: "c"}, {Category: "a", Type: "c"}}}
	swapped := wire.DiscoInfo{Identities: []wire.Identity{ids.Identities[1], ids.Identities[0]}}
	one, _ := wire.CapsVersion(ids)
	two, _ := wire.CapsVersion(swapped)
	if one != two || one != "0LZ828ysLZoFdDjKlCP9h0e5Lrw=" {
		t.Errorf("got %s and %s", one, two)
	}
}

func TestXEP0115IllFormed(t *testing.T) {
	form := func(fields ...wire.Field) wire.Form { return wire.Form{Type: "result", Fields: fields} }
	hidden := func(values ...string) wire.Field { return wire.Field{Var: "FORM_TYPE", Type: "hidden", Values: values} }
	id := wire.Identity{Category: "client", Type: "pc"}
	for name, info := range map[string]wire.DiscoInfo{
		"identity twice":          {Identities: []wire.Identity{id, id}},
		"feature twice":           {Features: []string{"a", "b", "a"}},
		"form twice":              {Forms: []wire.Form{form(hidden("a")), form(hidden("a"))}},
		"two form types":          {Forms: []wire.Form{form(hidden("a", "b"))}},
		"form type without value": {Forms: []wire.Form{form(hidden())}},
		"separator in a feature":  {Features: []string{"a<b"}},
		"separator in a name":     {Identities: []wire.Identity{{Category: "client", Name: "a<b"}}},
		"separator in a value":    {Forms: []wire.Form{form(hidden("a"), field("b", "<"))}},
	} {
		if got, ok := wire.CapsVersion(info); ok {
			t.Errorf("%s: hashed as %s", name, got)
		}
	}
	caps := wire.Caps{Node: "https://kith.im", Ver: "QgayPKawpkPSDYmwT/WM94uAlu0="}
	understands(t, wire.ParseCaps, example[wire.Caps]{"xep0115/presence", caps})
	writes(t, "xep0115/presence", wire.Presence{}.Element().Add(caps.Element()))
	const open = "<p><c xmlns='http://jabber.org/protocol/caps' "
	refuses(t, wire.ParseCaps, "<p/>",
		open+"node='n' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></p>",
		open+"node='n' hash='md5' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></p>",
		open+"hash='sha-1' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></p>",
		open+"node='n' hash='sha-1' ver='short'/></p>",
		open+"node='n' hash='sha-1' ver='AAAA'/></p>")
}
