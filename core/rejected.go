package core

import (
	"context"
	"errors"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

const (
	// smallStanza is what every server has to take (RFC 6120 §13.12).
	smallStanza = 10_000
	// maxBlamed is how many streams may end over one stanza before it is given up.
	maxBlamed = 2
)

// rejected notes that a stream was ended over something we sent. Servers do so where a stanza is larger than they take.
func (o *outbox) rejected(err error) {
	var s *wire.StreamError
	if !errors.As(err, &s) || s.Condition != wire.PolicyViolation {
		return
	}
	o.mu.Lock()
	o.refused = true
	o.mu.Unlock()
}

// blame finds out what the server ended the last stream over, which it does not say: most likely the largest of what was on the
// wire. Sent again and again, it would end every stream, and nothing behind it would ever leave; so it is given up.
func (a sender) blame(ctx context.Context) {
	var worst storage.Queued
	err := a.c.store.Update(ctx, func(tx *storage.Tx) error {
		for id := range a.out.onWire {
			q, ok, err := tx.QueuedByStanza(a.id, id)
			if err != nil {
				return err
			}
			if ok && len(q.Stanza) > max(smallStanza, len(worst.Stanza)) {
				worst = q
			}
		}
		return nil
	})
	if err == nil && worst.ID != 0 {
		if a.out.blamed[worst.StanzaID]++; a.out.blamed[worst.StanzaID] >= maxBlamed {
			delete(a.out.blamed, worst.StanzaID)
			err = a.fail(ctx, &worst, model.Refused)
		}
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("give up what the server refuses", "err", err)
	}
}
