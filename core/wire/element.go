package wire

import (
	"iter"
	"strings"
)

// Element is one XML element with resolved namespaces. Treat parsed elements as read-only: their names and texts are parts
// of one string that holds the whole stanza (strings.Clone what is kept for long).
type Element struct {
	Space, Local string // namespace and name
	Attrs        []Attr // without the xmlns declarations
	Nodes        []Node // in document order; several texts may follow each other
}

// Attr is an attribute. Space is empty for one without prefix, which is not the same as the element's namespace.
type Attr struct{ Space, Local, Value string }

// Node is a child of an element: an element, or a piece of text when Element is nil.
type Node struct {
	Element *Element
	Text    string
}

// New makes an empty element.
func New(space, local string) *Element { return &Element{Space: space, Local: local} }

// Set gives the unprefixed attribute local that value, also an empty one, and returns e.
func (e *Element) Set(local, value string) *Element {
	return e.setAttr(Attr{Local: local, Value: value})
}

// SetIf is Set, but leaves the attribute out when value is empty.
func (e *Element) SetIf(local, value string) *Element {
	if value == "" {
		return e
	}
	return e.Set(local, value)
}

// SetLang gives e an xml:lang, unless lang is empty, and returns e.
func (e *Element) SetLang(lang string) *Element {
	if lang == "" {
		return e
	}
	return e.setAttr(Attr{Space: NSXML, Local: "lang", Value: lang})
}

func (e *Element) setAttr(a Attr) *Element {
	for i := range e.Attrs {
		if e.Attrs[i].Local == a.Local && e.Attrs[i].Space == a.Space {
			e.Attrs[i].Value = a.Value
			return e
		}
	}
	e.Attrs = append(e.Attrs, a)
	return e
}

// Add appends children and returns e; nil ones are skipped.
func (e *Element) Add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Nodes = append(e.Nodes, Node{Element: c})
		}
	}
	return e
}

// AddText appends character data and returns e; an empty s adds nothing.
func (e *Element) AddText(s string) *Element {
	if s != "" {
		e.Nodes = append(e.Nodes, Node{Text: s})
	}
	return e
}

// Attr is the value of an unprefixed attribute; empty when absent. Like all getters it may be called on a nil Element.
func (e *Element) Attr(local string) string {
	v, _ := e.attr("", local)
	return v
}

// Lang is the element's own xml:lang; empty when absent.
func (e *Element) Lang() string {
	v, _ := e.attr(NSXML, "lang")
	return v
}

func (e *Element) attr(space, local string) (string, bool) {
	if e == nil {
		return "", false
	}
	for i := range e.Attrs {
		if e.Attrs[i].Local == local && e.Attrs[i].Space == space {
			return e.Attrs[i].Value, true
		}
	}
	return "", false
}

// Is says whether the element has that namespace and name.
func (e *Element) Is(space, local string) bool {
	return e != nil && e.Local == local && e.Space == space
}

// Child is the first child element of that name; nil when there is none.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c.Is(space, local) {
			return c
		}
	}
	return nil
}

// First is the first child element of any name; nil when there is none.
func (e *Element) First() *Element {
	for c := range e.Children() {
		return c
	}
	return nil
}

// Children goes through the child elements in document order.
func (e *Element) Children() iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		if e == nil {
			return
		}
		for i := range e.Nodes {
			if c := e.Nodes[i].Element; c != nil && !yield(c) {
				return
			}
		}
	}
}

// Named goes through the child elements of that name in document order.
func (e *Element) Named(space, local string) iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		for c := range e.Children() {
			if c.Is(space, local) && !yield(c) {
				return
			}
		}
	}
}

// Text is the element's own character data, concatenated; that of its children is not part of it.
func (e *Element) Text() string {
	if e == nil {
		return ""
	}
	if len(e.Nodes) == 1 {
		return e.Nodes[0].Text
	}
	var b strings.Builder
	for i := range e.Nodes {
		b.WriteString(e.Nodes[i].Text)
	}
	return b.String()
}
