package model

import (
	"errors"
	"fmt"
	"log/slog"
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
	j, err := jid.Parse(s)
	if err != nil {
		return "", ErrJID
	}
	if strings.ContainsFunc(j.Domainpart(), unicode.IsSpace) {
		return "", ErrJID
	}
	if _, err := idna.Lookup.ToASCII(j.Domainpart()); err != nil && !strings.HasPrefix(j.Domainpart(), "[") {
		return "", ErrJID
	}
	return JID(j.String()), nil
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
