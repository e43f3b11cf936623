package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
)

// tooMuch are the shapes of messages that Kith does not read, and both servers keep and hand on.
func tooMuch() map[string]string {
	var attrs, spaces strings.Builder
	for i := range 300 {
		fmt.Fprintf(&attrs, " a%d='1'", i)
		fmt.Fprintf(&spaces, " xmlns:n%d='urn:%d' n%d:b='1'", i, i, i)
	}
	return map[string]string{
		"large":      "<body>" + strings.Repeat("0123456789", 1<<20) + "</body>",
		"deep":       "<body>x</body>" + strings.Repeat("<d>", 100) + strings.Repeat("</d>", 100),
		"attributes": "<body>x</body><a" + attrs.String() + "/>",
		"namespaces": "<body>x</body><a" + spaces.String() + "/>",
		// Prosody and ejabberd cannot read it in their own archives: it must not get there.
		"xml": "<body>x</body><xml:a/><no-store xmlns='urn:xmpp:hints'/>",
	}
}

// No message keeps an account from what comes behind it, live or at the next catch-up, from whomever it is.
func TestTooMuch(t *testing.T) {
	t.Run("prosody", func(t *testing.T) { neverStuck(t, coretest.StartProsody) })
	t.Run("ejabberd", func(t *testing.T) { neverStuck(t, coretest.StartEjabberd) })
}

func neverStuck(t *testing.T, start func(coretest.TB, coretest.Options) *coretest.Server) {
	s := start(t, coretest.Options{MaxStanza: 16 << 20})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	anna.online()
	ben.online()
	var want, archived []string
	for name, content := range tooMuch() {
		ben.inside(func(a *account) {
			for _, m := range []string{"' id='" + name + "'>" + content, "' id='behind-" + name + "'><body>behind " + name + "</body>"} {
				if err := a.link.Send(t.Context(), "", []byte("<message type='chat' to='"+string(anna.jid)+m+"</message>")); err != nil {
					t.Fatal(err)
				}
			}
		})
		anna.gets(ben.jid, "behind "+name)
		if want = append(want, "?", "behind "+name); name != "xml" {
			archived = append(archived, "?")
		}
		archived = append(archived, "behind "+name)
	}
	if got := anna.texts(ben.jid); !slices.Equal(got, want) {
		t.Errorf("live: stored %q, want %q", got, want)
	}
	later := signIn(t, s, anna.jid, "anna-canary-password") // another device, which has it from the archive
	later.until("the archive is read", func() bool {
		quiet := false
		later.inside(func(a *account) { quiet = a.in.archive.on && !a.in.archive.walking && a.out.isCaughtUp() })
		return quiet
	})
	if got := later.texts(ben.jid); !slices.Equal(got, archived) {
		t.Errorf("from the archive: stored %q, want %q", got, archived)
	}
	for _, p := range []*person{anna, later} {
		for _, m := range p.messages(ben.jid, 100) {
			if m.Kind == model.Unreadable && m.Fault != model.TooMuch {
				t.Errorf("%s says %v", m.OriginID, m.Fault)
			}
		}
	}
	anna.close()
	anna.open()
	anna.until("the archive is met again", func() bool {
		met := false
		anna.inside(func(a *account) { met = a.in.archive.topped && len(a.in.archive.ranges) == 1 && a.out.isCaughtUp() })
		return met
	})
	if got := anna.texts(ben.jid); !slices.Equal(got, want) {
		t.Errorf("live and from the archive: stored %q, want %q", got, want)
	}
}

// feedCut has the server send stanzas that are too much, by way of the reader that cuts them.
func (p *person) feedCut(stanzas ...string) {
	p.t.Helper()
	var batch []link.Event
	for _, s := range stanzas {
		r := wire.NewReader(strings.NewReader("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" + s))
		if _, err := r.Header(); err != nil {
			p.t.Fatal(err)
		}
		var over *wire.Skipped
		if _, err := r.Next(); !errors.As(err, &over) || over.Nameless {
			p.t.Fatalf("the test's stanza %.60q: %v", s, err)
		}
		batch = append(batch, link.Stanza{Element: over.Head, Cut: over.Why})
	}
	p.inside(func(a *account) { intake{a}.receive(p.t.Context(), batch) })
}

// Of what was cut nothing is believed but whose it was, under the rules for whole messages.
func TestCutStanzas(t *testing.T) {
	p := unconnected(t)
	deep := strings.Repeat("<d>", 70) + strings.Repeat("</d>", 70) + "</message>"
	with := func(stanza, content string) string { return strings.TrimSuffix(stanza, "</message>") + content + deep }
	tests := []struct {
		name, stanza string
		want, evil   []string
	}{
		{"a message", with(fromBen, "<body>forged</body>"), []string{"?"}, nil},
		{"a stranger's message", with(fromEvil, "<body>forged</body>"), nil, []string{"?"}},
		{"a receipt", with(fromBen, "<received xmlns='urn:xmpp:receipts' id='our-1'/>"), []string{"?"}, nil},
		{"a marker", with(fromBen, "<displayed xmlns='urn:xmpp:chat-markers:0' id='our-1'/>"), []string{"?"}, nil},
		{"a message to somebody else", with(strings.Replace(fromBen, "to='anna@", "to='carol@", 1), "<body>forged</body>"), nil, nil},
		{"a message from no address", with(strings.Replace(fromBen, "ben@example.test/phone", "@@", 1), ""), nil, nil},
		{"a room's message", with(strings.Replace(fromBen, "chat", "groupchat", 1), ""), nil, nil},
		{"a carbon from a stranger", fromEvil + forwarded(wire.NSCarbons, "received", "", with(forgery, "")) + "</message>", nil, nil},
		{"a carbon of our own", fromAnna + forwarded(wire.NSCarbons, "received", "", with(forgery, "")) + "</message>", []string{"?"}, nil},
		{"an archive result nobody asked for", fromAnna + forwarded(wire.NSArchive, "result", "id='9'", with(forgery, "")) + "</message>", nil, nil},
		{"a list of devices", with(deviceListXML("ben@example.test", 7, 1), ""), nil, nil},
		{"a presence", "<presence from='ben@example.test/x'><status>" + strings.Repeat("<d>", 70) + strings.Repeat("</d>", 70) + "</status></presence>", nil, nil},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.t = t
			p.feedCut(tt.stanza)
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
			if all, err := p.client.Devices.List(t.Context(), p.account, benJID); err != nil || len(all) != 0 {
				t.Errorf("%d devices, %v", len(all), err)
			}
			p.clear()
		})
	}
	p.t = t
	p.feedCut(with("<message from='ben@example.test' to='anna@example.test/kith' type='error' id='our-1'>", ""))
	if st := p.ours(); st != model.Failed {
		t.Errorf("a message that came back whole made it %v", st)
	}
}
