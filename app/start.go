package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"kith/app/lang"
	"kith/app/platform"
	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
	"kith/storage"
)

// opened is what comes of unlocking the profile.
type opened struct {
	key      storage.Key
	store    *storage.Store
	client   *core.Client
	settings view.Settings
	accounts []core.AccountStatus
}

// start runs once the window is there: with a key at hand it goes straight to the chats, else it asks for one.
func (a *App) start() {
	p, given := a.cfg.Profile, a.cfg.Passphrase
	switch {
	case p.New() && given != "":
		a.open(func() (storage.Key, error) { return p.Create(storage.PassphraseSlot(given)) }, a.askPassphrase)
	case p.New():
		a.askPassphrase(nil)
	case given != "":
		a.open(func() (storage.Key, error) { return p.Unlock(storage.PassphraseSlot(given)) }, a.askPassphrase)
	case slices.Contains(p.Slots(), storage.Keychain):
		a.open(func() (storage.Key, error) { return p.Unlock(storage.KeychainSlot()) }, a.askPassphrase)
	default:
		a.askPassphrase(nil)
	}
}

// askPassphrase shows the unlock screen; err is why it has to.
func (a *App) askPassphrase(err error) {
	p := a.cfg.Profile
	if err != nil && !asksAgain(err) {
		a.refuse(err)
		return
	}
	if err != nil && !slices.Contains(p.Slots(), storage.Passphrase) {
		a.refuse(err)
		return
	}
	var u *screen.Unlock
	try := func(key func() (storage.Key, error)) {
		u.SetBusy(true)
		a.open(key, func(err error) {
			if !asksAgain(err) {
				a.refuse(err)
				return
			}
			u.Fail(sentence(err, ""))
		})
	}
	u = screen.NewUnlock(p.New(), screen.UnlockActions{
		Open: func(s model.Secret) {
			try(func() (storage.Key, error) { return p.Unlock(storage.PassphraseSlot(s)) })
		},
		Create: func(s model.Secret) {
			try(func() (storage.Key, error) { return p.Create(storage.PassphraseSlot(s)) })
		},
		Keychain: func() { try(func() (storage.Key, error) { return p.Create(storage.KeychainSlot()) }) },
	})
	a.show("unlock", u.Object(), func() {})
	u.Focus()
	if p.New() {
		ask(a.crew, findKeychain, func(has bool, _ error) { u.OfferKeychain(has) })
	}
	if err != nil {
		u.Fail(sentence(err, ""))
	}
}

// findKeychain looks for the system's keychain. A session that does not answer in time has none to rely on.
func findKeychain(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return platform.HasKeychain(ctx), nil
}

// asksAgain says whether another passphrase may be the answer to an error.
func asksAgain(err error) bool {
	return errors.Is(err, storage.ErrPassphrase) || errors.Is(err, storage.ErrNoKeychain)
}

// refuse shows a fault that no passphrase heals.
func (a *App) refuse(err error) {
	a.log.Error("open profile", "err", err)
	r := screen.NewRefusal(lang.T("Kith can't open your messages"), refusal(err), lang.T("Close"), a.end)
	a.show("refused", r.Object(), a.end)
	r.Focus()
}

// open takes the key, opens the store and goes online, away from the toolkit's goroutine: stretching a passphrase takes a
// while by design.
func (a *App) open(key func() (storage.Key, error), failed func(error)) {
	do(a.crew, func(ctx context.Context) (opened, error) {
		k, err := key()
		if err != nil {
			return opened{}, err
		}
		o, err := a.openStore(ctx, k)
		a.opened = o
		return o, err
	}, func(o opened, err error) {
		if err != nil {
			failed(err)
			return
		}
		a.enter(o)
	})
}

func (a *App) openStore(ctx context.Context, k storage.Key) (o opened, err error) {
	store, err := a.cfg.Profile.Open(k)
	if err != nil {
		return opened{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	o.key, o.store = k, store
	if o.settings, err = view.ReadSettings(o.store.Setting); err != nil {
		return opened{}, err
	}
	if o.client, err = core.Open(ctx, o.store, a.cfg.Core); err != nil {
		return opened{}, err
	}
	if o.accounts, err = o.client.Accounts.List(ctx); err != nil {
		return opened{}, errors.Join(err, o.client.Close())
	}
	return o, nil
}

// enter shows the chats, or the sign-in screen while there is no account.
func (a *App) enter(o opened) {
	a.setAppearance(o.settings.Appearance)
	a.home = newHome(a, o)
	if len(o.accounts) == 0 {
		a.home.signIn(nil)
		return
	}
	a.home.enter()
}
