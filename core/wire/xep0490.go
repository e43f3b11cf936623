package wire

import "kith/core/model"

// NSDisplayed is the node, and the namespace, that tells our own devices what was read (XEP-0490 v1.0.1).
const NSDisplayed = "urn:xmpp:mds:displayed:0"

// DisplayedUpTo says up to which message a chat was read. ID is the name that By, our own server or the room, gave the message.
type DisplayedUpTo struct {
	Chat model.JID
	ID   string
	By   model.JID
}

// Item is what to publish (XEP-0490 §3.1).
func (d DisplayedUpTo) Item() Item {
	id := New(NSStanzaID, "stanza-id").Set("by", string(d.By)).Set("id", d.ID)
	return Item{ID: string(d.Chat), Payload: New(NSDisplayed, "displayed").Add(id)}
}

// DisplayedOptions are the publish options of the node: for nobody but us, an item for each chat, and no reminder at sign-in.
func DisplayedOptions() []Field {
	return append(PEPOptions(AccessWhitelist), Value1("pubsub#max_items", "max"), Value1("pubsub#send_last_published_item", "never"))
}

// ParseDisplayedItem reads an item of the node. Only our own account may publish there: the caller's to check.
func ParseDisplayedItem(item Item) (d DisplayedUpTo, ok bool) {
	if !item.Payload.Is(NSDisplayed, "displayed") {
		return DisplayedUpTo{}, false
	}
	chat, err := model.ParseJID(item.ID)
	id := item.Payload.Child(NSStanzaID, "stanza-id")
	by, known := optionalJID(id, "by")
	d = DisplayedUpTo{Chat: chat, ID: short(id.Attr("id")), By: by}
	return d, err == nil && known && d.ID != "" && d.By != "" && chat.IsBare()
}
