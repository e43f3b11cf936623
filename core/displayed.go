package core

import (
	"context"
	"errors"
	"strings"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// SettingReceipts is the key of the stored choice whether others learn what was read: "no", or anything else for yes.
const SettingReceipts = "chat.read_receipts"

// ReadReceipts says whether others learn what was read (XEP-0333). They do unless the person chose otherwise. Our own devices
// always do.
func (c *Client) ReadReceipts(context.Context) (bool, error) {
	v, err := c.store.Setting(SettingReceipts)
	return v != "no", err
}

// SetReadReceipts stores the choice. What was read and has not been told yet is not told any more once it is off.
func (c *Client) SetReadReceipts(ctx context.Context, on bool) error {
	v := "no"
	if on {
		v = "yes"
	}
	return c.store.Update(ctx, func(tx *storage.Tx) error { return tx.SetSetting(SettingReceipts, v) })
}

// tellRead tells the sender of the newest message that was read now, if they asked for it, and our own other devices. One marker
// covers everything before it.
func tellRead(tx *storage.Tx, chat model.Chat, upTo model.MessageID) error {
	if chat.Unread == 0 {
		return nil
	}
	page, err := tx.Messages(chat.ID, model.Page{Around: upTo + 1, Limit: 20})
	if err != nil {
		return err
	}
	quiet, err := tx.Setting(SettingReceipts)
	if err != nil {
		return err
	}
	marked, named := chat.Request || quiet == "no", false
	for i := len(page) - 1; i >= 0 && page[i].ID > chat.ReadUpTo && !(marked && named); i-- {
		m := page[i]
		if m.Outgoing {
			continue
		}
		if !named && m.ServerID != "" {
			named = true
			err = tx.Queue(&storage.Queued{
				Account: chat.Account, Kind: storage.QueuedDisplayed, StanzaID: stanzaID(), Body: []byte(string(chat.JID) + "\n" + m.ServerID),
			})
		}
		if err == nil && !marked && m.Markable && m.OriginID != "" {
			marked = true
			id := stanzaID()
			q := rawEntry(chat.Account, chat.JID, id, wire.NewMessage(chat.JID, wire.TypeChat, id).Add(wire.Displayed(m.OriginID), wire.HintStore.Element()))
			q.Kind = storage.QueuedMarker
			err = tx.Queue(q)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// publishDisplayed tells our other devices what was read here (XEP-0490 §3.1). A server that has no place for it is no reason
// to try for ever.
func (a keyring) publishDisplayed(ctx context.Context, q *storage.Queued) error {
	chat, id, _ := strings.Cut(string(q.Body), "\n")
	item := wire.DisplayedUpTo{Chat: model.JID(chat), ID: id, By: a.own}.Item()
	if err := a.publishPrivate(ctx, wire.NSDisplayed, item, wire.DisplayedOptions()); err != nil {
		if passing(err) && !errors.Is(err, link.ErrTimeout) { // messages must not wait for a server that is silent about this
			return err
		}
		a.log.Debug("publish what was read", "err", err)
	}
	return sender{a.account}.unqueue(ctx, q)
}

// publishPrivate publishes an item that nobody but us may read: with that option, or not at all (XEP-0223 §3). Servers that know
// little get only what keeps it private.
func (a keyring) publishPrivate(ctx context.Context, node string, item wire.Item, options []wire.Field) error {
	err := a.publish(ctx, wire.Publish(node, item, options...))
	var se *wire.StanzaError
	if !errors.As(err, &se) || passing(err) && se.Condition != wire.ResourceConstraint {
		return err
	}
	if se.App == wire.PreconditionNotMet || se.Condition == wire.Conflict {
		if err := a.configureNode(ctx, node, options); err != nil {
			return err
		}
		return a.publish(ctx, wire.Publish(node, item, options...))
	}
	return a.publish(ctx, wire.Publish(node, item, wire.PEPOptions(wire.AccessWhitelist)...))
}

// askDisplayed asks what our other devices have read.
func (a intake) askDisplayed(ctx context.Context) {
	a.ask(ctx, wire.IQ{Type: wire.TypeGet, Payload: wire.ItemsRequest(wire.NSDisplayed, 0)}, func(r *receiver, el *wire.Element, _ error) error {
		_, items, _ := wire.ParseItems(el)
		return receipts{r}.displayed(items)
	})
}

// displayed follows what our other devices have read. What is not here yet may come from the archive: it is looked for again once
// that is read.
func (r receipts) displayed(items []wire.Item) error {
	for _, item := range items {
		d, ok := wire.ParseDisplayedItem(item)
		if !ok || d.By != r.a.own {
			continue
		}
		found, err := r.readUpTo(d)
		if err != nil {
			return err
		}
		if !found && !r.a.out.isCaughtUp() {
			r.a.in.displayed[d.Chat] = d
		}
	}
	return nil
}

// displayedLate is displayed for what came before its messages.
func (r receipts) displayedLate() error {
	for _, d := range r.a.in.displayed {
		if _, err := r.readUpTo(d); err != nil {
			return err
		}
	}
	r.after = append(r.after, func() { clear(r.a.in.displayed) })
	return nil
}

func (r receipts) readUpTo(d wire.DisplayedUpTo) (found bool, err error) {
	chat, ok, err := r.chat(d.Chat)
	if err != nil || !ok {
		return false, err
	}
	row, ok, err := r.tx.MessageByServerID(chat.id, d.ID)
	if err != nil || !ok {
		return false, err
	}
	changed, err := r.tx.MarkRead(chat.id, row.ID)
	if changed {
		r.delta(chat.id)
	}
	return true, err
}
