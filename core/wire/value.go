package wire

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"kith/core/model"
)

// Bounds of single values, in bytes.
const (
	maxShort = 1024    // identifiers, names, versions
	maxText  = 4 << 10 // remarks shown to a person
)

// short is s, or nothing when it is longer than any honest identifier.
func short(s string) string {
	if len(s) > maxShort {
		return ""
	}
	return s
}

// cut is s, shortened to at most n bytes at the end of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// number parses a decimal number of at most limit.
func number(s string, limit uint64) (uint64, bool) {
	v, err := strconv.ParseUint(s, 10, 64)
	return v, err == nil && v <= limit
}

// boolean parses an XML Schema boolean; anything strange is false.
func boolean(s string) bool { return s == "true" || s == "1" }

// optionalJID parses an address attribute. ok is false only when it is there and wrong.
func optionalJID(e *Element, name string) (model.JID, bool) {
	s, there := e.attr("", name)
	if !there || s == "" {
		return "", true
	}
	j, err := model.ParseJID(s)
	return j, err == nil
}

// requiredJID parses an address attribute. ok is false when it is missing or wrong.
func requiredJID(e *Element, name string) (model.JID, bool) {
	j, ok := optionalJID(e, name)
	return j, ok && j != ""
}

// decode64 decodes base64 that may hold white space, to at most limit bytes.
func decode64(s string, limit int) ([]byte, bool) {
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf && isSpace(byte(r)) {
				return -1
			}
			return r
		}, s)
	}
	if base64.StdEncoding.DecodedLen(len(s)) > limit+2 {
		return nil, false
	}
	out, err := base64.StdEncoding.DecodeString(s)
	return out, err == nil && len(out) <= limit
}

func encode64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// text makes an element that holds nothing but s.
func text(space, local, s string) *Element { return New(space, local).AddText(s) }

// childText is the text of the first child of that name.
func childText(e *Element, space, local string) string { return e.Child(space, local).Text() }
