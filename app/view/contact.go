package view

import (
	"strings"
	"unicode"

	"kith/app/lang"
	"kith/core/model"
)

// ContactName is how a contact is called: by the roster's name, else by the part of the address before the @, else by the
// server.
func ContactName(c model.Contact) string {
	for _, n := range []string{Line(c.Name), c.JID.Local()} {
		if n != "" {
			return n
		}
	}
	return c.JID.Domain()
}

// PresenceText says whether somebody is there; empty when we may not know, as we do not see their presence.
func PresenceText(c model.Contact) string {
	if c.Subscription != model.SubTo && c.Subscription != model.SubBoth {
		return ""
	}
	switch c.Presence {
	case model.Available:
		return lang.T("online")
	case model.Away:
		return lang.T("away")
	case model.Unavailable:
	}
	return lang.T("offline")
}

// hearing holds the accounts that have no connection.
type hearing map[model.AccountID]struct{}

// Hears says whether an account is told who is there.
func (h hearing) Hears(id model.AccountID) bool {
	_, lost := h[id]
	return !lost
}

// heard is a contact with the presence that is known now.
func (h hearing) heard(x model.Contact) model.Contact {
	if !h.Hears(x.Account) {
		x.Presence = model.Unavailable
	}
	return x
}

// AddressCheck is what the screen for a new chat says about what was typed.
type AddressCheck struct {
	JID     model.JID // empty while nothing can be started with it
	Problem string    // why not; empty while the field is empty or fine
	Warning string    // it can be used, but the person should look twice
}

// CheckAddress looks at a typed address; own are the addresses of our accounts. It accepts the xmpp: links that other apps
// share, and white space around.
func CheckAddress(typed string, own []model.JID) AddressCheck {
	s := strings.TrimSpace(typed)
	if rest, ok := strings.CutPrefix(strings.ToLower(s), "xmpp:"); ok {
		s, _, _ = strings.Cut(s[len(s)-len(rest):], "?")
	}
	switch {
	case s == "":
		return AddressCheck{}
	case strings.ContainsFunc(s, unicode.IsSpace):
		return AddressCheck{Problem: lang.T("An address has no spaces in it. It looks like name@example.org.")}
	case strings.HasSuffix(s, "@"), !strings.Contains(s, "@"):
		return AddressCheck{Problem: lang.T("That is only a part of an address. It looks like name@example.org.")}
	}
	j, err := model.ParseJID(s)
	if err != nil || j.Local() == "" {
		return AddressCheck{Problem: lang.T("That is not an address. It looks like name@example.org.")}
	}
	j = j.Bare()
	for _, o := range own {
		if o == j {
			return AddressCheck{Problem: lang.T("That is your own address.")}
		}
	}
	if j.MixedScripts() {
		return AddressCheck{JID: j, Warning: lang.T("This address mixes letters of different alphabets that look alike. Make sure that it is really the one you mean.")}
	}
	return AddressCheck{JID: j}
}
