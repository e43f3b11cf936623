package core

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kith/calls"
	"kith/core/model"
	"kith/crypto"
	"kith/storage"
)

// Options are what a Client takes from outside. The zero value is for real use but for the logger, which is required.
type Options struct {
	Log      *slog.Logger
	RootCAs  *x509.CertPool  // who may sign servers' certificates; nil: whom the system trusts
	Resolver *net.Resolver   // nil: the system's
	Hardware *calls.Hardware // for calls; nil: none are made or taken
	Answer   time.Duration   // how long a server may take to answer; 0: 30 s, with a page of its archive 90 s
}

// Client is everything an interface needs, grouped by noun.
type Client struct {
	Accounts *Accounts
	Contacts *Contacts
	Chats    *Chats
	Devices  *Devices
	Calls    *Calls

	store *storage.Store
	omemo *crypto.Manager
	opt   Options
	feed  feed

	life    sync.Mutex // held while an account starts or stops, so that none runs twice; taken before mu
	mu      sync.Mutex
	running map[model.AccountID]*account
	closed  bool

	stanzasIn, stanzasOut atomic.Int64
}

// Open starts every enabled account of the store and returns before any of them is online. The store stays the caller's.
func Open(ctx context.Context, s *storage.Store, o Options) (*Client, error) {
	c := &Client{store: s, omemo: crypto.New(), opt: o, running: make(map[model.AccountID]*account)}
	c.Accounts = &Accounts{c}
	c.Contacts = &Contacts{c}
	c.Chats = &Chats{c}
	c.Devices = &Devices{c}
	c.Calls = &Calls{c: c, live: make(map[model.CallID]model.Call)}
	c.Calls.Trial, c.Calls.Strays = Trial{c.Calls}, Strays{c.Calls}
	if o.Hardware != nil {
		c.Calls.manager, c.Calls.devices = calls.New(signaler{c}, *o.Hardware, o.Log), o.Hardware.Devices
	}
	if c.Calls.devices != nil {
		if err := c.Calls.recall(); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	rows, err := s.Accounts()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if !row.Enabled {
			continue
		}
		if _, err := c.start(ctx, row); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Subscribe begins to collect events. Close the Subscription when its reader ends.
func (c *Client) Subscribe() *Subscription { return c.feed.subscribe() }

// Close signs out of every server in good order and waits for every goroutine. What is in the outbox stays there.
func (c *Client) Close() error {
	if c.Calls.manager != nil {
		c.hangUp()
	}
	c.life.Lock()
	defer c.life.Unlock()
	c.mu.Lock()
	c.closed = true
	all := c.running
	c.running = make(map[model.AccountID]*account)
	c.mu.Unlock()
	var wg sync.WaitGroup
	errs := make(chan error, len(all))
	for _, a := range all {
		wg.Go(func() { errs <- a.stop() })
	}
	wg.Wait()
	close(errs)
	var first error
	for err := range errs {
		first = errors.Join(first, err)
	}
	return first
}

// hangUp ends every call, and gives the accounts the time to tell the other sides.
func (c *Client) hangUp() {
	c.Calls.manager.Close()
	c.mu.Lock()
	all := slices.Collect(maps.Values(c.running))
	c.mu.Unlock()
	for _, a := range all {
		a.out.said(lastWords)
	}
}

// lastWords is how long the end of the program waits for what calls have to say.
const lastWords = time.Second

// Stats are counters for people who want to see them.
type Stats struct {
	Outbox                int   // entries that wait for the network or for an acknowledgement
	StanzasIn, StanzasOut int64 // since start
	DBBytes               int64
}

// Stats reads the counters.
func (c *Client) Stats(context.Context) (Stats, error) {
	s := Stats{StanzasIn: c.stanzasIn.Load(), StanzasOut: c.stanzasOut.Load()}
	rows, err := c.store.Accounts()
	if err != nil {
		return s, err
	}
	for _, row := range rows {
		n, err := c.store.OutboxSize(row.ID)
		if err != nil {
			return s, err
		}
		s.Outbox += n
	}
	s.DBBytes, err = c.store.DBBytes()
	return s, err
}

// start runs an account; a second start of the same account finds the running one.
func (c *Client) start(ctx context.Context, row model.Account) (*account, error) {
	c.life.Lock()
	defer c.life.Unlock()
	c.mu.Lock()
	a, closed := c.running[row.ID], c.closed
	c.mu.Unlock()
	if closed {
		return nil, ErrClosed
	}
	if a != nil {
		return a, nil
	}
	a, err := startAccount(ctx, c, row)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.running[row.ID] = a
	c.mu.Unlock()
	a.setStatus(func(*AccountStatus) {}) // tells that it tries
	return a, nil
}

// stop ends an account's goroutines; its rows stay.
func (c *Client) stop(id model.AccountID) error {
	c.life.Lock()
	defer c.life.Unlock()
	c.mu.Lock()
	a := c.running[id]
	delete(c.running, id)
	c.mu.Unlock()
	if a == nil {
		return nil
	}
	return a.stop()
}

// account is the running account, or nil when it is signed out.
func (c *Client) account(id model.AccountID) *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[id]
}

// online is the running account for something that needs the network now.
func (c *Client) online(id model.AccountID) (*account, error) {
	a, err := c.runs(id)
	if err == nil && a.state() != model.Online {
		err = ErrOffline
	}
	return a, err
}

// runs is the running account: ErrNotFound when there is no such account, ErrOffline when it is signed out.
func (c *Client) runs(id model.AccountID) (*account, error) {
	if a := c.account(id); a != nil {
		return a, nil
	}
	if _, err := c.store.Account(id); err != nil {
		return nil, err
	}
	return nil, ErrOffline
}
