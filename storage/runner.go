package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// runner runs statements, each prepared once: on the read pool, or on the writer's connection within a transaction. Statements
// of rows take no context: they end within milliseconds, and a context that can end costs the driver a goroutine per call.
type runner struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	mu      sync.Mutex
	stmts   map[string]*sql.Stmt
	closed  bool

	ended func() bool // of the writer while in a transaction: whether SQLite has ended it
	lost  bool        // it has
}

// errLost: some errors, such as a full disk, make SQLite roll the whole transaction back. Statements that go on regardless would each
// be committed alone, and a savepoint would be a transaction.
var errLost = errors.New("transaction was rolled back")

// failed is translate for what a statement answered.
func (r *runner) failed(err error) error {
	err = translate(err)
	if err != nil && !errors.Is(err, ErrNotFound) && r.ended != nil && r.ended() {
		r.lost = true
	}
	return err
}

func (r *runner) stmt(query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return nil, ErrClosed
	case r.lost:
		return nil, errLost
	}
	if s, ok := r.stmts[query]; ok {
		return s, nil
	}
	s, err := r.prepare(context.Background(), query)
	if err != nil {
		return nil, r.failed(err)
	}
	if r.stmts == nil {
		r.stmts = map[string]*sql.Stmt{}
	}
	r.stmts[query] = s
	return s, nil
}

// close ends the statements. Their errors are those of the last call, which the caller had already.
func (r *runner) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.stmts {
		_ = s.Close()
	}
	r.stmts, r.closed = nil, true
}

// exec runs a statement and tells how many rows it changed.
func (r *runner) exec(query string, args ...any) (int64, error) {
	res, err := r.result(query, args)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return n, translate(err)
}

// insert runs a statement and tells the number of the new row.
func (r *runner) insert(query string, args ...any) (int64, error) {
	res, err := r.result(query, args)
	if err != nil {
		return 0, err
	}
	id, err := res.LastInsertId()
	return id, translate(err)
}

func (r *runner) result(query string, args []any) (sql.Result, error) {
	s, err := r.stmt(query)
	if err != nil {
		return nil, err
	}
	res, err := s.Exec(args...)
	return res, r.failed(err)
}

// get reads one row with scan; ErrNotFound when there is none.
func (r *runner) get(scan func(scanner) error, query string, args ...any) error {
	s, err := r.stmt(query)
	if err != nil {
		return err
	}
	return r.failed(scan(s.QueryRow(args...)))
}

// value reads one row of plain columns; ErrNotFound when there is none.
func (r *runner) value(dest []any, query string, args ...any) error {
	return r.get(func(row scanner) error { return row.Scan(dest...) }, query, args...)
}

// scanner is one row, of *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// list reads all rows of a query.
func list[T any](r *runner, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	s, err := r.stmt(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return nil, r.failed(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var out []T
	for rows.Next() {
		out = append(out, *new(T))
		if err := scan(rows, &out[len(out)-1]); err != nil {
			return nil, r.failed(err)
		}
	}
	return out, r.failed(rows.Err())
}

// toMS and fromMS keep the zero time as 0.
func toMS(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// orNull stores an empty text as NULL, so that partial indexes leave it out.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
