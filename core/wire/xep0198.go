package wire

import (
	"math"
	"strconv"
	"time"
)

// NSSM is the namespace of stream management (XEP-0198 v1.6.3).
const NSSM = "urn:xmpp:sm:3"

// SMEnable asks for acknowledgements, and with resume for the right to resume (XEP-0198 §3).
func SMEnable(resume bool) *Element {
	e := New(NSSM, "enable")
	if resume {
		e.Set("resume", "true")
	}
	return e
}

// SMEnabled is the server's consent (XEP-0198 §3).
type SMEnabled struct {
	ID       string        // what to resume by; empty unless Resume
	Resume   bool          // the stream can be resumed
	Max      time.Duration // how long the server keeps it; 0 when it does not say
	Location string        // host[:port] where to connect for it; empty: as before. Unchecked
}

// ParseSMEnabled refuses only what is no such element; without an id there is nothing to resume by.
func ParseSMEnabled(e *Element) (s SMEnabled, ok bool) {
	if !e.Is(NSSM, "enabled") {
		return SMEnabled{}, false
	}
	s.ID = short(e.Attr("id"))
	if s.Resume = boolean(e.Attr("resume")) && s.ID != ""; !s.Resume {
		s.ID = ""
	}
	if seconds, ok := number(e.Attr("max"), math.MaxInt32); ok {
		s.Max = time.Duration(seconds) * time.Second
	}
	s.Location = short(e.Attr("location"))
	return s, true
}

// SMResume asks to go on with an earlier stream; h is the number of stanzas handled on it (XEP-0198 §5).
func SMResume(previd string, h uint32) *Element {
	return New(NSSM, "resume").Set("previd", previd).Set("h", counter(h))
}

// ParseSMResumed is the server's consent: h is the number of stanzas it handled. Without a valid h it is none.
func ParseSMResumed(e *Element) (previd string, h uint32, ok bool) {
	if !e.Is(NSSM, "resumed") {
		return "", 0, false
	}
	h, ok = parseCounter(e)
	return short(e.Attr("previd")), h, ok
}

// SMFailed says why stream management was refused (XEP-0198 §3, §5). As an error its text is the condition alone.
type SMFailed struct {
	Condition string // a stanza error condition
	H         uint32 // with HasH: how much of the lost stream the server had handled
	HasH      bool
}

// Error is the condition.
func (f *SMFailed) Error() string { return f.Condition }

// ParseSMFailed is nil when e is no such refusal.
func ParseSMFailed(e *Element) *SMFailed {
	if !e.Is(NSSM, "failed") {
		return nil
	}
	out := &SMFailed{Condition: parseErrorElement(e).Condition}
	out.H, out.HasH = parseCounter(e)
	return out
}

// SMRequest asks for an SMAnswer (XEP-0198 §4).
func SMRequest() *Element { return New(NSSM, "r") }

// IsSMRequest says whether e asks for an SMAnswer.
func IsSMRequest(e *Element) bool { return e.Is(NSSM, "r") }

// SMAnswer says how many stanzas were handled, modulo 2^32 (XEP-0198 §4).
func SMAnswer(h uint32) *Element { return New(NSSM, "a").Set("h", counter(h)) }

// ParseSMAnswer takes the count out of an answer.
func ParseSMAnswer(e *Element) (h uint32, ok bool) {
	if !e.Is(NSSM, "a") {
		return 0, false
	}
	return parseCounter(e)
}

func counter(h uint32) string { return strconv.FormatUint(uint64(h), 10) }

func parseCounter(e *Element) (uint32, bool) {
	h, ok := number(e.Attr("h"), math.MaxUint32)
	return uint32(h), ok
}
