package core

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"kith/calls/session"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// outbox is what the outbox goroutine needs to know from others, behind its own lock, and what it keeps for itself.
type outbox struct {
	mu       sync.Mutex
	isOnline bool
	caught   bool                        // the archive catch-up is over: receipts and repairs may leave
	fresh    bool                        // a new stream: nothing of the outbox is on the wire
	refused  bool                        // the stream before was ended over something that we sent
	signals  []callOut                   // of calls
	saying   bool                        // some are being sent
	quiet    chan struct{}               // closed when none is left; nil: nobody waits
	asked    map[string]session.Answered // requests of calls, by the id of the stanza
	replies  []*wire.Element             // stanzas that are not kept: presence, answers to requests, typing
	keys     time.Time                   // when our keys are to be published; zero: not
	lists    map[model.JID]bool
	hidden   map[model.JID]time.Time // whose list of devices we were not shown lately, and when
	silent   map[string]time.Time    // domains that did not answer the question for one lately, and when

	onWire      map[string]bool // ids given to the link on this stream; outbox goroutine only
	blamed      map[string]int  // ids that streams were ended over, as it seems, and how many; outbox goroutine only
	republished []time.Time     // when our device list was published lately; outbox goroutine only
}

// maxReplies bounds what waits unsent: a peer that floods us with requests while our line is slow loses some answers.
const maxReplies = 1000

func (o *outbox) start() {
	o.lists, o.hidden, o.silent = make(map[model.JID]bool), make(map[model.JID]time.Time), make(map[string]time.Time)
	o.asked = make(map[string]session.Answered)
	o.onWire, o.blamed = make(map[string]bool), make(map[string]int)
}

// transient gives stanzas to the outbox goroutine that are worth nothing once the connection is gone. nil ones are skipped.
func (o *outbox) transient(els ...*wire.Element) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, el := range els {
		if el != nil && len(o.replies) < maxReplies {
			o.replies = append(o.replies, el)
		}
	}
}

// putBack keeps what could not be done for the case that the stream is resumed.
func (o *outbox) putBack(w work, unsent []*wire.Element) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fresh {
		return
	}
	o.replies = append(slices.Clone(unsent), o.replies...)
	for _, j := range w.lists {
		o.lists[j] = true
	}
	if w.publish {
		o.keys = time.Now()
	}
}

func (o *outbox) setOnline(on, fresh bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.isOnline = on
	if fresh { // what waits was for the stream before; a resumed one goes on with it, our first presence not the least
		o.fresh, o.replies = true, nil
	}
}

func (o *outbox) setCaughtUp(v bool) {
	o.mu.Lock()
	o.caught = v
	o.mu.Unlock()
}

func (o *outbox) isCaughtUp() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.caught
}

// refreshDevices has somebody's device list fetched.
func (o *outbox) refreshDevices(j model.JID) {
	o.mu.Lock()
	o.lists[j] = true
	o.mu.Unlock()
}

// setHidden notes whether we were shown somebody's list of devices when we asked for it.
func (o *outbox) setHidden(j model.JID, hidden bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if delete(o.hidden, j); hidden {
		o.hidden[j] = time.Now()
	}
}

// hiddenSince is when we were last not shown somebody's list; zero: it was shown since, or that is long ago.
func (o *outbox) hiddenSince(j model.JID) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.hidden, func(_ model.JID, at time.Time) bool { return time.Since(at) > listLife })
	return o.hidden[j]
}

// setSilent notes whether somebody's server did not answer the question for a list.
func (o *outbox) setSilent(j model.JID, silent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if delete(o.silent, j.Domain()); silent {
		o.silent[j.Domain()] = time.Now()
	}
}

// silentLately says whether somebody's server did not answer such a question not long ago: what can leave without need not wait again.
func (o *outbox) silentLately(j model.JID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.silent, func(_ string, at time.Time) bool { return time.Since(at) > silentLife })
	return !o.silent[j.Domain()].IsZero()
}

// publishKeys has our bundle and device list published after a delay, so that a burst of new sessions costs one publish.
func (o *outbox) publishKeys(after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := time.Now().Add(after); o.keys.IsZero() || at.Before(o.keys) {
		o.keys = at
	}
}

// work is what the outbox goroutine takes over in one go.
type work struct {
	online, caughtUp, fresh, refused, publish bool

	replies []*wire.Element
	signals []callOut
	lists   []model.JID
	keysIn  time.Duration // until keys are due; 0: not waiting
}

func (o *outbox) take(now time.Time) work {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := work{online: o.isOnline, caughtUp: o.caught, fresh: o.fresh}
	if !w.online {
		return w
	}
	w.refused = o.refused
	w.replies, o.replies, o.fresh, o.refused = o.replies, nil, false, false
	w.signals, o.signals, o.saying = o.signals, nil, len(o.signals) > 0
	for j := range o.lists {
		w.lists = append(w.lists, j)
	}
	clear(o.lists)
	switch {
	case o.keys.IsZero():
	case !now.Before(o.keys):
		w.publish, o.keys = true, time.Time{}
	default:
		w.keysIn = o.keys.Sub(now)
	}
	return w
}

// runOutbox sends what is queued whenever there is something to send and a connection.
func (a sender) runOutbox(ctx context.Context) {
	defer a.done.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		again := a.drain(ctx)
		timer.Reset(again)
		select {
		case <-a.wake:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// drain does what can be done now and returns when to look again.
func (a sender) drain(ctx context.Context) (again time.Duration) {
	w := a.out.take(time.Now())
	again = time.Hour
	if !w.online {
		return again
	}
	if w.refused {
		a.blame(ctx)
	}
	if w.fresh {
		clear(a.out.onWire)
	}
	for i, el := range w.replies {
		if a.send(ctx, "", el.Append(nil, wire.NSClient)) != nil {
			a.out.putBack(w, w.replies[i:])
			return again
		}
	}
	if !a.sendSignals(ctx, w.signals) {
		a.out.putBack(w, nil)
		return again
	}
	if w.keysIn > 0 {
		again = w.keysIn
	}
	if a.out.silentLately(a.own) {
		again = min(again, a.sendQueued(ctx, w.caughtUp))
		return min(again, a.ask(ctx, w))
	}
	again = min(again, a.ask(ctx, w))
	return min(again, a.sendQueued(ctx, w.caughtUp))
}

// ask publishes our keys and asks for lists of devices, as far as that is due, until an answer does not come: what is left waits for the
// next time, so that messages wait for one such question. It returns when that is.
func (a sender) ask(ctx context.Context, w work) (again time.Duration) {
	silent := false
	if w.publish {
		keyring{a.account}.publishKeys(ctx)
		silent = a.out.silentLately(a.own)
	}
	for len(w.lists) > 0 && !silent {
		_, err := keyring{a.account}.fetchDevices(ctx, w.lists[0])
		if err != nil {
			a.log.Debug("fetch device list", "err", err)
		}
		silent, w.lists = errors.Is(err, link.ErrTimeout), w.lists[1:]
	}
	if len(w.lists) == 0 {
		return time.Hour
	}
	for _, j := range w.lists {
		a.out.refreshDevices(j)
	}
	return time.Second
}

// maxOnWire bounds how much may be on its way to the server. Its acknowledgements wake the outbox.
const maxOnWire = 500

// walk is one way through the outbox.
type walk struct {
	sender
	caughtUp bool
	again    time.Duration      // when to look again
	waiting  map[model.JID]bool // whose texts have to wait
	onWire   map[string]bool    // what is on the wire, as far as it was met
}

// sendQueued walks the outbox in order. An entry that has to wait lets those of other chats pass, never those of its own.
func (a sender) sendQueued(ctx context.Context, caughtUp bool) (again time.Duration) {
	w := walk{sender: a, caughtUp: caughtUp, again: time.Hour, waiting: make(map[model.JID]bool), onWire: make(map[string]bool)}
	for after := int64(0); ; {
		page, err := a.c.store.Outbox(a.id, storage.OutboxPage{After: after, Held: w.waiting, Finished: w.full()})
		if err != nil {
			a.log.Error("read outbox", "err", err)
			return time.Minute
		}
		if len(page) == 0 {
			a.out.onWire = w.onWire // what was not met is no longer queued
			return w.again
		}
		for i := range page {
			if !w.entry(ctx, &page[i]) {
				return w.again
			}
			after = page[i].ID
		}
	}
}

func (w *walk) full() bool { return len(w.onWire) >= maxOnWire }

// entry sends an entry, if it is its turn; false when the connection is gone.
func (w *walk) entry(ctx context.Context, q *storage.Queued) bool {
	if w.sent(q) {
		w.onWire[q.StanzaID] = true
		return true
	}
	if w.full() || (q.Kind == storage.QueuedText && w.waiting[q.To]) || (q.Kind == storage.QueuedEmpty && !w.caughtUp) {
		return true
	}
	if d := time.Until(q.NotBefore); d > 0 {
		w.again = min(w.again, d)
		w.waiting[q.To] = w.waiting[q.To] || q.Kind == storage.QueuedText
		return true
	}
	err := w.sendEntry(ctx, q)
	switch {
	case err == nil && len(q.Stanza) == 0: // given up, or nothing to send: it is out of the outbox
	case err == nil:
		w.out.onWire[q.StanzaID], w.onWire[q.StanzaID] = true, true
	case errors.Is(err, link.ErrOffline), errors.Is(err, link.ErrClosed), ctx.Err() != nil:
		return false
	default:
		w.waiting[q.To] = true
		w.again = min(w.again, w.postpone(ctx, q, err))
	}
	return true
}

// sent says whether an entry was given to the link on this stream. One without finished bytes was not, although another of its
// name may have been: a message that came back and is tried again.
func (w *walk) sent(q *storage.Queued) bool {
	if len(q.Stanza) == 0 {
		delete(w.out.onWire, q.StanzaID)
	}
	return w.out.onWire[q.StanzaID]
}

// errHeld says that an entry waits for something that will wake the outbox by itself.
var errHeld = errors.New("held")

// postpone puts an entry off after a passing failure; errHeld ones stay as they are.
func (a sender) postpone(ctx context.Context, q *storage.Queued, cause error) time.Duration {
	if errors.Is(cause, errHeld) {
		return time.Hour
	}
	q.Tries++
	wait := min(5*time.Second<<min(q.Tries-1, 6), 5*time.Minute)
	q.NotBefore = time.Now().Add(wait)
	a.log.Debug("outbox entry put off", "tries", q.Tries, "err", cause)
	err := a.c.store.Update(ctx, func(tx *storage.Tx) error { return tx.SaveQueued(*q) })
	switch {
	case err != nil || !passing(cause):
	case q.Tries >= giveUpAfter:
		err = a.fail(ctx, q, model.Refused)
	case q.Tries >= tellAfter:
		err = a.mark(ctx, q, model.Pending, model.Refused, false) // it is still tried, but the person should know
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("put off outbox entry", "err", err)
	}
	return wait
}

// When the other side's server does not answer, the person learns of it after a few tries, and the message is given up after
// about a day.
const (
	tellAfter   = 3
	giveUpAfter = 300
)

// sendEntry makes the entry's finished stanza if there is none yet, and gives it to the link.
func (a sender) sendEntry(ctx context.Context, q *storage.Queued) error {
	if q.Kind == storage.QueuedMarker {
		if tell, err := a.c.ReadReceipts(ctx); err != nil || !tell {
			return errors.Join(err, a.unqueue(ctx, q))
		}
	}
	if len(q.Stanza) == 0 {
		var err error
		switch q.Kind {
		case storage.QueuedText:
			err = a.finishText(ctx, q)
		case storage.QueuedEmpty:
			err = a.finishEmpty(ctx, q)
		case storage.QueuedDisplayed:
			err = keyring{a.account}.publishDisplayed(ctx, q)
		default:
			err = a.unqueue(ctx, q) // nothing in it that could be sent
		}
		if err != nil || len(q.Stanza) == 0 {
			return err
		}
	}
	return a.send(ctx, q.StanzaID, q.Stanza)
}

func (a sender) send(ctx context.Context, id string, stanza []byte) error {
	err := a.link.Send(ctx, id, stanza)
	if err == nil {
		a.c.stanzasOut.Add(1)
	}
	return err
}

func (a sender) unqueue(ctx context.Context, q *storage.Queued) error {
	return a.c.store.Update(ctx, func(tx *storage.Tx) error { return tx.Unqueue(q.ID) })
}

// fail gives a message up; the person can retry it.
func (a sender) fail(ctx context.Context, q *storage.Queued, why model.Fault) error {
	return a.mark(ctx, q, model.Failed, why, true)
}

// mark sets the state of an entry's message and tells the interface; done takes the entry out of the outbox.
func (a sender) mark(ctx context.Context, q *storage.Queued, st model.State, why model.Fault, done bool) error {
	var ev ChatChanged
	var changed bool
	err := a.c.store.Update(ctx, func(tx *storage.Tx) (err error) {
		if done {
			if err := tx.Unqueue(q.ID); err != nil {
				return err
			}
		}
		if q.Message == 0 {
			return nil
		}
		if changed, err = tx.SetState(q.Message, st, why); err != nil || !changed {
			return err
		}
		ev, err = messageEvent(tx, q.Message)
		return err
	})
	if err == nil && changed {
		a.c.feed.put(ev)
	}
	return err
}

// messageEvent is the event for one changed row.
func messageEvent(tx *storage.Tx, id model.MessageID) (ChatChanged, error) {
	m, err := tx.Message(id)
	if err != nil {
		return ChatChanged{}, err
	}
	chat, err := tx.Chat(m.Chat)
	return ChatChanged{Chat: chat, Messages: []model.Message{m}}, err
}

// acked takes stanzas out of the outbox that the server has taken responsibility for (XEP-0198 §4). Inbox goroutine.
func (a intake) acked(ctx context.Context, ids []string) {
	changed := make(map[model.ChatID]*ChatChanged)
	store := func(tx *storage.Tx) error {
		clear(changed)
		for _, id := range ids {
			if err := a.ackedOne(tx, id, changed); err != nil {
				return err
			}
		}
		return nil
	}
	if !a.storeUntilDone(ctx, store) {
		return // the entries stay and are sent again; the receiver drops doubles
	}
	for _, ev := range changed {
		a.c.feed.put(*ev)
	}
	a.nudge() // there is room on the wire
}

func (a intake) ackedOne(tx *storage.Tx, id string, changed map[model.ChatID]*ChatChanged) error {
	q, ok, err := tx.QueuedByStanza(a.id, id)
	if err != nil || !ok || len(q.Stanza) == 0 { // unfinished: it is being tried again, and this is of the time before
		return err
	}
	if err := tx.Unqueue(q.ID); err != nil || q.Message == 0 {
		return err
	}
	moved, err := tx.SetState(q.Message, model.Sent, model.NoFault)
	if err != nil || !moved {
		return err
	}
	ev, err := messageEvent(tx, q.Message)
	if err != nil {
		return err
	}
	if old := changed[ev.Chat.ID]; old != nil {
		ev.Messages = append(old.Messages, ev.Messages...)
	}
	changed[ev.Chat.ID] = &ev
	return nil
}
