package wire

import "kith/core/model"

// NSStanzaID is the namespace of unique and stable ids (XEP-0359 v0.7.0).
const NSStanzaID = "urn:xmpp:sid:0"

// maxStanzaIDs bounds how many are looked at: each one needs an address checked.
const maxStanzaIDs = 16

// OriginID is the id that the sender's program gave the message (XEP-0359 §2.2); empty when there is none, or several.
func OriginID(message *Element) string {
	id, found := "", false
	for c := range message.Named(NSStanzaID, "origin-id") {
		if found {
			return ""
		}
		id, found = short(c.Attr("id")), true
	}
	return id
}

// OriginIDElement is the child of a message.
func OriginIDElement(id string) *Element { return New(NSStanzaID, "origin-id").Set("id", id) }

// StanzaID is the id that by gave the message (XEP-0359 §2.1); empty when there is none, or several. It counts only when by is
// the archive that receives the message and announces NSArchive or NSStanzaID (XEP-0359 §6): the caller's to know.
func StanzaID(message *Element, by model.JID) string {
	id, found, seen := "", false, 0
	for c := range message.Named(NSStanzaID, "stanza-id") {
		if seen++; seen > maxStanzaIDs {
			return ""
		}
		if !isJID(c.Attr("by"), by) {
			continue
		}
		if found {
			return ""
		}
		id, found = short(c.Attr("id")), true
	}
	return id
}

// isJID says whether s, as somebody wrote it, is the address j. The usual case, letter by letter, costs little.
func isJID(s string, j model.JID) bool {
	if s == string(j) {
		return s != ""
	}
	parsed, err := model.ParseJID(s)
	return err == nil && parsed == j
}
