package core

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// account runs one login: the inbox goroutine owns everything that arrives, the outbox goroutine everything that leaves.
// Fields without a lock belong to the goroutine named beside them.
type account struct {
	c    *Client
	id   model.AccountID
	own  model.JID // bare
	log  *slog.Logger
	link *link.Link

	commands chan func()   // run by the inbox goroutine between two batches
	ended    chan struct{} // closed when the inbox goroutine is gone
	wake     chan struct{} // capacity 1: there is work for the outbox goroutine
	offered  chan struct{} // closed when our keys were first published, or could not be; outbox goroutine
	cancel   context.CancelCauseFunc
	done     sync.WaitGroup

	services services
	in       inbox       // inbox goroutine
	out      outbox      // outbox goroutine, but for its own locked part
	restored []time.Time // when our bundle was put back in place of another lately; outbox goroutine

	mu       sync.Mutex
	now      AccountStatus
	full     model.JID                               // our address on the present stream, with its resource
	presence map[model.JID]map[string]model.Presence // bare address → resource → availability
}

// What an account does is told apart by who does it. These are the account itself under other names, each with its own part of
// the methods.
type (
	intake  struct{ *account } // the inbox goroutine: what arrives, and what has to be asked in order with it
	sender  struct{ *account } // the outbox goroutine: what leaves
	keyring struct{ *account } // our OMEMO keys at the server, and other people's; outbox goroutine
)

// startAccount makes the account's OMEMO identity if it has none, connects, and starts both goroutines.
func startAccount(ctx context.Context, c *Client, row model.Account) (*account, error) {
	a := &account{
		c: c, id: row.ID, own: row.JID, log: c.opt.Log.With("account", int64(row.ID)),
		commands: make(chan func()), ended: make(chan struct{}), wake: make(chan struct{}, 1),
		offered: make(chan struct{}), presence: make(map[model.JID]map[string]model.Presence),
	}
	if err := a.ensureIdentity(ctx, &row); err != nil {
		return nil, err
	}
	a.now = AccountStatus{Account: row, State: model.Connecting}
	a.now.Password, a.now.Pins = "", model.Pins{}
	a.now.Enabled = true // it runs because the person wants it so, although a first sign-in is stored only once it worked
	a.in.answers, a.in.lookedUp = make(map[string]answer), make(map[model.JID]time.Time)
	a.in.displayed = make(map[model.JID]wire.DisplayedUpTo)
	a.in.heard.taken = make(map[model.CallID]time.Time)
	a.in.stale = true
	a.in.owed, a.in.answered = make(map[storage.Peer]bool), make(map[storage.Peer]time.Time)
	a.out.start()
	a.link = link.Open(link.Config{
		JID: row.JID, Password: row.Password, Host: row.Host, Port: row.Port, DirectTLS: row.DirectTLS,
		Resource: row.Resource, Pins: row.Pins, RootCAs: c.opt.RootCAs, Resolver: c.opt.Resolver, Answer: c.opt.Answer, Log: a.log,
	})
	run, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	a.cancel = cancel
	a.done.Add(2)
	go intake{a}.runInbox(run)
	go sender{a}.runOutbox(run)
	return a, nil
}

// stop signs out in good order and waits for both goroutines.
func (a *account) stop() error {
	a.cancel(ErrClosed)
	err := a.link.Close()
	a.done.Wait()
	a.setStatus(func(s *AccountStatus) { s.State, s.Err, s.RetryAt, s.Syncing = model.Offline, nil, time.Time{}, false })
	return err
}

// ensureIdentity fills in the account's own device number and fingerprint, and reads the row as it stands now.
func (a *account) ensureIdentity(ctx context.Context, row *model.Account) error {
	return a.c.store.UpdateDurable(ctx, func(tx *storage.Tx) error {
		now, err := tx.Account(row.ID)
		if err != nil {
			return err
		}
		*row = now
		b, err := a.c.omemo.Begin(tx, row.ID, row.JID)
		if err != nil {
			return err
		}
		row.Device, row.Fingerprint = b.Device()
		if err := b.Flush(); err != nil {
			return err
		}
		return tx.SaveAccount(*row)
	})
}

// inbox is the state of the inbox goroutine.
type inbox struct {
	answers map[string]answer // what to do with the answer to a Request, by its id
	archive archive
	contact map[model.JID]model.Contact // the roster, as stored
	stale   bool                        // contact may be ahead of the store

	unasked func(context.Context) // what the line broke before; done once the stream is resumed, dropped with it
	sids    bool                  // our archive stamps stanza-ids (XEP-0359)

	lookedUp  map[model.JID]time.Time          // whose device list a message had us fetch, and when
	heard     heard                            // of calls
	displayed map[model.JID]wire.DisplayedUpTo // what our other devices have read and was not here yet
	reminded  bool                             // this stream has brought our own device list
	doubted   time.Time                        // when a message last made us look at our own bundle
	owed      map[storage.Peer]bool            // devices that get an empty message once the archive is read
	answered  map[storage.Peer]time.Time       // when they got one
}

// runInbox takes events until the link is closed.
func (a intake) runInbox(ctx context.Context) {
	defer a.done.Done()
	defer close(a.ended)
	for {
		select {
		case ev, ok := <-a.link.Events():
			if !ok {
				return
			}
			a.takeEvent(ctx, ev)
		case do := <-a.commands:
			do()
		case <-ctx.Done():
			for range a.link.Events() { // the link closes the channel once its goroutines have ended
			}
			return
		}
	}
}

// takeEvent handles ev and, when it is a stanza, everything that waits behind it as one batch.
func (a intake) takeEvent(ctx context.Context, ev link.Event) {
	for ev != nil {
		var next link.Event
		switch ev := ev.(type) {
		case link.Online:
			a.online(ctx, ev)
		case link.Offline:
			a.offline(ev)
		case link.Acked:
			a.acked(ctx, ev.IDs)
		case link.Stanza, link.Answer:
			var batch []link.Event
			batch, next = a.in.archive.collect(ev, a.link.Events())
			a.receive(ctx, batch)
		}
		ev = next
	}
}

// command runs do on the inbox goroutine and waits for it.
func (a *account) command(ctx context.Context, do func()) error {
	finished := make(chan struct{})
	select {
	case a.commands <- func() { do(); close(finished) }:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-a.ended:
		return ErrClosed
	}
	<-finished
	return nil
}

// nudge tells the outbox goroutine that there is work.
func (a *account) nudge() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *account) status() AccountStatus {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// fullJID is our address with its resource; without one before the first stream.
func (a *account) fullJID() model.JID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.full
}

func (a *account) state() model.LinkState { return a.status().State }

// setStatus changes the state and tells the subscriptions.
func (a *account) setStatus(change func(*AccountStatus)) {
	a.mu.Lock()
	change(&a.now)
	now := a.now
	a.mu.Unlock()
	a.c.feed.put(AccountChanged{Account: now})
}

// randomID is an identifier of n random bytes in hex.
func randomID(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// stanzaID is a random UUID (version 4), the identity of a message for ever (XEP-0359 §3).
func stanzaID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
