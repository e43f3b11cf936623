package wire

// NSEncryption is the namespace of explicit message encryption (XEP-0380 v0.4.0).
const NSEncryption = "urn:xmpp:eme:0"

// Encryption is the child that tells programs how the message is encrypted, if they do not speak it (XEP-0380 §3.1).
func Encryption(namespace, name string) *Element {
	return New(NSEncryption, "encryption").Set("namespace", namespace).SetIf("name", name)
}

// ParseEncryption takes the first such note out of a message. Both values are the sender's and not to be shown as they are.
func ParseEncryption(message *Element) (namespace, name string, ok bool) {
	e := message.Child(NSEncryption, "encryption")
	namespace, name = short(e.Attr("namespace")), short(e.Attr("name"))
	return namespace, name, namespace != ""
}
