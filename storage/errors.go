package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// What a caller has to tell apart. Compare with errors.Is.
var (
	ErrInUse      = errors.New("profile is in use by another Kith")
	ErrPassphrase = errors.New("wrong passphrase")
	ErrNoKeychain = errors.New("no keychain, or it does not hold the key")
	ErrWrongKey   = errors.New("key does not belong to this database")
	ErrDamaged    = errors.New("stored data is damaged")
	ErrNewer      = errors.New("stored by a newer version of Kith")
	ErrNoFTS5     = errors.New("built without full text search (build with -tags sqlite_fts5)")
	ErrDiskFull   = errors.New("disk is full")
	ErrReadOnly   = errors.New("disk or folder is write-protected")
	ErrNotFound   = errors.New("no such row")
	ErrExists     = errors.New("exists already")
	ErrClosed     = errors.New("store is closed")
)

// translate turns an error of SQLite into one that names no content: SQLite's own texts can quote what was searched for, and
// file names. What remains is a sentinel, or the name and number of SQLite's code.
func translate(err error) error {
	var e sqlite3.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case errors.Is(err, sql.ErrConnDone):
		return ErrClosed
	case !errors.As(err, &e):
		return err
	}
	switch {
	case e.Code == sqlite3.ErrFull, e.ExtendedCode == sqlite3.ErrIoErrSHMSize,
		isFull(e.SystemErrno):
		return ErrDiskFull
	case e.Code == sqlite3.ErrReadonly, isProtected(e.SystemErrno):
		return ErrReadOnly
	case e.Code == sqlite3.ErrCorrupt, e.Code == sqlite3.ErrNotADB, e.ExtendedCode == ioErrData, e.ExtendedCode == ioErrPlain:
		return ErrDamaged
	case e.ExtendedCode == sqlite3.ErrConstraintUnique, e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return ErrExists
	}
	return fmt.Errorf("sqlite: %w (%d)", e.Code, int(e.ExtendedCode))
}

// ioErrData is what the file layer answers for a page that does not authenticate (SQLITE_IOERR_DATA), and ioErrPlain what is left of
// it where SQLite drops the details. The system's own errors always have details.
const (
	ioErrData  = sqlite3.ErrNoExtended(10 | 32<<8)
	ioErrPlain = sqlite3.ErrNoExtended(10)
)

// diskFault is withoutPath for what writes: a full disk becomes ErrDiskFull, one that may not be written ErrReadOnly.
func diskFault(err error) error {
	var e syscall.Errno
	switch {
	case !errors.As(err, &e):
	case isFull(e):
		return ErrDiskFull
	case isProtected(e):
		return ErrReadOnly
	}
	return withoutPath(err)
}

func isProtected(e syscall.Errno) bool { return e == syscall.EROFS || errors.Is(e, fs.ErrPermission) }

func isFull(e syscall.Errno) bool { return e == syscall.ENOSPC || e == syscall.EFBIG || isQuota(e) }
