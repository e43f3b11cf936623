package screen

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"kith/app/lang"
	"kith/app/widget"
	"kith/core/model"
)

// Login is what the person typed to sign in.
type Login struct {
	Address   string
	Password  model.Secret
	Host      string
	Port      uint16
	DirectTLS bool
}

// LoginField says under which field an error belongs.
type LoginField uint8

// The fields of the sign-in screen.
const (
	WholeForm LoginField = iota
	AddressField
	PasswordField
	HostField
)

// SignInActions are what the sign-in screen asks for.
type SignInActions struct {
	SignIn func(Login)
	Cancel func() // the attempt that runs
	Back   func() // away from the screen; nil when there is nowhere to go
}

// SignIn asks for an address and a password.
type SignIn struct {
	object            fyne.CanvasObject
	address, password *widget.Field
	host, port        *widget.Field
	direct            *toggle
	more              *widget.Link
	advanced          *fyne.Container
	problem           *widget.TextBlock
	button, cancel    *widget.Button
	busy              bool
	actions           SignInActions
}

// NewSignIn makes the screen.
func NewSignIn(a SignInActions) *SignIn {
	s := &SignIn{
		actions: a,
		address: widget.NewField(lang.T("Your address"), "name@example.org"), password: widget.NewPassword(lang.T("Password"), ""),
		host: widget.NewField(lang.T("Server"), lang.T("found by your address")), port: widget.NewField(lang.T("Port"), "5222"),
		direct: newToggle(lang.T("Encrypted from the first byte"), false), problem: fault(""),
	}
	s.problem.Hide()
	s.button = widget.NewButton(lang.T("Sign in"), widget.PrimaryLook, s.submit)
	s.cancel = widget.NewButton(lang.T("Cancel"), widget.SecondaryLook, s.back)
	s.more = widget.NewLink(lang.T("Advanced"), s.toggle)
	s.advanced = stack(10, gap(0), s.host, s.port, s.direct.object)
	s.advanced.Hide()
	show(s.cancel, a.Back != nil)
	s.address.OnSubmit, s.password.OnSubmit, s.host.OnSubmit, s.port.OnSubmit = s.password.Focus, s.submit, s.port.Focus, s.submit
	for f, field := range s.fields() {
		field.OnChanged = func(string) { s.clear(f) }
	}
	s.object = page(sign(), gap(20), title(lang.T("Welcome to Kith")), gap(6),
		words(lang.T("Private messages with the people you know. Sign in with the address that your provider gave you.")), gap(14),
		s.address, gap(14), s.password, gap(8), s.problem, gap(4), across(0, 1, s.more, gap(20)), s.advanced, gap(16), s.button, gap(10), s.cancel)
	return s
}

func (s *SignIn) fields() map[LoginField]*widget.Field {
	return map[LoginField]*widget.Field{AddressField: s.address, PasswordField: s.password, HostField: s.host, WholeForm: s.port}
}

// clear takes an error away when the person works on it.
func (s *SignIn) clear(f LoginField) {
	if field := s.fields()[f]; field != nil {
		field.SetError("")
	}
	say(s.problem, "")
}

func (s *SignIn) toggle() {
	open := !s.advanced.Visible()
	show(s.advanced, open)
	s.object.Refresh()
	if open {
		Settle(s.object)
		fyne.Do(s.host.Focus) // after the key that opened it, which would be typed into the field else
	}
}

func (s *SignIn) submit() {
	if s.busy {
		return
	}
	l := Login{
		Address: strings.TrimSpace(s.address.Text()), Password: model.Secret(s.password.Text()),
		Host: strings.TrimSpace(s.host.Text()), DirectTLS: s.direct.on,
	}
	switch j, err := model.ParseJID(l.Address); {
	case l.Address == "":
		s.Fail(AddressField, lang.T("Enter your address. It looks like name@example.org."))
		return
	case err != nil || j.Local() == "" || !j.IsBare():
		s.Fail(AddressField, lang.T("That is not a whole address. It looks like name@example.org."))
		return
	case l.Password == "":
		s.Fail(PasswordField, lang.T("Enter your password."))
		return
	}
	if p := strings.TrimSpace(s.port.Text()); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			s.port.SetError(lang.T("A port is a number up to 65535."))
			return
		}
		l.Port = uint16(n)
	}
	if l.Host == "" && (l.Port != 0 || l.DirectTLS) {
		s.Fail(HostField, lang.T("Enter the server too."))
		return
	}
	s.actions.SignIn(l)
}

func (s *SignIn) back() {
	switch {
	case s.busy:
		s.actions.Cancel()
	case s.actions.Back != nil:
		s.actions.Back()
	}
}

// Escape cancels the attempt that runs, or leaves the screen. It says whether there was something to leave.
func (s *SignIn) Escape() bool {
	if !s.busy && s.actions.Back == nil {
		return false
	}
	s.back()
	return true
}

// Object is what to show.
func (s *SignIn) Object() fyne.CanvasObject { return s.object }

// Focus gives the keyboard to the first field that is empty.
func (s *SignIn) Focus() {
	if s.address.Text() == "" {
		s.address.Focus()
	} else {
		s.password.Focus()
	}
}

// SetBusy shows that an attempt runs; it can be cancelled.
func (s *SignIn) SetBusy(busy bool) {
	s.busy = busy
	enable(!busy, s.address, s.password, s.host, s.port, s.direct, s.button)
	if busy {
		s.button.SetLabel(lang.T("Signing in…"))
	} else {
		s.button.SetLabel(lang.T("Sign in"))
	}
	show(s.cancel, busy || s.actions.Back != nil)
	s.object.Refresh()
}

// Fail shows a sentence where it belongs.
func (s *SignIn) Fail(f LoginField, sentence string) {
	s.SetBusy(false)
	if field := s.fields()[f]; field != nil && f != WholeForm {
		show(s.advanced, s.advanced.Visible() || f == HostField)
		field.SetError(sentence)
		Settle(s.object)
		field.Focus()
	} else {
		say(s.problem, sentence)
	}
	s.object.Refresh()
}
