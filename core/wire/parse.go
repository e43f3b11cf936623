package wire

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds of what a stream may carry; what goes beyond them is skipped.
const (
	MaxStanza = 1 << 20 // bytes of one top-level element
	MaxRoster = 8 << 20 // bytes of the one that holds our own roster: all that it may hold, of 800 bytes each
	MaxDepth  = 64      // levels of elements in it, itself included
	maxAttrs  = 256     // attributes of one element, declarations included
	maxSpaces = 256     // namespace declarations in force at one place
)

// NSXML is the namespace of xml:lang; its prefix is always declared.
const NSXML = "http://www.w3.org/XML/1998/namespace"

const nsXMLNS = "http://www.w3.org/2000/xmlns/"

// What is wrong with a text. Errors of Parse and Reader wrap one of these; their texts never hold input.
var (
	ErrSyntax   = errors.New("not XML as XMPP allows it")
	ErrTooLarge = errors.New("element too large")
	ErrTooDeep  = errors.New("elements nested too deep")
	ErrChars    = fmt.Errorf("%w: illegal character", ErrSyntax)
	ErrNames    = fmt.Errorf("%w: namespaces", ErrSyntax) // well-formed, but not as Namespaces in XML 1.0 has it
)

func syntax(what string) error { return fmt.Errorf("%w: %s", ErrSyntax, what) }

func names(what string) error { return fmt.Errorf("%w: %s", ErrNames, what) }

// Parse reads one whole element, in which all prefixes are declared. White space around it is allowed, and nothing else:
// no XML declaration, comment, processing instruction or document type, and no entity but the five predefined ones
// (RFC 6120 §11.1).
func Parse(s string) (*Element, error) {
	if len(s) > MaxStanza {
		return nil, ErrTooLarge
	}
	p := parser{ns: make([]binding, 0, 8)}
	return p.document(s)
}

// binding is a namespace declaration in force.
type binding struct{ prefix, uri string }

// parser holds what one run of document needs; ns may start with declarations from outside. The scratch slices live on from
// one run to the next.
type parser struct {
	s       string
	pos     int
	partial bool // what was read before an error is kept

	ns      []binding // innermost last
	scratch []Node    // children of the elements that are open
	attrs   []rawAttr // of the start tag at hand
	decoder textDecoder

	elementSlab slab[Element]
	nodeSlab    slab[Node]
	attrSlab    slab[Attr]
}

type rawAttr struct{ prefix, local, value string }

// slab hands out pieces of larger allocations. Its chunks follow what was really used, never what the input claims.
type slab[T any] struct {
	free []T
	next int // size of the next chunk
}

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, s.next))
		s.next = min(2*s.next, 4096)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// document reads one whole element whose size is bounded already.
func (p *parser) document(s string) (*Element, error) {
	if !legal(s) {
		return nil, ErrChars
	}
	p.reset(s)
	p.space()
	if p.peek() != '<' {
		return nil, syntax("text outside an element")
	}
	p.pos++
	e, err := p.element(1)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos != len(s) {
		return nil, syntax("something behind the element")
	}
	return e, nil
}

func (p *parser) reset(s string) {
	p.s, p.pos, p.scratch = s, 0, p.scratch[:0]
	tags := strings.Count(s, "<")
	starts := min(tags-strings.Count(s, "</"), 256)
	p.elementSlab = slab[Element]{next: starts}
	p.nodeSlab = slab[Node]{next: min(tags, 256)}
	p.attrSlab = slab[Attr]{next: starts}
}

// release lets go of the last document, and of scratch space that only an unusual one needed.
func (p *parser) release() {
	const usual = 1024
	if cap(p.scratch) > usual {
		p.scratch = nil
	}
	if cap(p.decoder.buf) > 16*usual {
		p.decoder.buf = nil
	}
	clear(p.scratch)
	clear(p.attrs)
	clear(p.ns)
	p.s = ""
}

// element reads an element whose < was read.
func (p *parser) element(depth int) (*Element, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	outer := len(p.ns)
	e := &p.elementSlab.take(1)[0]
	name, open, err := p.startTag(e)
	if err == nil && open {
		err = p.content(e, name, depth)
	}
	p.ns = p.ns[:outer]
	return e, err
}

// content reads what stands between the start tag and the end tag of e, and the end tag.
func (p *parser) content(e *Element, name string, depth int) error {
	base := len(p.scratch)
	err := p.nodes(name, depth)
	if err == nil || p.partial {
		e.Nodes = p.nodeSlab.take(len(p.scratch) - base)
		copy(e.Nodes, p.scratch[base:])
	}
	clear(p.scratch[base:])
	p.scratch = p.scratch[:base]
	return err
}

// nodes reads the content of an element and its end tag; its children go on top of p.scratch.
func (p *parser) nodes(name string, depth int) error {
	for {
		text, err := p.text()
		if err != nil {
			return err
		}
		if text != "" {
			p.scratch = append(p.scratch, Node{Text: text})
		}
		switch p.peek() {
		case '/':
			p.pos++
			return p.endTag(name)
		case '!':
			text, err := p.cdata()
			if err != nil {
				return err
			}
			if text != "" {
				p.scratch = append(p.scratch, Node{Text: text})
			}
		default:
			child, err := p.element(depth + 1)
			if err == nil || p.partial && child != nil && child.Local != "" {
				p.scratch = append(p.scratch, Node{Element: child})
			}
			if err != nil {
				return err
			}
		}
	}
}

// text reads character data and the < behind it.
func (p *parser) text() (string, error) {
	n := strings.IndexByte(p.s[p.pos:], '<')
	if n < 0 {
		return "", syntax("element without end")
	}
	raw := p.s[p.pos : p.pos+n]
	p.pos += n + 1
	if n == 0 {
		return "", nil
	}
	if strings.Contains(raw, "]]>") {
		return "", syntax("]]> in text")
	}
	return p.decoder.text(raw)
}

// cdata reads a CDATA section whose < was read.
func (p *parser) cdata() (string, error) {
	rest, ok := strings.CutPrefix(p.s[p.pos:], cdataStart)
	if !ok {
		return "", syntax("comment or document type")
	}
	n := strings.Index(rest, cdataEnd)
	if n < 0 {
		return "", syntax("CDATA section without end")
	}
	p.pos += len(cdataStart) + n + len(cdataEnd)
	return newlines(rest[:n]), nil
}

const (
	cdataStart = "![CDATA["
	cdataEnd   = "]]>"
)

// endTag reads the rest of an end tag whose </ was read.
func (p *parser) endTag(name string) error {
	if !strings.HasPrefix(p.s[p.pos:], name) {
		return syntax("end tag does not match")
	}
	p.pos += len(name)
	p.space()
	if p.peek() != '>' {
		return syntax("end tag does not match")
	}
	p.pos++
	return nil
}

// peek is the next byte; 0, which is no legal character, at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

// space skips white space and says whether there was any.
func (p *parser) space() bool {
	start := p.pos
	for p.pos < len(p.s) && isSpace(p.s[p.pos]) {
		p.pos++
	}
	return p.pos > start
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
