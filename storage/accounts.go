package storage

import (
	"fmt"

	"kith/core/model"
)

type accountReads struct{ r *runner }

type accountWrites struct{ w *work }

const accountColumns = `jid, password, host, port, direct_tls, resource, enabled, device, fingerprint, roster_version,
	pin_mechanism, pin_binding, pin_no_binding, pin_tls_version, pin_salted_hash, pin_salt, pin_iterations,
	pin_server_key, pin_client_key, pin_password_sum`

// accountFields are the places of accountColumns in a.
func accountFields(a *model.Account) []any {
	p := &a.Pins
	return []any{
		&a.JID, (*string)(&a.Password), &a.Host, &a.Port, &a.DirectTLS, &a.Resource, &a.Enabled, &a.Device, &a.Fingerprint, &a.RosterVersion,
		&p.Mechanism, &p.Binding, &p.NoBinding, &p.TLSVersion, &p.SaltedHash, &p.Salt, &p.Iterations,
		(*string)(&p.ServerKey), (*string)(&p.ClientKey), (*string)(&p.PasswordSum),
	}
}

func scanAccount(row scanner, a *model.Account) error {
	return row.Scan(append([]any{&a.ID}, accountFields(a)...)...)
}

// Accounts are all logins, in the order in which they were added.
func (t accountReads) Accounts() ([]model.Account, error) {
	out, err := list(t.r, scanAccount, "SELECT id, "+accountColumns+" FROM account ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return out, nil
}

// Account is one login; ErrNotFound.
func (t accountReads) Account(id model.AccountID) (model.Account, error) {
	var a model.Account
	err := t.r.get(func(row scanner) error { return scanAccount(row, &a) }, "SELECT id, "+accountColumns+" FROM account WHERE id = ?", id)
	if err != nil {
		return model.Account{}, fmt.Errorf("read account: %w", err)
	}
	return a, nil
}

// AddAccount stores a new login and sets its ID, which is never given again. ErrExists: the address is there already.
func (t accountWrites) AddAccount(a *model.Account) error {
	id, err := t.w.insert(`INSERT INTO account (`+accountColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`, accountFields(a)...)
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	a.ID = model.AccountID(id)
	return nil
}

// SaveAccount stores the whole row, pins included; ErrNotFound.
func (t accountWrites) SaveAccount(a model.Account) error {
	n, err := t.w.exec(`UPDATE account SET (`+accountColumns+`) = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) WHERE id = ?`,
		append(accountFields(&a), a.ID)...)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("save account: %w", err)
	}
	return nil
}

// RemoveAccount removes a login with everything that was stored for it: chats, contacts, what waits to be sent, keys and
// sessions. ErrNotFound. All but the chats follows by ON DELETE CASCADE.
func (t accountWrites) RemoveAccount(id model.AccountID) error {
	chats, err := list(t.w.runner, scanChatID, "SELECT id FROM chat WHERE account_id = ?", id)
	if err != nil {
		return fmt.Errorf("remove account: %w", err)
	}
	for _, chat := range chats {
		if err := (chatWrites{t.w}).DeleteChat(chat); err != nil {
			return fmt.Errorf("remove account: %w", err)
		}
	}
	n, err := t.w.exec("DELETE FROM account WHERE id = ?", id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("remove account: %w", err)
	}
	return nil
}
