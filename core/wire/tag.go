package wire

import "strings"

// startTag reads a start tag whose < was read into e, and its declarations into p.ns. It returns the name as written, and
// whether an end tag follows.
func (p *parser) startTag(e *Element) (name string, open bool, err error) {
	start := p.pos
	prefix, local, ok := p.qname()
	if !ok {
		return "", false, syntax("bad element name")
	}
	if prefix == "xml" { // reserved, and could not be written with a default namespace
		return "", false, names("reserved namespace")
	}
	name = p.s[start:p.pos]
	if open, err = p.rawAttrs(); err != nil {
		return "", false, err
	}
	if e.Space, ok = p.lookup(prefix); !ok {
		return "", false, names("prefix not declared")
	}
	if err = p.resolve(e); err == nil {
		e.Local = local
	}
	return name, open, err
}

// rawAttrs reads the rest of a start tag behind the name: attributes into p.attrs, declarations into p.ns.
func (p *parser) rawAttrs() (open bool, err error) {
	p.attrs = p.attrs[:0]
	outer := len(p.ns)
	for {
		spaced := p.space()
		switch c := p.peek(); {
		case c == '>':
			p.pos++
			return true, nil
		case c == '/':
			if p.pos++; p.peek() != '>' {
				return false, syntax("/ in a tag")
			}
			p.pos++
			return false, nil
		case !spaced:
			return false, syntax("no space before an attribute")
		case len(p.attrs)+len(p.ns)-outer >= maxAttrs:
			return false, ErrTooLarge
		}
		a, err := p.rawAttr()
		if err != nil {
			return false, err
		}
		if a.prefix != "xmlns" && (a.prefix != "" || a.local != "xmlns") {
			p.attrs = append(p.attrs, a)
		} else if err := p.declare(a, outer); err != nil {
			return false, err
		}
	}
}

func (p *parser) rawAttr() (rawAttr, error) {
	prefix, local, ok := p.qname()
	if !ok {
		return rawAttr{}, syntax("bad attribute name")
	}
	p.space()
	if p.peek() != '=' {
		return rawAttr{}, syntax("attribute without value")
	}
	p.pos++
	p.space()
	quote := p.peek()
	if quote != '"' && quote != '\'' {
		return rawAttr{}, syntax("attribute value without quotes")
	}
	p.pos++
	n := strings.IndexByte(p.s[p.pos:], quote)
	if n < 0 {
		return rawAttr{}, syntax("attribute value without end")
	}
	raw := p.s[p.pos : p.pos+n]
	p.pos += n + 1
	value, err := p.decoder.attr(raw)
	return rawAttr{prefix, local, value}, err
}

// declare puts a namespace declaration in force (Namespaces in XML 1.0 §3); those from outer on belong to the same tag.
func (p *parser) declare(a rawAttr, outer int) error {
	b := binding{prefix: a.local, uri: a.value}
	if a.prefix == "" {
		b.prefix = ""
	}
	switch {
	case b.prefix == "xmlns" || b.uri == nsXMLNS:
		return names("reserved namespace")
	case (b.prefix == "xml") != (b.uri == NSXML):
		return names("reserved namespace")
	case b.prefix != "" && b.uri == "":
		return names("prefix without namespace")
	case len(p.ns) >= maxSpaces:
		return ErrTooLarge
	}
	for _, other := range p.ns[outer:] {
		if other.prefix == b.prefix {
			return syntax("duplicate attribute")
		}
	}
	p.ns = append(p.ns, b)
	return nil
}

// lookup is the namespace that a prefix stands for. The empty prefix always stands for one, if only for none.
func (p *parser) lookup(prefix string) (string, bool) {
	for i := len(p.ns) - 1; i >= 0; i-- {
		if p.ns[i].prefix == prefix {
			return p.ns[i].uri, true
		}
	}
	if prefix == "xml" {
		return NSXML, true
	}
	return "", prefix == ""
}

// resolve moves p.attrs to e, with their prefixes resolved and duplicates refused. Of a partial document it leaves out what
// it cannot resolve.
func (p *parser) resolve(e *Element) error {
	if len(p.attrs) == 0 {
		return nil
	}
	e.Attrs = p.attrSlab.take(len(p.attrs))[:0]
	for _, raw := range p.attrs {
		a, known := Attr{Local: raw.local, Value: raw.value}, true
		if raw.prefix != "" {
			a.Space, known = p.lookup(raw.prefix)
		}
		_, twice := e.attr(a.Space, a.Local)
		switch {
		case known && !twice:
			e.Attrs = append(e.Attrs, a)
		case twice && raw.prefix == "":
			return syntax("duplicate attribute")
		case p.partial:
		case twice:
			return names("duplicate attribute")
		default:
			return names("prefix not declared")
		}
	}
	return nil
}

// qname reads a qualified name (Namespaces in XML 1.0 §4).
func (p *parser) qname() (prefix, local string, ok bool) {
	first := p.ncname()
	if first == "" || p.peek() != ':' {
		return "", first, first != ""
	}
	p.pos++
	local = p.ncname()
	return first, local, local != ""
}

// ncname reads a name without colon; empty when there is none.
func (p *parser) ncname() string {
	start := p.pos
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_':
			p.pos++
		case p.pos > start && ('0' <= c && c <= '9' || c == '-' || c == '.'):
			p.pos++
		case c >= 0x80:
			n := nameRune(p.s[p.pos:], p.pos == start)
			if n == 0 {
				return p.s[start:p.pos]
			}
			p.pos += n
		default:
			return p.s[start:p.pos]
		}
	}
	return p.s[start:p.pos]
}
