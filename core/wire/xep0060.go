package wire

import "strconv"

// Namespaces of publish-subscribe (XEP-0060 v1.30.0).
const (
	NSPubSub       = "http://jabber.org/protocol/pubsub"
	NSPubSubEvent  = NSPubSub + "#event"
	NSPubSubOwner  = NSPubSub + "#owner"
	NSPubSubErrors = NSPubSub + "#errors"

	publishOptions = NSPubSub + "#publish-options"
	nodeConfig     = NSPubSub + "#node_config"
)

// PreconditionNotMet is StanzaError.App when a node exists with another configuration than the publish options ask for
// (XEP-0060 §7.1.5).
const PreconditionNotMet = "precondition-not-met"

// Access models of a node (XEP-0060 §4.5).
const (
	AccessOpen      = "open"      // everybody
	AccessPresence  = "presence"  // who sees our presence
	AccessWhitelist = "whitelist" // in PEP: only ourselves
)

const maxItems = 2000

// Item is what a node holds.
type Item struct {
	ID      string
	Payload *Element // nil when notifications come without, or there is none
}

// PEPOptions are the publish options that every node of ours has: its access model, and that items survive a logout. More
// may be appended.
func PEPOptions(access string) []Field {
	return []Field{Value1("pubsub#persist_items", "true"), Value1("pubsub#access_model", access)}
}

// Publish is the payload that publishes an item (XEP-0060 §7.1), creating the node with those options; the service refuses
// with PreconditionNotMet when it exists with others.
func Publish(node string, item Item, options ...Field) *Element {
	e := New(NSPubSub, "pubsub").Add(New(NSPubSub, "publish").Set("node", node).
		Add(New(NSPubSub, "item").SetIf("id", item.ID).Add(item.Payload)))
	if len(options) > 0 {
		e.Add(New(NSPubSub, "publish-options").Add(Submit(publishOptions, options...).Element()))
	}
	return e
}

// Retract is the payload that removes an item and tells the subscribers (XEP-0060 §7.2).
func Retract(node, id string) *Element {
	return New(NSPubSub, "pubsub").Add(New(NSPubSub, "retract").Set("node", node).Set("notify", "true").
		Add(New(NSPubSub, "item").Set("id", id)))
}

// ItemsRequest is the payload that asks for items of a node (XEP-0060 §6.5): those named, or the newest limit ones, or with
// limit 0 all.
func ItemsRequest(node string, limit int, ids ...string) *Element {
	items := New(NSPubSub, "items").Set("node", node)
	if limit > 0 {
		items.Set("max_items", strconv.Itoa(limit))
	}
	for _, id := range ids {
		items.Add(New(NSPubSub, "item").Set("id", id))
	}
	return New(NSPubSub, "pubsub").Add(items)
}

// ParseItems reads the payload of the answer to ItemsRequest. Items beyond 2,000 are left out.
func ParseItems(payload *Element) (node string, items []Item, ok bool) {
	e := payload.Child(NSPubSub, "items")
	if !payload.Is(NSPubSub, "pubsub") || e == nil {
		return "", nil, false
	}
	return short(e.Attr("node")), parseItems(e, NSPubSub), true
}

func parseItems(e *Element, space string) (out []Item) {
	for c := range e.Named(space, "item") {
		if len(out) < maxItems {
			out = append(out, Item{ID: short(c.Attr("id")), Payload: c.First()})
		}
	}
	return out
}

// PubSubEvent is a notification (XEP-0060 §7.1.2.1, §7.2.2.1, §8.4.2, §8.5.2).
type PubSubEvent struct {
	Node      string
	Items     []Item
	Retracted []string // ids
	Purged    bool     // all items are gone
	Deleted   bool     // so is the node
}

// ParsePubSubEvent reads the event out of a message. Who may speak for the node is for the caller to check: in PEP only the
// owner's bare address (XEP-0163).
func ParsePubSubEvent(message *Element) (ev PubSubEvent, ok bool) {
	for c := range message.Child(NSPubSubEvent, "event").Children() {
		if c.Space != NSPubSubEvent {
			continue
		}
		ev.Node = short(c.Attr("node"))
		switch c.Local {
		case "items":
			ev.Items = parseItems(c, NSPubSubEvent)
			for r := range c.Named(NSPubSubEvent, "retract") {
				if len(ev.Retracted) < maxItems {
					ev.Retracted = append(ev.Retracted, short(r.Attr("id")))
				}
			}
		case "purge":
			ev.Purged = true
		case "delete":
			ev.Deleted = true
		default:
			continue
		}
		return ev, ev.Node != ""
	}
	return PubSubEvent{}, false
}

// ConfigRequest is the payload that asks for a node's configuration (XEP-0060 §8.2.1).
func ConfigRequest(node string) *Element {
	return New(NSPubSubOwner, "pubsub").Add(New(NSPubSubOwner, "configure").Set("node", node))
}

// ParseConfig reads the payload of the answer to ConfigRequest.
func ParseConfig(payload *Element) (Form, bool) {
	if !payload.Is(NSPubSubOwner, "pubsub") {
		return Form{}, false
	}
	return findForm(payload.Child(NSPubSubOwner, "configure"), nodeConfig)
}

// ConfigSubmit is the payload that changes a node's configuration (XEP-0060 §8.2.4); make the form with Form.Answer.
func ConfigSubmit(node string, form Form) *Element {
	e := ConfigRequest(node)
	e.First().Add(form.Element())
	return e
}
