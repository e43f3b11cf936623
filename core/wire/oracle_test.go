package wire_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"kith/core/wire"
)

// What XML 1.0 (fifth edition) and Namespaces in XML 1.0 ask for and encoding/xml does not check.
const (
	nameStart = `A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}` +
		`\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}`
	ncname = `[` + nameStart + `][` + nameStart + `0-9.\-\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}]*`
	qname  = `(?:(` + ncname + `):)?` + ncname
)

var (
	attrShape  = regexp.MustCompile(`[ \t\r\n]+` + qname + `[ \t\r\n]*=[ \t\r\n]*(?:"[^<"]*"|'[^<']*')`)
	startShape = regexp.MustCompile(`^<` + qname + `(?:` + attrShape.String() + `)*[ \t\r\n]*/?>$`)
	endShape   = regexp.MustCompile(`^</` + qname + `[ \t\r\n]*>$`)
	numberRef  = regexp.MustCompile(`&#(x?)([^;]*);`)
	longRef    = regexp.MustCompile(`&[^;]{31,};`)
)

var errExtra = errors.New("refused beyond encoding/xml")

// oracle reads one element by encoding/xml with the additional rules of XMPP; nil when it must be refused. judged is false
// where encoding/xml knows only the names of the fourth edition.
func oracle(s string) (tree *wire.Element, judged bool) {
	o := oracleState{s: s, dec: xml.NewDecoder(strings.NewReader(s))}
	if len(s) > wire.MaxStanza {
		return nil, true
	}
	for {
		from := int(o.dec.InputOffset())
		tok, err := o.dec.Token()
		if errors.Is(err, io.EOF) {
			if o.done {
				return o.root, true
			}
			return nil, true
		}
		if err == nil {
			err = o.token(tok, s[from:o.dec.InputOffset()])
		}
		if err != nil {
			foreign := strings.Contains(err.Error(), "invalid XML name") || strings.Contains(err.Error(), "expected element name") ||
				strings.Contains(err.Error(), "expected attribute name")
			return nil, !foreign || isASCII(s)
		}
	}
}

type oracleState struct {
	s     string
	dec   *xml.Decoder
	root  *wire.Element
	done  bool
	open  []*wire.Element
	scope []map[string]string
}

func (o *oracleState) token(tok xml.Token, raw string) error {
	switch tok := tok.(type) {
	case xml.StartElement:
		return o.start(tok, raw)
	case xml.EndElement:
		if raw != "" && !endShape.MatchString(raw) {
			return errExtra
		}
		o.open = o.open[:len(o.open)-1]
		o.scope = o.scope[:len(o.scope)-1]
		o.done = len(o.open) == 0
		return nil
	case xml.CharData:
		if len(o.open) == 0 {
			if strings.Trim(raw, " \t\r\n") != "" {
				return errExtra
			}
			return nil
		}
		if !strings.HasPrefix(raw, "<![CDATA[") && !references(raw) {
			return errExtra
		}
		o.open[len(o.open)-1].AddText(string(tok))
		return nil
	default:
		return errExtra // comments, instructions, document types
	}
}

func (o *oracleState) start(tok xml.StartElement, raw string) error {
	if o.done || len(o.open) >= wire.MaxDepth || len(tok.Attr) > 256 || !startShape.MatchString(raw) || !references(raw) {
		return errExtra
	}
	scope := map[string]string{}
	for _, a := range tok.Attr {
		prefix, is := declares(a.Name)
		if !is {
			continue
		}
		_, twice := scope[prefix]
		isXML := blank(a.Value) == wire.NSXML
		if twice || prefix == "xmlns" || (prefix == "xml") != isXML || blank(a.Value) == "http://www.w3.org/2000/xmlns/" || prefix != "" && a.Value == "" {
			return errExtra
		}
		scope[prefix] = a.Value
	}
	o.scope = append(o.scope, scope)
	e := &wire.Element{Local: tok.Name.Local}
	var ok bool
	name := strings.TrimLeft(raw, "<")
	if e.Space, ok = o.resolve(prefixOf(name)); !ok || e.Space == wire.NSXML {
		return errExtra
	}
	seen := map[wire.Attr]bool{}
	for i, m := range attrShape.FindAllStringSubmatch(raw, -1) {
		a := tok.Attr[i]
		if _, is := declares(a.Name); is {
			continue
		}
		key := wire.Attr{Local: a.Name.Local}
		if m[1] != "" {
			if key.Space, ok = o.resolve(m[1]); !ok {
				return errExtra
			}
		}
		if seen[key] {
			return errExtra
		}
		seen[key] = true
		key.Value = blank(a.Value)
		e.Attrs = append(e.Attrs, key)
	}
	if len(o.open) > 0 {
		o.open[len(o.open)-1].Add(e)
	} else {
		o.root = e
	}
	o.open = append(o.open, e)
	return nil
}

// declares says whether an attribute, as encoding/xml names it, is a namespace declaration.
func declares(n xml.Name) (prefix string, is bool) {
	if n.Space == "xmlns" {
		return n.Local, true
	}
	return "", n.Space == "" && n.Local == "xmlns"
}

func prefixOf(name string) string {
	end := strings.IndexAny(name, ": \t\r\n/>")
	if end >= 0 && name[end] == ':' {
		return name[:end]
	}
	return ""
}

func (o *oracleState) resolve(prefix string) (string, bool) {
	total := 0
	for _, s := range o.scope {
		total += len(s)
	}
	if total > 256 {
		return "", false
	}
	for i := len(o.scope) - 1; i >= 0; i-- {
		if uri, ok := o.scope[i][prefix]; ok {
			return blank(uri), true
		}
	}
	if prefix == "xml" {
		return wire.NSXML, true
	}
	return "", prefix == ""
}

// references says whether all character references name legal characters: encoding/xml turns surrogates into U+FFFD.
func references(raw string) bool {
	if longRef.MatchString(raw) {
		return false
	}
	for _, m := range numberRef.FindAllStringSubmatch(raw, -1) {
		base := 10
		if m[1] != "" {
			base = 16
		}
		v, err := strconv.ParseUint(m[2], base, 32)
		if err != nil || v >= 0xD800 && v < 0xE000 {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
