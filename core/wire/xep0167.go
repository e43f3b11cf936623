package wire

// Namespaces of Jingle RTP sessions (XEP-0167 v1.2.3) and what belongs into their descriptions: feedback (XEP-0293), header
// extensions (XEP-0294), sources (XEP-0339), groups (XEP-0338).
const (
	NSJingleRTP     = "urn:xmpp:jingle:apps:rtp:1"
	NSJingleRTPInfo = "urn:xmpp:jingle:apps:rtp:info:1"
	NSJingleAudio   = "urn:xmpp:jingle:apps:rtp:audio"
	NSJingleVideo   = "urn:xmpp:jingle:apps:rtp:video"
	NSFeedback      = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"
	NSExtensions    = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"
	NSSources       = "urn:xmpp:jingle:apps:rtp:ssma:0"
	NSGrouping      = "urn:xmpp:jingle:apps:grouping:0"
)

// Description is an RTP description (XEP-0167 §4).
type Description struct {
	Media        string // "audio" or "video"
	Payloads     []Payload
	Feedback     []Feedback  // for all payload types
	TRRInt       uint32      // XEP-0293 §3.2, milliseconds; 0 when absent
	Extensions   []Extension // XEP-0294
	AllowMixed   bool        // XEP-0294: extmap-allow-mixed
	Sources      []Source
	SourceGroups []SourceGroup
	RTCPMux      bool
}

// Payload is a payload type (XEP-0167 §4).
type Payload struct {
	ID        uint8 // 0…127
	Name      string
	ClockRate uint32
	Channels  uint8 // 1 where the attribute is absent
	PTime     uint32
	MaxPTime  uint32
	Params    []Parameter
	Feedback  []Feedback
	TRRInt    uint32
}

// Parameter is a name with a value; either may be empty, not both.
type Parameter struct{ Name, Value string }

// Feedback is a kind of RTCP feedback (XEP-0293 §3): "nack", "nack" "pli", "transport-cc".
type Feedback struct{ Type, Subtype string }

// Extension is an RTP header extension (XEP-0294 §3).
type Extension struct {
	ID      uint16
	URI     string
	Senders Party
}

// Source is an RTP stream (XEP-0339 §3).
type Source struct {
	SSRC   uint32
	Params []Parameter
}

// SourceGroup joins sources (XEP-0339 §4): "FID" for a stream and its retransmissions.
type SourceGroup struct {
	Semantics string
	SSRCs     []uint32
}

// Info is what a session-info says (XEP-0167 §8): "active", "hold", "unhold", "mute", "unmute", "ringing"; empty for the ping
// that a session-info without payload is (XEP-0166 §6.8).
type Info struct {
	Kind    string
	Creator Party  // of mute and unmute
	Name    string // of the content that is meant; empty: all
	Unknown bool   // has a payload that Kith does not know
}
