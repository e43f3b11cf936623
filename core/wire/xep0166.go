package wire

import (
	"unicode"

	"kith/core/model"
)

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

// Bounds of a Jingle stanza.
const (
	maxContents    = 8
	maxNameBytes   = 64  // of contents, payload types, parameters, reasons
	maxSIDBytes    = 256 // of sessions
	maxReasonBytes = 1024
)

// ParseJingle reads the payload of a Jingle IQ. It refuses, for bad-request to be answered, what lacks action or session id,
// has more than 8 contents, two of one name and creator, or one that cannot be named. Unknown parts are left out; a content
// that means nothing without them is Foreign.
func ParseJingle(e *Element) (j Jingle, ok bool) {
	j = Jingle{Action: Action(e.Attr("action")), SID: e.Attr("sid")}
	if !e.Is(NSJingle, "jingle") || !isToken(string(j.Action), maxNameBytes) || !isVisible(j.SID, maxSIDBytes) {
		return Jingle{}, false
	}
	j.Initiator, _ = optionalJID(e, "initiator") // §7.1: to be ignored rather than refused
	j.Responder, _ = optionalJID(e, "responder")
	room := maxCandidates
	for c := range e.Named(NSJingle, "content") {
		content, ok := parseContent(c, &room)
		if !ok || len(j.Contents) == maxContents || hasContent(j.Contents, content) {
			return Jingle{}, false
		}
		j.Contents = append(j.Contents, content)
	}
	j.Bundle = parseBundle(e)
	j.Reason, j.ReasonText = parseReason(e)
	if j.Action == SessionInfo {
		j.Info = parseInfo(e)
	}
	return j, true
}

// parseContent takes at most room candidates, and the taken ones off it.
func parseContent(e *Element, room *int) (c Content, ok bool) {
	c = Content{Name: e.Attr("name"), Creator: Party(e.Attr("creator")), Senders: Party(e.Attr("senders"))}
	if c.Creator == "" {
		c.Creator = Initiator // as Dino takes it
	}
	if c.Senders == "" {
		c.Senders = BothParties
	}
	if !isToken(c.Name, maxNameBytes) || c.Creator != Initiator && c.Creator != Responder || !isSenders(c.Senders) {
		return Content{}, false
	}
	if d := e.Attr("disposition"); d != "" && d != "session" {
		c.Foreign = true
	}
	for part := range e.Children() {
		switch {
		case part.Is(NSJingleRTP, "description") && c.Description == nil:
			c.Description = parseDescription(part)
			c.Foreign = c.Foreign || c.Description == nil
		case part.Is(NSICE, "transport") && c.Transport == nil:
			c.Transport = parseTransport(part, room)
			c.Foreign = c.Foreign || c.Transport == nil
		case part.Local == "description" || part.Local == "transport" || part.Local == "security":
			c.Foreign = true
		}
	}
	return c, true
}

func isSenders(p Party) bool {
	return p == Initiator || p == Responder || p == BothParties || p == NoParty
}

func hasContent(contents []Content, c Content) bool {
	for i := range contents {
		if contents[i].Name == c.Name && contents[i].Creator == c.Creator {
			return true
		}
	}
	return false
}

// parseReason reads the <reason> in e, a Jingle or a call message (§7.4). It is empty when there is none.
func parseReason(e *Element) (reason Reason, remark string) {
	r := e.Child(NSJingle, "reason")
	for c := range r.Children() {
		if c.Space == NSJingle && c.Local != "text" && reason == "" && isToken(c.Local, maxNameBytes) {
			reason = Reason(c.Local)
		}
	}
	return reason, cut(childText(r, NSJingle, "text"), maxReasonBytes)
}

// element is the <reason>; nil when empty.
func (r Reason) element(remark string) *Element {
	if r == "" {
		return nil
	}
	e := New(NSJingle, "reason").Add(New(NSJingle, string(r)))
	if remark != "" {
		e.Add(text(NSJingle, "text", remark))
	}
	return e
}

// Element is the payload of the IQ, of type set.
func (j Jingle) Element() *Element {
	e := New(NSJingle, "jingle").Set("action", string(j.Action)).
		SetIf("initiator", string(j.Initiator)).SetIf("responder", string(j.Responder)).Set("sid", j.SID)
	for _, c := range j.Contents {
		e.Add(c.element())
	}
	e.Add(bundleElement(j.Bundle), j.Reason.element(j.ReasonText))
	if j.Action == SessionInfo {
		e.Add(j.Info.element())
	}
	return e
}

func (c Content) element() *Element {
	e := New(NSJingle, "content").Set("creator", string(c.Creator)).Set("name", c.Name)
	if c.Senders != "" {
		e.Set("senders", string(c.Senders))
	}
	if c.Description != nil {
		e.Add(c.Description.element())
	}
	if c.Transport != nil {
		e.Add(c.Transport.element())
	}
	return e
}

// JingleError answers request, an IQ of type set, with an error that says more in the words of Jingle (§10). app may be empty.
// Like ErrorReply it returns nil for what must not be answered.
func JingleError(request *Element, condition, app string) *Element {
	reply := ErrorReply(request, condition)
	if reply != nil && app != "" {
		reply.Child(NSClient, "error").Add(New(NSJingleErrors, app))
	}
	return reply
}

// isVisible says whether s has 1 to limit bytes and neither white space nor control characters.
func isVisible(s string, limit int) bool {
	for _, r := range s {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return false
		}
	}
	return s != "" && len(s) <= limit
}
