package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"kith/core/model"
)

type outboxReads struct{ r *runner }

type outboxWrites struct{ w *work }

// QueuedKind says what waits in the outbox.
type QueuedKind uint8

// The kinds of what waits.
const (
	QueuedText         QueuedKind = iota // Body is what somebody wrote
	QueuedRaw                            // Body is a finished stanza
	QueuedReceipt                        // Body is the id that is acknowledged
	QueuedMarker                         // as QueuedRaw: says what was displayed
	QueuedEmpty                          // a key transport of OMEMO for Device
	QueuedDisplayed                      // Body is a chat's address and the archive id up to which it was read, for our own devices
	QueuedSubscription                   // a finished presence to To of the type in Body (RFC 6121 §3)
)

// Queued is one thing that waits to be sent, and stays until the server has it.
type Queued struct {
	ID        int64
	Account   model.AccountID
	Message   model.MessageID // the row it is of; 0: none
	To        model.JID
	Kind      QueuedKind
	StanzaID  string
	Body      []byte
	Stanza    []byte // the finished bytes once encrypted: sent again as they are, never encrypted again
	Tries     int
	NotBefore time.Time
	Device    model.DeviceID
}

const queuedColumns = "account_id, message_id, to_jid, kind, stanza_id, body, stanza, tries, not_before_ms, device"

func scanQueued(row scanner, q *Queued) error {
	var ms int64
	err := row.Scan(&q.ID, &q.Account, &q.Message, &q.To, &q.Kind, &q.StanzaID, &q.Body, &q.Stanza, &q.Tries, &ms, &q.Device)
	q.NotBefore = fromMS(ms)
	return err
}

func (q *Queued) values() []any {
	return []any{q.Account, q.Message, q.To, q.Kind, q.StanzaID, q.Body, q.Stanza, q.Tries, toMS(q.NotBefore), q.Device}
}

// OutboxPage asks for the next entries of an outbox. What is left out costs next to nothing: an account may hold thousands of
// messages back in one chat, and the others must flow past them.
type OutboxPage struct {
	After    int64              // the last entry of the page before
	Held     map[model.JID]bool // unfinished texts for those that are true are left out
	Finished bool               // only entries with a finished stanza
}

// outboxPage is how many entries make a page.
const outboxPage = 100

// Outbox is what waits in an account, the oldest first, a page at a time. The page behind the last entry is empty.
func (t outboxReads) Outbox(account model.AccountID, p OutboxPage) ([]Queued, error) {
	held := []model.JID{} // not null, which would leave everything out
	for j, yes := range p.Held {
		if yes {
			held = append(held, j)
		}
	}
	but, err := json.Marshal(held)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	out, err := list(t.r, scanQueued, "SELECT id, "+queuedColumns+` FROM outbox WHERE account_id = ? AND id > ?
		AND (coalesce(length(stanza), 0) > 0 OR NOT ? AND NOT (kind = ? AND to_jid IN (SELECT value FROM json_each(?)))) ORDER BY id LIMIT ?`,
		account, p.After, p.Finished, QueuedText, string(but), outboxPage)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

// OutboxSize is how many entries wait in an account.
func (t outboxReads) OutboxSize(account model.AccountID) (n int, err error) {
	if err := t.r.value([]any{&n}, "SELECT count(*) FROM outbox WHERE account_id = ?", account); err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	return n, nil
}

// QueuedByStanza is what waits under a stanza's id; false when nothing does.
func (t outboxReads) QueuedByStanza(account model.AccountID, stanzaID string) (Queued, bool, error) {
	return t.one("account_id = ? AND stanza_id = ?", account, stanzaID)
}

// QueuedSubscriptions are the presences about a subscription that wait for somebody.
func (t outboxReads) QueuedSubscriptions(account model.AccountID, to model.JID) ([]Queued, error) {
	out, err := list(t.r, scanQueued, "SELECT id, "+queuedColumns+" FROM outbox WHERE account_id = ? AND kind = ? AND to_jid = ? ORDER BY id",
		account, QueuedSubscription, to)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

// QueuedByMessage is what waits of a message; false when nothing does.
func (t outboxReads) QueuedByMessage(id model.MessageID) (Queued, bool, error) {
	if id == 0 {
		return Queued{}, false, nil
	}
	return t.one("message_id = ?", id)
}

func (t outboxReads) one(where string, args ...any) (Queued, bool, error) {
	var q Queued
	ok, err := found(t.r.get(func(row scanner) error { return scanQueued(row, &q) },
		"SELECT id, "+queuedColumns+" FROM outbox WHERE "+where+" ORDER BY id LIMIT 1", args...))
	if err != nil {
		return Queued{}, false, fmt.Errorf("read outbox: %w", err)
	}
	return q, ok, nil
}

// Queue adds to the outbox and sets the ID.
func (t outboxWrites) Queue(q *Queued) error {
	id, err := t.w.insert("INSERT INTO outbox ("+queuedColumns+") VALUES (?,?,?,?,?,?,?,?,?,?)", q.values()...)
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	q.ID = id
	return nil
}

// SaveQueued stores the whole row; ErrNotFound when it is out already.
func (t outboxWrites) SaveQueued(q Queued) error {
	n, err := t.w.exec("UPDATE outbox SET ("+queuedColumns+") = (?,?,?,?,?,?,?,?,?,?) WHERE id = ?", append(q.values(), q.ID)...)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("save queued: %w", err)
	}
	return nil
}

// Unqueue removes from the outbox; what is out already is no error.
func (t outboxWrites) Unqueue(id int64) error {
	if _, err := t.w.exec("DELETE FROM outbox WHERE id = ?", id); err != nil {
		return fmt.Errorf("unqueue: %w", err)
	}
	return nil
}
