package wire

import (
	"strconv"
	"unicode/utf8"
)

// Append serialises e behind dst. outer is the default namespace in force around it: "jabber:client" on a client's stream.
// Characters that XML cannot carry are replaced by U+FFFD, so that no text a person pastes can break the stream.
func (e *Element) Append(dst []byte, outer string) []byte {
	dst = append(dst, '<')
	dst = append(dst, e.Local...)
	if e.Space != outer {
		dst = append(dst, " xmlns='"...)
		dst = appendEscaped(dst, e.Space, true)
		dst = append(dst, '\'')
	}
	for i := range e.Attrs {
		dst = appendAttr(dst, &e.Attrs[i], i)
	}
	if len(e.Nodes) == 0 {
		return append(dst, '/', '>')
	}
	dst = append(dst, '>')
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			dst = c.Append(dst, e.Space)
		} else {
			dst = appendEscaped(dst, e.Nodes[i].Text, false)
		}
	}
	dst = append(dst, '<', '/')
	dst = append(dst, e.Local...)
	return append(dst, '>')
}

// String serialises e with all its namespaces.
func (e *Element) String() string { return string(e.Append(nil, "")) }

// appendAttr writes an attribute; one with a namespace of its own gets a prefix made of its index.
func appendAttr(dst []byte, a *Attr, index int) []byte {
	dst = append(dst, ' ')
	switch a.Space {
	case "":
	case NSXML:
		dst = append(dst, "xml:"...)
	default:
		prefix := strconv.AppendInt([]byte("ns"), int64(index), 10)
		dst = append(dst, "xmlns:"...)
		dst = append(dst, prefix...)
		dst = append(dst, "='"...)
		dst = appendEscaped(dst, a.Space, true)
		dst = append(dst, "' "...)
		dst = append(dst, prefix...)
		dst = append(dst, ':')
	}
	dst = append(dst, a.Local...)
	dst = append(dst, "='"...)
	dst = appendEscaped(dst, a.Value, true)
	return append(dst, '\'')
}

// appendEscaped writes text, or an attribute value between apostrophes, so that a parser gets exactly s back.
func appendEscaped(dst []byte, s string, attr bool) []byte {
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '<' && c != '&' && c != '>' && c != '\'' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || !legalRune(r) {
			dst = append(dst, s[done:i]...)
			dst = utf8.AppendRune(dst, utf8.RuneError)
			i++
			if n > 1 {
				i += n - 1
			}
			done = i
			continue
		}
		if esc := escape(c, attr); esc != "" {
			dst = append(dst, s[done:i]...)
			dst = append(dst, esc...)
			done = i + n
		}
		i += n
	}
	return append(dst, s[done:]...)
}

func escape(c byte, attr bool) string {
	switch c {
	case '<':
		return "&lt;"
	case '&':
		return "&amp;"
	case '>':
		return "&gt;"
	case '\r':
		return "&#xD;"
	}
	if attr {
		switch c {
		case '\'':
			return "&apos;"
		case '\n':
			return "&#xA;"
		case '\t':
			return "&#x9;"
		}
	}
	return ""
}
