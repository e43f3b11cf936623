package wire

import "errors"

const (
	maxSkip = 32 << 20 // bytes of an element that is skipped; a larger one is no mistake any more
	maxHead = 16 << 10 // bytes of it that are looked at
)

// Skipped is the error of Next for an element beyond the bounds, with names that mean nothing, or with characters that XML does
// not have. Servers hand on whatever they can read themselves, undeclared prefixes included, and a stanza that one of them
// stored must not end every connection that brings it again. It was passed over in bounded memory, and reading goes on behind it.
type Skipped struct {
	// Head is its beginning, up to what was too much: elements whose start tags are whole, without the end of their content.
	// It tells whose it was, not what it said.
	Head *Element
	// Nameless says that the start tag itself was too much: Head holds nothing but the name.
	Nameless bool
	// Why is ErrTooLarge, ErrTooDeep, ErrNames or ErrChars.
	Why error
}

// Error is the reason.
func (s *Skipped) Error() string { return s.Why.Error() }

// Unwrap is the reason.
func (s *Skipped) Unwrap() error { return s.Why }

// skip is the state of a Reader within an element that is too large.
type skip struct {
	passed int    // bytes of it that are consumed already; 0: none is skipped
	head   string // its beginning
}

// pass drops what was seen of the element at hand, but for its beginning.
func (r *Reader) pass() {
	if r.skip.passed == 0 {
		r.skip.head = string(r.buf[r.start : r.start+maxHead])
	}
	r.consume(r.split.done - r.skip.passed)
	r.skip.passed = r.split.done
}

// bearable says whether err is about an element that can be skipped.
func bearable(err error) bool {
	return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrTooDeep) || errors.Is(err, ErrNames) || errors.Is(err, ErrChars)
}

// limit is how large the element at hand may be, now that it is larger than MaxStanza.
func (r *Reader) limit() int {
	if r.bound > 0 {
		return r.bound
	}
	r.bound = MaxStanza
	if r.own != "" && isOwnRoster(r.beginning(string(r.buf[r.start:r.start+maxHead])), r.own) {
		r.bound = MaxRoster
	}
	return r.bound
}

// beginning reads what can be read of the beginning of an element. Its name is empty when not even its start tag can.
func (r *Reader) beginning(text string) *Element {
	p := &r.parser
	p.ns = append(p.ns[:0], r.outer...)
	p.partial = true
	defer func() { p.partial = false; p.release() }()
	p.reset(text[:legalLen(text)])
	p.pos = 1
	head, _ := p.element(1)
	return head
}

// skipped makes the error for an element that is passed over, of its text or the beginning of it. The splitter has seen the
// element's end, which depends on its tags alone; what else may be wrong with it needs no judgement.
func (r *Reader) skipped(text string, why error) error {
	if head := r.beginning(text); head.Local != "" {
		return &Skipped{Head: head, Why: why}
	}
	p := parser{s: text[:legalLen(text)], pos: 1, ns: r.outer}
	prefix, local, ok := p.qname()
	space, known := p.lookup(prefix)
	if !ok || !known {
		return r.fail(why)
	}
	return &Skipped{Head: New(space, local), Nameless: true, Why: why}
}
