package app

import (
	"context"
	"errors"
	"io/fs"

	"kith/app/lang"
	"kith/app/screen"
	"kith/core"
	"kith/storage"
)

// sentence says in plain words what went wrong and what to do next; server is the part of the address behind the @, or
// empty. It is empty for nil and for what the person cancelled.
func sentence(err error, server string) string {
	if server == "" {
		server = lang.T("the server")
	}
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, core.ErrExists):
		return lang.T("This account is on this device already.")
	case errors.Is(err, core.ErrClear):
		return lang.T("This chat is encrypted. Turn encryption off in its details first.")
	case errors.Is(err, core.ErrListFight):
		return lang.T("Another app with your account keeps this device off your list of devices, so others can't write to it. Update that app, or sign out in it.")
	case errors.Is(err, core.ErrKeysRefused):
		return lang.T("The keys that others need to write to you here are not kept by {server}. Ask whoever runs it, or use another provider.", "server", server)
	case errors.Is(err, core.ErrBusy):
		return lang.T("You are in a call already. Hang up first.")
	case errors.Is(err, core.ErrNoCalls):
		return lang.T("No call is possible here. Write a message.")
	case errors.Is(err, core.ErrNoRelay):
		return noRelay(false)
	case errors.Is(err, core.ErrNotFound):
		return lang.T("That is no longer here.")
	case errors.Is(err, context.DeadlineExceeded):
		return lang.T("That took too long. Check your connection and try again.")
	}
	if s := storeSentence(err); s != "" {
		return s
	}
	return failSentence(err, server)
}

// noRelay says why somebody can't be called who must not see our internet address: they are no contact, or the person wants it so with
// all.
func noRelay(chosen bool) string {
	if chosen {
		return lang.T("Your server has no relay, and you want every call to go through one. Turn that off in the settings, or write a message.")
	}
	return lang.T("Your server has no relay, so a call would show your internet address to somebody who is not your contact. Add them as a contact first, or write a message.")
}

// refusal says why Kith does not open a profile, and what to do next.
func refusal(err error) string {
	if s := storeSentence(err); s != "" {
		return s
	}
	switch {
	case errors.Is(err, storage.ErrExists):
		return lang.T("The messages are here, but the key to them is not. Put the whole profile folder back from a backup.")
	case errors.Is(err, fs.ErrPermission):
		return lang.T("Kith may not read or write its folder. Make sure that it belongs to you, then start Kith again.")
	}
	return lang.T("Something is wrong with the folder in which Kith keeps your messages. Start Kith again; if this stays, put the folder back from a backup.")
}

func failSentence(err error, server string) string {
	switch core.KindOf(err) {
	case core.FailNone:
		return ""
	case core.FailPassword:
		return lang.T("That password was not accepted by {server}. Check it and try again.", "server", server)
	case core.FailCertificate:
		return certificateSentence(core.CertificateFault(err), server)
	case core.FailUnreachable:
		return lang.T("Can't reach {server}. Check your connection and the address, then try again.", "server", server)
	case core.FailAddress:
		return lang.T("That is not a whole address. It looks like name@example.org.")
	case core.FailRefused:
		return lang.T("The server said no. Try again later, or ask whoever runs {server}.", "server", server)
	case core.FailNoTLS:
		return lang.T("The connection to {server} would not be private, so Kith does not use it. Ask whoever runs the server to turn on encryption.", "server", server)
	case core.FailDowngrade:
		return lang.T("The connection to {server} is less safe than it used to be: somebody may be in between. Try another network, or ask whoever runs the server.", "server", server)
	case core.FailConflict:
		return lang.T("Kith was signed in elsewhere in its place. Close the other one, then try again.")
	case core.FailDiskFull:
		return diskFull()
	case core.FailOther:
	}
	return lang.T("Something went wrong. Try again; if it stays, restart Kith.")
}

func diskFull() string {
	return lang.T("The disk is full. Free some space; Kith goes on by itself then.")
}

func certificateSentence(fault, server string) string {
	switch fault {
	case "expired":
		return lang.T("The certificate of {server} has run out. Check this device's date; if it is right, ask whoever runs the server.", "server", server)
	case "not-yet":
		return lang.T("By this device's clock, the certificate of {server} is not valid yet. Set the clock right; if it is, ask whoever runs the server.", "server", server)
	case "foreign":
		return lang.T("The certificate of {server} is signed by nobody this device knows: somebody may be in between. Try another network, or ask whoever runs the server.", "server", server)
	case "other-name":
		return lang.T("The certificate belongs to another server than {server}. Check the address, or ask whoever runs the server.", "server", server)
	}
	return lang.T("The certificate of {server} can't be trusted. Try another network, or ask whoever runs the server.", "server", server)
}

// storeSentence is for what the profile and the store answer; empty for other errors.
func storeSentence(err error) string {
	switch {
	case errors.Is(err, storage.ErrPassphrase):
		return lang.T("That is not the passphrase. Check it and try again.")
	case errors.Is(err, storage.ErrNoKeychain):
		return lang.T("This computer's keychain can't be used, or it is locked. Unlock it and start Kith again, or choose a passphrase.")
	case errors.Is(err, storage.ErrInUse):
		return lang.T("Kith is open already with this profile. Use the window that is there, or close it first.")
	case errors.Is(err, storage.ErrWrongKey):
		return lang.T("The key does not belong to these messages. Put the whole profile folder back from one backup.")
	case errors.Is(err, storage.ErrDamaged):
		return lang.T("What Kith stored is damaged. Put the profile folder back from a backup, or start with a new one.")
	case errors.Is(err, storage.ErrNewer):
		return lang.T("These messages were stored by a newer Kith. Install the newest version to open them.")
	case errors.Is(err, storage.ErrNoFTS5):
		return lang.T("This Kith was built without its search. Install it from the usual place, or build it with make.")
	case errors.Is(err, storage.ErrDiskFull):
		return diskFull()
	case errors.Is(err, storage.ErrReadOnly):
		return lang.T("Kith may not write to its folder. Make sure that it belongs to you and that the disk is not write-protected, then start Kith again.")
	}
	return ""
}

// loginField is where the sign-in screen shows an error.
func loginField(err error) screen.LoginField {
	switch core.KindOf(err) {
	case core.FailPassword:
		return screen.PasswordField
	case core.FailAddress:
		return screen.AddressField
	case core.FailNone, core.FailCertificate, core.FailUnreachable, core.FailRefused, core.FailNoTLS, core.FailDowngrade,
		core.FailConflict, core.FailDiskFull, core.FailOther:
	}
	if errors.Is(err, core.ErrExists) {
		return screen.AddressField
	}
	return screen.WholeForm
}
