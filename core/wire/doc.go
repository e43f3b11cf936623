// Package wire turns what travels over an XMPP stream into Go values and back: a tree of namespace-resolved elements
// (Element), a strict parser and stream reader for it (RFC 6120 §11, XML 1.0, Namespaces in XML 1.0), a writer that always
// produces well-formed text, and one file of pure functions per specification (stanza.go for RFC 6120 §8, xep0313.go for
// XEP-0313, …).
//
// Everything that is parsed here comes from strangers. Sizes, depths, numbers, times and addresses are bounded and checked
// where they are parsed, so that callers need not check the form again: a wrong value is reported as absent or with
// ok = false, and no input makes a function panic. Whether the sender was entitled to say it is the caller's question.
//
// Nothing here does I/O of its own (a Reader reads from what it is given), starts a goroutine or keeps state between calls.
// All functions may be called from any goroutine; an Element may be read by several at once while none changes it.
package wire
