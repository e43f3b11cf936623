package coretest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestProsodyConversation(t *testing.T) {
	s := StartProsody(t, Options{})
	anna := s.AddUser(t, "anna", "secret-1")
	bert := s.AddUser(t, "bert", "secret-2")
	a, b := connect(t, s), connect(t, s)
	a.login(s, "anna", "secret-1", "phone")
	b.login(s, "bert", "secret-2", "desk")
	b.send("<presence/>")
	b.expect("<presence")
	a.send("<message type='chat' id='m1' to='%s'><body>hello there</body></message>", bert)
	got := b.expect("</message>")
	if !strings.Contains(got, "<body>hello there</body>") || !strings.Contains(got, string(anna)+"/phone") {
		t.Errorf("the message arrived as %s", got)
	}
	s.WaitStanza(t, "hello there")
	if !strings.Contains(s.Stored(t), "hello there") {
		t.Error("a message that the server has archived is not in Stored")
	}

	s.Restart(t)
	if _, err := a.Read(make([]byte, 1)); err == nil {
		t.Error("the connection has survived the server's death")
	}
	again := connect(t, s)
	again.login(s, "bert", "secret-2", "desk")
	again.send("<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>")
	if page := again.expect("</fin>"); !strings.Contains(page, "hello there") {
		t.Errorf("the archive after the restart holds %s", page)
	}
}

func TestProsodyFillArchive(t *testing.T) {
	s := StartProsody(t, Options{})
	anna, bert := s.AddUser(t, "anna", "secret-1"), s.AddUser(t, "bert", "secret-2")
	start := time.Now().Add(-time.Hour)
	var msgs []ArchiveMessage
	for i := range 10000 {
		msgs = append(msgs, ArchiveMessage{
			From: bert, To: anna, ID: fmt.Sprint("archived-", i), XML: fmt.Sprintf("<body>it's number %d</body>", i),
			Time: start.Add(time.Duration(i) * 100 * time.Millisecond),
		})
	}
	s.FillArchive(t, anna, msgs)
	c := connect(t, s)
	c.login(s, "anna", "secret-1", "phone")
	c.send("<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>1000</max><before/></set></query></iq>")
	page := c.expect("</fin>")
	if n := strings.Count(page, "<result"); n != 250 {
		t.Errorf("the newest page has %d messages, want 250", n)
	}
	if !strings.Contains(page, "it&apos;s number 9999") || !strings.Contains(page, "archived-9750") || strings.Contains(page, "archived-9749'") {
		t.Errorf("the newest page is not the newest: %s", page)
	}
}
