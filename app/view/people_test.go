package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core"
	"kith/core/model"
)

func TestCheckAddress(t *testing.T) {
	own := []model.JID{"anna@example.org"}
	tests := []struct {
		in            string
		jid           model.JID
		problem, warn bool
	}{
		{"", "", false, false},
		{"   ", "", false, false},
		{"ben@example.org", "ben@example.org", false, false},
		{"  Ben@Example.org ", "ben@example.org", false, false},
		{"xmpp:ben@example.org?message;body=hi", "ben@example.org", false, false},
		{"XMPP:ben@example.org", "ben@example.org", false, false},
		{"ben@example.org/phone", "ben@example.org", false, false},
		{"ben", "", true, false},
		{"ben@", "", true, false},
		{"@example.org", "", true, false},
		{"ben example.org", "", true, false},
		{"ben @example.org", "", true, false},
		{"anna@example.org", "", true, false},
		{"Anna@example.org/other", "", true, false},
		{"ben@exam\x00ple.org", "", true, false},
		{"b\u0435n@example.org", "b\u0435n@example.org", false, true}, // a Cyrillic е
		{strings.Repeat("a", 5000) + "@example.org", "", true, false},
	}
	for _, tt := range tests {
		got := CheckAddress(tt.in, own)
		if got.JID != tt.jid || (got.Problem != "") != tt.problem || (got.Warning != "") != tt.warn {
			t.Errorf("CheckAddress(%.40q) = %+v", tt.in, got)
		}
	}
}

func FuzzCheckAddress(f *testing.F) {
	for _, s := range []string{"ben@example.org", "xmpp:", "xmpp:a@b?c", "@", "\xff@\xff", "İ@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CheckAddress(s, nil)
		if got.JID != "" {
			if j, err := model.ParseJID(string(got.JID)); err != nil || j != got.JID || got.Problem != "" {
				t.Fatalf("CheckAddress(%q) = %+v", s, got)
			}
		}
	})
}

func TestPresenceText(t *testing.T) {
	if got := PresenceText(model.Contact{Subscription: model.SubFrom, Presence: model.Unavailable}); got != "" {
		t.Errorf("presence of somebody who does not show it = %q", got)
	}
	if got := PresenceText(model.Contact{Subscription: model.SubBoth, Presence: model.Away}); got != "away" {
		t.Errorf("presence = %q", got)
	}
}

func TestShieldOf(t *testing.T) {
	dev := func(tr model.Trust, active bool) model.Device {
		return model.Device{Fingerprint: "f", Trust: tr, Active: active}
	}
	tests := []struct {
		name    string
		e       model.Encryption
		devices []model.Device
		want    Shield
	}{
		{"none", model.OMEMO, nil, ShieldNobody},
		{"verified, one not seen", model.OMEMO, []model.Device{dev(model.Verified, true), {Active: true}}, ShieldEncrypted},
		{"blind", model.OMEMO, []model.Device{dev(model.Blind, true)}, ShieldEncrypted},
		{"verified", model.OMEMO, []model.Device{dev(model.Verified, true)}, ShieldVerified},
		{"verified, old one blind", model.OMEMO, []model.Device{dev(model.Verified, true), dev(model.Blind, false)}, ShieldVerified},
		{"one of two", model.OMEMO, []model.Device{dev(model.Verified, true), dev(model.Blind, true)}, ShieldEncrypted},
		{"new one", model.OMEMO, []model.Device{dev(model.Verified, true), dev(model.Undecided, true)}, ShieldAttention},
		{"new but gone", model.OMEMO, []model.Device{dev(model.Verified, true), dev(model.Undecided, false)}, ShieldVerified},
		{"distrusted beside verified", model.OMEMO, []model.Device{dev(model.Verified, true), dev(model.Distrusted, true)}, ShieldVerified},
		{"only distrusted", model.OMEMO, []model.Device{dev(model.Distrusted, true)}, ShieldEncrypted},
		{"none left", model.OMEMO, []model.Device{dev(model.Blind, false)}, ShieldNobody},
		{"no key seen", model.OMEMO, []model.Device{{Active: true}}, ShieldSoon},
		{"one key seen of two", model.OMEMO, []model.Device{{Active: true}, dev(model.Blind, true)}, ShieldEncrypted},
		{"one seen key, which is no longer used", model.OMEMO, []model.Device{{Active: true}, dev(model.Blind, false)}, ShieldSoon},
		{"clear wins", model.Clear, []model.Device{dev(model.Verified, true)}, ShieldClear},
	}
	for _, tt := range tests {
		if got := ShieldOf(model.Chat{Encryption: tt.e}, Keys{tt.devices, true}); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	// A message that could not leave tells as much as an empty list, which some servers do not show.
	failed := model.Chat{Encryption: model.OMEMO, Last: model.Message{Outgoing: true, State: model.Failed, Fault: model.NoDevices}}
	if got := ShieldOf(failed, Keys{}); got != ShieldNobody {
		t.Errorf("a message found no device: %v", got)
	}
	if got := ShieldOf(failed, Keys{[]model.Device{dev(model.Blind, true)}, false}); got != ShieldEncrypted {
		t.Errorf("a message found no device, and now there is one: %v", got)
	}
	// Before the list of devices has come, nobody is said to have none: not either of a stranger whose message came first.
	for _, devices := range [][]model.Device{nil, {dev(model.Blind, false)}} {
		if got := ShieldOf(model.Chat{Encryption: model.OMEMO}, Keys{devices, false}); got != ShieldUnknown {
			t.Errorf("%d devices, no list yet: %v", len(devices), got)
		}
	}
}

// TestShieldWords promises no more of a chat than is known: encrypted it is only once a key of the other side was seen.
func TestShieldWords(t *testing.T) {
	for _, tt := range []struct {
		name          string
		keys          Keys
		word, explain string
	}{
		{"a stranger", Keys{}, "Will be encrypted", "Ben's keys are fetched"},
		{"devices, no keys", Keys{[]model.Device{{Active: true}}, true}, "Will be encrypted", "Ben's keys are fetched"},
		{"no devices", Keys{nil, true}, "Can't be encrypted yet", "Ben can't receive encrypted messages yet."},
		{"a key", Keys{[]model.Device{{Active: true, Fingerprint: "f", Trust: model.Blind}}, true}, "Encrypted", "Only you and Ben can read"},
	} {
		s := ShieldOf(model.Chat{Encryption: model.OMEMO}, tt.keys)
		if word, explain := s.Text(), s.Explain("Ben"); word != tt.word || !strings.Contains(explain, tt.explain) {
			t.Errorf("%s: %q, %q", tt.name, word, explain)
		}
	}
}

func TestDeviceRows(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	since := at(t, "2026-05-03 09:00:00").UnixMilli()
	rows := DeviceRows([]model.Device{
		{ID: 1, Fingerprint: "a", Active: false, FirstSeenMS: 1},
		{ID: 2, Fingerprint: "a", Active: true, Trust: model.Blind, FirstSeenMS: since},
		{ID: 3, Fingerprint: "", Active: true},
		{ID: 4, Fingerprint: "a", Active: true, Trust: model.Undecided, FirstSeenMS: since + 1},
		{ID: 5, Fingerprint: "a", Own: true, Active: true, FirstSeenMS: since + 2},
		{ID: 6, Fingerprint: "a", Active: true, Trust: model.Verified, FirstSeenMS: since, LastSeenMS: now.Add(-time.Minute).UnixMilli()},
	}, now)
	want := []string{"Device 5 This device Since Sun", "Device 4 New, not checked Since Sun", "Device 2 Trusted Since Sun", "Device 6 Verified Last message 14:09", "Device 1 No longer used Since 1 Jan 1970"}
	if len(rows) != len(want) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		if got := r.Name + " " + r.State + " " + r.Seen; got != want[i] {
			t.Errorf("row %d: %q, want %q", i, got, want[i])
		}
	}
	if !rows[1].Decide || rows[2].Decide {
		t.Error("only the new device waits for a decision")
	}
}

func TestComposer(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	c := NewComposer("kept")
	if tell, _ := c.Changed("kept", now); tell || c.Busy() {
		t.Error("the stored draft counts as writing")
	}
	if tell, w := c.Changed("kept and", now); !tell || !w {
		t.Error("writing is not told")
	}
	if tell, _ := c.Changed("kept and more", now.Add(time.Second)); tell {
		t.Error("writing is told twice")
	}
	if _, _, save := c.Tick(now.Add(1500 * time.Millisecond)); save {
		t.Error("the draft is stored while keys are pressed")
	}
	if tell, _, save := c.Tick(now.Add(2 * time.Second)); tell || !save {
		t.Error("the draft is not stored after a second")
	}
	if tell, w, save := c.Tick(now.Add(6 * time.Second)); !tell || w || save {
		t.Error("the pause is not told")
	}
	c.Changed("again", now.Add(7*time.Second))
	if tell, save := c.Leave(); !tell || !save {
		t.Error("leaving tells and stores nothing")
	}
	c.Changed("x", now)
	c.Sent()
	if c.Busy() || c.Text() != "" {
		t.Error("something is left after sending")
	}
	if tell, _ := c.Changed("   ", now); tell {
		t.Error("white space counts as writing")
	}
}

func TestSendable(t *testing.T) {
	if body, _, ok := Sendable("  a\r\nb \n"); !ok || body != "a\nb" {
		t.Errorf("body %q", body)
	}
	if _, problem, ok := Sendable(" \n\t"); ok || problem != "" {
		t.Error("white space can be sent")
	}
	if _, problem, ok := Sendable(strings.Repeat("x", MaxBody+1)); ok || problem == "" {
		t.Error("too long a text can be sent, or nothing is said")
	}
}

func TestSettled(t *testing.T) {
	status := func(id model.AccountID, st model.LinkState, syncing bool) core.AccountStatus {
		return core.AccountStatus{Account: model.Account{ID: id}, State: st, Syncing: syncing}
	}
	for _, test := range []struct {
		what string
		all  []core.AccountStatus
		want bool
	}{
		{"no account", nil, true},
		{"online", []core.AccountStatus{status(1, model.Online, false)}, true},
		{"signed out", []core.AccountStatus{status(1, model.Offline, false)}, true},
		{"one connects", []core.AccountStatus{status(1, model.Online, false), status(2, model.Connecting, false)}, false},
		{"one catches up", []core.AccountStatus{status(1, model.Online, true), status(2, model.Online, false)}, false},
	} {
		var a Accounts
		a.Set(test.all, time.Now())
		if got := a.Settled(); got != test.want {
			t.Errorf("%s: settled %v", test.what, got)
		}
	}
	var a Accounts
	a.Set([]core.AccountStatus{status(1, model.Online, false)}, time.Now())
	a.ApplySync(core.SyncChanged{Account: 1, Active: true}, time.Now())
	if a.Settled() {
		t.Error("settled while the archive is read")
	}
}

func TestBanner(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	say := func(err error, server string) string { return "sentence about " + server }
	status := func(id model.AccountID, st model.LinkState) core.AccountStatus {
		return core.AccountStatus{Account: model.Account{ID: id, JID: "anna@example.org", Enabled: true}, State: st}
	}
	var a Accounts
	if b := a.Banner(now, say); b.Kind != NoBanner {
		t.Fatalf("banner without an account %+v", b)
	}
	a.Set([]core.AccountStatus{status(1, model.Online)}, now)
	if b := a.Banner(now, say); b.Kind != NoBanner {
		t.Fatalf("banner while online %+v", b)
	}
	off := status(1, model.Connecting)
	off.RetryAt = now.Add(15 * time.Second)
	a.Apply(core.AccountChanged{Account: off}, now)
	if b := a.Banner(now.Add(1900*time.Millisecond), say); b.Kind != NoBanner {
		t.Fatalf("banner within the grace %+v", b)
	}
	if !a.Waiting() {
		t.Error("nothing is waited for")
	}
	// A second failed attempt does not begin the grace anew.
	a.Apply(core.AccountChanged{Account: off}, now.Add(time.Second))
	b := a.Banner(now.Add(2*time.Second), say)
	if b.Kind != OfflineBar || b.Text != "Waiting for the network · trying again in 13 s" || b.Action != "Try now" {
		t.Fatalf("banner %+v", b)
	}
	if b := a.Banner(now.Add(16*time.Second), say); b.Text != "Connecting…" {
		t.Fatalf("banner while trying %+v", b)
	}
	a.Apply(core.AccountChanged{Account: status(1, model.Online)}, now)
	a.ApplySync(core.SyncChanged{Account: 1, Active: true, Done: 1100, Total: 10000}, now)
	a.ApplySync(core.SyncChanged{Account: 1, Active: true, Done: 1200, Total: 10000}, now.Add(900*time.Millisecond))
	if b := a.Banner(now.Add(900*time.Millisecond), say); b.Kind != NoBanner || !a.Waiting() {
		t.Fatalf("banner of a catch-up that may be over at once %+v", b)
	}
	now = now.Add(time.Second)
	if b := a.Banner(now, say); b.Kind != SyncBar || b.Text != "Catching up: 1,200 of 10,000 messages" {
		t.Fatalf("banner %+v", b)
	}
	bad := status(2, model.AuthFailed)
	bad.JID, bad.Err = "work@example.org", errors.New("no")
	a.Apply(core.AccountChanged{Account: bad}, now)
	if b := a.Banner(now, say); b.Kind != FaultBar || b.Account != 2 || b.Text != "work@example.org: sentence about example.org" {
		t.Fatalf("banner %+v", b)
	}
	// What is wrong with an account that is online comes before its catching up, and goes when it is over.
	a.Apply(core.AccountChanged{Account: bad, Removed: true}, now)
	for _, f := range []struct {
		err    error
		action string
	}{{core.ErrListFight, "Open settings"}, {errors.New("disk full"), ""}} {
		ill := status(1, model.Online)
		ill.Err = fmt.Errorf("store: %w", f.err)
		a.Apply(core.AccountChanged{Account: ill}, now)
		if b := a.Banner(now, say); b.Kind != FaultBar || b.Account != 1 || b.Text != "sentence about example.org" || b.Action != f.action {
			t.Errorf("%v: banner %+v", f.err, b)
		}
	}
	a.Apply(core.AccountChanged{Account: status(1, model.Online)}, now)
	if b := a.Banner(now, say); b.Kind != SyncBar {
		t.Errorf("banner after the fault %+v", b)
	}
	if b := (account{AccountStatus: core.AccountStatus{Account: model.Account{Enabled: true}, State: model.Online}}).banner(now, say); b.Kind != NoBanner {
		t.Errorf("an account that has just signed in for the first time: %+v", b)
	}
	if b := (account{}).banner(now, say); b.Kind != SignedOutBar {
		t.Errorf("an account that is signed out: %+v", b)
	}
	if a.Len() != 1 || len(a.Own()) != 1 {
		t.Error("the account stays")
	}
}

func TestSettings(t *testing.T) {
	store := map[string]string{}
	load := func(k string) (string, error) { return store[k], nil }
	s, err := ReadSettings(load)
	if err != nil || s != (Settings{TextSize: 100, Receipts: true}) {
		t.Fatalf("defaults %+v, %v", s, err)
	}
	s = Settings{Appearance: Dark, TextSize: 130, Previews: true, Relay: true}
	for _, p := range s.Pairs() {
		store[p[0]] = p[1]
	}
	if got, err := ReadSettings(load); err != nil || got != s {
		t.Fatalf("read back %+v, %v", got, err)
	}
	store[keyTextSize], store[keyAppearance] = "9999999", "purple"
	if got, _ := ReadSettings(load); got.TextSize != 160 || got.Appearance != System {
		t.Errorf("damaged values give %+v", got)
	}
	if _, err := ReadSettings(func(string) (string, error) { return "", errors.New("gone") }); err == nil {
		t.Error("an error of the store is swallowed")
	}
}

func TestHits(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	chats := NewChats()
	chats.Put(model.Chat{ID: 1, Account: 1, JID: "ben@example.org", Name: "Ben"})
	long := message(1, now, strings.Repeat("word ", 60)+"the Needle is here")
	own := outgoing(message(1, now, "needle"))
	gone := message(2, now, "needle")
	hits := Hits(Quotes([]model.Message{long, own, gone}, "needle"), chats, now)
	if len(hits) != 2 {
		t.Fatalf("%d hits", len(hits))
	}
	if got := hits[0].Text; got != "…word word word the Needle is here" {
		t.Errorf("snippet %q", got)
	}
	if hits[1].Text != "You: needle" || hits[1].Name != "Ben" || hits[1].Time != "14:10" {
		t.Errorf("hit %+v", hits[1])
	}
}

// TestHitsMarked: what was found stands in view and is marked, however it was typed.
func TestHitsMarked(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	far := strings.Repeat("word ", 60)
	tests := []struct {
		name, body, query string
		own               bool
		want              []string
	}{
		{"far away, without its accents", far + "une crème brûlée", "creme bru", false, []string{"crème", "brû"}},
		{"ours", "you said it", "you", true, []string{"you"}},
		{"Chinese", strings.Repeat("今天很好。", 80) + "东京塔", "东京", false, []string{"东京"}},
		{"Arabic", "الكتاب على الطاولة", "كتاب", false, []string{"كتاب"}},
	}
	for _, tt := range tests {
		m := message(1, now, tt.body)
		m.Outgoing = tt.own
		q := Quotes([]model.Message{m}, tt.query)[0]
		var got []string
		for _, span := range q.Marks {
			got = append(got, q.Text[span[0]:span[1]])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q marked in %q, want %q", tt.name, got, q.Text, tt.want)
		}
	}
}

func FuzzHits(f *testing.F) {
	f.Add("hello needle", "needle")
	f.Add(strings.Repeat("é", 300)+"İ", "i")
	f.Add("\xff\xfe", "\xff")
	chats := NewChats()
	chats.Put(model.Chat{ID: 1})
	f.Fuzz(func(t *testing.T, body, query string) {
		m := message(1, time.Unix(1778000000, 0), body)
		got := Hits(Quotes([]model.Message{m}, query), chats, m.Time)
		if len(got) != 1 {
			t.Fatalf("%d hits", len(got))
		}
		for _, mark := range got[0].Marks {
			if mark[0] < 0 || mark[1] > len(got[0].Text) || mark[0] >= mark[1] {
				t.Fatalf("mark %v in %q", mark, got[0].Text)
			}
		}
	})
}

func TestFaultTexts(t *testing.T) {
	for f := model.NoSession; f <= model.Unknown+1; f++ {
		for _, who := range []string{"Ben", ""} {
			got := FaultText(f, who)
			if got == "" || !strings.HasSuffix(got, ".") && !strings.HasSuffix(got, "…") {
				t.Errorf("fault %d: %q", f, got)
			}
			for _, word := range []string{"session", "OMEMO", "key", "stanza", "%!"} {
				if strings.Contains(got, word) {
					t.Errorf("fault %d: %q says %q", f, got, word)
				}
			}
		}
	}
	if FaultText(model.NoFault, "Ben") != "" {
		t.Error("no fault has a text")
	}
}
