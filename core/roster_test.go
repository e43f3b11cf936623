package core

import (
	"fmt"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// Whoever has a great many contacts has them all, although they do not fit into what anybody else may send in one piece.
func TestLargeRoster(t *testing.T) {
	for name, start := range map[string]func(coretest.TB, coretest.Options) *coretest.Server{
		"prosody": coretest.StartProsody, "ejabberd": coretest.StartEjabberd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, coretest.Options{})
			jid := s.AddUser(t, "anna", "canary-password")
			want := make(map[model.JID]string)
			var rows []model.Contact
			for i := range 3000 {
				c := model.Contact{
					JID:  model.JID(fmt.Sprintf("contact%04d@%s", i, s.Domain)),
					Name: fmt.Sprintf("%04d", i) + strings.Repeat("ä", 300),
				}
				rows, want[c.JID] = append(rows, c), c.Name
			}
			s.FillRoster(t, jid, rows)
			anna := signIn(t, s, jid, "canary-password")
			var got []model.Contact
			anna.until("all contacts are here", func() (ok bool) {
				var err error
				if got, err = anna.client.Contacts.List(t.Context(), anna.account); err != nil {
					t.Fatal(err)
				}
				return len(got) == len(want)
			})
			for _, c := range got {
				if c.Name != want[c.JID] || !c.InRoster || c.Subscription != model.SubBoth {
					t.Fatalf("a contact with a name of %d bytes, in the roster %v, %v", len(c.Name), c.InRoster, c.Subscription)
				}
			}
			anna.online()
		})
	}
}
