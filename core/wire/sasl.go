package wire

// NSSASL is the namespace of RFC 6120 §6.
const NSSASL = "urn:ietf:params:xml:ns:xmpp-sasl"

// maxSASL bounds one message of a SASL exchange.
const maxSASL = 64 << 10

func parseMechanisms(e *Element) (out []string) {
	for c := range e.Named(NSSASL, "mechanism") {
		if name := c.Text(); mechanism(name) && len(out) < maxOffers {
			out = append(out, name)
		}
	}
	return out
}

// mechanism says whether s may name one (RFC 4422 §3.1).
func mechanism(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Auth begins a SASL exchange (RFC 6120 §6.4.2). initial is nil when the mechanism has no initial response; an empty one is
// sent as such.
func Auth(mechanism string, initial []byte) *Element {
	e := New(NSSASL, "auth").Set("mechanism", mechanism)
	if initial == nil {
		return e
	}
	return e.AddText(saslText(initial))
}

// Response answers a challenge (RFC 6120 §6.4.3).
func Response(data []byte) *Element {
	if len(data) == 0 {
		return New(NSSASL, "response")
	}
	return text(NSSASL, "response", encode64(data))
}

// Abort gives a SASL exchange up (RFC 6120 §6.4.4).
func Abort() *Element { return New(NSSASL, "abort") }

func saslText(data []byte) string {
	if len(data) == 0 {
		return "="
	}
	return encode64(data)
}

// ParseChallenge takes the server's data out of a challenge (RFC 6120 §6.4.3).
func ParseChallenge(e *Element) (data []byte, ok bool) { return parseSASL(e, "challenge") }

// ParseSuccess takes the additional data out of a success (RFC 6120 §6.4.6); it must be checked before the server is believed.
func ParseSuccess(e *Element) (data []byte, ok bool) { return parseSASL(e, "success") }

func parseSASL(e *Element, local string) ([]byte, bool) {
	if !e.Is(NSSASL, local) {
		return nil, false
	}
	s := e.Text()
	if s == "=" {
		s = ""
	}
	return decode64(s, maxSASL)
}

// SASLFailure says why a login was refused (RFC 6120 §6.5). As an error its text is the condition alone, always one of the
// defined ones.
type SASLFailure struct {
	Condition string
	Text      string // what the server says about it, shortened
}

// Error is the condition.
func (f *SASLFailure) Error() string { return f.Condition }

// saslConditions holds the conditions of RFC 6120 §6.5.
var saslConditions = map[string]bool{
	"aborted": true, "account-disabled": true, "credentials-expired": true, "encryption-required": true,
	"incorrect-encoding": true, "invalid-authzid": true, "invalid-mechanism": true, "malformed-request": true,
	"mechanism-too-weak": true, NotAuthorized: true, "temporary-auth-failure": true,
}

// ParseSASLFailure is nil when e is no failure. A condition that is not defined, or none, counts as not-authorized.
func ParseSASLFailure(e *Element) *SASLFailure {
	if !e.Is(NSSASL, "failure") {
		return nil
	}
	out := &SASLFailure{Condition: NotAuthorized}
	for c := range e.Children() {
		switch {
		case c.Is(NSSASL, "text"):
			out.Text = cut(c.Text(), maxText)
		case c.Space == NSSASL && saslConditions[c.Local]:
			out.Condition = c.Local
		}
	}
	return out
}
