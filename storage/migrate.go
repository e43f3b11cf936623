package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// Each file is one step, run once and in its own transaction: NNNN_name.sql leads to version NNNN. A step that is out in the
// world is never changed again.
//
//go:embed migrations/*.sql
var migrations embed.FS

// step is one migration.
type step struct {
	version int
	sql     string
}

// steps are the embedded migrations in order; their numbers must go 1, 2, 3 …
func steps(files fs.FS) ([]step, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	out := make([]step, len(names))
	for i, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		version, err := strconv.Atoi(name[len("migrations/"):][:4])
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("read migration %d: its number is another", i+1)
		}
		out[i] = step{version: version, sql: string(b)}
	}
	return out, nil
}

// migrate brings the database to the newest version. ErrNewer, and nothing is touched, when it is beyond that.
func migrate(ctx context.Context, c *sql.Conn) error {
	all, err := steps(migrations)
	if err != nil {
		return err
	}
	var have int
	if err := c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("read version: %w", translate(err))
	}
	if have > len(all) {
		return ErrNewer
	}
	for _, st := range all[have:] {
		if err := st.apply(ctx, c); err != nil {
			return fmt.Errorf("migrate to version %d: %w", st.version, translate(err))
		}
	}
	return nil
}

func (st step) apply(ctx context.Context, c *sql.Conn) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, st.sql)
	if err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", st.version))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
