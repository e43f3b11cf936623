package core

import (
	"kith/core/wire"
)

// capsNode names this program in entity capabilities (XEP-0115).
const capsNode = "https://kith.im"

// ownInfo is what we tell everybody who asks what we can do (XEP-0030). A "+notify" asks servers to send us what our
// contacts publish under that node (XEP-0163 §4.3).
func ownInfo(calls bool) wire.DiscoInfo {
	info := wire.DiscoInfo{
		Identities: []wire.Identity{{Category: "client", Type: "pc", Name: "Kith"}},
		Features: []string{
			wire.NSCaps, wire.NSDiscoInfo, wire.NSChatStates, wire.NSReceipts, wire.NSMarkers, wire.NSPing,
			wire.NodeDevices + "+notify", wire.NSDisplayed + "+notify",
		},
	}
	if calls {
		info.Features = append(info.Features,
			wire.NSJingle, wire.NSJingleRTP, wire.NSJingleAudio, wire.NSJingleVideo, wire.NSICE, wire.NSDTLS, wire.NSCallMessage,
			wire.NSFeedback, wire.NSExtensions, wire.FeatureGrouping, wire.FeatureSources)
	}
	return info
}

func ownCaps(calls bool) wire.Caps {
	ver, _ := wire.CapsVersion(ownInfo(calls)) // our own list is well-formed
	return wire.Caps{Node: capsNode, Ver: ver}
}

// request answers an IQ that somebody sent us: every get and set gets an answer (RFC 6120 §8.2.3).
func (r *receiver) request(el *wire.Element) error {
	iq, ok := wire.ParseIQ(el)
	if !ok {
		r.reply(wire.ErrorReply(el, wire.BadRequest))
		return nil
	}
	if iq.Payload == nil || (iq.Type != wire.TypeGet && iq.Type != wire.TypeSet) {
		return nil
	}
	if iq.Type == wire.TypeSet && iq.Payload.Is(wire.NSRoster, "query") {
		handled, err := roster{r}.rosterPush(iq)
		if err != nil {
			return err
		}
		if handled {
			r.reply(wire.Result(iq, nil))
			return nil
		}
	}
	if iq.Payload.Is(wire.NSJingle, "jingle") {
		return callers{r}.request(el, iq)
	}
	if iq.Type == wire.TypeGet && iq.Payload.Is(wire.NSDiscoInfo, "query") {
		calls := r.a.c.Calls.manager != nil
		info, node := ownInfo(calls), iq.Payload.Attr("node")
		if caps := ownCaps(calls); node == "" || node == caps.Node+"#"+caps.Ver {
			info.Node = node
			r.reply(wire.Result(iq, info.Element()))
			return nil
		}
		r.reply(wire.ErrorReply(el, wire.ItemNotFound))
		return nil
	}
	r.reply(wire.ErrorReply(el, wire.ServiceUnavailable))
	return nil
}

// reply answers somebody once what they sent is stored.
func (r *receiver) reply(el *wire.Element) {
	r.after = append(r.after, func() { r.a.out.transient(el) })
}
