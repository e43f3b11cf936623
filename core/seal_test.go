package core

import (
	"regexp"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// An empty message says nothing to any program that it is not for: what looks like a message that cannot be read is shown
// as one, also on the other devices of whoever sent it.
func TestEmptyMessageIsNotAnnounced(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	befriend(anna, ben)
	anna.reaches(anna.send(ben.jid, "hello"), model.Delivered)
	sealed := regexp.MustCompile(`<message [^>]*>.*?</message>`)
	empty := ""
	ben.until("answers with an empty message", func() bool {
		for _, m := range sealed.FindAllString(s.Stanzas(), -1) {
			if strings.Contains(m, "<encrypted") && !strings.Contains(m, "<payload") {
				empty = m
			}
		}
		return empty != ""
	})
	for _, hint := range []string{"urn:xmpp:eme:0", "<body", "urn:xmpp:receipts", "urn:xmpp:chat-markers:0"} {
		if strings.Contains(empty, hint) {
			t.Errorf("an empty message has %s", hint)
		}
	}
}
