package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// UnlockActions are what the unlock screen asks for.
type UnlockActions struct {
	Open     func(model.Secret) // with this passphrase
	Create   func(model.Secret) // a new profile, protected by this passphrase
	Keychain func()             // a new profile, protected by the system's keychain
}

// Unlock asks for the passphrase that protects what Kith keeps, or for a new one.
type Unlock struct {
	object   fyne.CanvasObject
	pass     *widget.Field
	again    *widget.Field // nil when there is nothing to create
	strength *widget.TextBlock
	meter    *meter
	button   *widget.Button
	keychain *widget.Button
	about    *widget.TextBlock // what the keychain does, or that there is none
	has      bool              // there is a keychain
	actions  UnlockActions
}

// NewUnlock makes the screen: for a new profile, or for one that is locked.
func NewUnlock(isNew bool, a UnlockActions) *Unlock {
	u := &Unlock{actions: a}
	if isNew {
		u.create()
	} else {
		u.enter()
	}
	return u
}

// sign is Kith's own at the top of a page.
func sign() fyne.CanvasObject {
	i := canvas.NewImageFromResource(theme.AppIcon())
	i.FillMode = canvas.ImageFillContain
	i.SetMinSize(fyne.NewSquareSize(64))
	return across(0, 1, i, gap(0))
}

func (u *Unlock) enter() {
	u.pass = widget.NewPassword(lang.T("Passphrase"), "")
	u.pass.OnSubmit = u.open
	u.button = widget.NewButton(lang.T("Unlock"), widget.PrimaryLook, u.open)
	u.object = page(sign(), gap(20), title(lang.T("Welcome back")), gap(6),
		words(lang.T("Your messages are locked. Enter the passphrase that you chose on this device.")), gap(16),
		u.pass, gap(20), u.button)
}

func (u *Unlock) create() {
	u.pass = widget.NewPassword(lang.T("Passphrase"), "")
	u.again = widget.NewPassword(lang.T("The same once more"), "")
	u.strength = words(view.PassphraseStrength("").Text)
	u.meter = newMeter()
	u.pass.OnChanged = u.measure
	u.pass.OnSubmit = u.again.Focus
	u.again.OnChanged = func(string) { u.again.SetError("") }
	u.again.OnSubmit = u.make
	u.button = widget.NewButton(lang.T("Protect with this passphrase"), widget.PrimaryLook, u.make)
	u.keychain = widget.NewButton(lang.T("Use this computer's keychain"), widget.SecondaryLook, u.actions.Keychain)
	u.keychain.Disable()
	u.about = words(lang.T("With the keychain, Kith opens by itself whenever you are signed in to this computer."))
	u.object = page(sign(), gap(20), title(lang.T("Protect your messages")), gap(6),
		words(lang.T("Kith keeps messages, keys and your password encrypted on this device. A passphrase protects them even when the device is lost or copied. Nobody can reset it: write it down.")),
		gap(12), u.pass, gap(8), u.meter.Container, gap(6), u.strength, gap(14), u.again, gap(20), u.button, gap(10), u.keychain, gap(8), u.about)
}

// OfferKeychain says whether the system has a keychain; until then it can't be chosen.
func (u *Unlock) OfferKeychain(has bool) {
	u.has = has
	enable(has && !u.button.Disabled(), u.keychain)
	show(u.keychain, has)
	if !has {
		u.about.SetText(lang.T("Kith finds no keychain on this computer that could open it for you."))
	}
	u.object.Refresh()
}

func (u *Unlock) measure(p string) {
	u.pass.SetError("")
	s := view.PassphraseStrength(p)
	u.strength.SetText(s.Text)
	u.meter.set(s.Level)
}

func (u *Unlock) open() {
	if u.pass.Text() == "" {
		u.pass.SetError(lang.T("Enter your passphrase."))
		return
	}
	u.actions.Open(model.Secret(u.pass.Text()))
}

func (u *Unlock) make() {
	switch p := u.pass.Text(); {
	case len([]rune(p)) < view.MinPassphrase:
		u.pass.SetError(lang.T("Choose at least 8 characters. Four words are better."))
		u.pass.Focus()
	case p != u.again.Text():
		u.again.SetError(lang.T("The two do not match."))
		u.again.Focus()
	default:
		u.actions.Create(model.Secret(p))
	}
}

// Object is what to show.
func (u *Unlock) Object() fyne.CanvasObject { return u.object }

// Focus gives the passphrase the keyboard.
func (u *Unlock) Focus() { u.pass.Focus() }

// SetBusy keeps the screen from being used while something is tried.
func (u *Unlock) SetBusy(busy bool) {
	enable(!busy, u.pass, u.button)
	if u.again != nil {
		enable(!busy, u.again)
		enable(!busy && u.has, u.keychain)
	}
	switch {
	case u.again != nil:
	case busy:
		u.button.SetLabel(lang.T("Unlocking…"))
	default:
		u.button.SetLabel(lang.T("Unlock"))
	}
}

// Fail shows why it did not work, under the passphrase.
func (u *Unlock) Fail(sentence string) {
	u.SetBusy(false)
	u.pass.SetError(sentence)
	u.pass.Focus()
}

// meter shows a strength in four steps.
type meter struct {
	*fyne.Container
	steps [4]*ground
}

func newMeter() *meter {
	m := &meter{Container: container.NewGridWithColumns(4)}
	for i := range m.steps {
		m.steps[i] = newGround(theme.Line)
		m.steps[i].radius = 2
		m.steps[i].least = fyne.NewSize(20, 4)
		m.Add(m.steps[i])
	}
	return m
}

func (m *meter) set(level int) {
	colour := theme.Accept
	if level < 3 {
		colour = theme.Warning
	}
	for i, s := range m.steps {
		if i < level {
			s.set(colour)
		} else {
			s.set(theme.Line)
		}
	}
}

// Refusal is the window of a Kith that cannot start: a sentence and what to do next.
type Refusal struct {
	object fyne.CanvasObject
	button *widget.Button
}

// NewRefusal makes the window's content; pressed closes it.
func NewRefusal(head, sentence, button string, pressed func()) *Refusal {
	r := &Refusal{button: widget.NewButton(button, widget.PrimaryLook, pressed)}
	r.object = page(sign(), gap(20), title(head), gap(6), words(sentence), gap(20), r.button)
	return r
}

// Object is what to show.
func (r *Refusal) Object() fyne.CanvasObject { return r.object }

// Focus gives the button the keyboard: Enter closes the window.
func (r *Refusal) Focus() { r.button.Focus() }
