package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Ends of names: of what is not whole yet, and of SQLite's files beside a database.
const (
	newEnd    = ".new"
	logEnd    = "-wal"
	sharedEnd = "-shm"
)

// create makes the database where there is none: aside, with all its tables, and with its name at the end. A power cut leaves
// nothing by that name, or a whole database, never a half one that could be taken for damage. What a cut left aside never held
// anything. ErrDamaged: there is a log without its database; SQLite would delete it.
func (s source) create() error {
	size, err := sizeOf(s.path)
	if err != nil || size > 0 {
		return err
	}
	if size, err = sizeOf(s.path + logEnd); err != nil {
		return err
	}
	if size > 0 {
		return fmt.Errorf("make database: %w", ErrDamaged)
	}
	aside := s
	aside.path += newEnd
	if err = aside.remove(); err == nil {
		err = aside.build()
	}
	if err == nil {
		err = errors.Join(os.Rename(aside.path, s.path), syncDir(filepath.Dir(s.path)))
	}
	if err != nil {
		return fmt.Errorf("make database: %w", diskFault(err))
	}
	return nil
}

// build makes an empty database and brings all of it to the disk.
func (s source) build() error {
	db := s.writer("rwc")
	if err := errors.Join(makeTables(db), translate(db.Close())); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// makeTables makes the tables and leaves nothing in the log.
func makeTables(db *sql.DB) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	var busy, frames, done int
	if err = upToDate(ctx, conn); err == nil {
		err = translate(conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done))
	}
	if err == nil && busy != 0 {
		err = errors.New("somebody else reads it")
	}
	return errors.Join(err, translate(conn.Close()))
}

// remove removes the files of a database.
func (s source) remove() error {
	for _, end := range []string{"", logEnd, sharedEnd} {
		if err := os.Remove(s.path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sizeOf is how many bytes a file has; 0 when there is none.
func sizeOf(path string) (int64, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("measure database: %w", withoutPath(err))
	}
	return st.Size(), nil
}
