package core

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// replies is what would be sent to others now, and takes it away.
func (p *person) replies() (out []*wire.Element) {
	p.t.Helper()
	p.inside(func(a *account) {
		a.out.mu.Lock()
		defer a.out.mu.Unlock()
		out, a.out.replies = a.out.replies, nil
	})
	return out
}

// Nobody but our own account changes the roster; every request gets one answer, and nothing else gets any.
func TestUnsolicitedRequests(t *testing.T) {
	p := unconnected(t)
	push := func(from, jid string) string {
		return "<iq from='" + from + "' type='set' id='1'><query xmlns='jabber:iq:roster' ver='9'><item jid='" + jid + "' subscription='both' name='forged'/></query></iq>"
	}
	tests := []struct {
		name, stanza string
		want         string // type of the answer, and its condition; empty: none
	}{
		{"roster push of a stranger", push("mallory@evil.test/x", "mallory@evil.test"), "error service-unavailable"},
		{"roster push of a contact", push("ben@example.test", "mallory@evil.test"), "error service-unavailable"},
		{"roster push of our server", push("example.test", "mallory@evil.test"), "error service-unavailable"},
		{"roster push of another connection of ours", push("anna@example.test/other", "mallory@evil.test"), "error service-unavailable"},
		{"roster push without an item", "<iq type='set' id='1'><query xmlns='jabber:iq:roster'/></iq>", "error service-unavailable"},
		{"roster push of nobody", push("anna@example.test", "@"), "error service-unavailable"},
		{"what we can do", "<iq from='mallory@evil.test/x' type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "result "},
		{"what our caps say", "<iq from='mallory@evil.test/x' type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='" + ownCaps(false).Node + "#" + ownCaps(false).Ver + "'/></iq>", "result "},
		{"what somebody else's caps say", "<iq from='mallory@evil.test/x' type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>", "error item-not-found"},
		{"an unknown request", "<iq from='mallory@evil.test/x' type='get' id='1'><x xmlns='urn:x'/></iq>", "error service-unavailable"},
		{"an unknown change", "<iq from='mallory@evil.test/x' type='set' id='1'><block xmlns='urn:xmpp:blocking'/></iq>", "error service-unavailable"},
		{"a request for nothing", "<iq from='mallory@evil.test/x' type='get' id='1'/>", "error bad-request"},
		{"an answer to nothing", "<iq from='mallory@evil.test/x' type='result' id='1'><query xmlns='jabber:iq:roster'/></iq>", ""},
		{"an error about nothing", "<iq from='mallory@evil.test/x' type='error' id='1'/>", ""},
		{"no type at all", "<iq from='mallory@evil.test/x' id='1'/>", ""},
		{"our own server's push", push("anna@example.test", "carol@example.test"), "result "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.replies()
			p.feed(tt.stanza)
			got := ""
			for _, el := range p.replies() {
				got += el.Attr("type") + " "
				if e := wire.ParseError(el); e != nil {
					got += e.Condition
				}
			}
			if got != tt.want {
				t.Errorf("answered %q, want %q", got, tt.want)
			}
		})
	}
	all, err := p.client.Contacts.List(t.Context(), p.account)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.JID != benJID && c.JID != "carol@example.test" {
			t.Error("a stranger is in the roster")
		}
	}
}

// Floods of presence cost bounded memory, bounded rows and few events.
func TestPresenceFlood(t *testing.T) {
	p := unconnected(t)
	sub := p.client.Subscribe()
	defer sub.Close()
	var stanzas []string
	for i := range 2000 {
		stanzas = append(stanzas, fmt.Sprintf("<presence from='ben@example.test/r%d'/>", i), fmt.Sprintf("<presence from='stranger%d@evil.test/x'/>", i))
	}
	p.feed(stanzas...)
	p.inside(func(a *account) {
		if n := len(a.presence[benJID]); n != maxResources || len(a.presence) != 1 {
			t.Errorf("%d connections of ben, %d people", n, len(a.presence))
		}
	})
	for i := range 2000 {
		stanzas[i] = fmt.Sprintf("<presence from='ben@example.test/r%d' type='unavailable'/>", i)
	}
	p.feed(stanzas[:2000]...)
	p.inside(func(a *account) {
		if len(a.presence) != 0 {
			t.Error("somebody is still there")
		}
	})
	if n := len(sub.queue); n > 5 {
		t.Errorf("%d unread events", n)
	}
}

// Ten thousand people who ask leave a bounded number of rows, and nothing once they take it back or are refused.
func TestSubscriptionFlood(t *testing.T) {
	p := unconnected(t)
	var ask, take []string
	for i := range 10_000 {
		ask = append(ask, fmt.Sprintf("<presence from='stranger%d@evil.test' type='subscribe'/>", i))
		take = append(take, fmt.Sprintf("<presence from='stranger%d@evil.test' type='unsubscribe'/>", i))
	}
	p.feed(ask...)
	count := func() int {
		all, err := p.client.Contacts.List(t.Context(), p.account)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := count(); n != maxAsking+1 {
		t.Errorf("%d contacts, want %d", n, maxAsking+1)
	}
	p.restart()
	p.feed("<presence from='late@evil.test' type='subscribe'/>")
	if n := count(); n != maxAsking+1 {
		t.Errorf("%d contacts after a restart", n)
	}
	p.feed(take...)
	if n := count(); n != 1 {
		t.Errorf("%d contacts after all took it back", n)
	}
	p.feed("<presence from='late@evil.test' type='subscribe'/>", "<presence from='anna@example.test' type='subscribe'/>")
	p.inside(func(a *account) {
		if !a.in.contact["late@evil.test"].Asking || len(a.in.contact) != 2 {
			t.Error("the next honest request is not there")
		}
	})
}

// What a contact sends that cannot be read costs a row each, and one repair a day for each device that is really theirs.
func TestUndecryptableFlood(t *testing.T) {
	p := unconnected(t)
	p.feed(deviceListXML("ben@example.test", 5, 1))
	for range 3 {
		var stanzas []string
		for i := range 300 {
			stanzas = append(stanzas,
				strings.Replace(fromBen, "x1", stanzaID(), 1)+encryptedXML("5", fmt.Sprintf("<key rid='%d'>AAAA</key>", p.ownDevice()))+"</message>",
				strings.Replace(fromBen, "x1", stanzaID(), 1)+encryptedXML(fmt.Sprint(1000+i), fmt.Sprintf("<key rid='%d' prekey='true'>AAAA</key>", p.ownDevice()))+"</message>",
				strings.Replace(fromEvil, "x1", stanzaID(), 1)+encryptedXML("6", fmt.Sprintf("<key rid='%d'>AAAA</key>", p.ownDevice()))+"</message>")
		}
		p.feed(stanzas...)
	}
	queued, err := p.store.Outbox(p.account, storage.OutboxPage{})
	if err != nil || len(queued) != 1 || queued[0].Kind != storage.QueuedEmpty || queued[0].Device != 5 {
		t.Errorf("%d repairs are queued, %v", len(queued), err)
	}
	p.restart()
	p.feed(strings.Replace(fromBen, "x1", "readable", 1) + "<body>readable</body></message>")
	if all := p.texts(benJID); len(all) != 1000 || all[len(all)-1] != "readable" {
		t.Errorf("%d rows, the last %q", len(all), all[len(all)-1])
	}
}

func (p *person) ownDevice() model.DeviceID {
	p.t.Helper()
	row, err := p.store.Account(p.account)
	if err != nil {
		p.t.Fatal(err)
	}
	return row.Device
}

// Lists of devices count only from their owner's bare address, and overlong ones are cut.
func TestHostileDeviceLists(t *testing.T) {
	p := unconnected(t)
	active := func(jid model.JID) (n, all int) {
		devices, err := p.client.Devices.List(t.Context(), p.account, jid)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range devices {
			if d.Active && !d.Own {
				n++
			}
		}
		return n, len(devices)
	}
	p.feed(deviceListXML("mallory@evil.test", 1, 3), deviceListXML("ben@example.test/phone", 1, 3), deviceListXML("anna@example.test/other", 1, 3))
	for _, jid := range []model.JID{malloryJID, benJID, annaJID} {
		if n, _ := active(jid); n != 0 {
			t.Error("a list was taken from somebody who must not give it")
		}
	}
	p.feed(deviceListXML("ben@example.test", 7, 1))
	p.update(func(tx *storage.Tx) error {
		d, err := tx.OMEMODevice(storage.Peer{Account: p.account, JID: benJID, Device: 7})
		if err != nil {
			return err
		}
		d.Fingerprint = model.Fingerprint(strings.Repeat("ab", 32))
		return tx.SaveOMEMODevice(p.account, d)
	})
	p.feed(strings.Replace(deviceListXML("ben@example.test", 1000, 999), "</list>", "<device id='7'/></list>", 1))
	devices, err := p.client.Devices.List(t.Context(), p.account, benJID)
	if err != nil {
		t.Fatal(err)
	}
	known := false
	for _, d := range devices {
		known = known || d.ID == 7 && d.Active
	}
	if n, _ := active(benJID); n != maxListed || !known {
		t.Errorf("%d devices are active, the one we know is among them: %v", n, known)
	}
	for i := range 30 {
		p.feed(deviceListXML("ben@example.test", 10_000*(i+1), 100))
	}
	if _, all := active(benJID); all > maxDevices+maxListed {
		t.Errorf("%d devices are remembered", all)
	}
	before := p.ownDevice()
	p.feed(deviceListXML("anna@example.test", int(before), 1)) // somebody has our number already
	p.restart()
	if p.ownDevice() == before {
		t.Error("two devices have one number")
	}
	stolen := encryptedXML(fmt.Sprint(p.ownDevice()), fmt.Sprintf("<key rid='%d'>AAAA</key>", p.ownDevice())) + "</message>"
	p.feed(fromAnna+stolen, strings.Replace(fromAnna, "example.test'", "example.test/other'", 1)+stolen)
	if got := p.texts(annaJID); len(got) != 0 {
		t.Errorf("somebody under our own number has written %q", got)
	}
	p.feed(deviceListXML("ben@example.test", 1, 1001)) // longer than any list: as if it had not come
	p.restart()
	p.feed(deviceListXML("ben@example.test", 7, 1))
	if n, _ := active(benJID); n != 1 {
		t.Errorf("%d devices after an honest list", n)
	}
}

// A body of 1 MB is kept, found and does not stop what comes behind it.
func TestHugeBody(t *testing.T) {
	p := unconnected(t)
	body := strings.Repeat("lorem ", (1<<20-1000)/6)
	p.feed(fromBen+"<body>"+body+"</body></message>", strings.Replace(fromBen, "x1", "x2", 1)+"<body>behind it</body></message>")
	p.restart()
	if got := p.texts(benJID); len(got) != 2 || got[0] != body || got[1] != "behind it" {
		t.Errorf("%d rows", len(got))
	}
}

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"two\nlines\tand a tab": "two\nlines\tand a tab",
		"a\x00b\x07c\x1bd\x7fe": "abcde",
		"a\r\nb":                "a\nb",
		"a\xffb":                "a\uFFFDb",
		"a\u0085b\u009fc":       "abc",
		"\u202ertl\u202c":       "\u202ertl\u202c",
		"\uFFFE\uFFFF":          "",
		" \n\t\u00a0 ":          "",
		"\u200b\u200f\ufeff":    "",
		"  and more ":           "  and more ",
		"👩‍👩‍👧 ❤️":              "👩‍👩‍👧 ❤️",
	} {
		if got := cleanText(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	f.Add("a\x00b\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := cleanText(s)
		if cleanText(got) != got {
			t.Errorf("%q is not stable", s)
		}
		if el, err := wire.Parse(wire.BodyElement(got).String()); err != nil || el.Text() != got {
			t.Errorf("%q cannot be sent: %v", got, err)
		}
	})
}

// What a contact encrypts need not be text at all.
func TestHostilePlaintext(t *testing.T) {
	p := unconnected(t)
	for i, plain := range []string{"a\x00b", "\xff\xfe", "", " \n", strings.Repeat("x", 400<<10), "go on"} {
		sealed := p.sealedBy(benJID, plain)
		p.feed(strings.Replace(fromBen, "x1", fmt.Sprint("sealed", i), 1) + sealed + "</message>")
	}
	p.restart()
	got := p.texts(benJID)
	if len(got) != 4 || got[0] != "ab" || got[1] != "\uFFFD" || len(got[2]) != 400<<10 || got[3] != "go on" {
		t.Errorf("%d rows: %.40q", len(got), got)
	}
}

// sealedBy is plain as a fresh device of somebody encrypts it for anna's.
func (p *person) sealedBy(jid model.JID, plain string) string {
	p.t.Helper()
	other := newSealer(p.t, jid)
	return other.seal(p, []byte(plain)).Element().String()
}

// sealer is a device of somebody else: an OMEMO identity with a store of its own and no connection.
type sealer struct {
	t       testing.TB
	store   *storage.Store
	omemo   *crypto.Manager
	account model.Account
}

func newSealer(t testing.TB, jid model.JID) *sealer {
	t.Helper()
	profile, err := storage.Hold(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := profile.Create(storage.PassphraseSlot("somebody's"))
	if err != nil {
		t.Fatal(err)
	}
	s := &sealer{t: t, omemo: crypto.New(), account: model.Account{JID: jid}}
	if s.store, err = profile.Open(key); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = s.store.Close(), profile.Close() })
	if err := s.store.Update(t.Context(), func(tx *storage.Tx) error { return tx.AddAccount(&s.account) }); err != nil {
		t.Fatal(err)
	}
	return s
}

// seal encrypts for p's device, in a new session each time.
func (s *sealer) seal(p *person, plain []byte) (x wire.Encrypted) {
	s.t.Helper()
	var bundle wire.Bundle
	device := model.Device{JID: p.jid, ID: p.ownDevice()}
	p.inside(func(a *account) {
		withOMEMO(s.t, p.store, p.client.omemo, p.account, p.jid, func(b *crypto.Batch) (err error) {
			bundle, err = b.Bundle(time.Now())
			return err
		})
	})
	withOMEMO(s.t, s.store, s.omemo, s.account.ID, s.account.JID, func(b *crypto.Batch) (err error) {
		if _, err = b.SetDevices(p.jid, []model.DeviceID{device.ID}, time.Now()); err != nil {
			return err
		}
		if err = b.AddBundle(device, bundle, time.Now()); err != nil {
			return err
		}
		x, err = b.Encrypt(plain, []model.Device{device})
		return err
	})
	return x
}

// A device that comes with another identity key than before is not read, and says so.
func TestChangedIdentity(t *testing.T) {
	p := unconnected(t)
	first, second := newSealer(t, benJID), newSealer(t, benJID)
	x := first.seal(p, []byte("from ben"))
	forged := second.seal(p, []byte("forged"))
	forged.SID = x.SID
	p.feed(strings.Replace(fromBen, "x1", "a", 1)+x.Element().String()+"</message>", strings.Replace(fromBen, "x1", "b", 1)+forged.Element().String()+"</message>")
	rows := p.messages(benJID, 10)
	if n := len(rows); n != 3 || rows[1].Body != "from ben" || rows[2].Kind != model.Unreadable || rows[2].Fault != model.KeyChanged {
		t.Errorf("%d rows, %v", n, rows[n-1].Fault)
	}
}

// A message whose program counts its ids from 1 again is another message, encrypted or not; the same one again is not.
func TestEncryptedUnderOneID(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	one, two := ben.seal(p, []byte("one")).Element().String(), ben.seal(p, []byte("two")).Element().String()
	sid := func(id string) string {
		return "<stanza-id xmlns='urn:xmpp:sid:0' by='anna@example.test' id='" + id + "'/></message>"
	}
	p.feed(fromBen+one+sid("s1"), fromBen+two+sid("s2"), fromBen+one+sid("s1"), fromBen+one+sid("s3"))
	if got := p.texts(benJID); len(got) != 2 || got[0] != "one" || got[1] != "two" {
		t.Errorf("stored %q", got)
	}
}
