package wire_test

import (
	"strings"
	"testing"

	"kith/core/wire"
)

func TestXEP0060Requests(t *testing.T) {
	thing := wire.New("urn:example:thing", "thing")
	const node = "urn:example:node"
	writes(t, "xep0060/publish", wire.Publish(node, wire.Item{ID: "current", Payload: thing}, wire.PEPOptions(wire.AccessOpen)...))
	writes(t, "xep0060/retract", wire.Retract(node, "i1"))
	writes(t, "xep0060/items-request", wire.ItemsRequest(node, 3, "i1"))
	const bare = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item/></publish></pubsub>"
	if got := wire.Publish("n", wire.Item{}).String(); got != bare {
		t.Errorf("got %s, want %s", got, bare)
	}
	if got := wire.ItemsRequest("n", 0).String(); got != "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub>" {
		t.Error(got)
	}
}

func TestXEP0060Items(t *testing.T) {
	node, items, ok := wire.ParseItems(load(t, "xep0060/items"))
	if !ok || node != "urn:example:node" || len(items) != 2 || items[0].ID != "i1" || items[1] != (wire.Item{ID: "i2"}) ||
		!items[0].Payload.Is("urn:example:thing", "thing") {
		t.Errorf("got %q, %+v, %v", node, items, ok)
	}
	read := func(e *wire.Element) ([]wire.Item, bool) {
		_, items, ok := wire.ParseItems(e)
		return items, ok
	}
	refuses(t, read, "<pubsub/>", "<pubsub xmlns='http://jabber.org/protocol/pubsub'/>",
		"<x><items xmlns='http://jabber.org/protocol/pubsub'/></x>")
	many := "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'>" + strings.Repeat("<item/>", 3000) + "</items></pubsub>"
	if items, _ := read(parse(t, many)); len(items) != 2000 {
		t.Errorf("%d items, want 2000 at most", len(items))
	}
}

func TestXEP0060Events(t *testing.T) {
	ev, ok := wire.ParsePubSubEvent(load(t, "xep0060/event-items"))
	if !ok || ev.Node != "urn:example:node" || len(ev.Items) != 1 || ev.Items[0].ID != "i1" || ev.Items[0].Payload == nil ||
		len(ev.Retracted) != 1 || ev.Retracted[0] != "i0" || ev.Purged || ev.Deleted {
		t.Errorf("got %+v, %v", ev, ok)
	}
	understands(t, wire.ParsePubSubEvent,
		example[wire.PubSubEvent]{"xep0060/event-purge", wire.PubSubEvent{Node: "urn:example:node", Purged: true}},
		example[wire.PubSubEvent]{"xep0060/event-delete", wire.PubSubEvent{Node: "urn:example:node", Deleted: true}},
	)
	const open, end = "<message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'>", "</event></message>"
	refuses(t, wire.ParsePubSubEvent, "<message/>", open+end, open+"<items/>"+end, open+"<configuration node='n'/>"+end,
		open+"<items xmlns='u' node='n'/>"+end)
}

func TestXEP0060Config(t *testing.T) {
	form, ok := wire.ParseConfig(load(t, "xep0060/config"))
	if !ok || form.Value("pubsub#access_model") != "presence" {
		t.Fatalf("got %+v, %v", form, ok)
	}
	changed := form.Answer(wire.Value1("pubsub#access_model", "open"), wire.Value1("pubsub#unknown", "1"))
	writes(t, "xep0060/config-submit", wire.ConfigSubmit("urn:example:node", changed))
	if form.Value("pubsub#access_model") != "presence" {
		t.Error("the answer changed the question")
	}
	refuses(t, wire.ParseConfig, "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'/>",
		"<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure><x xmlns='jabber:x:data' type='form'/></configure></pubsub>")
	const ask = "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='n'/></pubsub>"
	if got := wire.ConfigRequest("n").String(); got != ask {
		t.Errorf("got %s, want %s", got, ask)
	}
}
