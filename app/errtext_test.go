package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"kith/app/screen"
	"kith/core"
	"kith/storage"
)

// jargon is what no sentence may say.
var jargon = regexp.MustCompile(`(?i)\b(xmpp|jid|stanza|tls|sasl|scram|omemo|dns|iq|fts5?|sqlite|session|socket|errno|nil|error|failed to)\b|%!`)

func checkSentence(t *testing.T, name, s string) {
	t.Helper()
	if s == "" || !strings.HasSuffix(s, ".") || strings.ToUpper(s[:1]) != s[:1] {
		t.Errorf("%s: not a sentence: %q", name, s)
	}
	if m := jargon.FindString(s); m != "" {
		t.Errorf("%s: says %q in %q", name, m, s)
	}
	if len(s) > 200 {
		t.Errorf("%s: %d characters", name, len(s))
	}
}

func TestSentences(t *testing.T) {
	tests := []struct {
		err  error
		want string // part of the sentence
	}{
		{core.ErrAddress, "name@example.org"},
		{core.ErrExists, "already"},
		{core.ErrOffline, "Can't reach example.org"},
		{core.ErrClear, "Turn encryption off"},
		{core.ErrListFight, "Update that app"},
		{core.ErrKeysRefused, "another provider"},
		{core.ErrNotFound, "no longer"},
		{core.ErrBusy, "Hang up"},
		{core.ErrNoCalls, "Write a message"},
		{core.ErrNoRelay, "Add them as a contact first"},
		{context.DeadlineExceeded, "too long"},
		{storage.ErrPassphrase, "not the passphrase"},
		{storage.ErrNoKeychain, "keychain"},
		{storage.ErrInUse, "open already"},
		{storage.ErrWrongKey, "backup"},
		{storage.ErrDamaged, "backup"},
		{storage.ErrNewer, "newest version"},
		{storage.ErrNoFTS5, "Install"},
		{storage.ErrDiskFull, "Free some space"},
		{storage.ErrReadOnly, "write-protected"},
		{errors.New("secret detail"), "Try again"},
	}
	checkSentence(t, "no relay, as chosen", noRelay(true))
	seen := map[string]error{}
	for _, tt := range tests {
		got := sentence(fmt.Errorf("open something: %w", tt.err), "example.org")
		checkSentence(t, tt.err.Error(), got)
		if !strings.Contains(got, tt.want) || strings.Contains(got, "secret") {
			t.Errorf("%v: %q, want %q in it", tt.err, got, tt.want)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%v and %v read the same", tt.err, other)
		}
		seen[got] = tt.err
	}
	for _, err := range []error{nil, context.Canceled, fmt.Errorf("sign in: %w", context.Canceled)} {
		if got := sentence(err, "example.org"); got != "" {
			t.Errorf("%v: %q, want nothing", err, got)
		}
	}
}

func TestCertificateSentences(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range []string{"expired", "not-yet", "foreign", "other-name", "something new"} {
		s := certificateSentence(f, "example.org")
		checkSentence(t, f, s)
		if seen[s] || !strings.Contains(s, "example.org") {
			t.Errorf("%s: %q", f, s)
		}
		seen[s] = true
	}
}

func TestLoginField(t *testing.T) {
	for err, want := range map[error]screen.LoginField{
		core.ErrAddress: screen.AddressField, core.ErrExists: screen.AddressField, core.ErrOffline: screen.WholeForm,
	} {
		if got := loginField(err); got != want {
			t.Errorf("%v: field %d, want %d", err, got, want)
		}
	}
}

// TestRefusals is for a profile that cannot be opened: trying again is no advice there.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{storage.ErrDamaged, "Put the profile folder back"},
		{storage.ErrExists, "the key to them is not"},
		{storage.ErrInUse, "open already"},
		{fs.ErrPermission, "belongs to you"},
		{errors.New("secret detail"), "put the folder back from a backup"},
	} {
		got := refusal(fmt.Errorf("open something: %w", c.err))
		checkSentence(t, c.err.Error(), got)
		if !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
			t.Errorf("%v: %q, want %q in it", c.err, got, c.want)
		}
	}
}
