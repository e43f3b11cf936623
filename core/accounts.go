package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kith/core/model"
	"kith/storage"
)

// Accounts is what a person does with their own logins.
type Accounts struct{ c *Client }

// Login is what a person types to sign in. Host and Port are for servers that cannot be found by their name.
type Login struct {
	Address   string
	Password  model.Secret
	Host      string
	Port      uint16
	DirectTLS bool // TLS from the first byte, only with Host
}

// AccountStatus is an account and how it stands. The password is left out.
type AccountStatus struct {
	model.Account
	State   model.LinkState
	Err     error     // why it is not online; nil when the person wants it so, or while first connecting
	RetryAt time.Time // when the next attempt is due; zero when none is
	Syncing bool      // catching up with the archive
}

// Add signs in and waits until the account is online and others can write to it. If that does not work the reason is returned and nothing is kept:
// ErrAddress, ErrExists, or an error that KindOf sorts.
func (a *Accounts) Add(ctx context.Context, l Login) (model.AccountID, error) {
	jid, err := model.ParseJID(l.Address)
	if err != nil || jid.Local() == "" || !jid.IsBare() {
		return 0, ErrAddress
	}
	row := model.Account{
		JID: jid, Password: l.Password, Host: l.Host, Port: l.Port, DirectTLS: l.DirectTLS,
		Resource: "Kith." + randomID(4),
	}
	err = a.c.store.Update(ctx, func(tx *storage.Tx) error { return addAccount(tx, &row) })
	if err != nil {
		return 0, err
	}
	if err := a.signIn(ctx, row); err != nil {
		return 0, errors.Join(err, a.Remove(context.WithoutCancel(ctx), row.ID))
	}
	return row.ID, nil
}

func addAccount(tx *storage.Tx, row *model.Account) error {
	all, err := tx.Accounts()
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.JID == row.JID {
			return ErrExists
		}
	}
	return tx.AddAccount(row)
}

// signIn connects for the first time. The account counts as enabled only once it was online.
func (a *Accounts) signIn(ctx context.Context, row model.Account) error {
	sub := a.c.Subscribe()
	defer sub.Close()
	run, err := a.c.start(ctx, row)
	if err != nil {
		return err
	}
	for {
		if s := run.status(); s.State == model.Online {
			break
		} else if s.Err != nil {
			return s.Err
		} else if s.State == model.Offline { // it was removed meanwhile, or Kith closes
			return ErrClosed
		}
		if _, err := sub.Next(ctx); err != nil {
			return err
		}
	}
	if err := a.enable(ctx, row.ID, true); err != nil {
		return err
	}
	run.keysOut(ctx)
	return nil
}

func (a *Accounts) enable(ctx context.Context, id model.AccountID, on bool) error {
	err := a.edit(ctx, id, func(row *model.Account) { row.Enabled = on })
	if run := a.c.account(id); err == nil && run != nil && run.status().Enabled != on {
		run.setStatus(func(s *AccountStatus) { s.Enabled = on })
	}
	return err
}

func (a *Accounts) edit(ctx context.Context, id model.AccountID, change func(*model.Account)) error {
	return a.c.store.Update(ctx, func(tx *storage.Tx) error {
		row, err := tx.Account(id)
		if err != nil {
			return err
		}
		change(&row)
		return tx.SaveAccount(row)
	})
}

// List returns every account with its state.
func (a *Accounts) List(context.Context) ([]AccountStatus, error) {
	rows, err := a.c.store.Accounts()
	if err != nil {
		return nil, err
	}
	out := make([]AccountStatus, 0, len(rows))
	for _, row := range rows {
		s := AccountStatus{}
		if run := a.c.account(row.ID); run != nil {
			s = run.status()
			row.Enabled = s.Enabled
		}
		s.Account = row
		s.Password, s.Pins = "", model.Pins{}
		out = append(out, s)
	}
	return out, nil
}

// Known returns ErrNotFound when there is no such account.
func (a *Accounts) Known(_ context.Context, id model.AccountID) error {
	_, err := a.c.store.Account(id)
	return err
}

// Connect goes online with an account and stays so until Disconnect.
func (a *Accounts) Connect(ctx context.Context, id model.AccountID) error {
	if err := a.enable(ctx, id, true); err != nil {
		return err
	}
	row, err := a.c.store.Account(id)
	if err != nil {
		return err
	}
	_, err = a.c.start(ctx, row)
	return err
}

// Disconnect signs out; everything stays stored.
func (a *Accounts) Disconnect(ctx context.Context, id model.AccountID) error {
	if err := a.enable(ctx, id, false); err != nil {
		return err
	}
	err := a.c.stop(id)
	a.announce(id)
	return err
}

// Remove signs out and deletes everything of the account from this device: chats, messages, keys.
func (a *Accounts) Remove(ctx context.Context, id model.AccountID) error {
	if err := a.c.stop(id); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	err := a.c.store.Update(ctx, func(tx *storage.Tx) error { return tx.RemoveAccount(id) })
	if err != nil {
		return err
	}
	a.c.omemo.Forget(id)
	a.c.feed.put(AccountChanged{Account: AccountStatus{Account: model.Account{ID: id}}, Removed: true})
	return nil
}

// SetPassword stores a new password and tries it at once.
func (a *Accounts) SetPassword(ctx context.Context, id model.AccountID, p model.Secret) error {
	if err := a.edit(ctx, id, func(row *model.Account) { row.Password = p }); err != nil {
		return err
	}
	if err := a.c.stop(id); err != nil {
		return err
	}
	return a.Connect(ctx, id)
}

// Reconnect is the hint that the network may be there again: every account that waits tries now.
func (a *Accounts) Reconnect() {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	for _, run := range a.c.running {
		run.link.Reconnect()
	}
}

// SetActive tells the servers whether the person looks at Kith (XEP-0352).
func (a *Accounts) SetActive(active bool) {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	for _, run := range a.c.running {
		run.link.SetActive(active)
	}
}

// announce tells the subscriptions about an account that no longer runs.
func (a *Accounts) announce(id model.AccountID) {
	row, err := a.c.store.Account(id)
	if err != nil {
		return
	}
	row.Password, row.Pins = "", model.Pins{}
	a.c.feed.put(AccountChanged{Account: AccountStatus{Account: row}})
}
