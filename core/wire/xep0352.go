package wire

// NSCSI is the namespace of client state indication (XEP-0352 v1.0.0).
const NSCSI = "urn:xmpp:csi:0"

// ClientState tells the server whether a person is looking (XEP-0352 §4.2). It is no stanza: XEP-0198 does not count it.
func ClientState(active bool) *Element {
	if active {
		return New(NSCSI, "active")
	}
	return New(NSCSI, "inactive")
}
