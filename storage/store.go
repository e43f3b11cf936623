// Package storage keeps everything Kith knows in one encrypted SQLite database: accounts, chats, messages with their search
// index, what waits to be sent, and the keys and sessions of OMEMO.
//
// Every page of the database and of its log is sealed on its own (vfs.go), with a key that is kept in slots (slots.go). There is
// one writer and a few readers: Update runs one at a time and never waits for network or person; reads run side by side and see
// the last commit. All methods may be called from any goroutine, but a Tx only from the one that runs its function. The package
// starts no goroutine.
//
// Methods of rows are grouped by noun in small types that Store and Tx embed: reads exist on both, writes on Tx only. They take
// no context, as each ends within milliseconds. Errors name no addresses, bodies or keys.
//
// It does not know the wire, and it decides nothing about conversations; archives, receipts and retries are core's.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// Store is the open database of a profile.
type Store struct {
	reads
	path  string
	keys  *pageKeys
	keyID int64

	pool    *sql.DB // readers
	writers *sql.DB // holds the one connection below
	conn    *sql.Conn
	write   *runner       // statements on conn
	turn    chan struct{} // holds one token while somebody writes
	closed  bool          // guarded by turn
}

// Open opens the database, makes it when it is missing, and brings an older one up to date.
//
// ErrWrongKey and ErrDamaged: it cannot be read; its files are left as they are. ErrNewer: a newer Kith wrote it.
// ErrNoFTS5: this program was built without full text search. ErrDiskFull.
func (p *Profile) Open(k Key) (*Store, error) {
	if err := p.belongs(k); err != nil {
		return nil, err
	}
	keys, err := newPageKeys(k)
	if err != nil {
		return nil, err
	}
	if p.ring.Made {
		return p.reopen(keys)
	}
	s, err := open(p.path(dbName), keys, writerCacheKiB)
	if err != nil {
		return nil, err
	}
	if err := p.made(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// reopen opens a database that was there before. It is not made anew when it is gone: nobody would notice that a whole
// history is.
func (p *Profile) reopen(keys *pageKeys) (*Store, error) {
	size, err := sizeOf(p.path(dbName))
	if err == nil && size == 0 {
		err = fmt.Errorf("open database: it is gone: %w", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	return open(p.path(dbName), keys, writerCacheKiB)
}

const writerCacheKiB = 16 << 10

// open opens a database with keys, or, for tests, a readable one without.
func open(path string, keys *pageKeys, cacheKiB int) (*Store, error) {
	if err := register(); err != nil {
		return nil, err
	}
	src := source{path: path, cache: cacheKiB}
	if keys != nil {
		if err := keys.fit(path); err != nil {
			return nil, err
		}
		src.key = keys.lend()
	}
	s := &Store{path: path, keys: keys, keyID: src.key, turn: make(chan struct{}, 1)}
	if err := s.connect(src); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(src source) error {
	if err := src.create(); err != nil {
		return err
	}
	ctx := context.Background()
	s.writers = src.writer("rw")
	var err error
	if s.conn, err = s.writers.Conn(ctx); err != nil {
		return fmt.Errorf("open database: %w", translate(err))
	}
	if err := upToDate(ctx, s.conn); err != nil {
		return err
	}
	// The sealed files say nothing to others, but they are nobody else's business either.
	if err := os.Chmod(s.path, 0o600); err != nil {
		return fmt.Errorf("close database to others: %w", diskFault(err))
	}
	s.pool = src.readers()
	s.write = &runner{prepare: s.conn.PrepareContext}
	s.reads = newReads(&runner{prepare: s.pool.PrepareContext})
	return nil
}

// Close waits for the running Update and closes the database. Reads that are still running fail.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	if s.pool != nil {
		s.reads.run.close()
		errs = append(errs, s.pool.Close()) // before the writer, whose last act is the checkpoint
	}
	if s.write != nil {
		s.write.close()
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.writers != nil {
		errs = append(errs, s.writers.Close())
	}
	if s.keyID != 0 {
		forget(s.keyID)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", translate(err))
	}
	return nil
}

// begin waits for the turn to write. done gives it back.
func (s *Store) begin(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if s.closed {
		s.done()
		return ErrClosed
	}
	return nil
}

func (s *Store) done() { <-s.turn }

// Update runs fn in a transaction and commits what it wrote, or, when it errs or panics, nothing. One runs at a time; ctx bounds
// the wait for the turn, not fn. After a power cut the latest Updates may be missing, each as a whole and in order.
// ErrDiskFull: nothing was written.
//
// fn must not call Update again and must not keep tx.
func (s *Store) Update(ctx context.Context, fn func(tx *Tx) error) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.done()
	return s.transact(fn)
}

// UpdateDurable is Update for what must not be forgotten once it is done, as it goes out of the house: when it returns, also
// a power cut cannot undo it, or any Update before it.
func (s *Store) UpdateDurable(ctx context.Context, fn func(tx *Tx) error) (err error) {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.done()
	if err := s.run("PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.run("PRAGMA synchronous = NORMAL")) }()
	return s.transact(fn)
}

// run runs a statement that must not be prepared once (PRAGMA acts while it is prepared) on the writer's connection.
func (s *Store) run(query string) error {
	_, err := s.conn.ExecContext(context.Background(), query)
	return translate(err)
}

func (s *Store) transact(fn func(tx *Tx) error) (err error) {
	if _, err := s.write.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	s.write.ended = s.ended
	committed := false
	defer func() { // also when fn panics
		s.write.ended, s.write.lost = nil, false
		if !committed {
			err = errors.Join(err, s.rollback())
		}
	}()
	tx := newTx(s.write, time.Now())
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.index.flush(); err != nil {
		return err
	}
	if _, err := s.write.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}

// ended says whether no transaction is open.
func (s *Store) ended() (over bool) {
	err := s.conn.Raw(func(c any) error {
		over = c.(interface{ AutoCommit() bool }).AutoCommit()
		return nil
	})
	return over || err != nil
}

// rollback ends the transaction. SQLite may have ended it already, as it does when the disk is full.
func (s *Store) rollback() error {
	if s.ended() {
		return nil
	}
	if _, err := s.write.exec("ROLLBACK"); err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}
