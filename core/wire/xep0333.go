package wire

// NSMarkers is the namespace of displayed markers (XEP-0333 v1.0.0).
const NSMarkers = "urn:xmpp:chat-markers:0"

// Markable is the child that asks for a marker (XEP-0333 §4.1).
func Markable() *Element { return New(NSMarkers, "markable") }

// IsMarkable says whether the message asks for a marker.
func IsMarkable(message *Element) bool { return message.Child(NSMarkers, "markable") != nil }

// Displayed is the child that says that everything up to the message with that ID was seen (XEP-0333 §4.2).
func Displayed(id string) *Element { return New(NSMarkers, "displayed").Set("id", id) }

// ParseDisplayed takes the ID of the newest message that was seen out of a marker.
func ParseDisplayed(message *Element) (id string, ok bool) {
	id = short(message.Child(NSMarkers, "displayed").Attr("id"))
	return id, id != ""
}
