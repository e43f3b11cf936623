package wire_test

import (
	"testing"

	"kith/core/wire"
)

func TestXEP0490(t *testing.T) {
	want := wire.DisplayedUpTo{Chat: "juliet@capulet.lit", ID: "0f710f2b-52ed-4d52-b928-784dad74a52b", By: "example@example.org"}
	for _, payload := range []*wire.Element{load(t, "xep0490/item"), want.Item().Payload} {
		if got, ok := wire.ParseDisplayedItem(wire.Item{ID: "juliet@capulet.lit", Payload: payload}); !ok || got != want {
			t.Errorf("got %+v, %v", got, ok)
		}
	}
	if id := want.Item().ID; id != "juliet@capulet.lit" {
		t.Errorf("item %q", id)
	}
	good := want.Item().Payload
	for name, item := range map[string]wire.Item{
		"no payload": {ID: "juliet@capulet.lit"}, "no address": {ID: "@", Payload: good}, "no item id": {Payload: good},
		"a full address":  {ID: "juliet@capulet.lit/x", Payload: good},
		"another payload": {ID: "juliet@capulet.lit", Payload: wire.New("u", "displayed")},
		"no id":           {ID: "juliet@capulet.lit", Payload: parse(t, "<displayed xmlns='urn:xmpp:mds:displayed:0'/>")},
		"by nobody":       {ID: "juliet@capulet.lit", Payload: parse(t, "<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' id='a'/></displayed>")},
	} {
		if got, ok := wire.ParseDisplayedItem(item); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
