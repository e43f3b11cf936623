package wire

import "math"

// NSFeedback is the namespace of RTCP feedback negotiation (XEP-0293 v1.0.2).
const NSFeedback = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"

const maxFeedback = 32

// Feedback is a kind of RTCP feedback (XEP-0293 §3): "nack", "nack" "pli", "transport-cc".
type Feedback struct{ Type, Subtype string }

// parseFeedback reads what e, a description or payload type, holds of it.
func parseFeedback(e *Element) (out []Feedback, trrInt uint32) {
	for c := range e.Named(NSFeedback, "rtcp-fb") {
		f := Feedback{c.Attr("type"), c.Attr("subtype")}
		valid := isToken(f.Type, maxNameBytes) && (f.Subtype == "" || isToken(f.Subtype, maxNameBytes))
		if valid && len(out) < maxFeedback {
			out = append(out, f)
		}
	}
	interval, _ := number(e.Child(NSFeedback, "rtcp-fb-trr-int").Attr("value"), math.MaxUint32)
	return out, uint32(interval)
}

func addFeedback(e *Element, all []Feedback, trrInt uint32) {
	for _, f := range all {
		e.Add(New(NSFeedback, "rtcp-fb").Set("type", f.Type).SetIf("subtype", f.Subtype))
	}
	if trrInt != 0 {
		e.Add(New(NSFeedback, "rtcp-fb-trr-int").Set("value", counter(trrInt)))
	}
}
