package screen

import (
	"strconv"

	"fyne.io/fyne/v2"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// SettingsActions are what the settings ask for.
type SettingsActions struct {
	Back                   func()
	Add                    func() // another account
	Connect, Leave, Remove func(model.AccountID)
	Password               func(id model.AccountID, p model.Secret)
	Save                   func(view.Settings)
	Passphrase             func(old, new model.Secret) // of the profile
	Trust                  func(model.AccountID, model.Fingerprint, model.Trust)
	Copy                   func(string)
	CheckCalls             func()
}

// AccountData is one account as the settings show it.
type AccountData struct {
	ID      model.AccountID
	JID     model.JID
	State   string
	Fault   string // what is wrong, in a sentence
	Enabled bool
	Devices []view.DeviceRow
	URI     string // for other apps to verify ours
}

// SettingsData is what the settings show.
type SettingsData struct {
	Accounts   []AccountData
	Settings   view.Settings
	Passphrase bool // the profile is protected by one
	Calls      bool // there are calls
}

// Settings is the page with everything the person chooses.
type Settings struct {
	object  fyne.CanvasObject
	body    *fyne.Container
	actions SettingsActions
	shown   SettingsData
	open    model.AccountID   // whose password is being changed
	old     *widget.Field     // of the passphrase form
	form    fyne.CanvasObject // that changes the passphrase; it stays while the page is made anew, with what was typed
	login   fyne.CanvasObject // that changes a password, in the same way
}

// NewSettings makes the page.
func NewSettings(a SettingsActions) *Settings {
	const width = 520
	s := &Settings{actions: a, body: stack(14)}
	s.object = scrolled(paneTop(lang.T("Settings"), width, a.Back), centred(paneX, 6, width, s.body))
	return s
}

// Object is what to show.
func (s *Settings) Object() fyne.CanvasObject { return s.object }

// Set shows what is chosen now.
func (s *Settings) Set(d SettingsData) {
	if s.shown.Passphrase != d.Passphrase {
		s.form = nil
	}
	s.shown = d
	keepFocus(s.body, s.draw)
}

func (s *Settings) draw() {
	d := s.shown
	s.body.Objects = nil
	for _, a := range d.Accounts {
		s.body.Add(s.account(a))
	}
	s.body.Add(widget.NewButton(lang.T("Add another account"), widget.SecondaryLook, s.actions.Add))
	s.body.Add(s.appearance())
	s.body.Add(s.notifications())
	s.body.Add(s.privacy())
	if d.Calls {
		s.body.Add(s.calls())
	}
	for _, a := range d.Accounts {
		s.body.Add(s.devices(a))
	}
	if s.form == nil {
		s.form = s.passphrase()
	}
	s.body.Add(s.form)
	s.body.Add(gap(12))
	s.object.Refresh()
}

func (s *Settings) account(a AccountData) fyne.CanvasObject {
	head := across(12, 1, widget.NewAvatar(string(a.JID), a.JID.Local(), theme.AvatarHeader),
		stack(0, strong(string(a.JID)), small(a.State)))
	box := []fyne.CanvasObject{head}
	if a.Fault != "" {
		box = append(box, fault(a.Fault))
	}
	if s.open == a.ID {
		if s.login == nil {
			s.login = s.password(a)
		}
		box = append(box, s.login)
	} else {
		state := widget.NewLink(lang.T("Sign out"), func() { s.actions.Leave(a.ID) })
		if !a.Enabled {
			state = widget.NewLink(lang.T("Sign in"), func() { s.actions.Connect(a.ID) })
		}
		change := widget.NewLink(lang.T("Change stored password"), func() { s.ask(a.ID) })
		box = append(box, across(16, 2, state, change, gap(0)))
	}
	box = append(box, confirm(lang.T("Remove from this device"),
		lang.T("All chats, messages and keys of this account are deleted from this device. The account itself stays, and so do messages on other devices."),
		lang.T("Remove"), func() { s.actions.Remove(a.ID) }))
	return card(lang.T("Account"), box...)
}

// ask opens the form for an account's password; 0 closes it.
func (s *Settings) ask(id model.AccountID) {
	s.open, s.login = id, nil
	s.Set(s.shown)
}

// password changes what Kith signs in with; it does not change the password at the provider.
func (s *Settings) password(a AccountData) fyne.CanvasObject {
	f := widget.NewPassword(lang.T("Password of {address}", "address", string(a.JID)), "")
	save := func() {
		if f.Text() == "" {
			f.SetError(lang.T("Enter the password."))
			return
		}
		s.actions.Password(a.ID, model.Secret(f.Text()))
		s.ask(0)
	}
	f.OnSubmit = save
	return stack(10, words(lang.T("If you changed your password at your provider, enter the new one here.")), f,
		across(8, 2, widget.NewButton(lang.T("Save"), widget.PrimaryLook, save),
			widget.NewButton(lang.T("Cancel"), widget.SecondaryLook, func() { s.ask(0) }), gap(0)))
}

func (s *Settings) appearance() fyne.CanvasObject {
	look := choices([]string{lang.T("System"), lang.T("Light"), lang.T("Dark")}, int(s.shown.Settings.Appearance), func(i int) {
		s.change(func(v *view.Settings) { v.Appearance = view.Appearance(i) })
		s.Set(s.shown)
	})
	var names []string
	chosen := -1
	for i, n := range view.TextSizes() {
		names = append(names, strconv.Itoa(n)+"%")
		if n == s.shown.Settings.TextSize {
			chosen = i
		}
	}
	sizes := choices(names, chosen, func(i int) {
		s.change(func(v *view.Settings) { v.TextSize = view.TextSizes()[i] })
		s.Set(s.shown)
	})
	return card(lang.T("Appearance"), look, plain(lang.T("Size of text and everything else")), sizes)
}

func (s *Settings) notifications() fyne.CanvasObject {
	show := newToggle(lang.T("Show who wrote and what"), s.shown.Settings.Previews)
	show.OnChanged = func(yes bool) { s.change(func(v *view.Settings) { v.Previews = yes }) }
	return card(lang.T("Notifications"), show.object, words(lang.T("Without it, a notification only says that there is a new message.")))
}

func (s *Settings) privacy() fyne.CanvasObject {
	tell := newToggle(lang.T("Others see what I have read"), s.shown.Settings.Receipts)
	tell.OnChanged = func(yes bool) { s.change(func(v *view.Settings) { v.Receipts = yes }) }
	return card(lang.T("Privacy"), tell.object, words(lang.T("Without it, they only see that a message has arrived. Your own devices know either way.")))
}

func (s *Settings) calls() fyne.CanvasObject {
	relay := newToggle(lang.T("Always call through a relay"), s.shown.Settings.Relay)
	relay.OnChanged = func(yes bool) { s.change(func(v *view.Settings) { v.Relay = yes }) }
	return card(lang.T("Calls"), relay.object,
		words(lang.T("Then nobody learns your internet address from a call; it tells roughly where you are. Sound may come a little later. With people who are not your contacts it is always so.")),
		gap(4), words(lang.T("Try the microphone, the camera, the speaker and the network before somebody calls you.")),
		widget.NewButton(lang.T("Check calls"), widget.SecondaryLook, s.actions.CheckCalls))
}

func (s *Settings) change(edit func(*view.Settings)) {
	edit(&s.shown.Settings)
	s.actions.Save(s.shown.Settings)
}

// devices are our own: the others of ours can be checked and refused here.
func (s *Settings) devices(a AccountData) fyne.CanvasObject {
	box := []fyne.CanvasObject{words(lang.T("Everything you write is encrypted for these devices of yours too. Remove trust from any that you don't know."))}
	for _, r := range a.Devices {
		colour := theme.Muted
		if r.Decide {
			colour = theme.Warning
		}
		box = append(box, deviceName(r, colour), fingerprint(r.Device.Fingerprint))
		f := r.Device.Fingerprint
		trust := func(label string, t model.Trust) *widget.Link {
			return widget.NewLink(label, func() { s.actions.Trust(a.ID, f, t) })
		}
		switch {
		case r.This, r.Inactive:
		case r.Device.Trust == model.Distrusted:
			box = append(box, across(16, 1, trust(lang.T("It is mine"), model.Verified), gap(0)))
		case r.Device.Trust == model.Verified:
			box = append(box, across(16, 1, trust(lang.T("Don't trust it"), model.Distrusted), gap(0)))
		default:
			box = append(box, across(16, 2, trust(lang.T("It is mine"), model.Verified), trust(lang.T("Don't trust it"), model.Distrusted), gap(0)))
		}
	}
	if a.URI != "" {
		box = append(box, widget.NewLink(lang.T("Copy as a link for other apps"), func() { s.actions.Copy(a.URI) }))
	}
	return card(lang.T("Encryption keys of {address}", "address", string(a.JID)), box...)
}

func (s *Settings) passphrase() fyne.CanvasObject {
	intro := lang.T("Messages on this device are locked by your passphrase.")
	if !s.shown.Passphrase {
		intro = lang.T("Messages on this device are locked by this computer's keychain. A passphrase protects them on its own, too.")
	}
	old, next := widget.NewPassword(lang.T("Passphrase now"), ""), widget.NewPassword(lang.T("New passphrase"), "")
	strength := words("")
	next.OnChanged = func(p string) { next.SetError(""); strength.SetText(view.PassphraseStrength(p).Text) }
	old.OnChanged = func(string) { old.SetError("") }
	s.old = old
	change := func() {
		switch {
		case s.shown.Passphrase && old.Text() == "":
			old.SetError(lang.T("Enter the passphrase that you use now."))
		case len([]rune(next.Text())) < view.MinPassphrase:
			next.SetError(lang.T("Choose at least 8 characters. Four words are better."))
		default:
			s.actions.Passphrase(model.Secret(old.Text()), model.Secret(next.Text()))
		}
	}
	old.OnSubmit, next.OnSubmit = next.Focus, change
	save := widget.NewButton(lang.T("Change passphrase"), widget.SecondaryLook, change)
	show(old, s.shown.Passphrase)
	return card(lang.T("Passphrase"), words(intro), old, next, strength, save)
}

// PassphraseChanged empties the form.
func (s *Settings) PassphraseChanged() {
	s.form = nil
	s.Set(s.shown)
}

// FailPassphrase shows why the passphrase was not changed.
func (s *Settings) FailPassphrase(sentence string) {
	if s.old != nil {
		s.old.SetError(sentence)
	}
}
