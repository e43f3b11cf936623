package wire

// NSChannelBinding is the namespace of XEP-0440 (v1.0.0).
const NSChannelBinding = "urn:xmpp:sasl-cb:0"

// parseBindings reads the channel bindings that a server can do (XEP-0440 §2).
func parseBindings(e *Element) (out []string) {
	for c := range e.Named(NSChannelBinding, "channel-binding") {
		if name := c.Attr("type"); name != "" && len(name) <= 64 && len(out) < maxOffers {
			out = append(out, name)
		}
	}
	return out
}
