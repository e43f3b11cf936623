package app

import (
	"context"
	"slices"
	"time"

	"kith/app/lang"
	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
	"kith/storage"
)

// preferences is the open settings page.
type preferences struct {
	home   *home
	screen *screen.Settings
	keys   map[model.AccountID]ownKeys
}

// ownKeys are an account's own devices, and what other apps need to verify this one.
type ownKeys struct {
	devices []model.Device
	uri     string
}

// openSettings shows the settings.
func (h *home) openSettings() {
	h.closeMain()
	p := &preferences{home: h, keys: map[model.AccountID]ownKeys{}}
	p.screen = screen.NewSettings(screen.SettingsActions{
		Back: h.closeMain, Add: func() { h.signIn(h.enter) }, Connect: p.connect, Leave: p.leave, Remove: p.remove,
		Password: p.password, CheckCalls: h.phone.openCheck, Save: p.save, Passphrase: p.passphrase, Copy: h.copyText,
		Trust: func(id model.AccountID, f model.Fingerprint, t model.Trust) { h.trust(id, h.own(id), f, t) },
	})
	h.prefs = p
	p.show()
	h.setMain("settings", p.screen.Object())
	p.read()
}

func (p *preferences) show() {
	h, now := p.home, time.Now()
	d := screen.SettingsData{
		Calls:    h.phone.line.Check != nil,
		Settings: h.settings, Passphrase: slices.Contains(h.app.cfg.Profile.Slots(), storage.Passphrase),
	}
	for _, a := range h.accounts.List() {
		keys := p.keys[a.ID]
		d.Accounts = append(d.Accounts, screen.AccountData{
			ID: a.ID, JID: a.JID, State: view.StateText(a), Enabled: a.Enabled, URI: keys.uri,
			Fault: sentence(a.Err, a.JID.Domain()), Devices: view.DeviceRows(keys.devices, now),
		})
	}
	p.screen.Set(d)
}

// read fetches our own devices.
func (p *preferences) read() {
	accounts, devices := p.home.accounts.List(), p.home.core.Devices
	do(p.home.app.crew, func(ctx context.Context) (map[model.AccountID]ownKeys, error) {
		keys := map[model.AccountID]ownKeys{}
		for _, a := range accounts {
			all, err := devices.List(ctx, a.ID, a.JID)
			if err != nil {
				return nil, err
			}
			uri, err := devices.URI(ctx, a.ID)
			if err != nil {
				return nil, err
			}
			keys[a.ID] = ownKeys{all, uri}
		}
		return keys, nil
	}, func(keys map[model.AccountID]ownKeys, err error) {
		if err != nil || p.home.prefs != p {
			p.home.app.fail(err)
			return
		}
		p.keys = keys
		p.show()
	})
}

// account does something to an account that may wait for the network.
func (p *preferences) account(work func(context.Context, *core.Accounts) error) {
	accounts := p.home.core.Accounts
	ask(p.home.app.crew, nothing(func(ctx context.Context) error { return work(ctx, accounts) }), p.home.app.after)
}

func (p *preferences) connect(id model.AccountID) {
	p.account(func(ctx context.Context, a *core.Accounts) error { return a.Connect(ctx, id) })
}

func (p *preferences) leave(id model.AccountID) {
	p.account(func(ctx context.Context, a *core.Accounts) error { return a.Disconnect(ctx, id) })
}

func (p *preferences) password(id model.AccountID, s model.Secret) {
	p.account(func(ctx context.Context, a *core.Accounts) error { return a.SetPassword(ctx, id, s) })
}

func (p *preferences) remove(id model.AccountID) {
	h := p.home
	ask(h.app.crew, nothing(func(ctx context.Context) error { return h.core.Accounts.Remove(ctx, id) }), func(_ struct{}, err error) {
		if err != nil {
			h.app.fail(err)
			return
		}
		h.accounts.Apply(core.AccountChanged{Account: core.AccountStatus{Account: model.Account{ID: id}}, Removed: true}, time.Now())
		if h.accounts.Len() == 0 {
			h.closeMain()
			h.signIn(nil)
		}
	})
}

// save keeps the settings and uses them at once.
func (p *preferences) save(s view.Settings) {
	h := p.home
	was := h.settings
	h.settings = s
	if s.TextSize != was.TextSize {
		h.app.setTextSize(s.TextSize, s.Appearance)
	}
	if s.Appearance != was.Appearance {
		h.app.setAppearance(s.Appearance)
		h.restyle()
	}
	do(h.app.crew, nothing(func(ctx context.Context) error {
		return h.store.Update(ctx, func(tx *storage.Tx) error {
			for _, kv := range s.Pairs() {
				if err := tx.SetSetting(kv[0], kv[1]); err != nil {
					return err
				}
			}
			return nil
		})
	}), h.app.after)
}

// restyle draws in other colours what keeps its own.
func (h *home) restyle() {
	h.list.Restyle()
	if h.chat != nil {
		h.chat.screen.Restyle()
	}
	if h.side != nil {
		h.side.screen.Restyle()
	}
	if h.prefs != nil {
		h.prefs.show()
	}
}

// passphrase changes what unlocks the profile, after the old one was proved.
func (p *preferences) passphrase(old, next model.Secret) {
	h := p.home
	profile, current := h.app.cfg.Profile, h.app.opened.key
	proved := slices.Contains(profile.Slots(), storage.Passphrase)
	do(h.app.crew, nothing(func(context.Context) error {
		if proved {
			k, err := profile.Unlock(storage.PassphraseSlot(old))
			if err != nil {
				return err
			}
			k.Wipe()
		}
		return profile.AddSlot(current, storage.PassphraseSlot(next))
	}), func(_ struct{}, err error) {
		if err != nil {
			p.screen.FailPassphrase(sentence(err, ""))
			return
		}
		p.screen.PassphraseChanged()
		p.show()
		h.app.root.Toast(lang.T("The passphrase was changed."), "", nil)
	})
}
