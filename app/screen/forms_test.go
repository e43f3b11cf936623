package screen

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kith/app/view"
	"kith/core/model"
)

func TestSignIn(t *testing.T) {
	begin(t)
	tests := []struct {
		name                          string
		address, password, host, port string
		want                          Login
		fault                         string
	}{
		{name: "nothing", fault: "Enter your address."},
		{name: "no @", address: "anna", password: "x", fault: "not a whole address"},
		{name: "with a device", address: "anna@example.org/phone", password: "x", fault: "not a whole address"},
		{name: "no password", address: "anna@example.org", fault: "Enter your password."},
		{name: "fine", address: " anna@example.org ", password: " x ", want: Login{Address: "anna@example.org", Password: " x "}},
		{
			name: "server", address: "anna@example.org", password: "x", host: " 127.0.0.1", port: "5223",
			want: Login{Address: "anna@example.org", Password: "x", Host: "127.0.0.1", Port: 5223},
		},
		{name: "port is a word", address: "anna@example.org", password: "x", host: "h", port: "http", fault: "number up to 65535"},
		{name: "port too large", address: "anna@example.org", password: "x", host: "h", port: "65536", fault: "number up to 65535"},
		{name: "port alone", address: "anna@example.org", password: "x", port: "5222", fault: "Enter the server too."},
	}
	for _, tt := range tests {
		var got Login
		s := NewSignIn(SignInActions{SignIn: func(l Login) { got = l }})
		window(t, s.Object(), 500, 900)
		tap(t, s.Object(), "Advanced")
		s.address.SetText(tt.address)
		s.password.SetText(tt.password)
		s.host.SetText(tt.host)
		s.port.SetText(tt.port)
		tap(t, s.Object(), "Sign in")
		if got != tt.want {
			t.Errorf("%s: signs in with %q at %q:%d", tt.name, got.Address, got.Host, got.Port)
		}
		if tt.fault != "" {
			wantSeen(t, s.Object(), tt.fault)
		}
	}
}

// Enter goes from field to field and signs in at the last one of each group.
func TestSignInByKeys(t *testing.T) {
	begin(t)
	var got []Login
	s := NewSignIn(SignInActions{SignIn: func(l Login) { got = append(got, l) }})
	w := window(t, s.Object(), 500, 900)
	s.Focus()
	write := func(text string) {
		t.Helper()
		o := w.Canvas().Focused()
		if o == nil {
			t.Fatalf("no field for %q", text)
		}
		test.Type(o, text)
		o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	write("anna@example.org")
	write("x")
	if len(got) != 1 || got[0] != (Login{Address: "anna@example.org", Password: "x"}) {
		t.Fatalf("signed in %d times", len(got))
	}
	tap(t, s.Object(), "Advanced")
	s.host.Focus()
	write("127.0.0.1")
	write("5223")
	if len(got) != 2 || got[1].Host != "127.0.0.1" || got[1].Port != 5223 {
		t.Fatalf("signed in %d times", len(got))
	}
}

func TestSignInFails(t *testing.T) {
	begin(t)
	cancelled := 0
	s := NewSignIn(SignInActions{SignIn: func(Login) {}, Cancel: func() { cancelled++ }})
	window(t, s.Object(), 500, 900)
	wantUnseen(t, s.Object(), "Cancel", "Server")
	if s.Escape() {
		t.Error("Escape leaves a screen that leads nowhere")
	}
	s.SetBusy(true)
	wantSeen(t, s.Object(), "Signing in…", "Cancel")
	if !s.Escape() || cancelled != 1 {
		t.Error("Escape does not cancel")
	}
	s.Fail(PasswordField, "That password was not accepted.")
	wantSeen(t, s.Object(), "That password was not accepted.")
	wantUnseen(t, s.Object(), "Signing in…")
	s.password.SetText("another")
	wantUnseen(t, s.Object(), "That password was not accepted.")
	s.Fail(WholeForm, "Can't reach the server.")
	wantSeen(t, s.Object(), "Can't reach the server.")
	s.Fail(HostField, "Wrong server.")
	wantSeen(t, s.Object(), "Server", "Wrong server.")
}

func TestUnlockNew(t *testing.T) {
	begin(t)
	var made model.Secret
	keychain := 0
	u := NewUnlock(true, UnlockActions{Create: func(s model.Secret) { made = s }, Keychain: func() { keychain++ }})
	window(t, u.Object(), 500, 900)
	press := func(pass, again string) {
		u.pass.SetText(pass)
		u.again.SetText(again)
		tap(t, u.Object(), "Protect with this passphrase")
	}
	press("short", "short")
	wantSeen(t, u.Object(), "Choose at least 8 characters.")
	press("correct horse battery", "correct horse")
	wantSeen(t, u.Object(), "The two do not match.", "Very good.")
	if made != "" {
		t.Fatal("a passphrase was taken that should not")
	}
	press("correct horse battery", "correct horse battery")
	if made != "correct horse battery" {
		t.Fatal("the passphrase was not taken")
	}
	tap(t, u.Object(), "Use this computer's keychain")
	if keychain != 0 {
		t.Error("the keychain is asked for before it is known to be there")
	}
	u.OfferKeychain(true)
	tap(t, u.Object(), "Use this computer's keychain")
	if keychain != 1 {
		t.Error("the keychain was not asked for")
	}
	u.SetBusy(true)
	u.OfferKeychain(true)
	tap(t, u.Object(), "Use this computer's keychain")
	if keychain != 1 {
		t.Error("the keychain was asked for while something is tried")
	}
	u.OfferKeychain(false)
	wantUnseen(t, u.Object(), "Use this computer's keychain", "With the keychain")
	wantSeen(t, u.Object(), "Kith finds no keychain on this computer")
	u.Fail("That did not work.")
	if !u.keychain.Disabled() {
		t.Error("a failure brings the keychain back that is not there")
	}
}

func TestUnlockKnown(t *testing.T) {
	begin(t)
	var tried model.Secret
	u := NewUnlock(false, UnlockActions{Open: func(s model.Secret) { tried = s }})
	window(t, u.Object(), 500, 700)
	tap(t, u.Object(), "Unlock")
	wantSeen(t, u.Object(), "Enter your passphrase.")
	u.pass.SetText("guess")
	tap(t, u.Object(), "Unlock")
	if tried != "guess" {
		t.Error("the passphrase was not tried")
	}
	u.SetBusy(true)
	wantSeen(t, u.Object(), "Unlocking…")
	u.Fail("That is not the passphrase.")
	wantSeen(t, u.Object(), "That is not the passphrase.", "Unlock")
}

const testKey = model.Fingerprint("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")

func TestDetailsVerify(t *testing.T) {
	begin(t)
	var got []model.Trust
	d := NewDetails(DetailsActions{Trust: func(f model.Fingerprint, tr model.Trust) {
		if f != testKey {
			t.Errorf("decided about %q", f)
		}
		got = append(got, tr)
	}})
	window(t, d.Object(), 320, 1600)
	data := DetailsData{Chat: model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben"}, Now: time.Now()}
	show := func(trust model.Trust) {
		data.Keys.Devices = []model.Device{{ID: 7, Fingerprint: testKey, Active: true, Trust: trust}}
		d.Set(data)
	}
	show(model.Blind)
	wantSeen(t, d.Object(), "Encrypted", "Trusted")
	wantUnseen(t, d.Object(), "0011 2233", "They match")
	tap(t, d.Object(), "Device 7, show its key")
	wantSeen(t, d.Object(), "0011 2233 4455 6677", "Don't do it in this chat.")
	wantUnseen(t, d.Object(), "Trust without comparing")
	tap(t, d.Object(), "They match")
	show(model.Verified)
	wantSeen(t, d.Object(), "Verified")
	wantUnseen(t, d.Object(), "0011 2233")
	show(model.Undecided)
	wantSeen(t, d.Object(), "New device", "Nothing is sent until you have decided")
	tap(t, d.Object(), "Device 7, show its key")
	tap(t, d.Object(), "Trust without comparing")
	show(model.Undecided)
	tap(t, d.Object(), "Device 7, show its key")
	tap(t, d.Object(), "They don't match")
	if want := []model.Trust{model.Verified, model.Blind, model.Distrusted}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("decided %v", got)
	}
}

func TestDetailsClear(t *testing.T) {
	begin(t)
	var encrypted []bool
	d := NewDetails(DetailsActions{Encrypt: func(yes bool) { encrypted = append(encrypted, yes) }})
	window(t, d.Object(), 320, 1600)
	chat := model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben"}
	d.Set(DetailsData{Chat: chat, Now: time.Now()})
	tap(t, d.Object(), "Turn encryption off")
	wantSeen(t, d.Object(), "the servers in between can read it")
	tap(t, d.Object(), "Turn off")
	chat.Encryption = model.Clear
	d.Set(DetailsData{Chat: chat, Now: time.Now()})
	wantSeen(t, d.Object(), "Not encrypted")
	tap(t, d.Object(), "Encrypt again")
	if len(encrypted) != 2 || encrypted[0] || !encrypted[1] {
		t.Errorf("encryption set to %v", encrypted)
	}
}

func TestStart(t *testing.T) {
	begin(t)
	var started model.JID
	var added bool
	people := []model.Contact{{JID: "eva@example.org", Name: "Eva", InRoster: true}}
	n := NewStart(StartActions{
		Check: func(s string) view.AddressCheck { return view.CheckAddress(s, []model.JID{"anna@example.org"}) },
		People: func(s string) []model.Contact {
			if s == "" {
				return people
			}
			return nil
		},
		Start: func(j model.JID, add bool) { started, added = j, add },
	})
	window(t, n.Object(), 600, 700)
	wantSeen(t, n.Object(), "Eva", "Your contacts")
	n.field.SetText("anna@example.org")
	wantUnseen(t, n.Object(), "Eva", "Your contacts")
	n.field.OnSubmit()
	wantSeen(t, n.Object(), "That is your own address.")
	n.field.SetText("b\u0435n@example.org")
	wantSeen(t, n.Object(), "different alphabets")
	n.field.SetText("ben@example.org")
	wantUnseen(t, n.Object(), "different alphabets", "own address")
	tap(t, n.Object(), "Start chat")
	if started != "ben@example.org" || !added {
		t.Errorf("started %q, added %v", started, added)
	}
}

func TestChatList(t *testing.T) {
	begin(t)
	var opened []model.ChatID
	l := NewChatList(ListActions{Open: func(id model.ChatID) { opened = append(opened, id) }, Search: func(string) {}})
	window(t, l.Object(), 320, 700)
	l.SetRows(ListRows{})
	wantSeen(t, l.Object(), "No chats yet")
	l.SetRows(ListRows{Query: "zzz"})
	wantSeen(t, l.Object(), "Nothing found")
	rows := ListRows{Chats: []view.ChatRow{{ID: 1, Name: "Ben", Line: "hello"}, {ID: 2, Name: "Eva", Lead: "Draft: ", Line: "later", Request: true}}, Selected: 1}
	l.SetRows(rows)
	wantSeen(t, l.Object(), "Ben", "hello", "Request:", "later")
	wantUnseen(t, l.Object(), "No chats yet", "Messages")
	tap(t, l.Object(), "Eva, Request: later")
	if len(opened) != 1 || opened[0] != 2 {
		t.Errorf("opened %v", opened)
	}
	rows.Query = "he"
	rows.Hits = []view.Hit{{Message: 9, Name: "Ben", Text: "…hello again"}}
	rows.Asking = []model.Contact{{JID: "zoe@example.org"}}
	l.SetRows(rows)
	wantSeen(t, l.Object(), "Messages", "…hello again", "zoe", "Accept", "Decline")
	l.SetBanner(view.Banner{Kind: view.OfflineBar, Text: "Waiting for the network", Action: "Try now"})
	wantSeen(t, l.Object(), "Waiting for the network", "Try now")
	l.SetBanner(view.Banner{})
	wantUnseen(t, l.Object(), "Waiting")
}

func TestChat(t *testing.T) {
	begin(t)
	now := time.Date(2026, 5, 8, 14, 10, 0, 0, time.UTC)
	chat := model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben", Complete: true}
	failed := model.Message{
		ID: model.MessageIDAt(1, now), Chat: 1, Outgoing: true, Time: now, Body: "lost words", State: model.Failed, Fault: model.Refused,
	}
	rows := view.NewTimeline(chat, []model.Message{failed}, now)
	var acted []view.Row
	var sent []string
	details := 0
	c := NewChat(rows, ChatActions{
		Row: func(r view.Row) { acted = append(acted, r) }, Send: func(s string) { sent = append(sent, s) }, Typed: func(string) {},
		Bottom: func(bool) {}, Details: func() { details++ }, Back: func() {},
	})
	w := window(t, c.Object(), 680, 700)
	c.SetHeader(ChatHeader{Address: "ben@example.org", Name: "Ben", Shield: view.ShieldAttention, Undecided: 1, Request: true})
	c.Start()
	wantSeen(t, c.Object(), "Ben", "New device", "Ben has a new device", "is not one of your contacts", "lost words", "The server did not deliver")
	tap(t, c.Object(), "Try again")
	tap(t, c.Object(), "Check")
	if len(acted) != 1 || acted[0].Message != failed.ID || details != 1 {
		t.Errorf("acted on %v, details %d", acted, details)
	}
	test.Type(w.Canvas().Focused(), "hello")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(sent) != 1 || sent[0] != "hello" {
		t.Errorf("sent %q", sent)
	}
	c.SetHeader(ChatHeader{Address: "ben@example.org", Name: "Ben", Shield: view.ShieldClear, Narrow: true})
	wantSeen(t, c.Object(), "Not encrypted", "This chat is not encrypted", "Message, not encrypted")
	wantUnseen(t, c.Object(), "is not one of your contacts", "new device")
}

func TestSettings(t *testing.T) {
	begin(t)
	var saved view.Settings
	var removed model.AccountID
	var next model.Secret
	s := NewSettings(SettingsActions{
		Save: func(v view.Settings) { saved = v }, Remove: func(id model.AccountID) { removed = id },
		Passphrase: func(_, n model.Secret) { next = n },
	})
	window(t, s.Object(), 700, 2200)
	s.Set(SettingsData{
		Accounts: []AccountData{{ID: 4, JID: "anna@example.org", State: "Not signed in", Fault: "That password was not accepted.", Enabled: true}},
		Settings: view.Settings{TextSize: 100}, Calls: true,
	})
	wantSeen(t, s.Object(), "anna@example.org", "Not signed in", "That password was not accepted.")
	if w := s.Object().MinSize().Width; w > 360 {
		t.Errorf("at least %v wide: too much for a phone", w)
	}
	tap(t, s.Object(), "Dark")
	if saved.Appearance != view.Dark {
		t.Errorf("saved %+v", saved)
	}
	for _, on := range []bool{true, false} {
		if tap(t, s.Object(), "Others see what I have read"); saved.Receipts != on {
			t.Errorf("saved %+v", saved)
		}
		if tap(t, s.Object(), "Always call through a relay"); saved.Relay != on {
			t.Errorf("saved %+v", saved)
		}
	}
	tap(t, s.Object(), "Remove from this device")
	wantSeen(t, s.Object(), "All chats, messages and keys of this account are deleted")
	tap(t, s.Object(), "Remove")
	if removed != 4 {
		t.Error("the account was not removed")
	}
	tap(t, s.Object(), "Change passphrase")
	wantSeen(t, s.Object(), "Choose at least 8 characters.")
	if next != "" {
		t.Error("an empty passphrase was taken")
	}
}
