package wire

// The stanza error conditions (RFC 6120 §8.3.3) that code has to tell apart.
const (
	BadRequest            = "bad-request"
	Conflict              = "conflict"
	FeatureNotImplemented = "feature-not-implemented"
	Forbidden             = "forbidden"
	InternalServerError   = "internal-server-error"
	ItemNotFound          = "item-not-found"
	NotAcceptable         = "not-acceptable"
	NotAllowed            = "not-allowed"
	NotAuthorized         = "not-authorized"
	PolicyViolation       = "policy-violation"
	RemoteServerNotFound  = "remote-server-not-found"
	RemoteServerTimeout   = "remote-server-timeout"
	ResourceConstraint    = "resource-constraint"
	ServiceUnavailable    = "service-unavailable"
	UndefinedCondition    = "undefined-condition"
	UnexpectedRequest     = "unexpected-request"
)

// errorTypes holds every condition of RFC 6120 §8.3.3 with the type that the section gives it.
var errorTypes = map[string]string{
	BadRequest: "modify", Conflict: "cancel", FeatureNotImplemented: "cancel", Forbidden: "auth", "gone": "cancel",
	InternalServerError: "cancel", ItemNotFound: "cancel", "jid-malformed": "modify", NotAcceptable: "modify",
	NotAllowed: "cancel", NotAuthorized: "auth", PolicyViolation: "modify", "recipient-unavailable": "wait",
	"redirect": "modify", "registration-required": "auth", RemoteServerNotFound: "cancel", RemoteServerTimeout: "wait",
	ResourceConstraint: "wait", ServiceUnavailable: "cancel", "subscription-required": "auth", UndefinedCondition: "cancel",
	UnexpectedRequest: "wait",
}

func errorType(condition string) string {
	if t, ok := errorTypes[condition]; ok {
		return t
	}
	return "cancel"
}

// StanzaError says why a stanza was refused (RFC 6120 §8.3). As an error its text is the condition alone, which is always one
// of the defined ones: nothing that a peer wrote gets into a log.
type StanzaError struct {
	Type      string // auth, cancel, continue, modify or wait
	Condition string // undefined-condition for one that no specification defines
	Text      string // what the other side says about it, shortened; may be shown, not logged
	App       string // name of the application-specific condition, as "precondition-not-met"; empty: none
}

// Error is the condition.
func (e *StanzaError) Error() string { return e.Condition }

// ParseError is the error of a stanza of type "error"; nil when e is not of that type. An error element that is missing or
// strange yields undefined-condition.
func ParseError(e *Element) *StanzaError {
	if e.Attr("type") != TypeError {
		return nil
	}
	return parseErrorElement(e.Child(NSClient, "error"))
}

func parseErrorElement(e *Element) *StanzaError {
	out := &StanzaError{Type: "cancel", Condition: UndefinedCondition}
	for c := range e.Children() {
		_, known := errorTypes[c.Local]
		switch {
		case c.Is(NSStanzas, "text"):
			if out.Text == "" {
				out.Text = cut(c.Text(), maxText)
			}
		case c.Space == NSStanzas && known:
			out.Condition = c.Local
		case c.Space != NSStanzas && out.App == "":
			out.App = short(c.Local)
		}
	}
	switch t := e.Attr("type"); t {
	case "auth", "cancel", "continue", "modify", "wait":
		out.Type = t
	default:
		out.Type = errorType(out.Condition)
	}
	return out
}

// Element is the error element, a child of the refused stanza's answer. App is not written: it would need a namespace.
func (e *StanzaError) Element() *Element {
	out := New(NSClient, "error").Set("type", e.Type).Add(New(NSStanzas, e.Condition))
	if e.Text != "" {
		out.Add(New(NSStanzas, "text").AddText(e.Text))
	}
	return out
}
