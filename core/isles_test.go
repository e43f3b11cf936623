package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
)

// broken are messages of an archive, oldest first, each ten seconds behind the one before: "." can be read, "," can too and is of the
// same second as the one before, and Prosody cannot give "x" any more. texts are those that can be read.
func broken(s *coretest.Server, owner model.JID, layout string) (rows []coretest.ArchiveMessage, texts []string) {
	at := time.Now().UTC().Truncate(time.Second).Add(-2 * time.Hour)
	for i, c := range layout {
		body := fmt.Sprintf("canary %03d", i)
		m := coretest.ArchiveMessage{From: "ben@" + model.JID(s.Domain) + "/x", To: owner, ID: body, XML: "<body>" + body + "</body>"}
		if c == 'x' {
			m.XML += "<a xmlns='http://www.w3.org/XML/1998/namespace'/>" // as it stores <xml:a/>
		} else {
			texts = append(texts, body)
		}
		if c != ',' {
			at = at.Add(10 * time.Second)
		}
		m.Time = at
		rows = append(rows, m)
	}
	return rows, texts
}

// However many messages a server cannot read out of its own archive, all that lies between them is fetched, and each stretch of them
// costs a gap.
func TestMessagesTheServerCannotGive(t *testing.T) {
	tests := []struct {
		name, layout string
		newer        int  // messages behind
		first        bool // this device reads the archive for the first time
		gaps         int
	}{
		{"two among what was missed", "....x....x..", 40, false, 2},
		{"three", "..x..x..x..", 40, false, 3},
		{"adjacent ones", "..xx..xxx..", 40, false, 2},
		{"with messages of their second", "..x,,..x,..", 40, false, 2},
		{"in the newest page", "...x...x...", 0, false, 2},
		{"at the end", "...x...xx", 0, false, 1},
		{"in old history", "..x..xx..", 40, true, 2},
		{"at the beginning", "x..x..", 40, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := coretest.StartProsody(t, coretest.Options{ArchivePage: 30})
			ben := model.JID("ben@" + s.Domain)
			jid := s.AddUser(t, "anna", "canary-password")
			rows, want := broken(s, jid, tt.layout+strings.Repeat(".", tt.newer))
			known := 1
			if tt.first {
				known = len(rows)
			}
			s.FillArchive(t, jid, rows[:known])
			anna := signIn(t, s, jid, "canary-password")
			anna.until("what is known is here", func() bool { return tt.first || len(anna.texts(ben)) == known && anna.walked() })
			anna.close()
			s.FillArchive(t, jid, rows[known:])
			anna.options.Answer = 3 * time.Second
			anna.open()
			for n := range want { // each has its own patience
				anna.until("the next is here", func() bool { return len(anna.texts(ben)) > n })
			}
			anna.until("the walk is over", anna.walked)
			if got := anna.texts(ben); !slices.Equal(got, want) {
				t.Errorf("stored %q, want %q", got, want)
			}
			chat, err := anna.client.Chats.Get(t.Context(), anna.chat(ben).ID)
			if err != nil || len(chat.Gaps) != tt.gaps {
				t.Errorf("%d gaps, want %d; %v", len(chat.Gaps), tt.gaps, err)
			}
			if strings.HasSuffix(tt.layout, "x") && tt.newer == 0 {
				return
			}
			anna.close() // what cannot be had is not asked for again
			anna.options.Answer = 0
			anna.open()
			anna.until("the archive is met again", anna.walked)
			if r, err := anna.store.Ranges(anna.account, jid); err != nil || len(r) != 1 || !r[0].Complete {
				t.Errorf("ranges %v, %v", r, err)
			}
		})
	}
}
