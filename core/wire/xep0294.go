package wire

// NSExtensions is the namespace of RTP header extensions negotiation (XEP-0294 v1.1.2).
const NSExtensions = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"

const (
	maxExtensions  = 32
	maxExtensionID = 4351 // §3: 1…256, 4096…4351
)

// Extension is an RTP header extension (XEP-0294 §3).
type Extension struct {
	ID      uint16
	URI     string
	Senders Party
}

func parseExtensions(description *Element) (out []Extension) {
	for c := range description.Named(NSExtensions, "rtp-hdrext") {
		id, ok := number(c.Attr("id"), maxExtensionID)
		x := Extension{ID: uint16(id), URI: c.Attr("uri"), Senders: Party(c.Attr("senders"))}
		if x.Senders == "" {
			x.Senders = BothParties
		}
		ok = ok && id != 0 && isSenders(x.Senders) && isVisible(x.URI, maxValueBytes) && isPrintable(x.URI, maxValueBytes)
		if ok && len(out) < maxExtensions {
			out = append(out, x)
		}
	}
	return out
}

func (x Extension) element() *Element {
	e := New(NSExtensions, "rtp-hdrext").Set("id", counter(uint32(x.ID))).Set("uri", x.URI)
	if x.Senders != BothParties {
		e.SetIf("senders", string(x.Senders))
	}
	return e
}
