package crypto

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kith/core/model"
	"kith/core/wire"
)

// KeyURI is what a QR code or link says about somebody's identity keys. Scanning one is the comparison that makes them
// Verified.
type KeyURI struct {
	JID      model.JID // bare
	Devices  map[model.DeviceID]model.Fingerprint
	Trust    []model.Fingerprint // keys without device numbers, as Kaidan shows them
	Distrust []model.Fingerprint
}

// ErrKeyURI says that a text is no xmpp: link with keys. It never carries the text.
var ErrKeyURI = errors.New("not a link with keys")

const (
	maxKeyURI   = 16 << 10
	sidPrefix   = "omemo-sid-"
	trustAction = "trust-message"
)

// ParseKeyURI reads both forms that are in use:
//
//	xmpp:ann@example.org?message;omemo-sid-123=<64 hex digits>;omemo-sid-456=…
//	xmpp:ann@example.org?trust-message;encryption=…;trust=<64 hex digits>;distrust=…
//
// The word "message" may be missing from the first. Keys for another encryption than OMEMO are refused.
func ParseKeyURI(s string) (KeyURI, error) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !strings.EqualFold(scheme, "xmpp") || len(s) > maxKeyURI {
		return KeyURI{}, ErrKeyURI
	}
	address, query, ok := strings.Cut(rest, "?")
	if !ok {
		return KeyURI{}, ErrKeyURI
	}
	plain, err := url.PathUnescape(address)
	if err != nil {
		return KeyURI{}, ErrKeyURI
	}
	jid, err := model.ParseJID(plain)
	if err != nil {
		return KeyURI{}, ErrKeyURI
	}
	u := KeyURI{JID: jid.Bare(), Devices: map[model.DeviceID]model.Fingerprint{}}
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == ';' || r == '&' }) {
		key, value, _ := strings.Cut(pair, "=")
		if err := u.parse(key, value); err != nil {
			return KeyURI{}, err
		}
	}
	if len(u.Devices)+len(u.Trust)+len(u.Distrust) == 0 {
		return KeyURI{}, ErrKeyURI
	}
	return u, nil
}

// parse takes in one parameter. Unknown ones are left alone.
func (u *KeyURI) parse(key, value string) error {
	device, isDevice := strings.CutPrefix(key, sidPrefix)
	switch {
	case isDevice:
		id, err := strconv.ParseUint(device, 10, 31)
		f, ok := parseFingerprint(value)
		if err != nil || id == 0 || !ok {
			return ErrKeyURI
		}
		u.Devices[model.DeviceID(id)] = f
	case key == "encryption":
		ns, err := url.QueryUnescape(value)
		if err != nil || ns != wire.NSOMEMO && !strings.HasPrefix(ns, "urn:xmpp:omemo:") {
			return ErrKeyURI
		}
	case key == "trust", key == "distrust":
		f, ok := parseFingerprint(value)
		if !ok {
			return ErrKeyURI
		}
		if key == "trust" {
			u.Trust = append(u.Trust, f)
		} else {
			u.Distrust = append(u.Distrust, f)
		}
	}
	return nil
}

// parseFingerprint reads 64 hex digits; upper case and the type byte in front are forgiven.
func parseFingerprint(s string) (model.Fingerprint, bool) {
	s = strings.ToLower(s)
	if len(s) == 66 {
		s = strings.TrimPrefix(s, "05")
	}
	_, err := hex.DecodeString(s)
	return model.Fingerprint(s), err == nil && len(s) == 64
}

// String is the link to show: the first form when there are device numbers, else the second.
func (u KeyURI) String() string {
	var b strings.Builder
	local := ""
	if l := u.JID.Local(); l != "" {
		local = url.PathEscape(l) + "@"
	}
	fmt.Fprintf(&b, "xmpp:%s%s?", local, u.JID.Domain())
	if len(u.Devices) > 0 {
		b.WriteString("message")
		for _, id := range slices.Sorted(maps.Keys(u.Devices)) {
			fmt.Fprintf(&b, ";%s%d=%s", sidPrefix, id, u.Devices[id])
		}
		return b.String()
	}
	b.WriteString(trustAction + ";encryption=" + url.QueryEscape(wire.NSOMEMO))
	for _, f := range u.Trust {
		fmt.Fprintf(&b, ";trust=%s", f)
	}
	for _, f := range u.Distrust {
		fmt.Fprintf(&b, ";distrust=%s", f)
	}
	return b.String()
}
