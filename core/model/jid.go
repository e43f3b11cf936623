package model

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
	"mellium.im/xmpp/jid"
)

// JID is an XMPP address (RFC 7622), bare or full, already normalised: two equal addresses are equal strings.
// Make one from outside input with ParseJID only.
type JID string

// ErrJID says that a text is not an XMPP address. It never carries the text.
var ErrJID = errors.New("not an address")

// ParseJID normalises and checks an address (RFC 7622 §3): PRECIS UsernameCaseMapped for the local part, IDNA for the
// domain, OpaqueString for the resource. A trailing dot of the domain is dropped. The error wraps ErrJID.
func ParseJID(s string) (JID, error) {
	if len(s) > 3071 {
		return "", ErrJID
	}
	if plain(s) {
		return JID(s), nil
	}
	return normalise(s)
}

// plain says whether s is an address that normalising would leave as it is: the usual kind, of lower-case ASCII letters,
// digits, dots and hyphens, with any printable ASCII as resource. Every stanza has two, and PRECIS costs microseconds.
func plain(s string) bool {
	bare, resource, full := strings.Cut(s, "/")
	local, domain, ok := strings.Cut(bare, "@")
	if !ok {
		local, domain = "x", bare
	}
	if len(local) == 0 || len(local) > 64 || len(domain) == 0 || len(domain) > 253 || len(resource) > 1023 || (full && resource == "") {
		return false
	}
	for _, c := range []byte(local) {
		if !isPlain(c) {
			return false
		}
	}
	label := 0
	for i, c := range []byte(domain) {
		edge := i+1 == len(domain) || domain[i+1] == '.'
		switch {
		case c == '.' && label > 0 && i+1 < len(domain):
			label = 0
		case c == '.' || !isPlain(c) || label >= 63 || (c == '-' && (label == 0 || edge || label == 3)):
			return false
		default:
			label++
		}
	}
	return strings.IndexFunc(resource, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-'
}

// normalise is ParseJID for every address.
func normalise(s string) (JID, error) {
	j, err := jid.Parse(s)
	if err != nil || !domainOK(j.Domainpart()) {
		return "", ErrJID
	}
	if again, err := jid.Parse(j.String()); err != nil || again.String() != j.String() {
		return "", ErrJID // what changes each time it is normalised can never be compared
	}
	return JID(j.String()), nil
}

// domainOK checks what the library leaves open: labels that are not empty, and names that DNS could hold. An address literal
// in brackets is the library's to check.
func domainOK(domain string) bool {
	if strings.HasPrefix(domain, "[") {
		return true
	}
	if slices.Contains(strings.Split(domain, "."), "") || strings.ContainsFunc(domain, unicode.IsSpace) {
		return false
	}
	_, err := idna.Lookup.ToASCII(domain)
	return err == nil
}

// Bare is the address without its resource.
func (j JID) Bare() JID {
	if i := strings.IndexByte(string(j), '/'); i >= 0 {
		return j[:i]
	}
	return j
}

// Resource is what stands behind the slash; empty for a bare address.
func (j JID) Resource() string {
	if i := strings.IndexByte(string(j), '/'); i >= 0 {
		return string(j[i+1:])
	}
	return ""
}

// Local is what stands before the @; empty for a server's address.
func (j JID) Local() string {
	b := string(j.Bare())
	if i := strings.IndexByte(b, '@'); i >= 0 {
		return b[:i]
	}
	return ""
}

// Domain is the server's part of the address.
func (j JID) Domain() string {
	b := string(j.Bare())
	if i := strings.IndexByte(b, '@'); i >= 0 {
		return b[i+1:]
	}
	return b
}

// IsBare says whether the address has no resource.
func (j JID) IsBare() bool { return j != "" && j.Resource() == "" }

// MixedScripts says whether the address mixes Latin with Greek or Cyrillic letters in one part, as addresses that imitate
// another do (homographs, UTS 39 §5). The interface warns before it starts a chat with such an address.
func (j JID) MixedScripts() bool {
	for _, part := range append(strings.Split(j.Domain(), "."), norm.NFC.String(j.Local())) {
		var latin, other bool
		for _, r := range part {
			switch {
			case unicode.Is(unicode.Latin, r):
				latin = true
			case unicode.In(r, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee):
				other = true
			}
		}
		if latin && other {
			return true
		}
	}
	return false
}

// LogValue keeps addresses out of logs.
func (j JID) LogValue() slog.Value { return slog.StringValue("[jid]") }

// Secret is a password, key or token. It hides itself in every format, in logs and in JSON; string(s) is the only way in.
type Secret string

const hidden = "[secret]"

// Format hides the secret in every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret.
func (Secret) GoString() string { return hidden }

// MarshalText hides the secret from JSON and XML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
