package storage

import (
	"errors"
	"fmt"

	"kith/core/model"
)

type contactReads struct{ r *runner }

type contactWrites struct{ w *work }

const contactColumns = "account_id, jid, name, subscription, asked, asking, in_roster"

func scanContact(row scanner, c *model.Contact) error {
	return row.Scan(&c.Account, &c.JID, &c.Name, &c.Subscription, &c.Asked, &c.Asking, &c.InRoster)
}

// Contacts are the roster of an account and those who ask to be in it, by address. Presence is not stored.
func (t contactReads) Contacts(account model.AccountID) ([]model.Contact, error) {
	out, err := list(t.r, scanContact, "SELECT "+contactColumns+" FROM contact WHERE account_id = ? ORDER BY jid", account)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return out, nil
}

// Contact is one contact; false when there is none.
func (t contactReads) Contact(account model.AccountID, jid model.JID) (model.Contact, bool, error) {
	var c model.Contact
	ok, err := found(t.r.get(func(row scanner) error { return scanContact(row, &c) },
		"SELECT "+contactColumns+" FROM contact WHERE account_id = ? AND jid = ?", account, jid))
	if err != nil {
		return model.Contact{}, false, fmt.Errorf("read contact: %w", err)
	}
	return c, ok, nil
}

// PutContact stores a contact, new or changed.
func (t contactWrites) PutContact(c model.Contact) error {
	_, err := t.w.exec("INSERT OR REPLACE INTO contact ("+contactColumns+") VALUES (?,?,?,?,?,?,?)",
		c.Account, c.JID, c.Name, c.Subscription, c.Asked, c.Asking, c.InRoster)
	if err != nil {
		return fmt.Errorf("save contact: %w", err)
	}
	return nil
}

// RemoveContact removes a contact; none is no error.
func (t contactWrites) RemoveContact(account model.AccountID, jid model.JID) error {
	if _, err := t.w.exec("DELETE FROM contact WHERE account_id = ? AND jid = ?", account, jid); err != nil {
		return fmt.Errorf("remove contact: %w", err)
	}
	return nil
}

// found tells a missing row from an error.
func found(err error) (bool, error) {
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
