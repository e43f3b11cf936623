package core

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// Who does not let others know what they read still has it read on all of their own devices, there or away; others learn it
// again from when they do.
func TestReadReceiptsOff(t *testing.T) {
	t.Run("prosody", func(t *testing.T) { readReceiptsOff(t, coretest.StartProsody) })
	t.Run("ejabberd", func(t *testing.T) { readReceiptsOff(t, coretest.StartEjabberd) })
}

func readReceiptsOff(t *testing.T, start func(coretest.TB, coretest.Options) *coretest.Server) {
	s := start(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	phone := signIn(t, s, anna.jid, anna.login.Password)
	befriend(anna, ben)
	ben.polls("knows both devices", func() bool {
		d, err := ben.client.Devices.List(t.Context(), ben.account, anna.jid)
		if err == nil {
			err = ben.client.Devices.Refresh(t.Context(), ben.account, anna.jid)
		}
		return err == nil && len(d) == 2
	})
	if on, err := phone.client.ReadReceipts(t.Context()); err != nil || !on {
		t.Fatalf("at first %v, %v", on, err)
	}
	if err := phone.client.SetReadReceipts(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	read := func(body string) model.MessageID {
		id := ben.send(anna.jid, body)
		m := phone.gets(ben.jid, body)
		if err := phone.client.Chats.MarkRead(t.Context(), m.Chat, m.ID); err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := read("one")
	anna.gets(ben.jid, "one")
	anna.until("it is read here too", func() bool { return anna.chat(ben.jid).Unread == 0 })
	anna.close()
	second := read("two")
	phone.polls("everything has left", func() bool {
		n, err := phone.store.OutboxSize(phone.account)
		return err == nil && n == 0
	})
	anna.open()
	anna.gets(ben.jid, "two")
	anna.until("it is read here too", func() bool { return anna.chat(ben.jid).Unread == 0 })
	for _, id := range []model.MessageID{first, second} {
		ben.reaches(id, model.Delivered)
		if m, err := ben.store.Message(id); err != nil || m.State == model.Read {
			t.Errorf("ben learned that it was read, %v", err)
		}
	}
	if strings.Contains(s.Stanzas(), "<displayed xmlns='urn:xmpp:chat-markers") {
		t.Error("a marker has left")
	}
	if err := phone.client.SetReadReceipts(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	ben.reaches(read("three"), model.Read)
}

// polls is until for what no event tells of.
func (p *person) polls(what string, ok func() bool) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			p.t.Fatalf("timeout: %s; %s", what, p.state())
		}
	}
}

// A marker that waits when the person changes their mind does not leave.
func TestQueuedMarker(t *testing.T) {
	p := unconnected(t)
	p.feed(fromBen + "<body>read me</body><markable xmlns='urn:xmpp:chat-markers:0'/><stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='s1'/></message>")
	m := p.messages(benJID, 1)[0]
	if err := p.client.Chats.MarkRead(t.Context(), m.Chat, m.ID); err != nil {
		t.Fatal(err)
	}
	kinds := func() string {
		all, err := p.store.Outbox(p.account, storage.OutboxPage{})
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, q := range all {
			out += fmt.Sprint(q.Kind, " ")
			_ = sender{p.client.account(p.account)}.sendEntry(t.Context(), &q) // there is no connection
		}
		return out
	}
	both, own := fmt.Sprint(storage.QueuedDisplayed, " ", storage.QueuedMarker, " "), fmt.Sprint(storage.QueuedDisplayed, " ")
	if got := kinds(); got != both {
		t.Fatalf("queued %q, want %q", got, both)
	}
	if got := kinds(); got != both {
		t.Errorf("without a connection %q is left", got)
	}
	if err := p.client.SetReadReceipts(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	kinds()
	if got := kinds(); got != own {
		t.Errorf("changed their mind: %q is left, want %q", got, own)
	}
}

// Only our own account says what we have read, and only of messages that our own archive named.
func TestHostileDisplayed(t *testing.T) {
	p := unconnected(t)
	p.feed(fromBen + "<body>unread</body><stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='s1'/></message>")
	says := func(from, chat, by, id string) string {
		item := wire.DisplayedUpTo{Chat: model.JID(chat), ID: id, By: model.JID(by)}.Item()
		return "<message from='" + from + "' to='anna@example.test/kith' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='" +
			wire.NSDisplayed + "'><item id='" + item.ID + "'>" + item.Payload.String() + "</item></items></event></message>"
	}
	p.feed(
		says("ben@example.test", "ben@example.test", "anna@example.test", "s1"),
		says("anna@example.test/other", "ben@example.test", "anna@example.test", "s1"),
		says("anna@example.test", "ben@example.test", "ben@example.test", "s1"),
		says("anna@example.test", "mallory@evil.test", "anna@example.test", "s1"),
		says("anna@example.test", "ben@example.test", "anna@example.test", "s2"),
		says("anna@example.test", "@", "anna@example.test", "s1"),
	)
	if n := p.chat(benJID).Unread; n != 1 {
		t.Fatalf("%d unread", n)
	}
	p.feed(says("anna@example.test", "ben@example.test", "anna@example.test", "s1"))
	if n := p.chat(benJID).Unread; n != 0 {
		t.Errorf("%d unread after an honest word", n)
	}
}
