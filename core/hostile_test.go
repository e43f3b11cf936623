package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// The people of these tests. Ben is a contact, mallory a stranger, carol somebody else's contact.
const (
	annaJID    = model.JID("anna@example.test")
	benJID     = model.JID("ben@example.test")
	malloryJID = model.JID("mallory@evil.test")
)

// unconnected is anna with a profile and no network: what a server could send, the test feeds her itself.
func unconnected(t *testing.T) *person {
	t.Helper()
	p := &person{t: t, dir: t.TempDir(), jid: annaJID}
	p.options = Options{Log: coretest.NewCanary(t, "forged", "anna@", "mallory@", "ben@")}
	p.open()
	row := model.Account{JID: annaJID, Password: "x", Host: "127.0.0.1", Port: 1, Resource: "kith", Enabled: true}
	p.update(func(tx *storage.Tx) error {
		if err := tx.AddAccount(&row); err != nil {
			return err
		}
		return tx.PutContact(model.Contact{Account: row.ID, JID: benJID, InRoster: true, Subscription: model.SubBoth})
	})
	p.account = row.ID
	if _, err := p.client.start(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	p.update(func(tx *storage.Tx) error {
		chat, _, err := tx.EnsureChat(row.ID, benJID)
		if err != nil {
			return err
		}
		m := model.Message{Chat: chat.ID, Outgoing: true, OriginID: "our-1", Body: "mine", State: model.Sent, Time: time.Now().Add(-time.Hour)}
		_, err = tx.AddMessage(&m)
		return err
	})
	p.withArchive()
	return p
}

func (p *person) update(do func(*storage.Tx) error) {
	p.t.Helper()
	if err := p.store.Update(p.t.Context(), do); err != nil {
		p.t.Fatal(err)
	}
}

// inside runs do on the inbox goroutine.
func (p *person) inside(do func(*account)) {
	p.t.Helper()
	a := p.client.account(p.account)
	if err := a.command(p.t.Context(), func() { do(a) }); err != nil {
		p.t.Fatal(err)
	}
}

// withArchive makes the account one whose archive has been read.
func (p *person) withArchive() {
	p.inside(func(a *account) {
		a.in.sids = true
		a.in.archive = archive{on: true, topped: true, older: make(map[string]string), ranges: []storage.Range{{
			Account: a.id, Archive: a.own, FromID: "a", ToID: "b", From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(-time.Minute), Complete: true,
		}}}
		a.out.setCaughtUp(true)
	})
}

// feed has the server send stanzas.
func (p *person) feed(stanzas ...string) {
	p.t.Helper()
	var batch []link.Event
	for _, s := range stanzas {
		name, rest, _ := strings.Cut(strings.TrimPrefix(s, "<"), " ")
		el, err := wire.Parse("<" + name + " xmlns='jabber:client' " + rest)
		if err != nil {
			p.t.Fatalf("the test's stanza %.60q: %v", s, err)
		}
		batch = append(batch, link.Stanza{Element: el})
	}
	for chunk := range slices.Chunk(batch, batchLimit) {
		p.inside(func(a *account) { intake{a}.receive(context.WithoutCancel(p.t.Context()), chunk) })
	}
}

func (p *person) restart() {
	p.t.Helper()
	p.close()
	p.open()
	p.withArchive()
}

// texts are the bodies stored from somebody; every row that cannot be read counts as "?".
func (p *person) texts(from model.JID) (out []string) {
	p.t.Helper()
	chat, ok, err := p.store.ChatWith(p.account, from)
	if err != nil {
		p.t.Fatal(err)
	}
	if !ok {
		return nil
	}
	rows, err := p.store.Messages(chat.ID, model.Page{Limit: 1000})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, m := range rows {
		switch {
		case m.Kind == model.Unreadable:
			out = append(out, "?")
		case m.OriginID != "our-1":
			out = append(out, m.Body)
		}
	}
	return out
}

// ours is the state of the one message that anna has sent.
func (p *person) ours() model.State {
	p.t.Helper()
	chat, _, err := p.store.ChatWith(p.account, benJID)
	if err != nil {
		p.t.Fatal(err)
	}
	m, _, err := p.store.MessageByOrigin(chat.ID, true, "our-1")
	if err != nil {
		p.t.Fatal(err)
	}
	return m.State
}

func forwarded(ns, element, attrs, inner string) string {
	return fmt.Sprintf("<%s xmlns='%s' %s><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>%s</forwarded></%s>",
		element, ns, attrs, inner, element)
}

const (
	toAnna   = " to='anna@example.test/kith' type='chat' id='x1'>"
	fromBen  = "<message from='ben@example.test/phone'" + toAnna
	fromEvil = "<message from='mallory@evil.test/x'" + toAnna
	fromAnna = "<message from='anna@example.test'" + toAnna
	forgery  = "<message xmlns='jabber:client' from='ben@example.test/phone' to='anna@example.test' type='chat'><body>forged</body></message>"
	ourWords = "<message xmlns='jabber:client' from='anna@example.test/other' to='ben@example.test' type='chat'><body>forged</body></message>"
)

func encryptedXML(sid, inner string) string {
	return "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='" + sid + "'>" + inner + "<iv>AAAAAAAAAAAAAAAA</iv></header><payload>AAAA</payload></encrypted>"
}

func deviceListXML(from string, first, n int) string {
	var b strings.Builder
	b.WriteString("<message from='" + from + "' to='anna@example.test'><event xmlns='http://jabber.org/protocol/pubsub#event'>" +
		"<items node='eu.siacs.conversations.axolotl.devicelist'><item id='current'><list xmlns='eu.siacs.conversations.axolotl'>")
	for i := range n {
		fmt.Fprintf(&b, "<device id='%d'/>", first+i)
	}
	b.WriteString("</list></item></items></event></message>")
	return b.String()
}

// What strangers, contacts and a careless server may send changes nothing that it must not; and after each of them, and a
// restart, the next honest message arrives.
func TestHostileStanzas(t *testing.T) {
	p := unconnected(t)
	tests := []struct {
		name    string
		stanzas []string
		want    []string // stored from ben
		evil    []string // stored from mallory
	}{
		{"a carbon from the contact", []string{fromBen + forwarded(wire.NSCarbons, "sent", "", ourWords) + "</message>"}, nil, nil},
		{"a carbon from a stranger", []string{fromEvil + forwarded(wire.NSCarbons, "received", "", forgery) + "</message>"}, nil, nil},
		{"a carbon from another resource of ours", []string{strings.Replace(fromAnna, "example.test'", "example.test/other'", 1) +
			forwarded(wire.NSCarbons, "received", "", forgery) + "</message>"}, nil, nil},
		{"a carbon of what others said to each other", []string{fromAnna + forwarded(wire.NSCarbons, "received", "",
			strings.Replace(forgery, "anna@", "carol@", 1)) + "</message>"}, nil, nil},
		{"an archive result nobody asked for", []string{fromAnna + forwarded(wire.NSArchive, "result", "id='9'", forgery) + "</message>"}, nil, nil},
		{"an archive result of another query", []string{fromAnna + forwarded(wire.NSArchive, "result", "id='9' queryid='guess'", forgery) + "</message>"}, nil, nil},
		{"an archive result from a stranger", []string{fromEvil + forwarded(wire.NSArchive, "result", "id='9' queryid='q'", forgery) + "</message>"}, nil, nil},
		{"a message to somebody else", []string{strings.Replace(fromBen, "to='anna@", "to='carol@", 1) + "<body>forged</body></message>"}, nil, nil},
		{"a message from no address", []string{strings.Replace(fromBen, "ben@example.test/phone", "@@", 1) + "<body>forged</body></message>"}, nil, nil},
		{"a room's and a news message", []string{
			strings.Replace(fromBen, "chat", "groupchat", 1) + "<body>forged</body></message>",
			strings.Replace(fromBen, "chat", "headline", 1) + "<body>forged</body></message>",
		}, nil, nil},
		{"an empty body", []string{fromBen + "<body/></message>", fromBen + "</message>"}, nil, nil},
		{"a stranger writes", []string{fromEvil + "<body>hello</body></message>"}, nil, []string{"hello"}},
		{"bidi overrides stay text", []string{fromBen + "<body>a\u202eb\u0085c</body></message>"}, []string{"a\u202ebc"}, nil},
		{"one id, two texts", []string{fromBen + "<body>one</body></message>", fromBen + "<body>two</body></message>", fromBen + "<body>two</body></message>"}, []string{"one", "two"}, nil},
		{"an id of 2 KB", []string{strings.Replace(fromBen, "x1", strings.Repeat("x", 2000), 1) + "<body>long id</body><request xmlns='urn:xmpp:receipts'/></message>"}, []string{"long id"}, nil},
		{"clear text beside encrypted", []string{fromBen + "<body>forged</body>" + encryptedXML("5", "<key rid='7'>AAAA</key>") + "</message>"}, []string{"?"}, nil},
		{"malformed encryption", []string{
			fromBen + "<encrypted xmlns='eu.siacs.conversations.axolotl'/></message>",
			strings.Replace(fromBen, "x1", "x2", 1) + encryptedXML("-5", "") + "</message>",
			strings.Replace(fromBen, "x1", "x3", 1) + encryptedXML("99999999999", "<key/>") + "</message>",
			strings.Replace(fromBen, "x1", "x4", 1) + encryptedXML("5", strings.Repeat("<key rid='7' prekey='1'>AAAA</key>", 2001)) + "</message>",
			strings.Replace(fromBen, "x1", "x5", 1) + encryptedXML("5", "<key rid='7'>!!</key>") + "</message>",
		}, []string{"?", "?", "?", "?", "?"}, nil},
		{"an unknown encryption", []string{fromBen + "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:other'/><body>forged</body></message>"}, []string{"?"}, nil},
		{"elements that are none of ours", []string{fromBen + strings.Repeat("<x xmlns='urn:x'>", 50) + strings.Repeat("</x>", 50) + "<body>deep</body></message>"}, []string{"deep"}, nil},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.t = t
			p.feed(tt.stanzas...)
			p.restart()
			fence := fmt.Sprintf("go on %d", i)
			p.feed(strings.Replace(fromBen, "x1", fence, 1) + "<body>" + fence + "</body></message>")
			if got, want := p.texts(benJID), append(slices.Clone(tt.want), fence); !slices.Equal(got, want) {
				t.Errorf("stored %q, want %q", got, want)
			}
			if got := p.texts(malloryJID); !slices.Equal(got, tt.evil) {
				t.Errorf("stored from the stranger %q, want %q", got, tt.evil)
			}
			if st := p.ours(); st != model.Sent {
				t.Errorf("our own message became %v", st)
			}
			p.clear()
		})
	}
	p.t = t
}

// clear takes away everything but the one message of anna's.
func (p *person) clear() {
	p.t.Helper()
	p.update(func(tx *storage.Tx) error {
		chats, err := tx.Chats(p.account)
		if err != nil {
			return err
		}
		for _, c := range chats {
			if err := tx.DeleteChat(c.ID); err != nil {
				return err
			}
		}
		chat, _, err := tx.EnsureChat(p.account, benJID)
		if err != nil {
			return err
		}
		m := model.Message{Chat: chat.ID, Outgoing: true, OriginID: "our-1", Body: "mine", State: model.Sent, Time: time.Now().Add(-time.Hour)}
		_, err = tx.AddMessage(&m)
		return err
	})
}

// Receipts, markers and errors count only from the one the message went to.
func TestSignalsOfStrangers(t *testing.T) {
	p := unconnected(t)
	receipt, marker := "<received xmlns='urn:xmpp:receipts' id='our-1'/></message>", "<displayed xmlns='urn:xmpp:chat-markers:0' id='our-1'/></message>"
	bounce := func(from string) string {
		return "<message from='" + from + "' to='anna@example.test/kith' type='error' id='our-1'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
	}
	p.feed(fromEvil+"<body>so that there is a chat</body></message>", fromEvil+receipt, fromEvil+marker, bounce("mallory@evil.test"), bounce("mallory@evil.test/x"), bounce("example.test"), bounce(string(annaJID)))
	if st := p.ours(); st != model.Sent {
		t.Fatalf("a stranger made it %v", st)
	}
	p.feed(bounce("ben@example.test"))
	if st := p.ours(); st != model.Failed {
		t.Errorf("an honest error made it %v", st)
	}
	p.clear()
	p.feed(fromBen + receipt)
	if st := p.ours(); st != model.Delivered {
		t.Errorf("an honest receipt made it %v", st)
	}
	p.feed(fromBen+marker, bounce("ben@example.test"))
	if st := p.ours(); st != model.Read {
		t.Errorf("an honest marker and a late error made it %v", st)
	}
}

// No stamp moves a message into the future, nor far behind what the archive held already, nor the edge of the archive.
func TestHostileStamps(t *testing.T) {
	p := unconnected(t)
	delay := func(from, stamp string) string {
		return fmt.Sprintf("<body>%s %s</body><stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='%s'/><delay xmlns='urn:xmpp:delay' from='%s' stamp='%s'/></message>",
			from, stamp, stamp, from, stamp)
	}
	before := time.Now().Add(-time.Second)
	for _, stamp := range []string{"9999-12-31T23:59:59Z", wire.FormatTime(before.Add(2 * time.Hour)), "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-99-99T00:00:00Z"} {
		for _, from := range []string{"example.test", "anna@example.test", "evil.test", ""} {
			p.feed(strings.Replace(fromBen, "x1", from+stamp, 1) + delay(from, stamp))
		}
	}
	all := p.messages(benJID, 100)[1:]
	if len(all) < 4 {
		t.Fatalf("%d messages stored", len(all))
	}
	for _, m := range all {
		if m.Time.Before(before) || m.Time.After(time.Now()) {
			t.Errorf("%q is filed under %v", m.Body, m.Time)
		}
	}
	ranges, err := p.store.Ranges(p.account, annaJID)
	if err != nil || len(ranges) != 1 || ranges[0].To.After(time.Now()) || ranges[0].To.Before(before) {
		t.Errorf("ranges %v, %v", ranges, err)
	}
}
