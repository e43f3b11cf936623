package wire

import "kith/core/model"

// Namespaces of Jingle (XEP-0166 v1.1.2).
const (
	NSJingle       = "urn:xmpp:jingle:1"
	NSJingleErrors = "urn:xmpp:jingle:errors:1"
)

// Action is what a Jingle stanza does to its session (XEP-0166 §7.2).
type Action string

// The actions that calls use; any other is kept as it came.
const (
	SessionInitiate  Action = "session-initiate"
	SessionAccept    Action = "session-accept"
	SessionInfo      Action = "session-info"
	SessionTerminate Action = "session-terminate"
	TransportInfo    Action = "transport-info"
	ContentAdd       Action = "content-add"
	ContentAccept    Action = "content-accept"
	ContentReject    Action = "content-reject"
	ContentModify    Action = "content-modify"
	ContentRemove    Action = "content-remove"
)

// Party is one of the two sides of a session, whoever sends the stanza (XEP-0166 §7.3).
type Party string

// The parties. As Senders, BothParties and NoParty may stand as well.
const (
	Initiator   Party = "initiator"
	Responder   Party = "responder"
	BothParties Party = "both"
	NoParty     Party = "none"
)

// Reason says why a session ended (XEP-0166 §7.4), also in XEP-0353.
type Reason string

// The reasons that Kith tells apart; any other is kept as it came.
const (
	ReasonSuccess           Reason = "success"
	ReasonCancel            Reason = "cancel"
	ReasonDecline           Reason = "decline"
	ReasonBusy              Reason = "busy"
	ReasonTimeout           Reason = "timeout"
	ReasonGone              Reason = "gone"
	ReasonExpired           Reason = "expired"
	ReasonConnectivity      Reason = "connectivity-error"
	ReasonSecurity          Reason = "security-error"
	ReasonFailedApplication Reason = "failed-application"
	ReasonFailedTransport   Reason = "failed-transport"
	ReasonIncompatible      Reason = "incompatible-parameters"
	ReasonMedia             Reason = "media-error"
	ReasonGeneral           Reason = "general-error"
	ReasonNoApplications    Reason = "unsupported-applications"
	ReasonNoTransports      Reason = "unsupported-transports"
	ReasonAlternative       Reason = "alternative-session"
)

// Application errors of Jingle (XEP-0166 §10).
const (
	UnknownSession  = "unknown-session"
	OutOfOrder      = "out-of-order"
	TieBreak        = "tie-break"
	UnsupportedInfo = "unsupported-info"
)

// Jingle is the payload of a Jingle IQ.
type Jingle struct {
	Action     Action
	SID        string
	Initiator  model.JID // as the stanza says; empty when absent
	Responder  model.JID
	Contents   []Content
	Bundle     []string // names of the contents that share one transport (XEP-0338, semantics BUNDLE); nil when none do
	Reason     Reason   // of SessionTerminate and the content actions
	ReasonText string
	Info       Info // of SessionInfo
}

// Content is one stream of a session (XEP-0166 §7.3).
type Content struct {
	Name        string
	Creator     Party
	Senders     Party        // BothParties where the attribute is absent
	Description *Description // nil when absent, or not RTP
	Transport   *Transport   // nil when absent, or not ICE-UDP
	Foreign     bool         // has a description or a transport that Kith does not speak
}
